"""Which metric a number measures, decided from cue words near it.

A metric's cues are data (``[metric.cues]`` in the registry): alternatives in a list, each a set of
terms that must all stand in the same stretch of text, joined by " & ", with " | " between variants
of one term. The more of the stretch a cue explains, the better it fits.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from dx_pipeline.extraction.folding import fold
from dx_pipeline.registry import Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricCues:
    """The cues of one metric in one language."""

    metric_id: str
    unit: str | None
    sets: tuple[tuple[frozenset[str], ...], ...]

    @property
    def terms(self) -> frozenset[str]:
        """Every term of every cue."""
        return frozenset(term for conjuncts in self.sets for variants in conjuncts for term in variants)


def compile_metrics(metrics: Iterable[Metric], language: str) -> tuple[MetricCues, ...]:
    """Return the cues of a language, folded for matching; metrics without cues there are left out."""
    compiled = []
    for metric in metrics:
        alternatives = [*metric.cues.get("any", ()), *metric.cues.get(language, ())]
        sets = tuple(
            tuple(frozenset(fold(term.strip()) for term in part.split("|")) for part in alternative.split("&"))
            for alternative in alternatives
        )
        if sets:
            compiled.append(MetricCues(metric_id=metric.metric_id, unit=metric.unit, sets=sets))
    return tuple(compiled)


def best_metric(
    metrics: Iterable[MetricCues], found: Collection[str], units: Collection[str | None]
) -> tuple[str, int] | None:
    """Return the metric whose cue explains most of the terms found, with its score; ``None`` where none fits.

    ``units`` are those that the number can have: a metric of another unit is not considered.
    """
    best: tuple[str, int] | None = None
    for metric in metrics:
        if metric.unit is not None and metric.unit not in units:
            continue
        for conjuncts in metric.sets:
            if all(any(term in found for term in variants) for variants in conjuncts):
                score = sum(max(len(term) for term in variants if term in found) for variants in conjuncts)
                if best is None or score > best[1]:
                    best = (metric.metric_id, score)
    return best
