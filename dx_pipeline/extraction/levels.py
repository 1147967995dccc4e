"""Levels: the quantities of a sentence joined into figures, each with the change and denominator that explain it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dx_pipeline.extraction.lexicon import Lexicon
from dx_pipeline.extraction.quantities import Quantity
from dx_pipeline.extraction.tokens import Reading
from dx_pipeline.extraction.tracks import within

_LEVELS = frozenset({"level", "rank", "rank_required", "total", "from", "to", "compared"})
_BORROW = 130  # code points in which a number without a unit looks for one
_CHANGE_BESIDE = 40
_CHANGE_NEAR = 60  # code points between a figure and the change quoted with it
_CLAUSE_HEAD = 28
_LARGE = 1e6
_THOUSAND = 1e3
_NEAR_WHOLE = 90  # code points from "of 12 planned databases" to the number of them that is meant
_CLOSING = frozenset({"", ",", ".", ";", ":"})
_RATES = frozenset({"MHz", "Mbps", "Gbps"})
_RULE_OF_ROLE = {"total": "indicator.total", "compared": "indicator.compared"}
_RULE_OF_UNIT = {
    "rank": "indicator.rank", "percent": "indicator.share", "points": "indicator.share", "Mbps": "indicator.speed",
    "Gbps": "indicator.speed", "MHz": "indicator.speed", "GHz": "indicator.speed", "USD": "indicator.amount",
    "VND": "indicator.amount", "EUR": "indicator.amount",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One figure: its quantity, unit and span, and what explains it."""

    quantity: Quantity
    unit: str | None
    start: int
    end: int
    rule: str
    change: float | None = None
    change_percent: float | None = None
    change_start: int | None = None
    change_end: int | None = None
    out_of: float | None = None
    is_ellipsis: bool = False
    is_borrowed: bool = False  # the unit stands apart from the number
    has_value: bool = True


class LevelReader:
    """Joins the quantities of one article's sentences into figures."""

    def __init__(self, reading: Reading, lexicon: Lexicon) -> None:
        """Take the article's tokens."""
        self._reading = reading
        self._lexicon = lexicon
        words = reading.language.indicators["subject_stop"]
        self._openers = tuple(word for word in words if word[0].isalpha())

    def read(self, found: Sequence[Quantity], start: int, end: int) -> list[Level]:
        """Return the figures of a sentence in order of place."""
        levels: list[Level] = []
        whole: str | None = None
        for quantity in found:
            if quantity.role == "whole":
                whole = quantity.unit
            elif quantity.role == "out_of" and levels:
                last = levels[-1]
                levels[-1] = replace(last, out_of=quantity.number.value, end=max(last.end, quantity.end))
            elif quantity.role in _LEVELS:
                levels.extend(self._level(quantity, levels, whole, (start, end)))
        for change in (q for q in found if q.role in ("change", "rank_change")):
            self._attach(change, levels)
        return sorted(levels, key=lambda level: level.quantity.start)

    def opens_clause(self, quantity: Quantity) -> bool:
        """Tell whether a number stands at the head of its clause, as a subject does."""
        left = self._reading.folded[max(0, quantity.start - _CLAUSE_HEAD) : quantity.start].rstrip()
        return not left or left[-1] in ",;:.(" or any(left == w or left.endswith(" " + w) for w in self._openers)

    def _level(
        self, quantity: Quantity, levels: Sequence[Level], whole: str | None, sentence: tuple[int, int]
    ) -> Iterator[Level]:
        unit, is_ellipsis = self._unit(quantity, levels, whole, sentence)
        if unit is not None or quantity.number.scale >= _LARGE:
            yield Level(
                quantity=quantity,
                unit=unit,
                start=quantity.start,
                end=quantity.end,
                rule=_rule(quantity, unit, is_ellipsis=is_ellipsis),
                is_ellipsis=is_ellipsis,
                is_borrowed=quantity.unit is None and (not is_ellipsis or (bool(levels) and levels[-1].is_borrowed)),
            )

    def _unit(
        self, quantity: Quantity, levels: Sequence[Level], whole: str | None, sentence: tuple[int, int]
    ) -> tuple[str | None, bool]:
        """Return the unit of a number, and whether it is left out and understood ("three are being deployed")."""
        if quantity.unit is not None:
            return quantity.unit, False
        last = levels[-1].unit if levels else None
        stands_for_noun = self.opens_clause(quantity)
        if last not in (None, "rank", "percent") and stands_for_noun and quantity.number.scale == 1.0:
            return last, True
        if levels and last not in (None, "rank", "percent") and self._is_part(levels[-1], quantity, sentence[1]):
            return last, True
        if whole is not None and stands_for_noun:
            return whole, True
        is_large = quantity.number.scale >= _THOUSAND or (
            quantity.comparator == ">=" and quantity.number.value >= _THOUSAND and quantity.number.decimals == 0
        )
        if quantity.role in ("from", "to", "compared", "total") or is_large:
            borrowed = self._borrowed(quantity, *sentence)
            if borrowed is not None:
                return borrowed, False
        return (last, True) if quantity.role in ("to", "compared", "total") else (None, False)

    def _is_part(self, whole: Level, quantity: Quantity, end: int) -> bool:
        """Tell whether a number that ends its clause is part of that before: "of 12 databases, in use are seven"."""
        is_count = quantity.number.decimals == 0 and quantity.number.scale == 1.0
        unit = self._lexicon.units.get(whole.unit or "")
        if (
            not is_count
            or unit is None
            or unit.kind != "count"
            or unit.unit_id == "points"
            or quantity.start - whole.end > _NEAR_WHOLE
        ):
            return False
        words = self._reading.language.indicators["out_of"]
        left = self._reading.folded[max(0, whole.start - _CLAUSE_HEAD) : whole.start].rstrip()
        right = self._reading.folded[quantity.end : min(end, quantity.end + 1)]
        is_beside = quantity.start - whole.end <= 1  # "Z 3321 gmin 2874 mają …"
        is_closing = right in _CLOSING or is_beside
        return is_closing and any(left == word or left.endswith(" " + word) for word in words)

    def _borrowed(self, quantity: Quantity, start: int, end: int) -> str | None:
        """The unit of a number that stands without one: of the noun before it, else of the next one."""
        units = self._reading.units
        here = [c for c in within(self._reading.cues, start, end) if c.kind == "cue" and c.value == "here"]
        before, after = (
            [u.value for u in within(units, low, high) if not any(c.start <= u.start < c.end for c in here)]
            for low, high in (
                (max(start, quantity.start - _BORROW), quantity.start),
                (quantity.end, min(end, quantity.end + _BORROW)),
            )
        )
        counted = [unit for unit in [*reversed(before), *after] if self._lexicon.units[unit].kind == "count"]
        return counted[0] if counted else None

    def _attach(self, change: Quantity, levels: list[Level]) -> None:
        """Give a change to the figure that it explains; one that explains none is a figure of its own."""
        index = _explained(change, levels)
        if index is None:
            levels.extend(_change_alone(change))
            return
        level = levels[index]
        size = -change.number.value if change.negative else change.number.value
        if change.is_percent and level.unit != "percent":
            level = replace(level, change_percent=size if level.change_percent is None else level.change_percent)
        else:
            level = replace(level, change=size if level.change is None else level.change)
        skips = any(change.start < other.quantity.start < level.quantity.start for other in levels)
        near = abs(change.start - level.end) < _CHANGE_NEAR or change.start < level.start
        levels[index] = replace(
            level,
            start=level.start if skips else min(level.start, change.start),
            end=max(level.end, change.end) if near else level.end,
            change_start=change.start,
            change_end=change.end,
        )


def _explained(change: Quantity, levels: Sequence[Level]) -> int | None:
    """The figure that a change explains: one right before it, else the total or the "to" that follows, else any."""
    ranked = any(level.unit == "rank" and level.end <= change.start for level in levels)
    wants_rank = change.role == "rank_change" or (change.unit is None and not change.is_percent and ranked)
    fits = [i for i, level in enumerate(levels) if (level.unit == "rank") == wants_rank and _fits(change, level)]
    before = [i for i in fits if levels[i].quantity.start < change.start]
    if before and (wants_rank or change.start - levels[before[-1]].end <= _CHANGE_BESIDE):
        return before[-1]
    following = [i for i in fits if levels[i].quantity.start > change.start]
    leading = [i for i in following if wants_rank or levels[i].quantity.role in ("total", "to")]
    if leading and levels[leading[0]].quantity.role == "total":
        return leading[0]
    return next(iter([*leading[-1:], *before[-1:]]), None)


def _fits(change: Quantity, level: Level) -> bool:
    if level.unit == "rank" or change.is_percent or level.rule == "indicator.total":
        return True
    return change.unit in (None, level.unit)


def _change_alone(change: Quantity) -> Iterator[Level]:
    if change.unit is None or (change.is_small and not change.is_percent):
        return
    size = -change.number.value if change.negative else change.number.value
    is_level = change.role == "change" and change.unit in _RATES  # "adding 300 MHz" says how much there is
    yield Level(
        quantity=change,
        unit=change.unit,
        start=change.start,
        end=change.end,
        rule="indicator.change",
        change=None if is_level or change.is_percent else size,
        change_percent=size if change.is_percent else None,
        change_start=change.start,
        change_end=change.end,
        has_value=is_level,
    )


def _rule(quantity: Quantity, unit: str | None, *, is_ellipsis: bool) -> str:
    if quantity.role in _RULE_OF_ROLE:
        return _RULE_OF_ROLE[quantity.role]
    if is_ellipsis:
        return "indicator.ellipsis"
    if quantity.role in ("from", "to"):
        return "indicator.from_to"
    return _RULE_OF_UNIT.get(unit or "", "indicator.small_count" if quantity.is_small else "indicator.count")
