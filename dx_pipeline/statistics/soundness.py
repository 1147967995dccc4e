"""Rows that do not fit those around them: an index apart from its parts, a rank out of order, a figure in other units.

Only finding such rows belongs here. A few of them in an edition are errors of the rows and are set aside one by one;
where many do not fit, the edition is another than the source's file describes, and that is told as a whole by
``expectations.py``.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import polars as pl

from dx_pipeline.statistics.mapping import Expectation, SourceMapping

ROW = "row_number"
_MOST_UNSOUND = 0.1  # of an edition's rows; more are no errors of rows
_NEIGHBOURS = 2  # periods before and behind that a figure is held against


class Misfits(NamedTuple):
    """The areas of an edition that do not fit, of how many."""

    edition: str
    areas: list[str]
    compared: int


class Unsound(NamedTuple):
    """A row that is to be set aside: its number, the check that it fails, and what is wrong."""

    row: int
    check: str
    detail: str


def find_unsound(statistics: pl.DataFrame, mapping: SourceMapping) -> list[Unsound]:
    """Return the rows of a source that are to be set aside.

    Args:
        statistics: the columns of ``Statistics`` but ``is_latest``, and the row's number as ``row_number``.
        mapping: the source's settings; expectations ``weighted_mean`` and ``monotone``, and the ``jump`` of series.
    """
    found = {one.row: one for one in _jumps(statistics, mapping)}
    # An index that is wrong would put its rank out of order, so that parts come first.
    for check, misfits_of in (("weighted_mean", apart_from_parts), ("monotone", out_of_order)):
        fitting = statistics.filter(~pl.col(ROW).is_in(list(found)))
        for expectation in mapping.expectations:
            if expectation.check == check and (expectation.weights or expectation.index):
                for misfits in misfits_of(expectation, fitting):
                    found |= {one.row: one for one in _single_rows(expectation, misfits, fitting)}
    return list(found.values())


def _single_rows(expectation: Expectation, misfits: Misfits, fitting: pl.DataFrame) -> Iterator[Unsound]:
    """Yield the rows of an edition that do not fit, where they are few."""
    edition, areas, compared = misfits
    if len(areas) > compared * _MOST_UNSOUND:
        return
    rows = fitting.filter(
        pl.col("series_id") == expectation.series_id, pl.col("edition") == edition, pl.col("ref_area").is_in(areas)
    )
    for row, value in rows.select(ROW, "obs_value").iter_rows():
        yield Unsound(row, expectation.check, _reason(expectation, value))


def apart_from_parts(expectation: Expectation, own: pl.DataFrame) -> Iterator[Misfits]:
    """Yield, by edition, the areas whose index is not the weighted mean of its parts."""
    total = sum(expectation.weights.values())
    for edition, rows in editions_of(expectation, own):
        wide = _beside(own, edition, rows, expectation.weights).drop_nulls()
        calculated = pl.sum_horizontal(pl.col(name) * weight for name, weight in expectation.weights.items()) / total
        wrong = wide.filter((pl.col("obs_value") - calculated).abs() > expectation.tolerance)
        yield Misfits(edition, wrong["ref_area"].to_list(), wide.height)


def out_of_order(expectation: Expectation, own: pl.DataFrame) -> Iterator[Misfits]:
    """Yield, by edition, the areas whose rank does not follow the index: the fewest whose absence puts it in order.

    Equal ranks are allowed in any number, since publishers break ties differently.
    """
    index = str(expectation.index)
    for edition, rows in editions_of(expectation, own):
        wide = _beside(own, edition, rows, [index]).drop_nulls()
        ordered = wide.sort(index, "obs_value", "ref_area", descending=[True, False, False])
        kept = set(_longest_rise(ordered["obs_value"].to_list()))
        areas = [area for place, area in enumerate(ordered["ref_area"]) if place not in kept]
        yield Misfits(edition, areas, wide.height)


def editions_of(expectation: Expectation, own: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the series' rows by edition: of those named, even where it has none, or of all."""
    rows = own.filter(pl.col("series_id") == expectation.series_id)
    for edition in expectation.editions or sorted(rows["edition"].unique()):
        yield edition, rows.filter(pl.col("edition") == edition)


def _beside(own: pl.DataFrame, edition: str, rows: pl.DataFrame, series_ids: Iterable[str]) -> pl.DataFrame:
    """Return area and value of ``rows`` with the values of other series of the edition as columns beside."""
    wide = rows.select("ref_area", "obs_value")
    for series_id in series_ids:
        other = own.filter(pl.col("series_id") == series_id, pl.col("edition") == edition)
        wide = wide.join(other.select("ref_area", pl.col("obs_value").alias(series_id)), on="ref_area", how="left")
    return wide


def _longest_rise(values: list[float]) -> list[int]:
    """Return the positions of the longest part of a list, in its order, that never falls.

    >>> _longest_rise([1.0, 9.0, 2.0, 2.0, 3.0])
    [0, 2, 3, 4]
    """
    tails: list[float] = []
    ends: list[int] = []
    before: list[int | None] = []
    for position, value in enumerate(values):
        place = bisect_right(tails, value)
        before.append(ends[place - 1] if place else None)
        tails[place : place + 1] = [value]
        ends[place : place + 1] = [position]
    rise: list[int] = []
    step: int | None = ends[-1] if ends else None
    while step is not None:
        rise.append(step)
        step = before[step]
    return rise[::-1]


def _jumps(statistics: pl.DataFrame, mapping: SourceMapping) -> Iterator[Unsound]:
    """Yield the rows whose value lies by the series' factor away from those of the periods around it."""
    for series in mapping.series.values():
        if series.jump is None:
            continue
        rows = statistics.filter(pl.col("series_id") == series.series_id, pl.col("obs_value") > 0)
        for _, group in rows.sort("time_period", "vintage_on", "edition").group_by("ref_area", maintain_order=True):
            values, numbers = group["obs_value"].to_list(), group[ROW].to_list()
            for place, value in enumerate(values):
                around = [*values[max(0, place - _NEIGHBOURS) : place], *values[place + 1 : place + 1 + _NEIGHBOURS]]
                usual = sorted(around)[len(around) // 2] if len(around) >= _NEIGHBOURS else value
                if not 1 / series.jump <= value / usual <= series.jump:
                    detail = f"{value:g} beside {usual:g} in the periods around it; look whether the unit is another"
                    yield Unsound(numbers[place], "jump", detail)


def _reason(expectation: Expectation, value: float) -> str:
    remedy = "compare the row with the publisher's table"
    if expectation.check == "monotone":
        return f"rank {value:g} does not follow {expectation.index}; {remedy}"
    parts = " and ".join(expectation.weights)
    return f"{value:g} is not the weighted mean of {parts} within {expectation.tolerance:g}; {remedy}"
