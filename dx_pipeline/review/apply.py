"""Corrections applied to the statements that extraction found, before facts are settled from them.

What a decision does to a statement belongs here; which statement is meant is decided in ``matching``,
what an entry may say in ``entry`` and ``fields``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import NamedTuple

import pandera.polars as pa
import polars as pl

from dx_pipeline.review.correction_file import set_aside
from dx_pipeline.review.entry import Problem, as_json, fields_of
from dx_pipeline.review.fields import FIELDS, Row, complete_fields, find_contradiction
from dx_pipeline.review.matching import Found, find_statements
from dx_pipeline.schemas.frames import frame_of, gate, polars_schema
from dx_pipeline.schemas.mentions import ReviewedDirectives, ReviewedIndicators
from dx_pipeline.schemas.operations import Quarantine
from dx_pipeline.schemas.review import Corrections

_MODELS: Mapping[str, type[pa.DataFrameModel]] = {"directive": ReviewedDirectives, "indicator": ReviewedIndicators}
_REVIEWS = {"confirm": "confirmed", "amend": "amended"}


class Reviewed(NamedTuple):
    """``ReviewedDirectives``, ``ReviewedIndicators``, ``Corrections``, and entries set aside (``Quarantine``)."""

    directives: pl.DataFrame
    indicators: pl.DataFrame
    corrections: pl.DataFrame
    quarantine: pl.DataFrame


@dataclass(slots=True)
class _Statement:
    """A statement under review: as it was found, as it is now, and the corrections applied to it so far."""

    kind: str
    row: Row
    taken: list[tuple[Row, Row]] = field(default_factory=list)  # entries with what became of them

    @property
    def is_rejected(self) -> bool:
        return any(entry["decision"] == "reject" for entry, _ in self.taken)


@dataclass(slots=True)
class _Review:
    """The statements that corrections are about, by id, and what became of each entry."""

    run_id: str
    statements: dict[str, _Statement] = field(default_factory=dict)
    stale: list[tuple[Row, Row]] = field(default_factory=list)
    aside: list[Row] = field(default_factory=list)

    def refuse(self, entry: Row, problem: Problem) -> None:
        told = {name: value for name, value in entry.items() if name not in {"place", "position", "correction_id"}}
        self.aside.append(set_aside(told, entry["place"], problem, self.run_id))


def apply_corrections(
    entries: pl.DataFrame, directives: pl.DataFrame, indicators: pl.DataFrame, articles: pl.DataFrame, run_id: str
) -> Reviewed:
    """Apply corrections to statements: take the rejected out, amend, and mark what a person has looked at.

    A statement that a person confirmed or amended has confidence 1. Of two corrections that contradict
    each other, the one that stands first in the file holds and the other is set aside. A statement that no
    correction is about stays as it is, and in its place.

    Args:
        entries: ``CorrectionEntries``.
        directives: ``DirectiveCandidates``.
        indicators: ``IndicatorCandidates``.
        articles: ``Articles`` that they quote.
        run_id: The run, for the quarantine.
    """
    candidates = {"directive": directives, "indicator": indicators}
    review = _Review(run_id)
    rows = entries.sort("position").to_dicts()
    for entry, found in zip(rows, find_statements(rows, candidates, articles), strict=True):
        if isinstance(found, str):
            review.stale.append((entry, {"applied": False, "detail": found}))
        else:
            _decide(review, entry, found)
    _prove(review)
    return Reviewed(
        _rebuild("directive", directives, review.statements.values()),
        _rebuild("indicator", indicators, review.statements.values()),
        frame_of(Corrections, _account(review)),
        frame_of(Quarantine, review.aside),
    )


def _decide(review: _Review, entry: Row, found: Found) -> None:
    """Apply one entry to its statement, or set it aside."""
    statement = review.statements.setdefault(found.row["mention_id"], _Statement(found.kind, found.row))
    fields = fields_of(entry)
    problem = _wrong_kind(entry, fields, found.kind) or _contradiction(entry, fields, statement)
    amended = complete_fields(found.kind, fields) if problem is None else {}
    if problem is None and (clash := find_contradiction(statement.row | amended)):
        problem = Problem("fields", clash)
    if problem is not None:
        review.refuse(entry, problem)
        return
    before = statement.row if entry["decision"] == "reject" else {name: statement.row[name] for name in amended}
    outcome = {
        "applied": True,
        "applied_to": found.row["mention_id"],
        "kind": found.kind,
        "detail": found.detail,
        "fields_before": as_json(before) if before else None,
        "fields_after": as_json(amended) if amended else None,
        "quote": found.row["quote"],
        "article_url": found.article_url,
    }
    statement.row = statement.row | amended
    statement.taken.append((entry, outcome))


def _wrong_kind(entry: Row, fields: Row, kind: str) -> Problem | None:
    if entry["kind"] not in (None, kind) and not fields:
        return Problem("kind", f"is {entry['kind']}, but this is a statement of a {kind}; mend or remove it")
    if others := sorted(set(fields) - set(FIELDS[kind])):
        return Problem("fields", f"this is a statement of a {kind}, which has no {', '.join(others)}; remove them")
    return None


def _contradiction(entry: Row, fields: Row, statement: _Statement) -> Problem | None:
    """Say which earlier correction of the same statement an entry contradicts."""
    for earlier, _ in statement.taken:
        place = f"{PurePath(earlier['place'].partition(': ')[0]).name}, {earlier['place'].partition(': ')[2]}"
        if entry["decision"] != earlier["decision"]:
            return Problem(
                "decision",
                f"{entry['decision']} contradicts {earlier['decision']} by {earlier['author']} in {place}, "
                "which is about the same statement; keep one of the two",
            )
        one, other = (complete_fields(statement.kind, one) for one in (fields_of(earlier), fields))
        differing = sorted(name for name in one.keys() & other.keys() if one[name] != other[name])
        if differing:
            return Problem(
                "fields",
                f"{', '.join(differing)}: set to another value by {earlier['author']} in {place}; keep one of the two",
            )
    return None


def _prove(review: _Review) -> None:
    """Hold the amended statements against their models; the amendments of one that fails are set aside."""
    for kind, model in _MODELS.items():
        amended = {
            key: statement
            for key, statement in review.statements.items()
            if statement.kind == kind and any(entry["decision"] == "amend" for entry, _ in statement.taken)
        }
        if not amended:
            continue
        good = gate(model, kind, frame_of(model, (one.row for one in amended.values())), review.run_id)
        failed = set(amended) - set(good.good["mention_id"])
        details = {
            key: "; ".join(row["detail"] for row in good.bad.to_dicts() if f'"{key}"' in row["row"]) for key in failed
        }
        for key, detail in details.items():
            for entry, _ in amended[key].taken:
                review.refuse(entry, Problem("fields", f"{detail}; give a value that the column may hold"))
            del review.statements[key]


def _rebuild(kind: str, candidates: pl.DataFrame, statements: Iterable[_Statement]) -> pl.DataFrame:
    """Return the candidates with the reviewed ones in their places and without the rejected ones."""
    model = _MODELS[kind]
    columns = polars_schema(model).names()
    unreviewed = candidates.with_columns(pl.lit(None, pl.String).alias(name) for name in ("review", "reviewed_by"))
    taken = [one for one in statements if one.kind == kind and one.taken]
    if not taken:
        return unreviewed.select(columns)
    touched = [one.row["mention_id"] for one in taken]
    kept = frame_of(model, (_mark(one) for one in taken if not one.is_rejected))
    rest = unreviewed.filter(~pl.col("mention_id").is_in(touched)).select(columns)
    order = candidates.select("mention_id")
    return order.join(pl.concat([rest, kept]), on="mention_id", maintain_order="left").select(columns)


def _mark(statement: _Statement) -> Row:
    authors = dict.fromkeys(entry["author"] for entry, _ in statement.taken)
    decision = statement.taken[0][0]["decision"]
    return statement.row | {"confidence": 1.0, "review": _REVIEWS[decision], "reviewed_by": "; ".join(authors)}


def _account(review: _Review) -> list[Row]:
    taken = [pair for statement in review.statements.values() for pair in statement.taken]
    told = sorted([*taken, *review.stale], key=lambda pair: pair[0]["position"])
    columns = polars_schema(Corrections).names()
    return [{name: ({**entry, **outcome}).get(name) for name in columns} for entry, outcome in told]
