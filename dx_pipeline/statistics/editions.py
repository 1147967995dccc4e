"""What a reader of several editions must know: from when on figures cannot be compared, and what is overdue.

Only what the catalogue says of editions belongs here.
"""

from collections.abc import Iterable
from datetime import date

import polars as pl

from dx_pipeline.specs import StatisticsSource
from dx_pipeline.statistics.mapping import read_mapping

_BREAKS = pl.Schema(
    {
        "source_id": pl.String(),
        "series_id": pl.String(),
        "metric_id": pl.String(),
        "from_period": pl.String(),
        "from_edition": pl.String(),
        "kind": pl.String(),
        "reason": pl.String(),
    }
)
_DUE = pl.Schema({"source_id": pl.String(), "edition": pl.String(), "due_on": pl.Date(), "days_late": pl.Int64()})


def method_breaks(sources: Iterable[StatisticsSource]) -> pl.DataFrame:
    """Return the breaks of all series, sorted.

    Columns: ``source_id``, ``series_id``, ``metric_id`` (null where the series has none),
    ``from_period``, ``from_edition``, ``kind`` (``method``: figures on the two sides must not be
    compared; ``discontinued``: none are published from then on), ``reason`` (a sentence).

    Raises:
        CatalogueError: where a source's settings cannot be used.
    """
    rows = [
        {
            "source_id": mapping.source_id,
            "series_id": one.series_id,
            "metric_id": mapping.series[one.series_id].metric_id,
            "from_period": one.from_period,
            "from_edition": one.from_edition,
            "kind": one.kind,
            "reason": one.reason,
        }
        for mapping in map(read_mapping, sources)
        for one in mapping.breaks
    ]
    return pl.DataFrame(rows, schema=_BREAKS).sort("source_id", "series_id", "from_period")


def overdue_editions(sources: Iterable[StatisticsSource], statistics: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Return the editions that were due before a day and of which no observation is known.

    Columns: ``source_id``, ``edition``, ``due_on``, ``days_late``. An edition that does not come is no
    error of the pipeline: nothing is published for it, and this says so.

    Raises:
        CatalogueError: where a source's settings cannot be used.
    """
    known = set(statistics.select("source_id", "edition").unique().iter_rows())
    rows = [
        (mapping.source_id, name, edition.due_on, (as_of - edition.due_on).days)
        for mapping in map(read_mapping, sources)
        for name, edition in mapping.editions.items()
        if edition.due_on is not None and edition.due_on < as_of and (mapping.source_id, name) not in known
    ]
    return pl.DataFrame(rows, schema=_DUE, orient="row").sort("source_id", "edition")
