"""What must hold for a source as a whole: row counts, ranks that follow the index, published means.

A failed expectation is no bad row; it says that a file changed or was cut short. Kinds of ``check``
in a source's ``[[expectations]]``, each for the editions that it names or, without any, for all:

``areas``
    Not written as an expectation: every ``[editions.<name>]`` with ``areas`` is held to that number, and
    every rank series of it to ``out_of`` ranked areas.
``value``
    The newest vintage of the series for ``ref_area`` and ``time_period`` is ``value``.
``mean``
    The mean of the series over all areas of an edition is ``value``.
``weighted_mean``
    For each area, the series equals the mean of the series in ``weights``, so weighted.
``monotone``
    Whoever has the higher ``index`` has no worse rank in the series. Equal ranks are allowed in any
    number, since publishers break ties differently.
``latest``
    The newest period with a value is ``time_period`` or later.
``agrees``
    The newest figures equal those of the series ``index``, which may be another source's, wherever both have one.

Rows that alone break ``monotone`` or ``weighted_mean`` are set aside before (``soundness.py``). What is found here is
more: a whole edition is not as described. Deviations up to ``tolerance`` are allowed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

import polars as pl

from dx_pipeline.specs import CatalogueError, StatisticsSource
from dx_pipeline.statistics.mapping import Expectation, SourceMapping, read_mapping
from dx_pipeline.statistics.soundness import apart_from_parts, editions_of, out_of_order

_FAILED = pl.Schema(
    {
        "source_id": pl.String(),
        "series_id": pl.String(),
        "check": pl.String(),
        "edition": pl.String(),
        "expected": pl.String(),
        "found": pl.String(),
    }
)
_AREAS_NAMED = 5  # of those that fail; the rest is a number


class _Finding(NamedTuple):
    """Something that does not hold in one edition."""

    edition: str | None
    expected: str
    found: str


def check_expectations(statistics: pl.DataFrame, sources: Iterable[StatisticsSource]) -> pl.DataFrame:
    """Return the expectations of the sources that the ``Statistics`` frame does not meet; no row where all hold.

    Columns: ``source_id``, ``series_id`` (null for a whole edition), ``check``, ``edition`` (null for
    all), ``expected``, ``found`` (both in words).

    Raises:
        CatalogueError: where a source's settings cannot be used.
    """
    failed: list[tuple[str, str | None, str, str | None, str, str]] = []
    for mapping in map(read_mapping, sources):
        own = statistics.filter(pl.col("source_id") == mapping.source_id)
        failed += [(mapping.source_id, series, check, *finding) for series, check, finding in _counts(mapping, own)]
        for expectation in mapping.expectations:
            checked = _check_of(mapping, expectation)(expectation, statistics if expectation.check == "agrees" else own)
            failed += [(mapping.source_id, expectation.series_id, expectation.check, *finding) for finding in checked]
    return pl.DataFrame(failed, schema=_FAILED, orient="row")


def _counts(mapping: SourceMapping, own: pl.DataFrame) -> Iterator[tuple[str | None, str, _Finding]]:
    for name, edition in mapping.editions.items():
        if edition.areas is None:
            continue
        rows = own.filter(pl.col("edition") == name)
        if (found := rows["ref_area"].n_unique()) != edition.areas:
            yield None, "areas", _Finding(name, str(edition.areas), str(found))
        if edition.out_of is None:
            continue
        for (series_id,), ranks in rows.filter(pl.col("unit_measure") == "rank").group_by(
            "series_id", maintain_order=True
        ):
            if (ranked := ranks["obs_value"].count()) != edition.out_of:
                yield str(series_id), "ranked", _Finding(name, str(edition.out_of), str(ranked))


def _value(expectation: Expectation, own: pl.DataFrame) -> Iterator[_Finding]:
    found = own.filter(
        pl.col("is_latest"),
        pl.col("series_id") == expectation.series_id,
        pl.col("ref_area") == expectation.ref_area,
        pl.col("time_period") == expectation.time_period,
    )["obs_value"].to_list()
    if len(found) != 1 or _differs(found[0], expectation):
        place = f"{expectation.ref_area} {expectation.time_period}"
        yield _Finding(None, f"{place}: {expectation.value:g}", f"{place}: {', '.join(map(str, found)) or 'no row'}")


def _mean(expectation: Expectation, own: pl.DataFrame) -> Iterator[_Finding]:
    for edition, rows in editions_of(expectation, own):
        mean = rows.select(pl.col("obs_value").mean()).item()
        if _differs(mean, expectation):
            yield _Finding(edition, f"mean {expectation.value:g}", f"mean {mean}")


def _weighted_mean(expectation: Expectation, own: pl.DataFrame) -> Iterator[_Finding]:
    total = sum(expectation.weights.values())
    for edition, areas, _ in apart_from_parts(expectation, own):
        if areas:
            parts = ", ".join(f"{weight / total:.3g} {name}" for name, weight in expectation.weights.items())
            yield _Finding(edition, f"mean of {parts} within {expectation.tolerance:g}", _name(areas))


def _monotone(expectation: Expectation, own: pl.DataFrame) -> Iterator[_Finding]:
    for edition, areas, _ in out_of_order(expectation, own):
        if areas:
            yield _Finding(edition, f"no better rank with a lower {expectation.index}", _name(areas))


def _latest(expectation: Expectation, own: pl.DataFrame) -> Iterator[_Finding]:
    rows = own.filter(pl.col("series_id") == expectation.series_id, pl.col("obs_value").is_not_null())
    newest = max(rows["time_period"].to_list(), default="")
    if newest < str(expectation.time_period):
        yield _Finding(None, f"{expectation.time_period} or later", newest or "no row")


def _agrees(expectation: Expectation, every: pl.DataFrame) -> Iterator[_Finding]:
    newest = every.filter("is_latest", pl.col("obs_value").is_not_null())
    ours, others = (newest.filter(pl.col("series_id") == one) for one in (expectation.series_id, expectation.index))
    both = ours.join(others, on=["ref_area", "time_period"], suffix="_other").sort("ref_area", "time_period")
    wrong = both.filter((pl.col("obs_value") - pl.col("obs_value_other")).abs() > expectation.tolerance)
    if wrong.height:
        places = [f"{area} {period}" for area, period in wrong.select("ref_area", "time_period").iter_rows()]
        yield _Finding(None, f"as {expectation.index} within {expectation.tolerance:g}", _name(places))


_CHECKS: Mapping[str, Callable[[Expectation, pl.DataFrame], Iterator[_Finding]]] = {
    "value": _value,
    "mean": _mean,
    "weighted_mean": _weighted_mean,
    "monotone": _monotone,
    "latest": _latest,
    "agrees": _agrees,
}
_NEEDED = {
    "value": ("ref_area", "time_period", "value"),
    "mean": ("value",),
    "weighted_mean": ("weights",),
    "monotone": ("index",),
    "latest": ("time_period",),
    "agrees": ("index",),
}


def _check_of(
    mapping: SourceMapping, expectation: Expectation
) -> Callable[[Expectation, pl.DataFrame], Iterator[_Finding]]:
    place = f"catalogue/statistics/{mapping.source_id}.toml: expectations"
    if expectation.check not in _CHECKS:
        raise CatalogueError(f"{place}: no check is called {expectation.check!r}; write one of {sorted(_CHECKS)}")
    if missing := [key for key in _NEEDED[expectation.check] if getattr(expectation, key) in (None, {})]:
        raise CatalogueError(f"{place}: keys {missing} are missing for check {expectation.check!r}; add them")
    return _CHECKS[expectation.check]


def _differs(found: float | None, expectation: Expectation) -> bool:
    return found is None or expectation.value is None or abs(found - expectation.value) > expectation.tolerance


def _name(areas: list[str]) -> str:
    named = ", ".join(areas[:_AREAS_NAMED])
    return f"{len(areas)} areas do not: {named}{', …' if len(areas) > _AREAS_NAMED else ''}"
