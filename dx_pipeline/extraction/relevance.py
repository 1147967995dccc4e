"""Whether an article is about the programme, and which words decided it."""

from collections import Counter
from collections.abc import Mapping, Sequence

from dx_pipeline.extraction.tokens import Reading
from dx_pipeline.extraction.tracks import within


def judge_relevance(
    reading: Reading, spans: Sequence[tuple[int, int]], thresholds: Mapping[str, float]
) -> tuple[float, bool, str]:
    """Return relevance (0 to 1), whether facts are read from the article, and the reason in words.

    ``spans`` are the stretches that tell the story: menus and teasers do not make a page relevant.
    ``thresholds`` is the ``[relevance]`` table of ``catalogue/rules/indicators.toml``.
    """
    found: Counter[str] = Counter()
    for start, end in spans:
        found.update(cue.value for cue in within(reading.cues, start, end) if cue.kind == "topic")
    mentions = sum(found.values())
    score = min(1.0, len(found) / thresholds["distinct_topics"], mentions / thresholds["enough_mentions"])
    relevant = score >= thresholds["threshold"]
    named = ", ".join(f"{term} ×{count}" for term, count in found.most_common(5)) or "no term of the programme"
    return round(score, 3), relevant, f"{'about the programme' if relevant else 'off topic'}: {named}"
