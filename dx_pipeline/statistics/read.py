"""Captured files and answers of all statistics sources to one table of observations.

Only the order of the steps belongs here; each step has its module.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import polars as pl

from dx_pipeline.schemas.evidence import READABLE
from dx_pipeline.schemas.frames import frame_of, gate
from dx_pipeline.schemas.statistics import Statistics
from dx_pipeline.specs import CatalogueError, StatisticsSource
from dx_pipeline.statistics.answers import read_answer
from dx_pipeline.statistics.areas import read_areas
from dx_pipeline.statistics.mapping import SourceFile, SourceMapping, read_mapping
from dx_pipeline.statistics.observations import Observation, RowReader
from dx_pipeline.statistics.problems import Problem, RejectionError, quarantine
from dx_pipeline.statistics.sheets import read_statements
from dx_pipeline.statistics.soundness import ROW, find_unsound
from dx_pipeline.statistics.vintages import Key, Statement, mark_latest, write_chronicle

ReadBody = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Observed:
    """Observations (a ``Statistics`` frame), and the rows that could not be used (a ``Quarantine`` frame)."""

    statistics: pl.DataFrame
    quarantine: pl.DataFrame


def source_files(source: StatisticsSource, catalogue: Path) -> list[Path]:
    """Return the files that a source is read from, in the catalogue's order.

    Raises:
        CatalogueError: where the source's settings cannot be used.
    """
    return [catalogue / file.path for file in read_mapping(source).files]


def read_statistics(
    sources: Iterable[StatisticsSource], captures: pl.DataFrame, read_body: ReadBody, run_id: str
) -> Observed:
    """Read the observations from the sources' captured files and answers.

    ``captures`` is a ``Captures`` frame. Of several captures of one file the newest good one is read, and a file
    without one gives no rows (``check_expectations`` then says what is missing). Answers of services are read from the
    first to the last, since what was said earlier is not to be lost. ``read_body`` gives the bytes of a SHA-256.

    The rows come sorted by series, area, period, vintage and edition. Rows that cannot be used, or do not fit the
    others, are in ``quarantine``, with file, line and remedy.

    Raises:
        CatalogueError: where a source's settings cannot be used, or two sources have one series.
    """
    frames: list[pl.DataFrame] = []
    problems: list[Problem] = []
    for source, mapping in _mappings(sources):
        good = captures.filter(
            pl.col("source_id") == mapping.source_id,
            pl.col("outcome").is_in(READABLE),
            pl.col("sha256").is_not_null(),
        ).sort("captured_at", "capture_id", nulls_last=False)
        statements: list[Statement] = []
        for said, wrong in (
            *_recorded(mapping, good, read_body),
            *read_statements(source, mapping, good.to_dicts(), read_body),
        ):
            statements.append(said)
            problems += wrong
        chronicle = write_chronicle(statements)
        sound, unsound = _sound(chronicle.observations, chronicle.withdrawn, mapping)
        frames.append(sound)
        problems += [*chronicle.problems, *unsound]
    frame = pl.concat(frames) if frames else _frame([], {})
    gated = gate(Statistics, "statistics", _in_order(mark_latest(frame)), run_id)
    return Observed(gated.good, pl.concat([quarantine(problems, run_id), gated.bad]))


def _mappings(sources: Iterable[StatisticsSource]) -> list[tuple[StatisticsSource, SourceMapping]]:
    read = [(source, read_mapping(source)) for source in sorted(sources, key=lambda source: source.source_id)]
    owners: dict[str, str] = {}
    for _, mapping in read:
        for series_id in mapping.series:
            if (owner := owners.setdefault(series_id, mapping.source_id)) != mapping.source_id:
                raise CatalogueError(
                    f"series {series_id!r} is in {owner} and in {mapping.source_id}; rename one of them"
                )
    return read


def _recorded(
    mapping: SourceMapping, good: pl.DataFrame, read_body: ReadBody
) -> Iterator[tuple[Statement, list[Problem]]]:
    """Read the files that the source names: one statement, in which rows of two files may repeat each other."""
    found: list[Observation | Problem] = []
    for file in mapping.files:
        fitting = [row for row in good.iter_rows(named=True) if _is_capture_of(file, row["url"])]
        if fitting:
            reader = RowReader(mapping, file, read_areas(), fitting[-1]["capture_id"], file.path)
            found += _read_file(reader, read_body(fitting[-1]["sha256"]))
    observations = [one for one in found if isinstance(one, Observation)]
    problems = [one for one in found if isinstance(one, Problem)]
    yield Statement(sheet="files", seen_at=None, observations=observations), problems


def _read_file(reader: RowReader, body: bytes) -> Iterator[Observation | Problem]:
    try:
        table = read_answer(body, reader.file)
        yield from reader.read_table(table)
    except RejectionError as rejection:
        yield reader.whole_problem(rejection)


def _sound(
    observations: list[Observation], withdrawn: Mapping[Key, date], mapping: SourceMapping
) -> tuple[pl.DataFrame, list[Problem]]:
    """Split off the rows that do not fit the others."""
    frame = _frame(observations, withdrawn)
    unsound = find_unsound(frame.with_row_index(ROW), mapping)
    problems = [observations[one.row].problem(one.check, one.detail) for one in unsound]
    kept = frame.with_row_index(ROW).filter(~pl.col(ROW).is_in([one.row for one in unsound])).drop(ROW)
    return kept, problems


def _is_capture_of(file: SourceFile, url: str) -> bool:
    return unquote(urlsplit(url).path).endswith(f"/{file.path}")


def _frame(observations: Iterable[Observation], withdrawn: Mapping[Key, date]) -> pl.DataFrame:
    columns = [name for name in Statistics.to_schema().columns if name not in {"is_latest", "withdrawn_on"}]
    rows: Iterator[dict[str, Any]] = (
        {**{name: getattr(one, name) for name in columns}, "withdrawn_on": withdrawn.get(one.key)}
        for one in observations
    )
    return frame_of(Statistics, rows).with_columns(is_latest=pl.lit(value=False))


def _in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """Leave the mark of a withdrawn figure on its newest vintage only."""
    mark = pl.when("is_latest").then("withdrawn_on")
    return frame.with_columns(withdrawn_on=mark)
