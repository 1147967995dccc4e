"""How good extraction is: found facts matched one to one with labelled facts, and counted.

A label gives the quote of each fact (or several, for a fact that is told more than once) and its
fields. A row matches a label where their quotes overlap and, for an indicator, a number is shared;
the best overlap is matched first. A label called optional makes a row neither right nor wrong.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dx_pipeline.extraction.folding import fold

Row = Mapping[str, Any]
Span = tuple[int, int]

_LEAST_OF_UNION = 0.25  # of the two quotes together: a word inside a paragraph is no match
_LEAST_OF_SHORTER = 0.5
_NUMBERS = ("value", "value_high", "change", "change_percent")
_SAME_NAME = ("unit", "period", "area", "change", "change_percent", "out_of", "comparator")


@dataclass(frozen=True, slots=True)
class Tally:
    """Rows that are right, rows that are false, labels that were missed."""

    hits: int = 0
    false_alarms: int = 0
    misses: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.hits + other.hits, self.false_alarms + other.false_alarms, self.misses + other.misses)

    @property
    def precision(self) -> float:
        """Right rows over all rows, 1 where there are none."""
        rows = self.hits + self.false_alarms
        return self.hits / rows if rows else 1.0

    @property
    def recall(self) -> float:
        """Labels found over all labels, 1 where there are none."""
        labels = self.hits + self.misses
        return self.hits / labels if labels else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.hits / (2 * self.hits + self.false_alarms + self.misses) if self.hits else 0.0


@dataclass(slots=True)
class Score:
    """Counts over the articles of a labelled set, and what went wrong, in words."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    right: Counter[str] = field(default_factory=Counter)  # field values that are right, by kind and field
    compared: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """Return every figure by its name: ``directives.f1``, ``indicators.unit``, ``quotes.in_place``."""
        shares = {name: self.right[name] / seen for name, seen in sorted(self.compared.items())}
        for kind, tally in self.tallies.items():
            shares |= {f"{kind}.{name}": getattr(tally, name) for name in ("precision", "recall", "f1")}
        return shares

    def add(self, name: str, text: str, label: Mapping[str, Any], rows: Mapping[str, Sequence[Row]]) -> None:
        """Count one article: its text, its label file and its rows, by kind."""
        folded, places = squeeze(text)
        for kind, compare in (("directives", directive_fields), ("indicators", indicator_fields)):
            entries = label[kind]
            spans = [list(_spans(entry, folded, places)) for entry in entries]
            pairs, misses, false_alarms = match(entries, spans, rows[kind])
            self.tallies[kind] = self.tallies.get(kind, Tally()) + Tally(len(pairs), len(false_alarms), len(misses))
            self.errors += [f"{name} {entries[i]['id']}: {kind} missed" for i in misses]
            self.errors += [f"{name}: {kind} false: {rows[kind][j]['quote']!r}" for j in false_alarms]
            for i, j in pairs:
                self._compare(f"{name} {entries[i]['id']}", kind, compare(entries[i], rows[kind][j]))
            for row in rows[kind]:
                self._compare(name, "quotes", {"in_place": text[row["start_char"] : row["end_char"]] == row["quote"]})

    def _compare(self, where: str, kind: str, fields: Mapping[str, bool]) -> None:
        for name, is_right in fields.items():
            self.compared[f"{kind}.{name}"] += 1
            self.right[f"{kind}.{name}"] += is_right
            if not is_right:
                self.errors.append(f"{where}: {kind} {name} wrong")


def squeeze(text: str) -> tuple[str, list[int]]:
    """Fold a text and squeeze its runs of blanks; return it with the offset that each character had.

    >>> squeeze("A  b")
    ('a b', [0, 1, 3])
    """
    runs = [(match.group()[0], match.start()) for match in re.finditer(r"\s+|\S", fold(text))]
    return "".join(" " if char.isspace() else char for char, _ in runs), [at for _, at in runs]


def _spans(entry: Row, folded: str, places: Sequence[int]) -> Iterator[Span]:
    """Where the quotes of a label stand in the text that was squeezed to ``folded``."""
    for quote in [entry["quote"]] if isinstance(entry["quote"], str) else entry["quote"]:
        needle = squeeze(quote)[0].strip()
        for found in re.finditer(re.escape(needle), folded):
            yield places[found.start()], places[found.end() - 1] + 1


def overlap(left: Span, right: Span) -> float:
    """Shared length over the shorter of two spans; 0 where it is too little of both together.

    >>> overlap((0, 10), (5, 15)), overlap((0, 10), (8, 100))
    (0.5, 0.0)
    """
    shared = min(left[1], right[1]) - max(left[0], right[0])
    union = max(left[1], right[1]) - min(left[0], right[0])
    return shared / min(left[1] - left[0], right[1] - right[0]) if shared >= union * _LEAST_OF_UNION else 0.0


def match(
    entries: Sequence[Row], spans: Sequence[Sequence[Span]], rows: Sequence[Row]
) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """Match labels with rows; return pairs of positions, labels missed and rows that match nothing."""
    ranked = sorted(_likely(entries, spans, rows), key=lambda likely: likely[:2], reverse=True)
    of_entry: dict[int, int] = {}
    of_row: dict[int, int] = {}
    for _, _, i, j in ranked:
        if i not in of_entry and j not in of_row:
            of_entry[i], of_row[j] = j, i
    neutral = {j for _, _, i, j in ranked if _is_optional(entries[i]) or not isinstance(entries[i]["quote"], str)}
    required = [i for i, entry in enumerate(entries) if not _is_optional(entry)]
    pairs = [(i, of_entry[i]) for i in required if i in of_entry]
    misses = [i for i in required if i not in of_entry]
    return pairs, misses, [j for j in range(len(rows)) if j not in of_row and j not in neutral]


def _likely(
    entries: Sequence[Row], spans: Sequence[Sequence[Span]], rows: Sequence[Row]
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
            yield not _is_optional(entry), fit, i, j


def _is_optional(entry: Row) -> bool:
    return bool(entry.get("optional", False))


def directive_fields(entry: Row, row: Row) -> dict[str, bool]:
    """Tell which fields of a directive's row say what its label says."""
    fields = {
        "issuer": row["issuer_id"] == entry.get("issuer"),
        "addressees": set(row["addressee_ids"]) == set(entry.get("addressees") or ()),
        "due_on": row["due_on"] == entry.get("due_on"),
    }
    if entry.get("instruments"):
        fields["instruments"] = set(entry["instruments"]) <= set(row["instrument_ids"])
    if target := entry.get("target"):
        fields["target"] = row["target_metric_id"] == target.get("metric") and any(
            is_close(row[f"target_{name}"], target[name]) for name in ("value", "change") if name in target
        )
    return fields


def indicator_fields(entry: Row, row: Row) -> dict[str, bool]:
    """Tell which fields of an indicator's row say what its label says; a field without a label is not judged."""
    wanted = numbers(entry.get("value"))
    fields = {"value": all(is_close(row[name], number) for name, number in zip(_NUMBERS, wanted, strict=False))}
    if "metric" in entry:
        fields["metric"] = row["metric_id"] == entry["metric"]
    for name in _SAME_NAME:
        if entry.get(name) is not None:
            said, found = entry[name], row[name]
            fields[name] = (
                is_close(found, said) if isinstance(said, int | float) and found is not None else said == found
            )
    return fields


def numbers(value: float | Iterable[float] | None) -> list[float]:
    """Return a label's value as numbers: none, one, or the two ends of a range."""
    if value is None:
        return []
    return [float(value)] if isinstance(value, int | float) else [float(number) for number in value]


def is_close(found: float | None, wanted: float) -> bool:
    """Whether a number was found and is the one wanted, but for rounding of floats."""
    return found is not None and abs(float(found) - float(wanted)) <= 1e-6 * max(1.0, abs(float(wanted)))
