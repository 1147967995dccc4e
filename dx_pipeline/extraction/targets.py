"""Numeric goals of a task: which metric is to reach which level, or to change by how much."""

from dataclasses import dataclass

from dx_pipeline.extraction.metrics import best_metric
from dx_pipeline.extraction.quantities import Quantity, QuantityReader
from dx_pipeline.extraction.tokens import Reading, within

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
    found = [q for q in quantities.read(reading, start, end) if q.role in _GOAL_ROLES]
    terms = {cue.value for cue in within(reading.cues, start, end) if cue.kind == "metric"}
    for quantity in found:
        metric = best_metric(reading.language.metrics, terms, {quantity.unit})
        if not _is_goal(reading, quantity, has_metric=metric is not None):
            continue
        is_change = quantity.role in ("change", "rank_change")
        comparator = {"rank_change": ">="}.get(quantity.role, quantity.comparator)
        return Target(
            metric_id=metric[0] if metric is not None else None,
            comparator=comparator,
            value=None if is_change else quantity.number.value,
            change=quantity.number.value if is_change else None,
            unit=quantity.unit,
        )
    return None


def _is_goal(reading: Reading, quantity: Quantity, *, has_metric: bool) -> bool:
    if quantity.role in ("rank", "rank_change", "rank_required") or quantity.is_percent:
        return True
    if quantity.comparator in (">=", "<=") and quantity.unit is not None:
        return True
    follows = reading.folded[quantity.number.end : quantity.number.end + 2]
    if follows[:1] == "/" and follows[1:].isdigit():
        return True
    return has_metric and quantity.unit is not None and not quantity.is_small
