"""Quantities: numbers with their unit, comparator and part (level, change, rank), read from the words beside them.

Directives take their numeric goals from here, indicators their figures. A number that is none of a
programme's (an ordinal, a level of service, a telephone, a span of time) is left out.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dx_pipeline.extraction.numbers import Number
from dx_pipeline.extraction.tokens import Reading, Token, within

_UNIT_REACH = 40  # code points from a number to the noun it counts
_WORDS_BETWEEN = 3
_TOTAL_REACH = 150
_SLASH = re.compile(r" ?/ ?$")
_CURRENCY = {"us$": "USD", "vnđ": "VND", "đ": "VND", "vnd ": "VND", "usd": "USD", "$": "USD", "€": "EUR", "eur": "EUR", "₫": "VND", "vnd": "VND"}
_CURRENCY_BEFORE = re.compile(r"(us\$|usd|eur|vnđ|vnd|[$€₫]) ?$")
_SPEED = re.compile(r" ?(mbps|mbit/s|mb/s|gbps|gbit/s|mhz|ghz)(?!\w)")
_SPEED_UNITS = {"mbps": "Mbps", "mbit/s": "Mbps", "mb/s": "Mbps", "gbps": "Gbps", "gbit/s": "Gbps", "mhz": "MHz", "ghz": "GHz"}
_BREAK = re.compile(r"[,;:.()\d]")
_POINTS_DECIMALS = 2
_SMALL = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number with everything that the words beside it say of it."""

    number: Number
    start: int
    end: int
    unit: str | None
    role: str  # level, change, rank, rank_change, rank_required, out_of, total, from, to, compared, whole
    comparator: str = "="
    is_percent: bool = False
    is_small: bool = False
    negative: bool = False
    period_hint: str | None = None


class QuantityReader:
    """Reads the quantities of one article; the pack's words are compiled once per language."""

    def __init__(self, cues: Mapping[str, Any]) -> None:
        """Compile the pack's ``[indicators]`` table."""
        self._left = {name: _before(cues[name]) for name in _LEFT if name in cues}
        self._right = {name: _after(cues[name]) for name in _RIGHT if name in cues}
        self._ordinal = re.compile(rf"(?:{_either(cues['ordinal_suffixes'])})(?!\w)") if cues["ordinal_suffixes"] else None
        self._out_of = re.compile(rf" ?(?:{_either(cues['out_of'])}) $")
        self._part_of = re.compile(rf" (?:{_either(cues['out_of'])}) (?:the |les |de |der |các |tổng số )?$|/$")
        self._total = re.compile(rf"(?<!\w)(?:{_either(cues['total'])})(?!\w)[^,;.:()]{{0,110}}$")

    def read(self, reading: Reading, start: int, end: int) -> list[Quantity]:
        """Return the quantities of ``[start, end)``, in order of place."""
        quantities: list[Quantity] = []
        numbers = within(reading.numbers, start, end)
        for index, number in enumerate(numbers):
            previous = quantities[-1] if quantities else None
            following = numbers[index + 1] if index + 1 < len(numbers) else None
            quantity = self._quantity(reading, number, previous, following, start, end)
            if quantity is not None:
                quantities.append(quantity)
        return quantities

    def _quantity(
        self, reading: Reading, number: Number, previous: Quantity | None, following: Number | None, start: int, end: int
    ) -> Quantity | None:
        folded = reading.folded
        left = folded[max(start, number.start - _TOTAL_REACH) : number.start]
        right = folded[number.end : min(end, number.end + 64)]
        if left[-1:].isalnum() or left[-1:] in ("/", "-", ".", "_") and not _SLASH.search(left):
            return None
        if right[:1] in ("/",) and not right[1:2].isdigit():
            return None
        ordinal = self._ordinal.match(right) if self._ordinal else None
        after = right[ordinal.end() :].lstrip() if ordinal else right.lstrip()
        before, comparator = self._comparator(self._without_period(reading, left, number.start))
        rank = self._rank(before, after, number, is_ordinal=ordinal is not None)
        if previous is not None and rank is None and self._is_out_of(previous, number, folded):
            return Quantity(number=number, start=number.start, end=number.end, unit=None, role="out_of")
        if rank is not None:
            return Quantity(
                number=number, start=number.start, end=number.end + (ordinal.end() if ordinal else 0), unit="rank",
                role=rank, comparator=comparator, negative=bool(self._says("down", before)),
            )  # fmt: skip
        if ordinal is not None:
            return None
        unit, stop, is_percent = self._unit(reading, number, left, right, end)
        is_part = False
        if unit is None and following is not None and self._part_of.fullmatch(folded[number.end : following.start]):
            whole = self._counted(reading, following, end)
            if whole is not None:
                unit, is_part = whole.value, True
        if unit is None and self._vetoed(before, after):
            return None
        if unit is not None and not is_percent and self._says("veto_before", before) and number.value < _SMALL:
            return Quantity(number=number, start=number.start, end=stop, unit=unit, role="whole")
        if unit is not None and self._right_says("veto_after", after) and not is_percent and unit not in _SPEED_UNITS.values():
            return None
        role = "level" if is_part else self._role(before, after, folded, stop, end)
        return Quantity(
            number=number, start=number.start, end=stop, unit=unit, role=role, comparator=comparator,
            is_percent=is_percent, is_small=not is_percent and number.value <= 12 and number.decimals == 0 and number.scale == 1.0,
            negative=bool(self._says("down", before)),
        )  # fmt: skip

    def _without_period(self, reading: Reading, left: str, at: int) -> str:
        """Take a period off the words before a number: "higher than in 2022 by 15 places"."""
        for period in within(reading.periods, max(0, at - 24), at):
            if at - period.end <= 1:
                return left[: len(left) - (at - period.start)]
        return left

    def _comparator(self, left: str) -> tuple[str, str]:
        """Take a comparator off the end of the words before a number."""
        for name, sign in (("at_least", ">="), ("at_most", "<="), ("approx", "~")):
            match = self._left[name].search(left)
            if match is not None:
                return left[: match.start()] + " ", sign
        return left, "="

    def _rank(self, before: str, after: str, number: Number, *, is_ordinal: bool) -> str | None:
        if number.decimals or number.scale != 1.0 or number.value > 250:
            return None
        if self._right_says("rank_units", after):
            if is_ordinal and not self._says("change_before", before):
                return "rank"
            if not is_ordinal and (self._says("change_before", before) or self._right_says("rank_change_after", after)):
                return "rank_change"
            return "rank" if self._says("rank", before) and not self._says("change_before", before) else "rank_change"
        if self._says("rank_required", before):
            return "rank_required"
        if is_ordinal and (self._says("rank", before) or self._right_says("rank_after", after)):
            return "rank"
        return "rank" if self._says("rank_number", before) else None

    def _is_out_of(self, previous: Quantity, number: Number, folded: str) -> bool:
        between = folded[previous.number.end : number.start]
        if len(between) > 44 or previous.role not in ("rank", "level", "part_of"):
            return False
        if previous.role == "rank":
            return between.strip() == "/" or self._out_of.search(between) is not None
        return between.strip() == "/"

    def _unit(self, reading: Reading, number: Number, left: str, right: str, end: int) -> tuple[str | None, int, bool]:
        stripped = right.lstrip(" ")
        blanks = len(right) - len(stripped)
        percent = self._right["per_cent"].match(stripped)
        points = self._right["percentage_points"].match(stripped) if "percentage_points" in self._right else None
        if points is not None or percent is not None:
            match = points if points is not None and (percent is None or points.end() > percent.end()) else percent
            stop = number.end + blanks + (match.end() if match else 0)
            return "percent", stop, True
        currency = _CURRENCY_BEFORE.search(left)
        if currency is not None:
            return _CURRENCY[currency.group(1)], number.end, False
        speed = _SPEED.match(right)
        if speed is not None:
            return _SPEED_UNITS[speed.group(1)], number.end + speed.end(), False
        unit = self._counted(reading, number, end)
        if unit is None and number.decimals >= _POINTS_DECIMALS and number.value <= 1.0 and number.scale == 1.0:
            return "points", number.end, False  # an index between 0 and 1
        return (unit.value, unit.end, False) if unit is not None else (None, number.end, False)

    def _counted(self, reading: Reading, number: Number, end: int) -> Token | None:
        """Return the noun that a number counts: the first unit after it, with nothing but its attributes between."""
        for unit in within(reading.units, number.end, min(end, number.end + _UNIT_REACH + 24)):
            between = reading.folded[number.end : unit.start]
            if len(between) > _UNIT_REACH or _BREAK.search(between) or between.count(" ") > _WORDS_BETWEEN + 1:
                return None
            return unit
        return None

    def _vetoed(self, before: str, after: str) -> bool:
        return self._says("veto_before", before) or self._right_says("veto_after", after)

    def _role(self, before: str, after: str, folded: str, stop: int, end: int) -> str:
        if self._total.search(before):
            return "total"
        if self._says("change_before", before):
            return "change"
        if self._right_says("change_after", folded[stop : min(end, stop + 30)].lstrip()) or self._right_says("change_after", after):
            return "change"
        if self._says("compared", before):
            return "compared"
        if self._says("from", before):
            return "from"
        return "to" if self._says("to", before) else "level"

    def _says(self, name: str, before: str) -> bool:
        pattern = self._left.get(name)
        return pattern is not None and pattern.search(before) is not None

    def _right_says(self, name: str, after: str) -> bool:
        pattern = self._right.get(name)
        return pattern is not None and pattern.match(after) is not None


_LEFT = (
    "approx", "at_least", "at_most", "change_before", "down", "from", "to", "compared", "rank", "rank_number",
    "rank_required", "veto_before",
)  # fmt: skip
_RIGHT = ("change_after", "rank_units", "rank_after", "rank_change_after", "per_cent", "percentage_points", "veto_after")


def _either(forms: Sequence[str]) -> str:
    return "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True)) or "(?!)"


def _before(forms: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?:^|(?<=[\s(,;:\"'/-]))(?:{_either(forms)})[ :]*$")


def _after(forms: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?:{_either(forms)})(?!\w)")
