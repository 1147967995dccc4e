"""Numeric goals of a task: which metric is to reach which level, or to change by how much."""

from dataclasses import dataclass

from dx_pipeline.extraction.metrics import best_metric
from dx_pipeline.extraction.quantities import Quantity, QuantityReader
from dx_pipeline.extraction.tokens import Reading
from dx_pipeline.extraction.tracks import within

_GOAL_ROLES = frozenset({"level", "to", "total", "change", "rank", "rank_change", "rank_required", "from"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A goal in numbers."""

    metric_id: str | None
    comparator: str
    value: float | None
    change: float | None
    unit: str | None


def read_target(reading: Reading, start: int, end: int, quantities: QuantityReader) -> Target | None:
    """Return the numeric goal told in a stretch of text, the first where there are several."""
    found = quantities.read(reading, start, end)
    for index, quantity in enumerate(found):
        if quantity.role not in _GOAL_ROLES:
            continue
        low = found[index - 1].end if index else start
        high = found[index + 1].start if index + 1 < len(found) else end
        metric = _metric(reading, low, high, quantity) or _metric(reading, start, end, quantity)
        if not _is_goal(reading, quantity, has_metric=metric is not None):
            continue
        is_change = quantity.role in ("change", "rank_change")
        return Target(
            metric_id=metric,
            comparator=">=" if quantity.role == "rank_change" else quantity.comparator,
            value=None if is_change else quantity.number.value,
            change=quantity.number.value if is_change else None,
            unit=quantity.unit,
        )
    return None


def _metric(reading: Reading, start: int, end: int, quantity: Quantity) -> str | None:
    """The metric told in a stretch of text: that between the numbers beside this one, else of the whole task."""
    terms = {cue.value for cue in within(reading.cues, start, end) if cue.kind == "metric"}
    best = best_metric(reading.language.metrics, terms, {quantity.unit})
    return best[0] if best is not None else None


def _is_goal(reading: Reading, quantity: Quantity, *, has_metric: bool) -> bool:
    if quantity.role in ("rank", "rank_change", "rank_required") or quantity.is_percent:
        return True
    if quantity.role == "change" and quantity.unit is not None:
        return True  # "12 more utilities"
    if quantity.comparator in (">=", "<=") and quantity.unit is not None:
        return True
    follows = reading.folded[quantity.number.end : quantity.number.end + 2]
    if follows[:1] == "/" and follows[1:].isdigit():
        return True
    return has_metric and quantity.unit is not None and not quantity.is_small
