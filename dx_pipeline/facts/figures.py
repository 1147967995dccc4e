"""Figures: which statements of one story give the same number of the same thing.

Only the grouping of indicator statements belongs here; what a group then says is settled in
``indicators``.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from dx_pipeline.facts.alignment import pair_best
from dx_pipeline.facts.statements import Row

_WORD = re.compile(r"\w+")
_SAME_TEXT = 0.7  # containment of the words that name what is measured
_NUMBERS = ("value", "value_high", "change", "change_percent")
_FIELDS = (*_NUMBERS, "metric_id", "area", "period", "unit", "out_of", "kind")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its statements and what they say together."""

    told: tuple[Row, ...]
    says: Row
    words: dict[str, frozenset[str]]  # by language, the first words for what is measured
    forms: frozenset[tuple[object, ...]]  # its distinct statements, as the values of their fields

    def join(self, other: "Figure") -> "Figure":
        """Return one figure of both, which takes from the other what this one leaves open."""
        says = {field: other.says[field] if value is None else value for field, value in self.says.items()}
        return Figure((*self.told, *other.told), says, other.words | self.words, self.forms | other.forms)


def group_figures(told: Sequence[Row]) -> list[list[Row]]:
    """Return one story's indicator statements grouped by figure, in the order told.

    ``told`` holds ``IndicatorCandidates`` rows in the order told. Statements of one figure agree on
    kind and value, and on metric, area and period as far as they give them; where neither knows the
    metric, on the unit and on the change, and within a language on the words. A metric known in one
    article only is lent to another where value, unit and change agree. Each article states a figure
    once, apart from repeats of the same metric or the same words.
    """
    known: list[Figure] = []
    for _, article in groupby(told, key=lambda row: row["article_id"]):
        figures: list[Figure] = []
        for row in article:
            _add_repeat(figures, row)
        pairs = pair_best(known, figures, _score)
        for j, figure in enumerate(figures):
            if j in pairs:
                known[pairs[j]] = known[pairs[j]].join(figure)
            else:
                known.append(figure)
    return [list(figure.told) for figure in known]


def _add_repeat(figures: list[Figure], row: Row) -> None:
    """Add one article's next statement to the figure that it repeats, or as a figure of its own."""
    said = _figure(row)
    for place, figure in enumerate(figures):
        same_metric = row["metric_id"] is not None and figure.says["metric_id"] == row["metric_id"]
        if (same_metric or _named_alike(figure, said)) and _score(figure, said) is not None:
            figures[place] = figure.join(said)
            return
    figures.append(said)


def _score(known: Figure, said: Figure) -> float | None:
    """Weigh how alike two figures are stated; ``None`` where they cannot be one."""
    one, other = known.says, said.says
    if one["kind"] != other["kind"] or not _numbers_agree(one, other) or not _things_agree(known, said):
        return None
    if not (_compatible(one["area"], other["area"]) and _periods_agree(one["period"], other["period"])):
        return None
    return max(_likeness(form, other_form) for form in known.forms for other_form in said.forms)


def _likeness(form: tuple[object, ...], other: tuple[object, ...]) -> float:
    """Count the equal values of two statements; what both leave open counts half."""
    return sum((0.5 if one is None else 1.0) for one, two in zip(form, other, strict=True) if one == two)


def _numbers_agree(one: Row, other: Row) -> bool:
    """Whether no level contradicts and at least one number is shared."""
    shared = any(one[field] is not None and _equal(one[field], other[field]) for field in _NUMBERS)
    return shared and _compatible(one["value"], other["value"]) and _compatible(one["value_high"], other["value_high"])


def _things_agree(known: Figure, said: Figure) -> bool:
    """Whether two figures may measure the same thing."""
    one, other = known.says, said.says
    if one["metric_id"] is not None and other["metric_id"] is not None:
        return bool(one["metric_id"] == other["metric_id"])
    changes_agree = all(_compatible(one[field], other[field]) for field in ("change", "change_percent"))
    return bool(one["unit"] == other["unit"]) and changes_agree and _named_alike(known, said) is not False


def _named_alike(known: Figure, said: Figure) -> bool | None:
    """Whether the words for what is measured are much the same; ``None`` without words in one language."""
    shared = known.words.keys() & said.words.keys()
    if not shared:
        return None
    return any(_containment(known.words[language], said.words[language]) >= _SAME_TEXT for language in shared)


def _containment(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / min(len(one), len(other))


def _periods_agree(one: str | None, other: str | None) -> bool:
    """Whether periods are equal, one is open, or one lies inside the other, as 2024-09 in 2024."""
    return one is None or other is None or one.startswith(other) or other.startswith(one)


def _compatible(one: object, other: object) -> bool:
    return one is None or other is None or _equal(one, other)


def _equal(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-6)
    return one == other


def _figure(row: Row) -> Figure:
    words = frozenset(_WORD.findall((row["metric_text"] or "").casefold()))
    says = {field: row[field] for field in _FIELDS}
    form = (*says.values(), row["language"], words or None)
    return Figure((row,), says, {row["language"]: words} if words else {}, frozenset([form]))
