"""Numeric targets against official actuals: pace achieved beside pace needed."""

from dataclasses import dataclass
from datetime import date
from math import ceil, floor
from typing import Any

import polars as pl

from dx_pipeline.findings.goals import Evidence, Goal, describe_goal, describe_level, find_evidence, read_goal
from dx_pipeline.findings.official import Metric, Observation, period_end, read_figures, read_metrics
from dx_pipeline.findings.rubric import Rubric, read_rubric
from dx_pipeline.findings.targets import Told, ordered_targets, supersede, told_targets
from dx_pipeline.findings.wording import plain
from dx_pipeline.schemas.findings import TargetProgress
from dx_pipeline.schemas.frames import frame_of

_DAYS_A_YEAR = 365.25


@dataclass(frozen=True, slots=True, kw_only=True)
class _Course:
    """From the baseline to the goal, and how far the newest figure has come; times in years."""

    baseline: float
    goal: float
    latest: float
    years_passed: float
    years_planned: float

    @property
    def growth_ratio(self) -> float | None:
        """Compound growth achieved over growth needed (Open SDG); nothing where a figure is zero or below."""
        if min(self.baseline, self.goal, self.latest) <= 0 or self.baseline == self.goal:
            return None
        return self.growth(self.latest, self.years_passed) / self.growth(self.goal, self.years_planned)

    def growth(self, figure: float, years: float) -> float:
        """Return the yearly growth from the baseline to a figure, as a share."""
        return float((figure / self.baseline) ** (1 / years) - 1)

    def expected_place(self, better: str | None) -> float:
        """Return the place on the straight line to the goal by now, rounded in the rank's favour."""
        expected = self.baseline + self.pace_needed * self.years_passed
        return float(ceil(expected) if better == "lower" else floor(expected))

    @property
    def pace_needed(self) -> float:
        return (self.goal - self.baseline) / self.years_planned

    @property
    def pace_achieved(self) -> float:
        return (self.latest - self.baseline) / self.years_passed


def measure_progress(
    directives: pl.DataFrame,
    statistics: pl.DataFrame,
    metrics: pl.DataFrame,
    as_of: date,
    *,
    told: Told | None = None,
    breaks: pl.DataFrame | None = None,
    rubric: Rubric | None = None,
) -> pl.DataFrame:
    """Measure how every numeric target moves, from the figure known when it was set to the newest one.

    Levels follow Open SDG (sdg-build, ``ProgressMeasure``, methodology for quantitative targets): compound
    annual growth achieved over growth needed; from 0.95 it is on track. A rank is a place and not a
    quantity, so it has a rule of its own: on track where it is at least as good as the place on the straight
    line from baseline to goal, rounded in its favour to a whole place.

    Args:
        directives: ``Directives``; those without a numeric target on a registered metric give no row.
        statistics: ``Statistics``; figures published after ``as_of`` are not seen.
        metrics: ``Metrics``.
        as_of: the day of the measurement; a target set later is not seen.
        told: targets that are told and not ordered, with the documents that set them.
        breaks: breaks of series with ``metric_id``, ``from_period``, ``kind`` and ``reason``.
        rubric: the thresholds; the catalogue's without it.

    Returns:
        ``TargetProgress``, sorted by target; paces in the metric's unit a year. A target is superseded by a later one
        on the same metric for the same day with another goal.
    """
    rubric = rubric or read_rubric()
    figures = read_figures(statistics, breaks)
    registry = read_metrics(metrics)
    targets = [*ordered_targets(directives), *(told_targets(told, rubric.ref_area) if told else ())]
    rows = []
    for target in sorted(targets, key=lambda one: one["target_id"]):
        goal = read_goal(target, registry)
        set_on = target["issued_on"]
        if goal is not None and goal.is_judgeable and set_on is not None and set_on <= as_of:
            evidence = find_evidence(goal, set_on, figures, rubric.ref_area, as_of)
            rows.append(_measure(target, goal, evidence, rubric))
    return frame_of(TargetProgress, supersede(rows))


def _measure(target: dict[str, Any], goal: Goal, evidence: Evidence, rubric: Rubric) -> dict[str, Any]:
    baseline, latest = evidence.baseline, next(reversed(evidence.later), None)
    level = goal.level(baseline.obs_value if baseline else None)
    course = _course(baseline, latest, level, target["due_on"])
    verdict, explanation = _judge(goal, evidence, course, rubric)
    ratio = course.growth_ratio if course and not goal.metric.is_rank and not evidence.obstacle else None
    return {
        **{name: target[name] for name in ("target_id", "directive_id", "indicator_id", "instrument_ids")},
        "metric_id": goal.metric.metric_id,
        "set_on": target["issued_on"],
        "comparator": goal.comparator,
        "baseline": baseline.obs_value if baseline else None,
        "baseline_period": baseline.time_period if baseline else None,
        "goal": level,
        "goal_period": target["due_on"].isoformat() if target["due_on"] else None,
        "latest": latest.obs_value if latest else None,
        "latest_period": latest.time_period if latest else None,
        "pace_needed": course.pace_needed if course else None,
        "pace_achieved": course.pace_achieved if course else None,
        "pace_ratio": ratio,
        "category": _category(ratio, rubric) if ratio is not None else None,
        "expected": course.expected_place(goal.metric.better) if course and goal.metric.is_rank else None,
        "verdict": verdict,
        "explanation": explanation,
    }


def _course(
    baseline: Observation | None, latest: Observation | None, level: float | None, due_on: date | None
) -> _Course | None:
    if baseline is None or latest is None or level is None or due_on is None:
        return None
    start = period_end(baseline.time_period)
    if due_on <= start:
        return None
    return _Course(
        baseline=baseline.obs_value,
        goal=level,
        latest=latest.obs_value,
        years_passed=(period_end(latest.time_period) - start).days / _DAYS_A_YEAR,
        years_planned=(due_on - start).days / _DAYS_A_YEAR,
    )


def _judge(goal: Goal, evidence: Evidence, course: _Course | None, rubric: Rubric) -> tuple[str, str]:
    if evidence.obstacle is not None:
        return "not_comparable", f"Not comparable: {evidence.obstacle}."
    baseline = evidence.baseline
    if not evidence.later or (goal.value is None and baseline is None):
        return "unknown", f"No two official figures of {goal.metric.name} lie on both sides of the order."
    latest = evidence.later[-1]
    now = describe_level(goal.metric, latest)
    if goal.is_met(latest.obs_value, baseline.obs_value if baseline else None):
        return "reached", f"Reached: {now}, {describe_goal(goal)} was ordered."
    if course is None:
        return "unknown", f"Not reached: {now}; without a deadline and a baseline no pace can be told."
    if goal.metric.is_rank:
        return _judge_rank(goal.metric, course, now)
    return _judge_level(course, now, rubric)


def _judge_rank(metric: Metric, course: _Course, now: str) -> tuple[str, str]:
    place = course.expected_place(metric.better)
    ahead = course.latest <= place if metric.better == "lower" else course.latest >= place
    text = f"{now[0].upper()}{now[1:]}; the straight line to {plain(course.goal)} would be at {plain(place)} by then."
    return ("on_track" if ahead else "off_track"), text


def _judge_level(course: _Course, now: str, rubric: Rubric) -> tuple[str, str]:
    ratio = course.growth_ratio
    if ratio is None:
        return "unknown", f"Not reached: {now}; growth cannot be told from a figure of zero or below."
    needed = course.growth(course.goal, course.years_planned)
    achieved = course.growth(course.latest, course.years_passed)
    word = {"deterioration": "deterioration"}.get(category := _category(ratio, rubric), f"{category} progress")
    text = (
        f"{now[0].upper()}{now[1:]}: growth of {plain(100 * achieved, 2)}% a year, {plain(100 * needed, 2)}% a year is "
        f"needed for {plain(course.goal)}; that is {word} (ratio {plain(ratio, 2)})."
    )
    return ("on_track" if ratio >= rubric.substantial_ratio else "off_track"), text


def _category(ratio: float, rubric: Rubric) -> str:
    """Return Open SDG's word for a ratio of growth achieved over growth needed."""
    if ratio >= rubric.substantial_ratio:
        return "substantial"
    if ratio >= rubric.moderate_ratio:
        return "moderate"
    return "limited" if ratio >= 0 else "deterioration"
