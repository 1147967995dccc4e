"""Where each directive stands on a day: a function of deadline, evidence, rubric and the day alone."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from dx_pipeline.findings.goals import Evidence, Goal, describe_goal, describe_level, find_evidence, read_goal
from dx_pipeline.findings.official import Metric, Observation, OfficialFigures, period_end, read_figures, read_metrics
from dx_pipeline.findings.rubric import Rubric, read_rubric
from dx_pipeline.findings.wording import in_words, plain
from dx_pipeline.schemas.findings import DirectiveStatus
from dx_pipeline.schemas.frames import frame_of


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judgement:
    status: str
    explanation: str
    series_id: str | None = None


def judge_directives(
    directives: pl.DataFrame,
    statistics: pl.DataFrame,
    metrics: pl.DataFrame,
    as_of: date,
    *,
    breaks: pl.DataFrame | None = None,
    rubric: Rubric | None = None,
) -> pl.DataFrame:
    """Judge where every directive stands at the end of a day.

    Args:
        directives: ``Directives``; one that was issued after ``as_of`` was not known and gets no row.
        statistics: ``Statistics``; figures published after ``as_of``, or on an unknown day, are not seen.
        metrics: ``Metrics``, for units and for the direction that is better.
        as_of: the day of the judgement.
        breaks: breaks of series with ``metric_id``, ``from_period``, ``kind`` and ``reason``.
        rubric: the rules; the catalogue's without it.

    Returns:
        ``DirectiveStatus``, sorted by directive. A numeric goal is ``met`` where a figure meets it whose
        period had ended or that was published by the deadline, else ``met_late``; ``missed`` only where a
        figure that covers the deadline does not meet it.
    """
    rubric = rubric or read_rubric()
    figures = read_figures(statistics, breaks)
    registry = read_metrics(metrics)
    known = directives.filter(pl.col("issued_on").is_null() | (pl.col("issued_on") <= as_of)).sort("directive_id")
    rows = []
    for directive in known.iter_rows(named=True):
        judgement = _judge(directive, figures, registry, as_of, rubric)
        due_on = directive["due_on"]
        rows.append(
            {
                "directive_id": directive["directive_id"],
                "as_of": as_of,
                "status": judgement.status,
                "days_left": (due_on - as_of).days if due_on is not None else None,
                "evidence_kind": "statistics" if judgement.series_id else "none",
                "evidence_id": judgement.series_id,
                "rubric_version": rubric.version,
                "explanation": judgement.explanation,
            }
        )
    return frame_of(DirectiveStatus, rows)


def _judge(
    directive: dict[str, Any], figures: OfficialFigures, registry: dict[str, Metric], as_of: date, rubric: Rubric
) -> _Judgement:
    calendar = _judge_by_calendar(directive, as_of, rubric)
    goal = read_goal(directive, registry)
    if goal is None or not goal.is_judgeable:
        return calendar
    if directive["issued_on"] is None:
        return _with(calendar, "The day of the order is unknown, so no official figure can be told to be later")
    evidence = find_evidence(goal, directive["issued_on"], figures, rubric.ref_area, as_of)
    if evidence.obstacle is not None:
        text = f"{goal.metric.name}: {describe_goal(goal)} was ordered, but {evidence.obstacle}."
        return _Judgement(status="not_comparable", explanation=text, series_id=evidence.obstacle_series)
    return _judge_by_figures(goal, evidence, directive["due_on"], as_of, calendar)


def _judge_by_figures(
    goal: Goal, evidence: Evidence, due_on: date | None, as_of: date, calendar: _Judgement
) -> _Judgement:
    baseline = evidence.baseline
    if not evidence.later:
        known = f"; the newest is {describe_level(goal.metric, baseline)}" if baseline else ""
        return _with(calendar, f"No official figure of {goal.metric.name} has come since the order{known}")
    if goal.value is None and baseline is None:
        return _with(calendar, f"No official figure of {goal.metric.name} was known at the order to count from")
    start = baseline.obs_value if baseline else None
    meeting = next((o for o in evidence.later if goal.is_met(o.obs_value, start)), None)
    if meeting is not None:
        text = _compare(goal, baseline, meeting)
        if due_on is None or _is_in_time(meeting, due_on):
            return _Judgement(status="met", explanation=f"{text}.", series_id=meeting.series_id)
        text = f"{text}, after the deadline of {in_words(due_on)}."
        return _Judgement(status="met_late", explanation=text, series_id=meeting.series_id)
    latest = evidence.later[-1]
    text = _compare(goal, baseline, latest)
    if due_on is not None and due_on < as_of and period_end(latest.time_period) >= due_on:
        return _Judgement(
            status="missed", explanation=f"{text}, due on {in_words(due_on)}.", series_id=latest.series_id
        )
    return _Judgement(status=calendar.status, explanation=f"{text}. {calendar.explanation}", series_id=latest.series_id)


def _judge_by_calendar(directive: dict[str, Any], as_of: date, rubric: Rubric) -> _Judgement:
    due_on, recurrence = directive["due_on"], directive["recurrence"]
    if due_on is None:
        text = f"The duty returns ({recurrence}) and has no last day." if recurrence else "No deadline is stated."
        return _Judgement(status="no_deadline", explanation=text)
    if due_on < as_of and recurrence:
        text = f"The duty returns ({recurrence}); it first fell due on {in_words(due_on)}."
        return _Judgement(status="no_deadline", explanation=text)
    if due_on < as_of:
        text = f"The deadline of {in_words(due_on)} has passed and no evidence of completion is known."
        return _Judgement(status="overdue", explanation=text)
    soon = due_on - as_of <= timedelta(days=rubric.due_soon_days)
    return _Judgement(status="due_soon" if soon else "open", explanation=f"It is due on {in_words(due_on)}.")


def _is_in_time(observation: Observation, due_on: date) -> bool:
    published_by_then = observation.vintage_on is not None and observation.vintage_on <= due_on
    return published_by_then or period_end(observation.time_period) <= due_on


def _compare(goal: Goal, baseline: Observation | None, figure: Observation) -> str:
    """Write what was, what is and what was ordered, in one clause."""
    reached = describe_level(goal.metric, figure)
    if goal.value is None and baseline is not None:
        gain = goal.metric.gain(baseline.obs_value, figure.obs_value)
        moved = f"{'up' if gain >= 0 else 'down'} {plain(abs(gain))}"
        before = describe_level(goal.metric, baseline)
        after = reached.removeprefix("rank ")
        return f"{before[0].upper()}{before[1:]}, {after}: {moved}, {describe_goal(goal)} was ordered ({figure.origin})"
    return f"{reached[0].upper()}{reached[1:]}, {describe_goal(goal)} was ordered ({figure.origin})"


def _with(calendar: _Judgement, reason: str) -> _Judgement:
    return _Judgement(status=calendar.status, explanation=f"{calendar.explanation} {reason}.")
