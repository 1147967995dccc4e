"""Reading the file of corrections: its entries as rows, and what cannot be used with place and remedy.

A file whose TOML is broken is read entry by entry, so that one slip costs one entry and not the work
of everybody who wrote in it.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from dx_pipeline.review.entry import Problem, as_json, read_entry
from dx_pipeline.review.errors import CorrectionError
from dx_pipeline.review.fields import KnownIds, Row
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.schemas.operations import Quarantine
from dx_pipeline.schemas.review import CorrectionEntries

TABLE_NAME = "corrections"  # under which bad entries are in quarantine
_HEADER = re.compile(r"^[ \t]*\[\[[ \t]*correction[ \t]*\]\]", re.MULTILINE)
_BEGIN = "begin each entry with [[correction]]"


class Reading(NamedTuple):
    """What a file of corrections says (``CorrectionEntries``), and what cannot be used (``Quarantine``)."""

    entries: pl.DataFrame
    quarantine: pl.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One entry as it stands: its table, or its text and why that is no table; ``position`` 0 is no entry's."""

    position: int
    line: int | None
    table: dict[str, Any]
    problem: str | None = None

    def place(self, path: Path) -> str:
        """Return file, position and line, as messages begin."""
        entry = f"correction {self.position}" if self.position else "outside of any entry"
        return f"{path}: {entry}" + (f" (line {self.line})" if self.line else "")


def read_corrections(path: Path, known: KnownIds, run_id: str, *, must_exist: bool = False) -> Reading:
    """Read a file of corrections; one that is not there has none.

    Args:
        path: The file, in TOML: an array of tables ``[[correction]]``.
        known: The registry's ids, which its fields may point at.
        run_id: The run, for the quarantine.
        must_exist: Whether a file that is not there is an error, because somebody has named it.

    Raises:
        CorrectionError: where the file cannot be read, or is not there though it must be.
    """
    rows: list[Row] = []
    aside: list[Row] = []
    given: dict[str, str] = {}
    for piece in parse_pieces(read_text(path, must_exist=must_exist)):
        place = piece.place(path)
        row: Row = {}
        problems = [Problem("", piece.problem)] if piece.problem else []
        if not problems:
            row, problems = read_entry(piece.table, known)
        if not problems and row["correction_id"] in given:
            problems = [Problem("mention_id", f"says the same as {given[row['correction_id']]}; remove one of the two")]
        if problems:
            aside += [set_aside(piece.table, place, problem, run_id) for problem in problems]
        else:
            given[row["correction_id"]] = f"correction {piece.position}"
            rows.append({**row, "position": piece.position, "place": place})
    return Reading(frame_of(CorrectionEntries, rows), frame_of(Quarantine, aside))


def read_text(path: Path, *, must_exist: bool = False) -> str:
    """Return the file's text, empty where it is not there.

    Raises:
        CorrectionError: where it cannot be read, is not in UTF-8, or is not there though it must be.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        if must_exist:
            raise CorrectionError(
                f"{path}: the file of corrections is not there; restore it, or make an empty one if there are none"
            ) from error
        return ""
    except OSError as error:
        raise CorrectionError(f"{path}: cannot be read ({error.strerror}); make it a readable file") from error
    except UnicodeDecodeError as error:
        raise CorrectionError(f"{path}: is not in UTF-8 ({error}); save it as UTF-8") from error


def parse_pieces(text: str) -> Iterator[Piece]:
    """Yield the entries of a file's text in their order, those that are no TOML too."""
    starts = [match.start() for match in _HEADER.finditer(text)]
    breaks = (text.count("\n", one, other) for one, other in pairwise([0, *starts]))
    lines = [1 + count for count in accumulate(breaks)]
    document, problem = _parse(text)
    if problem is None:
        yield from _pieces_of(document, lines)
        return
    if not starts:
        yield Piece(position=0, line=None, table={"text": text}, problem=problem)
        return
    head, _ = _parse(text[: starts[0]])
    yield from _outside(head)
    for position, (start, end) in enumerate(pairwise([*starts, len(text)]), start=1):
        line = lines[position - 1]
        document, problem = _parse(text[start:end])
        if problem is not None:
            yield Piece(position=position, line=line, table={"text": text[start:end]}, problem=problem)
            continue
        yield Piece(position=position, line=line, table=document["correction"][0])
        yield from _outside(document)


def set_aside(table: object, place: str, problem: Problem, run_id: str) -> Row:
    """Return the ``Quarantine`` row of an entry that cannot be used."""
    mention_id = table.get("mention_id") if isinstance(table, dict) else None
    named = f", {mention_id}" if isinstance(mention_id, str) else ""
    field = f"field {problem.field!r}: " if problem.field else ""
    return {
        "table_name": TABLE_NAME,
        "row": as_json(table),
        "check": f"{problem.field or 'entry'}: can be used",
        "detail": f"{place}{named}: {field}{problem.text}",
        "run_id": run_id,
    }


def _parse(text: str) -> tuple[dict[str, Any], str | None]:
    try:
        document = tomllib.loads(text)
        as_json(document)  # a number of thousands of digits is no TOML to us, as it could not be shown
    except (ValueError, RecursionError) as error:
        return {}, f"no valid TOML ({error}, counted from where the entry begins); mend it"
    return document, None


def _pieces_of(document: dict[str, Any], lines: list[int]) -> Iterator[Piece]:
    yield from _outside(document)
    tables = document.get("correction", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        yield Piece(position=0, line=None, table={"correction": tables}, problem=f"no array of tables; {_BEGIN}")
        return
    told = lines if len(lines) == len(tables) else [None] * len(tables)
    for position, (line, table) in enumerate(zip(told, tables, strict=True), start=1):
        yield Piece(position=position, line=line, table=table)


def _outside(document: dict[str, Any]) -> Iterator[Piece]:
    for key, value in document.items():
        if key != "correction":
            yield Piece(position=0, line=None, table={key: value}, problem=f"{key!r} is unknown here; {_BEGIN}")
