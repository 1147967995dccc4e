"""Captured answers of services to statements: the parts of a sheet put together, round by round.

Only the putting together belongs here: which answers are of one sheet is told by ``dx_pipeline/services.py``, each is
read by ``answers.py`` and ``observations.py``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dx_pipeline.services import AnswerError, Request, Sheet, parts_missing, read_sheets, rounds_of, version_of
from dx_pipeline.specs import StatisticsSource
from dx_pipeline.statistics.answers import read_answer
from dx_pipeline.statistics.areas import read_areas
from dx_pipeline.statistics.mapping import SourceFile, SourceMapping
from dx_pipeline.statistics.observations import Observation, RowReader
from dx_pipeline.statistics.problems import Problem, RejectionError
from dx_pipeline.statistics.tables import Table, canonical
from dx_pipeline.statistics.vintages import Statement

_Capture = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Reading:
    """A source with its captured answers."""

    source: StatisticsSource
    mapping: SourceMapping
    captures: Sequence[_Capture]
    read_body: Callable[[str], bytes]
    until: date

    def sheets(self, request: Request) -> list[Sheet]:
        return read_sheets(self.source, request, self.until)


def read_statements(
    source: StatisticsSource,
    mapping: SourceMapping,
    captures: Sequence[_Capture],
    read_body: Callable[[str], bytes],
) -> Iterator[tuple[Statement, list[Problem]]]:
    """Yield what a source's services said, sheet by sheet and round by round, and the problems of each.

    ``captures`` are rows of ``Captures`` in order of time that left bytes to read. A round whose bytes are those of the
    one before said nothing new and is passed over; one that lacks parts is read as far as it goes.
    """
    if not mapping.requests or not captures:
        return
    until = max(capture["captured_at"].date() for capture in captures)
    reading = _Reading(source, mapping, captures, read_body, until)
    for request in mapping.requests:
        file = mapping.answers[request.name]
        for sheet in reading.sheets(request) if not file.lookup else ():
            before: list[str] = []
            for parts in rounds_of(sheet, captures):
                shas = [part["sha256"] for part in parts]
                if shas != before:
                    yield _read_round(reading, sheet, parts)
                before = shas


def _read_round(reading: _Reading, sheet: Sheet, parts: Sequence[_Capture]) -> tuple[Statement, list[Problem]]:
    request, bodies = sheet.request, [reading.read_body(part["sha256"]) for part in parts]
    try:
        is_whole = not parts_missing(request, bodies)
        versions = [version_of(request, body) for body in bodies]
    except AnswerError:
        is_whole, versions = False, [None] * len(bodies)
    found: list[Observation | Problem] = []
    described = request.flow == "pxweb"
    for part, body, version in zip(parts[described:], bodies[described:], versions[described:], strict=True):
        if version != versions[0]:
            is_whole = False  # the publisher's new release came in between: its parts belong to another round
            continue
        found += _read_part(reading, sheet, part, body, bodies[0] if described else None)
    observations = [one for one in found if isinstance(one, Observation)]
    problems = [one for one in found if isinstance(one, Problem)]
    is_whole = is_whole and not any(problem.line is None for problem in problems)
    statement = Statement(
        sheet=sheet.address(0),
        seen_at=parts[0]["captured_at"],
        ended_at=parts[-1]["captured_at"],
        observations=observations,
        is_whole=is_whole,
    )
    return statement, problems


def _read_part(
    reading: _Reading, sheet: Sheet, part: _Capture, body: bytes, description: bytes | None
) -> Iterator[Observation | Problem]:
    file = reading.mapping.answers[sheet.request.name]
    reader = RowReader(reading.mapping, file, read_areas(), part["capture_id"], part["url"], sheet.values.get("code"))
    try:
        table = read_answer(body, file, description)
        table = _with_values(table, {f"@{name}": value for name, value in sheet.values.items()})
        yield from reader.read_table(_with_beside(table, file, reading, part))
    except RejectionError as rejection:
        yield reader.whole_problem(rejection)


def _with_values(table: Table, values: Mapping[str, str]) -> Table:
    for row in table.rows:
        row.cells.update(values)
    return Table((*table.columns, *values), table.rows, table.misfits) if table.columns else table


def _with_beside(table: Table, file: SourceFile, reading: _Reading, part: _Capture) -> Table:
    """Give the rows the columns that the newest answer to another request before this one has for them."""
    if not file.beside or not table.columns:
        return table
    own, other = canonical(file.beside["by"]), canonical(file.beside["is"])
    found: dict[str, dict[str, str]] = {}
    for row in _newest_rows(reading, file.beside["request"], part):
        found[row.get(other, "").strip()] = {name: row.get(canonical(told), "") for name, told in file.taken.items()}
    nothing = dict.fromkeys(file.taken, "")
    for row_ in table.rows:
        cells = found.get(row_.cells.get(own, "").strip(), nothing)
        row_.cells.update({canonical(name): cell for name, cell in cells.items()})
    return Table((*table.columns, *map(canonical, file.taken)), table.rows, table.misfits)


def _newest_rows(reading: _Reading, name: str, part: _Capture) -> Iterator[dict[str, str]]:
    request = next(one for one in reading.mapping.requests if one.name == name)
    for sheet in reading.sheets(request):
        rounds = [one for one in rounds_of(sheet, reading.captures) if one[0]["captured_at"] <= part["captured_at"]]
        for capture in rounds[-1] if rounds else ():
            for row in read_answer(reading.read_body(capture["sha256"]), reading.mapping.answers[name]).rows:
                yield row.cells
