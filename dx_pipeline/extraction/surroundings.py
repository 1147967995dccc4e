"""Surroundings: the words left and right of a number, and what a pack's cues say of them.

A cue counts only where it touches the number, but for a comparator or a period between.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dx_pipeline.extraction.numbers import Number
from dx_pipeline.extraction.tokens import Reading
from dx_pipeline.extraction.tracks import within

LEFT_REACH = 150  # code points before a number that may hold "bringing the total number … to"
_RIGHT_REACH = 64
_PERIOD_REACH = 24
_BARE_POINTS = 6  # code points of "points", which are those of a score as well
_TAIL = 3  # code points of a form that are looked at first
_TOTAL_GAP = 110
_LEFT = (
    "approx", "at_least", "at_most", "change_before", "down", "from", "to", "compared", "rank", "rank_number",
    "rank_required", "veto_before", "band",
)  # fmt: skip
_RIGHT = (
    "change_after", "down", "rank_units", "rank_after", "rank_change_after", "per_cent", "percentage_points",
    "veto_after", "band", "approx_after", "at_least_after", "at_most_after",
)  # fmt: skip
_CURRENCY = re.compile(r"(?:us\$|usd|eur|vnđ|vnd|[$€₫]) ?$")  # "an estimated US$72.1 billion"
_SIGNS = (("at_least", ">="), ("at_most", "<="), ("approx", "~"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The words around one number: raw to the left and right, and with comparator, period and ordinal ending off."""

    left: str
    right: str
    before: str
    after: str
    comparator: str
    ordinal_length: int

    @property
    def is_ordinal(self) -> bool:
        """Whether the number carries an ordinal ending ("71st")."""
        return self.ordinal_length > 0


class NumberCues:
    """One language's cues, compiled once from the ``[indicators]`` table of its pack."""

    def __init__(self, cues: Mapping[str, Any]) -> None:
        """Compile the pack's words."""
        self._left = {name: _Ending(cues.get(name, ())) for name in _LEFT}
        self._right = {name: _after(cues.get(name, ())) for name in _RIGHT}
        self._ordinal = _after(cues["ordinal_suffixes"])
        self._out_of = re.compile(rf" ?(?:{_either(cues['out_of'])}) $")
        self._denominator = re.compile(
            rf" ?(?:/|(?:{_either(cues['out_of'])}) (?:(?:{_either(cues.get('definite', ()))}) )?) ?\d"
        )
        self._of_hundred = re.compile(rf" ?(?:/|{_either(cues['out_of'])}) ?100(?![\w.,%])")
        self._parting = re.compile(rf"(?<!\w)(?:{_either(cues['parting'])})(?!\w)")
        self._whole = re.compile(
            rf"(?:^|[\s,(])(?:{_either(cues['out_of'])}) (?:{_either(cues.get('definite', ()))}) $"
        )
        self._part_of = re.compile(rf" (?:{_either(cues['out_of'])}) (?:(?:{_either(cues.get('definite', ()))}) )?|/")
        self._total = re.compile(rf"(?<!\w)(?:{_either(cues['total'])})(?!\w)[^,;.:()]{{0,{_TOTAL_GAP}}}$")

    def around(self, reading: Reading, number: Number, start: int, end: int) -> Surroundings:
        """Return the surroundings of a number inside ``[start, end)``."""
        left = reading.folded[max(start, number.start - LEFT_REACH) : number.start]
        right = reading.folded[number.end : min(end, number.end + _RIGHT_REACH)]
        ordinal = self._ordinal.match(right)
        length = ordinal.end() if ordinal is not None and right != "." else 0  # that full stop ends the sentence
        bare = _CURRENCY.sub("", _without_period(reading, left, number.start))
        before, comparator = self._without_comparator(bare)
        return Surroundings(
            left=left,
            right=right,
            before=before,
            after=right[length:].lstrip(),
            comparator=comparator,
            ordinal_length=length,
        )

    def precedes(self, name: str, before: str) -> bool:
        """Tell whether a cue stands right before."""
        return self._left[name].search(before) is not None

    def length_before(self, name: str, before: str) -> int:
        """Return the length of the cue that stands right before, 0 where none does."""
        match = self._left[name].search(before)
        return match.end() - match.start() if match is not None else 0

    def follows(self, name: str, after: str) -> bool:
        """Tell whether a cue stands right after."""
        return self._right[name].match(after) is not None

    def length_of(self, name: str, after: str) -> int:
        """Return the length of the cue that stands right after, 0 where none does."""
        match = self._right[name].match(after)
        return match.end() if match is not None else 0

    def are_points(self, right: str) -> bool:
        """Tell whether the words right after are percentage points by more than the bare word "points"."""
        length = self.length_of("percentage_points", right)
        return length > self.length_of("per_cent", right) and len(right[:length]) > _BARE_POINTS

    def sign_after(self, behind: str) -> str:
        """Return the comparator that stands behind a number's unit ("90% or more"), "=" where none does."""
        return next((sign for name, sign in _SIGNS if self.follows(f"{name}_after", behind)), "=")

    def is_whole(self, before: str) -> bool:
        """Tell whether the words right before make a number the whole of another ("30 of the 53 services")."""
        return self._whole.search(before) is not None

    def says_total(self, before: str) -> bool:
        """Tell whether the words before lead to a total ("bringing the number of databases to")."""
        return self._total.search(before) is not None

    def joins_whole(self, between: str) -> bool:
        """Tell whether the words between two numbers make the first a part of the second ("22 of the 178")."""
        return self._part_of.fullmatch(between) is not None

    def joins_denominator(self, between: str) -> bool:
        """Tell whether the words between a rank and a number make that number its denominator."""
        return self._out_of.search(between) is not None

    def leads_denominator(self, right: str) -> bool:
        """Tell whether the words right after lead to a denominator ("… in 193 countries")."""
        return self._denominator.match(right) is not None

    def is_of_hundred(self, right: str) -> bool:
        """Tell whether the words right after say that a score is one of at most 100 ("99.74 out of 100")."""
        return self._of_hundred.match(right) is not None

    def parts(self, between: str) -> bool:
        """Tell whether the words between a number and a noun part them, as a verb or a preposition does."""
        return self._parting.search(between) is not None

    def _without_comparator(self, left: str) -> tuple[str, str]:
        for name, sign in _SIGNS:
            match = self._left[name].search(left)
            if match is not None:
                return left[: match.start()] + " ", sign
        return left, "="


def _without_period(reading: Reading, left: str, at: int) -> str:
    """Take a period off the words before a number: "higher than in 2022 by 15 places"."""
    for period in within(reading.periods, max(0, at - _PERIOD_REACH), at):
        if at - period.end <= 1:
            rest = left[: len(left) - (at - period.start)]
            word = rest.rstrip().rpartition(" ")[2]  # "passed, in 2024, 152 billion": a small word leads the period
            return rest.rstrip()[: -len(word)] if word in reading.language.deadlines["in"] else rest
    return left


def _either(forms: Sequence[str]) -> str:
    return "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True)) or "(?!)"


class _Ending:
    """Finds one of the forms right at the end of the words before a number."""

    def __init__(self, forms: Sequence[str]) -> None:
        self._tails = tuple({form.rstrip(" :")[-_TAIL:] for form in forms})
        self._pattern = re.compile(rf"(?:^|(?<=[\s(,;:\"'/-]))(?:{_either(forms)})[ :]*$")

    def search(self, before: str) -> re.Match[str] | None:
        # most words end otherwise: telling that by their last letters spares the search for where a form begins
        return self._pattern.search(before) if before.rstrip(" :").endswith(self._tails) else None


def _after(forms: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?:{_either(forms)})(?!\w)")
