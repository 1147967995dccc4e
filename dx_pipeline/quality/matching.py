"""Which row of extraction tells which labelled fact: one to one, by overlap of their quotes.

A label gives the quote of each fact, or several for a fact that is told more than once. A row matches a label where
their quotes overlap and, for an indicator, a number is shared; the best overlap is matched first. An optional label
makes a row neither right nor wrong, as does a further row on a fact told twice.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dx_pipeline.extraction.folding import fold
from dx_pipeline.quality.labels import Entry, is_optional, quotes_of

Row = Mapping[str, Any]
Span = tuple[int, int]

_LEAST_OF_UNION = 0.25  # of the two quotes together: a word inside a paragraph is no match
_LEAST_OF_SHORTER = 0.5
_NUMBERS = ("value", "value_high", "change", "change_percent")


@dataclass(frozen=True, slots=True)
class Matched:
    """Pairs of positions (label, row), positions of labels missed, positions of rows that match nothing."""

    pairs: list[tuple[int, int]]
    missing: list[int]
    surplus: list[int]


class SqueezedText:
    """A text with its case, quotation marks and runs of blanks evened out, in which quotes are looked for."""

    def __init__(self, text: str) -> None:
        """Fold and squeeze the text; offsets of the text itself are remembered."""
        self._folded, self._places = squeeze(text)

    def spans(self, quote: str) -> Iterator[Span]:
        """Yield where a quote stands, as offsets into the text as it was."""
        needle = squeeze(quote)[0].strip()
        for found in re.finditer(re.escape(needle), self._folded) if needle else ():
            yield self._places[found.start()], self._places[found.end() - 1] + 1

    def holds(self, quote: str) -> bool:
        """Tell whether a quote stands in the text."""
        return next(self.spans(quote), None) is not None


def squeeze(text: str) -> tuple[str, list[int]]:
    """Fold a text and squeeze its runs of blanks; return it with the offset that each character had.

    >>> squeeze("A  b")
    ('a b', [0, 1, 3])
    """
    runs = [(match.group()[0], match.start()) for match in re.finditer(r"\s+|\S", fold(text))]
    return "".join(" " if char.isspace() else char for char, _ in runs), [at for _, at in runs]


def overlap(left: Span, right: Span) -> float:
    """Shared length over the shorter of two spans; 0 where it is too little of both together.

    >>> overlap((0, 10), (5, 15)), overlap((0, 10), (8, 100))
    (0.5, 0.0)
    """
    shared = min(left[1], right[1]) - max(left[0], right[0])
    union = max(left[1], right[1]) - min(left[0], right[0])
    return shared / min(left[1] - left[0], right[1] - right[0]) if shared >= union * _LEAST_OF_UNION else 0.0


def match(entries: Sequence[Entry], text: SqueezedText, rows: Sequence[Row]) -> Matched:
    """Match the labelled facts of an article with its rows of the same kind.

    Args:
        entries: labelled directives or indicators, as ``labels`` reads them.
        text: the article's text.
        rows: rows with ``start_char`` and ``end_char`` into that text and, for indicators, their numbers.
    """
    spans = [[span for quote in quotes_of(entry) for span in text.spans(quote)] for entry in entries]
    ranked = sorted(_likely(entries, spans, rows), key=lambda likely: likely[:2], reverse=True)
    of_entry: dict[int, int] = {}
    of_row: dict[int, int] = {}
    for _, _, i, j in ranked:
        if i not in of_entry and j not in of_row:
            of_entry[i], of_row[j] = j, i
    neutral = {j for _, _, i, j in ranked if is_optional(entries[i]) or not isinstance(entries[i]["quote"], str)}
    required = [i for i, entry in enumerate(entries) if not is_optional(entry)]
    return Matched(
        pairs=[(i, of_entry[i]) for i in required if i in of_entry],
        missing=[i for i in required if i not in of_entry],
        surplus=[j for j in range(len(rows)) if j not in of_row and j not in neutral],
    )


def numbers(value: float | Iterable[float] | None) -> list[float]:
    """Return a label's value as numbers: none, one, or the two ends of a range."""
    if value is None:
        return []
    return [float(value)] if isinstance(value, int | float) else [float(number) for number in value]


def is_close(found: float | None, wanted: float) -> bool:
    """Whether a number was found and is the one wanted, but for rounding of floats."""
    return found is not None and abs(float(found) - float(wanted)) <= 1e-6 * max(1.0, abs(float(wanted)))


def _likely(
    entries: Sequence[Entry], spans: Sequence[Sequence[Span]], rows: Sequence[Row]
) -> Iterator[tuple[bool, float, int, int]]:
    """Yield what may be matched: whether the label is required, how well it fits, and the two positions."""
    for i, entry in enumerate(entries):
        wanted = numbers(entry.get("value"))
        for j, row in enumerate(rows):
            fit = max((overlap(span, (row["start_char"], row["end_char"])) for span in spans[i]), default=0.0)
            if fit < _LEAST_OF_SHORTER:
                continue
            if wanted and not any(is_close(row.get(name), number) for name in _NUMBERS for number in wanted):
                continue
            fit += sum(is_close(row.get(name), number) for name in _NUMBERS[:2] for number in wanted)
            yield not is_optional(entry), fit, i, j
