"""Quantities: numbers with their unit, comparator and part (level, change, rank), read from the words beside them.

Directives take their numeric goals from here, indicators their figures. A number that is none of a
programme's (an ordinal, a level of service, a telephone, a span of time) is left out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dx_pipeline.extraction.numbers import Number
from dx_pipeline.extraction.surroundings import NumberCues, Surroundings
from dx_pipeline.extraction.tokens import Reading
from dx_pipeline.extraction.tracks import Token, within

_UNIT_REACH = 40  # code points from a number to the noun it counts
_WORDS_BETWEEN = 3
_CHANGE_REACH = 30
_LIST_GAP = 6
_DENOMINATOR_REACH = 44
_LARGEST_RANK = 250
_SMALL = 100
_SMALL_COUNT = 12
_POINTS_DECIMALS = 2
_CURRENCIES = {"us$": "USD", "usd": "USD", "$": "USD", "€": "EUR", "eur": "EUR", "₫": "VND", "vnd": "VND", "vnđ": "VND"}
_CURRENCY = re.compile(r"(us\$|usd|eur|vnđ|vnd|[$€₫]) ?$")
_RATES = {
    "mbps": "Mbps", "mbit/s": "Mbps", "mb/s": "Mbps", "gbps": "Gbps", "gbit/s": "Gbps", "mhz": "MHz", "ghz": "GHz",
}  # fmt: skip
_FREQUENCIES = frozenset({"MHz", "GHz"})
_RATE = re.compile(r" ?(mbps|mbit/s|mb/s|gbps|gbit/s|mhz|ghz)(?!\w)")
_SLASH = re.compile(r"\d ?/ ?$")
_BREAK = re.compile(r"[,;:.()\d]")


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


class QuantityReader:
    """Reads the quantities of articles in one language."""

    def __init__(self, cues: Mapping[str, Any], units: Mapping[str, str]) -> None:
        """Compile the pack's ``[indicators]`` table; ``units`` gives each unit's kind."""
        self._cues = NumberCues(cues)
        self._kinds = units

    def read(self, reading: Reading, start: int, end: int) -> list[Quantity]:
        """Return the quantities of ``[start, end)``, in order of place."""
        quantities: list[Quantity] = []
        numbers = within(reading.numbers, start, end)
        for index, number in enumerate(numbers):
            around = self._cues.around(reading, number, start, end)
            if _is_part_of_name(around):
                continue
            found = self._rank(number, around)
            if found is None and quantities and self._is_denominator(quantities[-1], number, reading.folded):
                found = Quantity(number=number, start=number.start, end=number.end, unit=None, role="out_of")
            if found is None and not around.is_ordinal:
                following = numbers[index + 1] if index + 1 < len(numbers) else None
                found = self._amount(reading, number, around, following, end)
            if found is not None:
                quantities.append(found)
        return quantities

    def _rank(self, number: Number, around: Surroundings) -> Quantity | None:
        """Read a place in a ranking, a change of places, or "among the top 30"."""
        if number.decimals or number.scale != 1.0 or number.value > _LARGEST_RANK:
            return None
        role = self._rank_role(around)
        if role is None:
            return None
        return Quantity(
            number=number,
            start=number.start,
            end=number.end + around.ordinal_length,
            unit="rank",
            role=role,
            comparator="<=" if role == "rank_required" else around.comparator,
            negative=self._cues.precedes("down", around.before),
        )

    def _rank_role(self, around: Surroundings) -> str | None:
        cues, before, after = self._cues, around.before, around.after
        changes = cues.precedes("change_before", before)
        if cues.follows("rank_units", after):
            if around.is_ordinal or (cues.precedes("rank", before) and not cues.follows("rank_change_after", after)):
                return "rank_change" if changes else "rank"
            return "rank_change"
        if cues.precedes("rank_required", before):
            return "rank_required"
        if around.is_ordinal and (cues.precedes("rank", before) or cues.follows("rank_after", after)):
            return "rank"
        leads = cues.precedes("rank", before) and cues.leads_denominator(around.right)
        return "rank" if leads or cues.precedes("rank_number", before) else None

    def _is_denominator(self, previous: Quantity, number: Number, folded: str) -> bool:
        between = folded[previous.number.end : number.start]
        if len(between) > _DENOMINATOR_REACH or previous.role not in ("rank", "level"):
            return False
        return between.strip() == "/" or (previous.role == "rank" and self._cues.joins_denominator(between))

    def _amount(
        self, reading: Reading, number: Number, around: Surroundings, following: Number | None, end: int
    ) -> Quantity | None:
        unit, stop = self._unit(reading, number, around, end)
        if unit in _FREQUENCIES and self._names_band(around, reading.folded[stop : min(end, stop + _CHANGE_REACH)]):
            return None
        is_part = False
        if unit is None and following is not None:
            whole = self._counted(reading, following, end)
            is_part = whole is not None and self._cues.joins_whole(reading.folded[number.end : following.start])
            unit = whole.value if whole is not None and is_part else None
        is_percent = unit == "percent"
        is_step = is_percent and self._cues.are_points(around.right.lstrip(" "))
        behind = self._behind(reading, stop, end)
        role = "level" if is_part else self._role(around, behind)
        if is_step and role in ("level", "to"):
            role = "change"  # percentage points measure nothing but a change
        is_rate = is_percent or unit in _RATES.values() or (unit == "points" and number.decimals > 0)
        if not is_rate and self._cues.precedes("veto_before", around.before) and number.value < _SMALL:
            if unit is None:
                return None
            is_told = self._cues.is_whole(around.before) and number.value > _SMALL_COUNT
            role = (
                "level" if is_told else "whole"
            )  # "of the 53 services": no figure of its own, but what the next number counts
        elif not is_rate and self._cues.follows("veto_after", around.after):
            return None
        is_plain = number.decimals == 0 and number.scale == 1.0 and number.value <= _SMALL_COUNT
        return Quantity(
            number=number,
            start=number.start,
            end=stop,
            unit=unit,
            role=role,
            comparator=self._cues.sign_after(behind.lstrip()) if around.comparator == "=" else around.comparator,
            is_percent=is_percent,
            is_small=is_plain and not is_percent,
            negative=self._cues.precedes("down", around.before) or self._cues.follows("down", around.after),
        )

    def _names_band(self, around: Surroundings, behind: str) -> bool:
        """Tell whether a frequency is the name of a band ("20 MHz in the 700 MHz band")."""
        return self._cues.precedes("band", around.before) or self._cues.follows("band", behind.lstrip())

    def _unit(self, reading: Reading, number: Number, around: Surroundings, end: int) -> tuple[str | None, int]:
        """Return the unit of a number and where its words end."""
        blanks = len(around.right) - len(around.right.lstrip(" "))
        stripped = around.right[blanks:]
        per_cent = max(self._cues.length_of("per_cent", stripped), self._cues.length_of("percentage_points", stripped))
        if per_cent:
            named = self._counted(reading, number, end)
            is_score = named is not None and named.value == "points" and named.end == number.end + blanks + per_cent
            changes = self._cues.precedes("change_before", around.before) or self._cues.follows(
                "change_after", stripped[per_cent:].lstrip()
            )
            return "points" if is_score and not changes else "percent", number.end + blanks + per_cent
        currency = _CURRENCY.search(around.left)
        if currency is not None:
            return _CURRENCIES[currency.group(1)], number.end
        rate = _RATE.match(around.right)
        if rate is not None:
            return _RATES[rate.group(1)], number.end + rate.end()
        counted = self._counted(reading, number, end)
        if counted is not None:
            return counted.value, counted.end
        is_index = number.decimals >= _POINTS_DECIMALS and number.value <= 1.0 and number.scale == 1.0
        is_of_hundred = number.decimals > 0 and self._cues.is_of_hundred(around.right)
        return ("points" if is_index or is_of_hundred else None), number.end

    def _counted(self, reading: Reading, number: Number, end: int) -> Token | None:
        """Return the noun that a number counts: the first unit after it, with nothing but its attributes between."""
        units = within(reading.units, number.end, min(end, number.end + 2 * _UNIT_REACH))
        between = reading.folded[number.end : units[0].start] if units else ""
        if not units or len(between) > _UNIT_REACH or between.count(" ") > _WORDS_BETWEEN + 1:
            return None
        kind = self._kinds[units[0].value]
        if _BREAK.search(between) or kind in ("rank", "share") or (kind == "time" and between.strip()):
            return None
        if self._cues.parts(between):
            return None
        return units[0]

    def _behind(self, reading: Reading, stop: int, end: int) -> str:
        """The words behind a number's unit, further units of the same list left out ("ministries, agencies more")."""
        for unit in within(reading.units, stop, min(end, stop + 2 * _UNIT_REACH)):
            if unit.start - stop > _LIST_GAP or _BREAK.search(reading.folded[stop : unit.start].replace(",", "")):
                break
            stop = unit.end
        return reading.folded[stop : min(end, stop + _CHANGE_REACH)]

    def _role(self, around: Surroundings, behind: str) -> str:
        """Return which part a number plays; ``behind`` are the words after its unit."""
        cues, before = self._cues, around.before
        if cues.says_total(before) and not (cues.precedes("change_before", before) or cues.precedes("from", before)):
            return "total"
        more = cues.follows("change_after", behind.lstrip()) or cues.follows("change_after", around.after)
        if more:
            return "change"
        # the longest cue tells ("make up" is no "up"); of equals the level, which "lên 70%" is as much as "to 70%"
        lengths = {name: cues.length_before(name, before) for name in ("compared", "from", "to", "change_before")}
        longest = max(lengths, key=lambda name: lengths[name])
        if not lengths[longest]:
            return "level"
        return "change" if longest == "change_before" else longest


def _is_part_of_name(around: Surroundings) -> bool:
    """Tell whether a number stands inside a word, a document's number or a path."""
    last, first = around.left[-1:], around.right[:1]
    if last.isalpha() and _CURRENCY.search(around.left):
        last = ""
    if last.isalnum() or (last != "" and last in "/-._" and not _SLASH.search(around.left)):
        return True
    return (first == "/" and not around.right[1:2].isdigit()) or (first.isalpha() and not around.is_ordinal)
