"""Numeric goals of directives and the official evidence on them, as known on a day.

What status and progress both rest on belongs here: the baseline known at the order, the figures that
came after it, and what stands in the way of a comparison.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dx_pipeline.findings.official import (
    Metric,
    Observation,
    OfficialFigures,
    known_on,
    period_end,
    reference_series,
)
from dx_pipeline.findings.rounding import last_digit, within
from dx_pipeline.findings.wording import plain, qualified


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A level to reach, or a change to make from the figure known at the order."""

    metric: Metric
    comparator: str
    value: float | None
    change: float | None

    def is_met(self, figure: float, baseline: float | None) -> bool:
        """Tell whether a figure meets the goal; a change needs a baseline to be counted from.

        "Equal to" and "about" a level are met from the better side too: 45th meets "50th".
        """
        if self.value is None:
            if baseline is None or self.change is None:
                return False
            return _holds(self.metric.gain(baseline, figure), self.comparator, self.change, "higher")
        return _holds(figure, self.comparator, self.value, self.metric.better)

    def level(self, baseline: float | None) -> float | None:
        """Return the level to reach, in the metric's unit, or nothing where a change has no baseline."""
        if self.value is not None or self.change is None or baseline is None:
            return self.value
        return baseline - self.change if self.metric.better == "lower" else baseline + self.change

    @property
    def is_judgeable(self) -> bool:
        """Whether the registry knows which way is better, where the goal needs it."""
        return self.value is not None or self.metric.better is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What official figures said at the order (``baseline``) and afterwards, up to a day.

    ``obstacle`` is the reason why they cannot judge the goal, ``obstacle_series`` the series that shows it.
    """

    baseline: Observation | None
    later: tuple[Observation, ...]
    obstacle: str | None = None
    obstacle_series: str | None = None


def read_goal(directive: dict[str, Any], registry: dict[str, Metric]) -> Goal | None:
    """Return a directive's numeric goal, or nothing where it has none that the registry knows the metric of."""
    metric = registry.get(directive["target_metric_id"] or "")
    value, change = directive["target_value"], directive["target_change"]
    if metric is None or (value is None and change is None):
        return None
    return Goal(
        metric=metric,
        comparator=directive["target_comparator"] or ("=" if value is not None else ">="),
        value=value,
        change=change,
    )


def find_evidence(goal: Goal, issued_on: date, figures: OfficialFigures, ref_area: str, as_of: date) -> Evidence:
    """Gather the official figures that bear on a goal, none of them published after ``as_of``.

    The baseline is the newest figure known on the day of the order. Later figures are those of newer
    periods; for a change, only of periods that had not ended before the order. Where several series
    measure the metric and none is its official publisher's, no figure is compared with another's.
    """
    published = reference_series(figures.of(goal.metric.metric_id, ref_area), goal.metric.publisher_id)
    known = known_on(published, as_of)
    baseline = next(reversed(known_on(published, issued_on)), None)
    newest = {o.series_id: o for o in known}
    if len(newest) > 1:
        told = ", ".join(f"{plain(o.obs_value)} in {o.time_period} ({o.origin})" for o in newest.values())
        text = f"publishers differ and the order names none: {told}"
        return Evidence(baseline=None, later=(), obstacle=text, obstacle_series=known[-1].series_id)
    later = [o for o in known if _is_newer(o, baseline) and _answers(goal, o, issued_on)]
    if not later:
        siblings = known_on(figures.siblings(goal.metric.metric_id, ref_area), as_of)
        newer = [o for o in siblings if _is_newer(o, baseline)]
        return _without_later_figure(goal, baseline, newer, figures, as_of)
    if baseline is not None:
        broken = figures.broken_between(
            goal.metric.metric_id, period_end(baseline.time_period), period_end(later[-1].time_period)
        )
        if broken is not None:
            text = f"the method changed from {broken.from_period} ({broken.reason}); {_both(goal, baseline, later[-1])}"
            return Evidence(baseline=baseline, later=tuple(later), obstacle=text, obstacle_series=later[-1].series_id)
    return Evidence(baseline=baseline, later=tuple(later))


def describe_level(metric: Metric, observation: Observation) -> str:
    """Write a figure with its period: "rank 86 in 2022", "84.15% in 2024"."""
    unit = "%" if observation.unit_measure == "percent" else f" {observation.unit_measure}"
    figure = f"rank {plain(observation.obs_value)}" if metric.is_rank else f"{plain(observation.obs_value)}{unit}"
    return f"{figure} in {observation.time_period}"


def describe_goal(goal: Goal) -> str:
    """Write what was ordered: "at least 5", "at most 30"."""
    figure = goal.value if goal.value is not None else goal.change
    return qualified(figure or 0.0, goal.comparator)


def _is_newer(observation: Observation, baseline: Observation | None) -> bool:
    return baseline is None or period_end(observation.time_period) > period_end(baseline.time_period)


def _answers(goal: Goal, observation: Observation, issued_on: date) -> bool:
    """Tell whether a figure can answer an order: a change made before it cannot, a level held after it can."""
    return goal.value is not None or period_end(observation.time_period) >= issued_on


def _without_later_figure(
    goal: Goal, baseline: Observation | None, newer: Sequence[Observation], figures: OfficialFigures, as_of: date
) -> Evidence:
    """Tell whether a newer edition came in another shape: a tier where a rank was ordered."""
    metric_id = goal.metric.metric_id
    known = f"; the newest is {describe_level(goal.metric, baseline)}, from before the order" if baseline else ""
    if newer:
        edition = [o for o in newer if o.time_period == newer[-1].time_period]
        broken = figures.discontinued(metric_id, edition[-1].time_period)
        reason = f" ({broken.reason})" if broken else ""
        text = (
            f"the {edition[-1].time_period} edition gives {_shapes(edition)} but no {_shape(metric_id)}{reason}{known}"
        )
        return Evidence(baseline=baseline, later=(), obstacle=text, obstacle_series=edition[-1].series_id)
    start = period_end(baseline.time_period) if baseline else date.min
    broken = figures.broken_between(metric_id, start, as_of, kind="discontinued")
    if broken is not None:
        return Evidence(baseline=baseline, later=(), obstacle=f"{broken.reason}{known}")
    return Evidence(baseline=baseline, later=())


def _shape(metric_id: str) -> str:
    return metric_id.rsplit("-", 1)[-1]


def _shapes(observations: Sequence[Observation]) -> str:
    return " and ".join(dict.fromkeys(f"{_shape(o.metric_id)} {plain(o.obs_value)}" for o in observations))


def _both(goal: Goal, baseline: Observation, latest: Observation) -> str:
    return f"{describe_level(goal.metric, baseline)} and {describe_level(goal.metric, latest)} are not comparable"


def _holds(figure: float, comparator: str, bound: float, better: str | None) -> bool:
    if comparator in {"=", "~"} and better is not None:
        comparator = ">=" if better == "higher" else "<="
    half = last_digit(bound) / 2
    match comparator:
        case ">=":
            return figure >= bound
        case "<=":
            return figure <= bound
        case _:
            return within(figure, bound - half, bound + half)
