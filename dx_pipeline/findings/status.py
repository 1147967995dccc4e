"""Where each directive stands on a day: a function of deadline, evidence, rubric and the day alone."""

from datetime import date, timedelta
from typing import Any

import polars as pl

from dx_pipeline.findings.goals import Evidence, Goal, describe_goal, describe_level, find_evidence, read_goal
from dx_pipeline.findings.official import Metric, Observation, OfficialFigures, period_end, read_figures, read_metrics
from dx_pipeline.findings.proofs import Judgement, judge_by_proofs, read_proofs
from dx_pipeline.findings.rubric import Rubric, read_rubric
from dx_pipeline.findings.wording import in_words, plain
from dx_pipeline.schemas.findings import DirectiveStatus
from dx_pipeline.schemas.frames import frame_of


def judge_directives(
    directives: pl.DataFrame,
    statistics: pl.DataFrame,
    metrics: pl.DataFrame,
    as_of: date,
    *,
    evidence: pl.DataFrame | None = None,
    repetitions: pl.DataFrame | None = None,
    breaks: pl.DataFrame | None = None,
    rubric: Rubric | None = None,
) -> pl.DataFrame:
    """Judge where every directive stands at the end of a day.

    Args:
        directives: ``Directives``; one that was issued after ``as_of`` was not known and gets no row.
        statistics: ``Statistics``; figures published after ``as_of``, or on an unknown day, are not seen.
        metrics: ``Metrics``, for units and for the direction that is better.
        as_of: the day of the judgement.
        evidence: ``DirectiveEvidence``; what was published after ``as_of`` is not seen.
        repetitions: ``DirectiveRepetitions``; an order given again after ``as_of`` is not seen.
        breaks: breaks of series with ``metric_id``, ``from_period``, ``kind`` and ``reason``.
        rubric: the rules; the catalogue's without it.

    Returns:
        ``DirectiveStatus``, sorted by directive. A numeric goal is ``met`` where a figure meets it whose
        period had ended or that was published by the deadline, else ``met_late``; ``missed`` only where a
        figure that covers the deadline does not meet it. Any other order is ``met`` or ``met_late`` where a later
        article or document says that it was carried out, ``missed`` where one says that its day passed without it
        or where it was given again after its day.
    """
    rubric = rubric or read_rubric()
    figures = read_figures(statistics, breaks)
    registry = read_metrics(metrics)
    proofs = read_proofs(evidence, repetitions, as_of)
    known = directives.filter(pl.col("issued_on").is_null() | (pl.col("issued_on") <= as_of)).sort("directive_id")
    rows = []
    for directive in known.iter_rows(named=True):
        judgement = _judge(directive, figures, registry, as_of, rubric)
        if judgement.series_id is None:
            judgement = judge_by_proofs(directive, proofs.get(directive["directive_id"], ()), judgement)
        rows.append(_row(directive, judgement, as_of, rubric))
    return frame_of(DirectiveStatus, rows)


def _row(directive: dict[str, Any], judgement: Judgement, as_of: date, rubric: Rubric) -> dict[str, Any]:
    due_on, proof = directive["due_on"], judgement.proof
    return {
        "directive_id": directive["directive_id"],
        "as_of": as_of,
        "status": judgement.status,
        "days_left": (due_on - as_of).days if due_on is not None else None,
        "evidence_kind": proof.kind if proof else "statistics" if judgement.series_id else "none",
        "evidence_id": proof.evidence_id if proof else judgement.series_id,
        "evidence_on": proof.stated_on if proof else judgement.known_on,
        "completed_on": judgement.completed_on,
        "evidence_quote": proof.quote if proof else None,
        "rubric_version": rubric.version,
        "explanation": judgement.explanation,
    }


def _judge(
    directive: dict[str, Any], figures: OfficialFigures, registry: dict[str, Metric], as_of: date, rubric: Rubric
) -> Judgement:
    calendar = _judge_by_calendar(directive, as_of, rubric)
    goal = read_goal(directive, registry)
    if goal is None or not goal.is_judgeable:
        return calendar
    if directive["issued_on"] is None:
        return _with(calendar, "The day of the order is unknown, so no official figure can be told to be later")
    evidence = find_evidence(goal, directive["issued_on"], figures, rubric.ref_area, as_of)
    if evidence.obstacle is not None:
        text = f"{goal.metric.name}: {describe_goal(goal)} was ordered, but {evidence.obstacle}."
        return Judgement(status="not_comparable", explanation=text, series_id=evidence.obstacle_series)
    return _judge_by_figures(goal, evidence, directive["due_on"], as_of, calendar)


def _judge_by_figures(
    goal: Goal, evidence: Evidence, due_on: date | None, as_of: date, calendar: Judgement
) -> Judgement:
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
        in_time = due_on is None or _is_in_time(meeting, due_on)
        late = "" if in_time or due_on is None else f", after the deadline of {in_words(due_on)}"
        return Judgement(
            status="met" if in_time else "met_late",
            explanation=f"{text}{late}.",
            series_id=meeting.series_id,
            known_on=meeting.vintage_on,
            completed_on=min(period_end(meeting.time_period), meeting.vintage_on or date.max),
        )
    latest = evidence.later[-1]
    text = _compare(goal, baseline, latest)
    if due_on is not None and due_on < as_of and period_end(latest.time_period) >= due_on:
        return Judgement(
            status="missed",
            explanation=f"{text}, due on {in_words(due_on)}.",
            series_id=latest.series_id,
            known_on=latest.vintage_on,
        )
    return Judgement(
        status=calendar.status,
        explanation=f"{text}. {calendar.explanation}",
        series_id=latest.series_id,
        known_on=latest.vintage_on,
    )


def _judge_by_calendar(directive: dict[str, Any], as_of: date, rubric: Rubric) -> Judgement:
    due_on, recurrence = directive["due_on"], directive["recurrence"]
    if due_on is None:
        text = f"The duty returns ({recurrence}) and has no last day." if recurrence else "No deadline is stated."
        return Judgement(status="no_deadline", explanation=text)
    if due_on < as_of and recurrence:
        text = f"The duty returns ({recurrence}); it first fell due on {in_words(due_on)}."
        return Judgement(status="no_deadline", explanation=text)
    if due_on < as_of:
        text = f"The deadline of {in_words(due_on)} has passed and no evidence of completion is known."
        return Judgement(status="overdue", explanation=text)
    soon = due_on - as_of <= timedelta(days=rubric.due_soon_days)
    return Judgement(status="due_soon" if soon else "open", explanation=f"It is due on {in_words(due_on)}.")


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


def _with(calendar: Judgement, reason: str) -> Judgement:
    return Judgement(status=calendar.status, explanation=f"{calendar.explanation} {reason}.")
