"""Official figures as the findings look them up: by metric and area, by what was known on a day, by method break.

Only the lookup belongs here; no verdict is given in this module.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

_FAMILY_ENDINGS = ("-rank", "-score", "-tier")


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One official figure in one vintage."""

    series_id: str
    metric_id: str
    ref_area: str
    time_period: str
    obs_value: float
    unit_measure: str
    source_id: str
    edition: str
    vintage_on: date | None
    out_of: int | None

    @property
    def origin(self) -> str:
        """Where the figure stands, for a sentence."""
        return f"{self.source_id}, {self.edition}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A series that is another one from a period on.

    ``kind`` is ``method`` where figures on its two sides must not be compared, ``discontinued`` where
    there are none from ``from_period`` on.
    """

    metric_id: str
    from_period: str
    reason: str
    kind: str = "method"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """What the registry says of a metric."""

    metric_id: str
    name: str
    unit: str | None
    better: str | None
    publisher_id: str | None

    @property
    def is_rank(self) -> bool:
        """Whether its values are places in a ranking."""
        return self.unit == "rank"

    def gain(self, before: float, after: float) -> float:
        """Return the change that counts as gain where positive: a smaller number where lower is better."""
        return before - after if self.better == "lower" else after - before


class OfficialFigures:
    """Observations and method breaks, ready to be looked up."""

    def __init__(self, observations: Iterable[Observation], breaks: Iterable[Break]) -> None:
        """Index the observations by metric and area; rows without a value or a metric must be left out before."""
        self._figures: dict[tuple[str, str], list[Observation]] = defaultdict(list)
        for observation in sorted(observations, key=_order):
            self._figures[observation.metric_id, observation.ref_area].append(observation)
        self._breaks = sorted(breaks, key=lambda b: (b.metric_id, b.from_period, b.reason))
        self._families: dict[tuple[str, str], set[str]] = defaultdict(set)
        for metric_id, area in self._figures:
            self._families[family(metric_id), area].add(metric_id)

    def of(self, metric_id: str, area: str) -> Sequence[Observation]:
        """Return all vintages of a metric's figures for an area, by period, series and vintage."""
        return self._figures.get((metric_id, area), [])

    def siblings(self, metric_id: str, area: str) -> list[Observation]:
        """Return the figures of the same index in another shape: tier and score beside a rank."""
        names = self._families.get((family(metric_id), area), set()) - {metric_id}
        return [o for name in sorted(names) for o in self._figures[name, area]]

    def broken_between(self, metric_id: str, after: date, until: date, kind: str = "method") -> Break | None:
        """Return the first break of a metric whose first period ends after one day and not after another."""
        for one in self._breaks:
            if (one.metric_id, one.kind) == (metric_id, kind) and after < period_end(one.from_period) <= until:
                return one
        return None

    def discontinued(self, metric_id: str, period: str) -> Break | None:
        """Return the break that says why a metric has no figure for a period."""
        return self.broken_between(metric_id, date.min, _end_or_never(period), kind="discontinued")


def read_figures(statistics: pl.DataFrame, breaks: pl.DataFrame | None) -> OfficialFigures:
    """Build the lookup from the ``Statistics`` frame and a frame of breaks.

    ``breaks`` has the columns ``metric_id``, ``from_period``, ``reason`` and ``kind`` (``method`` or
    ``discontinued``); others are ignored. Rows without a value say that there is no figure, and rows
    without a metric answer no claim.
    """
    usable = statistics.filter(pl.col("obs_value").is_not_null() & pl.col("metric_id").is_not_null())
    observations = (
        Observation(**row)
        for row in usable.select(
            "series_id", "metric_id", "ref_area", "time_period", "obs_value", "unit_measure", "source_id", "edition",
            "vintage_on", "out_of",
        ).iter_rows(named=True)
    )  # fmt: skip
    rows = []
    if breaks is not None:
        told = breaks.filter(pl.col("metric_id").is_not_null())
        rows = told.select("metric_id", "from_period", "reason", "kind").to_dicts()
    return OfficialFigures(observations, (Break(**row) for row in rows))


def read_metrics(metrics: pl.DataFrame) -> dict[str, Metric]:
    """Return the registry's metrics by id, from a ``Metrics`` frame."""
    return {
        row["metric_id"]: Metric(name=row.pop("name_en"), **row)
        for row in metrics.select("metric_id", "name_en", "unit", "better", "publisher_id").iter_rows(named=True)
    }


def family(metric_id: str) -> str:
    """Return what the rank, the score and the tier of one index have in common.

    >>> family("itu-gci-rank") == family("itu-gci-tier") == "itu-gci"
    True
    """
    for ending in _FAMILY_ENDINGS:
        metric_id = metric_id.removesuffix(ending)
    return metric_id


def known_on(observations: Iterable[Observation], day: date) -> list[Observation]:
    """Return, per series and period, the figures of the newest vintage known on a day.

    A figure without a vintage is not proven to have been known and is left out.
    """
    return _vintages((o for o in observations if o.vintage_on is not None and o.vintage_on <= day), newest=True)


def newest_known(observations: Iterable[Observation]) -> list[Observation]:
    """Return, per series and period, the figures of the newest vintage; one without a day is the oldest."""
    return _vintages(observations, newest=True)


def first_known(observations: Iterable[Observation]) -> list[Observation]:
    """Return, per series and period, the figures of the earliest vintage; one without a day is the oldest."""
    return _vintages(observations, newest=False)


def reference_series(observations: Sequence[Observation], publisher_id: str | None) -> list[Observation]:
    """Return the observations of the metric's official publisher, or all where none can be told to be its own.

    A series or source belongs to a publisher where its id begins with the publisher's.
    """
    if publisher_id is None:
        return list(observations)
    own = [
        o for o in observations if _begins_with(o.series_id, publisher_id) or _begins_with(o.source_id, publisher_id)
    ]
    return own or list(observations)


def period_end(period: str) -> date:
    """Return the last day of an ISO 8601 period: year, half-year, quarter, month or day.

    Raises:
        ValueError: where the text is no such period.

    >>> period_end("2024-H1"), period_end("2024-02")
    (datetime.date(2024, 6, 30), datetime.date(2024, 2, 29))
    """
    year, _, part = period.partition("-")
    if not part:
        return date(int(year), 12, 31)
    if part[0] in "QH":
        return _month_end(int(year), int(part[1:]) * (3 if part[0] == "Q" else 6))
    if part.isdecimal():
        return _month_end(int(year), int(part))
    return date.fromisoformat(period)


def _end_or_never(period: str) -> date:
    """Return a period's last day; words that are no period come before every day."""
    try:
        return period_end(period)
    except ValueError:
        return date.min


def _month_end(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


def _begins_with(identifier: str, publisher_id: str) -> bool:
    return identifier == publisher_id or identifier.startswith(f"{publisher_id}-")


def _vintages(observations: Iterable[Observation], *, newest: bool) -> list[Observation]:
    groups: dict[tuple[str, str], list[Observation]] = defaultdict(list)
    for observation in observations:
        groups[observation.series_id, observation.time_period].append(observation)
    chosen: list[Observation] = []
    for group in groups.values():
        days = [o.vintage_on or date.min for o in group]
        day = max(days) if newest else min(days)
        chosen.extend(o for o in group if (o.vintage_on or date.min) == day)
    return sorted(chosen, key=_order)


def _order(observation: Observation) -> tuple[date, str, date, str, float]:
    return (
        period_end(observation.time_period),
        observation.series_id,
        observation.vintage_on or date.min,
        observation.edition,
        observation.obs_value,
    )
