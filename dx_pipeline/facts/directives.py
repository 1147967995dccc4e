"""Directives: statements of one order settled into one fact.

What a settled directive says, and its id, belongs here; which statements are one task is decided in
``tasks``.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from dx_pipeline.facts.statements import (
    Article,
    Row,
    Settled,
    best_first,
    count_statements,
    fill,
    find_conflicts,
    read_articles,
    read_statements,
    review_of,
)
from dx_pipeline.facts.tasks import group_tasks
from dx_pipeline.identifiers import stable_id
from dx_pipeline.schemas.facts import Directives
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.schemas.mentions import DirectiveMentions

_TARGET = ("target_metric_id", "target_comparator", "target_value", "target_change", "target_unit")
_DEADLINE = ("due_on", "due_edtf", "due_text", "recurrence")
_DISPUTABLE = ("issuer_id", "addressee_ids", "due_on", "recurrence", *_TARGET)

Spans = Mapping[str, Sequence[tuple[int, int]]]


def settle_directives(
    candidates: pl.DataFrame,
    articles: pl.DataFrame,
    stories: pl.DataFrame,
    events: pl.DataFrame,
    instruments: pl.DataFrame | None = None,
) -> Settled:
    """Merge statements of one order across copies, translations and repeats.

    ``candidates`` is a ``ReviewedDirectives`` frame, ``articles`` an ``Articles`` frame, ``stories`` and
    ``events`` frames of those models. ``instruments``, an ``InstrumentCandidates`` frame, tells which
    documents an order must deliver (role ``object``); without it only numeric goals count as products.
    Gives ``DirectiveMentions`` and ``Directives``, each sorted by its id.

    Each directive keeps the words of its best statement (highest confidence, then earliest article)
    and takes what that leaves open from the others. ``issued_on`` is the day of the event that the
    story reports, if it is not after the story's first day of publication; else that day. The id
    comes from the story, from what the earliest statement says and from its rank among equal ones, so
    that neither row order nor further copies change it.

    Raises:
        ValueError: where a candidate's article or story is unknown.
    """
    known = read_articles(articles)
    first_days = dict(stories.select("story_id", "first_published_on").iter_rows())
    held = _held_days(events, known, first_days)
    delivered = _delivered(instruments)
    told: dict[str, list[Row]] = defaultdict(list)
    for row in read_statements(candidates, known):
        told[row["story_id"]].append(row)
    mentions: list[Row] = []
    directives: list[Row] = []
    for story_id, statements in told.items():
        if story_id not in first_days:
            raise ValueError(f"story {story_id} has directives but is not among the stories: settle both from one run")
        issued = held.get(story_id, {})
        ranks: Counter[str] = Counter()
        for task in group_tasks(statements):
            directive = _settle(task, known, delivered)
            signature = stable_id("sig", *_signature(task[0]))
            directive["directive_id"] = stable_id("dir", story_id, signature, ranks[signature])
            directive["issued_on"] = _issued_on(best_first(task), issued, first_days[story_id])
            ranks[signature] += 1
            directives.append(directive)
            mentions.extend({**row, "directive_id": directive["directive_id"]} for row in task)
    return Settled(
        frame_of(DirectiveMentions, mentions).sort("mention_id"), frame_of(Directives, directives).sort("directive_id")
    )


def _settle(told: Sequence[Row], articles: Mapping[str, Article], delivered: Spans) -> Row:
    trusted = best_first(told)
    best = trusted[0]
    settled = {
        "story_id": best["story_id"],
        **fill(trusted, "issuer_id"),
        "addressee_ids": sorted(fill(trusted, "addressee_ids")["addressee_ids"]),
        **{field: best[field] for field in ("action", "language", "modality", "confidence", "mention_id")},
        **fill(trusted, *_DEADLINE),
        **fill(trusted, *_TARGET),
        "instrument_ids": sorted({name for row in told for name in row["instrument_ids"]}),
        **count_statements(told, articles),
        "conflicts": find_conflicts(trusted, _DISPUTABLE),
        "review": review_of(told),
    }
    return settled | {"missing": _missing(settled, any(_delivers(row, delivered) for row in told))}


def _missing(settled: Row, delivers: bool) -> list[str]:
    """Name what an order needs and no statement gives.

    A product is a numeric goal or a document to deliver; a legal basis is any named document or
    programme.
    """
    given = {
        "issuer": settled["issuer_id"] is not None,
        "addressee": bool(settled["addressee_ids"]),
        "task": bool(settled["action"].strip()),
        "deadline": any(settled[field] is not None for field in ("due_on", "due_edtf", "recurrence")),
        "product": delivers or any(settled[field] is not None for field in ("target_value", "target_change")),
        "legal basis": bool(settled["instrument_ids"]),
    }
    return [name for name, is_given in given.items() if not is_given]


def _signature(row: Row) -> list[object]:
    """Return what makes an order this order, apart from its words, which differ between languages."""
    return [
        row["issuer_id"],
        sorted(row["addressee_ids"]),
        row["due_on"],
        row["recurrence"],
        row["target_metric_id"],
        row["target_value"],
        row["target_change"],
        sorted(row["instrument_ids"]),
    ]


def _held_days(
    events: pl.DataFrame, articles: Mapping[str, Article], first_days: Mapping[str, date | None]
) -> dict[str, dict[str, date]]:
    """Return, by story, the day of the first dated event of each article, earliest article first."""
    days: dict[str, dict[str, date]] = defaultdict(dict)
    dated = [row for row in events.to_dicts() if row["held_on"] is not None and row["article_id"] in articles]
    for row in sorted(dated, key=lambda row: (articles[row["article_id"]].rank, row["start_char"], row["event_id"])):
        published = first_days.get(row["story_id"])
        if published is None or row["held_on"] <= published:  # nobody reports an order before it is given
            days[row["story_id"]].setdefault(row["article_id"], row["held_on"])
    return days


def _issued_on(trusted: Sequence[Row], held: Mapping[str, date], published: date | None) -> date | None:
    stated = (held[row["article_id"]] for row in trusted if row["article_id"] in held)
    return next(stated, next(iter(held.values()), published))


def _delivered(instruments: pl.DataFrame | None) -> Spans:
    """Return, by article, where documents stand that an order must deliver."""
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    if instruments is not None:
        objects = instruments.filter(pl.col("role") == "object")
        for article_id, start, end in objects.select("article_id", "start_char", "end_char").iter_rows():
            spans[article_id].append((start, end))
    return spans


def _delivers(row: Row, delivered: Spans) -> bool:
    spans = delivered.get(row["article_id"], ())
    return any(row["start_char"] <= start and end <= row["end_char"] for start, end in spans)
