"""Captured files of official statistics to observations: the stage's one way in.

Only the walk from captures to the ``Statistics`` frame belongs here; formats, mappings and checks
have modules of their own.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import polars as pl

from dx_pipeline.schemas.evidence import READABLE
from dx_pipeline.schemas.frames import frame_of, gate
from dx_pipeline.schemas.statistics import Statistics
from dx_pipeline.specs import CatalogueError, StatisticsSource
from dx_pipeline.statistics.areas import read_areas
from dx_pipeline.statistics.mapping import SourceFile, SourceMapping, read_mapping
from dx_pipeline.statistics.observations import Observation, RowReader
from dx_pipeline.statistics.problems import Problem, RejectionError, quarantine
from dx_pipeline.statistics.tables import Table, read_table
from dx_pipeline.statistics.vintages import mark_latest, separate_duplicates


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
    sources: Iterable[StatisticsSource],
    captures: pl.DataFrame,
    read_body: Callable[[str], bytes],
    run_id: str,
) -> Observed:
    """Read the observations from the sources' captured files.

    ``captures`` is a ``Captures`` frame; of several captures of one file the newest good one is read,
    and a file without one gives no rows (``check_expectations`` then says what is missing).
    ``read_body`` gives the bytes of a SHA-256. The rows come sorted by series, area, period, vintage
    and edition. Rows that cannot be used are in ``quarantine``, with file, line and remedy.

    Raises:
        CatalogueError: where a source's settings cannot be used, or two sources have one series.
    """
    observations: list[Observation] = []
    problems: list[Problem] = []
    for mapping in _mappings(sources):
        for found in _read_source(mapping, captures, read_body):
            (observations if isinstance(found, Observation) else problems).append(found)  # type: ignore[arg-type]
    kept, repeated = separate_duplicates(observations)
    gated = gate(Statistics, "statistics", mark_latest(_frame(kept)), run_id)
    return Observed(gated.good, pl.concat([quarantine([*problems, *repeated], run_id), gated.bad]))


def _mappings(sources: Iterable[StatisticsSource]) -> list[SourceMapping]:
    mappings = [read_mapping(source) for source in sorted(sources, key=lambda source: source.source_id)]
    owners: dict[str, str] = {}
    for mapping in mappings:
        for series_id in mapping.series:
            if (owner := owners.setdefault(series_id, mapping.source_id)) != mapping.source_id:
                raise CatalogueError(
                    f"series {series_id!r} is in {owner} and in {mapping.source_id}; rename one of them"
                )
    return mappings


def _read_source(
    mapping: SourceMapping, captures: pl.DataFrame, read_body: Callable[[str], bytes]
) -> Iterator[Observation | Problem]:
    good = captures.filter(
        pl.col("source_id") == mapping.source_id,
        pl.col("outcome").is_in(READABLE),
        pl.col("sha256").is_not_null(),
    ).sort("captured_at", "capture_id", nulls_last=False)
    for file in mapping.files:
        fitting = [row for row in good.iter_rows(named=True) if _is_capture_of(file, row["url"])]
        if fitting:
            reader = RowReader(mapping, file, read_areas(), fitting[-1]["capture_id"])
            yield from _read_file(reader, read_body(fitting[-1]["sha256"]))


def _read_file(reader: RowReader, body: bytes) -> Iterator[Observation | Problem]:
    try:
        table = read_table(body, reader.file.delimiter)
        _check_columns(reader, table)
    except RejectionError as rejection:
        yield Problem(
            source_id=reader.mapping.source_id,
            file=reader.file.path,
            line=None,
            cells={},
            check=f"file: {rejection.check}",
            detail=str(rejection),
        )
        return
    for row, wrong in table.misfits:
        yield reader.problem(row, "row", wrong)
    for row in table.rows:
        yield from reader.read(row)


def _check_columns(reader: RowReader, table: Table) -> None:
    needed = reader.file.columns.union(*(series.columns for series in reader.mapping.series_of(reader.file)))
    if missing := sorted(needed - set(table.columns)):
        raise RejectionError(
            "header",
            f"columns {missing} are missing; the first line begins {', '.join(table.columns)[:120]!r}",
            "fetch the file again, or follow the publisher's new names in the source's file",
        )


def _is_capture_of(file: SourceFile, url: str) -> bool:
    return unquote(urlsplit(url).path).endswith(f"/{file.path}")


def _frame(observations: Iterable[Observation]) -> pl.DataFrame:
    columns = [name for name in Statistics.to_schema().columns if name != "is_latest"]
    frame = frame_of(Statistics, ({name: getattr(one, name) for name in columns} for one in observations))
    return frame.with_columns(is_latest=pl.lit(value=False))
