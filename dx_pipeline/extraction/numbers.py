"""Numbers: recognised from a digit or a number word, with scale, range and the digits that were quoted.

How a language writes numbers is data (``[numbers]`` of its pack). What a number counts is decided
elsewhere.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_WIDEST_RANGE = 1000  # beyond it two numbers stand side by side, they span nothing
_DIGIT = re.compile("[0-9]")
# what settles which mark groups digits and which divides them: "1.234.567", "1,013.5", "93.5%", "1,9 tỷ"
_GROUPED = re.compile(r"(?<![\d.,])[0-9]{1,3}(?:([.,])[0-9]{3}(?:\1[0-9]{3})+(?!\d)|([.,])[0-9]{3}(?!\2)[.,][0-9])")
_DIVIDED = re.compile(r"(?<![\d.,/])[0-9]{1,6}([.,])[0-9]{1,2}(?!\d)")
_CURRENCY = re.compile(r"(?<!\w)(?:vnd|vnđ|usd|eur)$")  # "VND4,243 trillion"
_LONGEST_CURRENCY = 4  # code points: the letters and what stands before them
_LARGEST = 1e18  # beyond it stands no figure, but a row of digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number as printed: its span, its value in the unit itself, the high end of a range."""

    start: int
    end: int
    value: float
    high: float | None = None
    decimals: int = 0
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Separators:
    """The marks that group a number's digits and those that begin its decimals."""

    group: frozenset[str]
    decimal: frozenset[str]


class NumberRecogniser:
    """Recognises the numbers of one language; built once from its pack."""

    def __init__(self, numbers: Mapping[str, Any]) -> None:
        """Read ``group`` and ``decimal`` separators, ``words``, ``scales`` (value to forms) and ``range`` joins."""
        self.separators = Separators(frozenset(numbers["group"]), frozenset(numbers["decimal"]))
        self.words: dict[str, float] = _values(numbers.get("words", {}))
        self.scales: dict[str, float] = _values(numbers.get("scales", {}))
        self._word = re.compile(rf"(?<!\w)(?:{_either(self.words)})(?!\w)")
        self._scale = re.compile(rf"[ -]?({_either(self.scales)})(?!\w)")
        self._range = re.compile(
            rf"(?: ?%| per cent| percent)?(?: ?- ?| ?(?:{_either_of(numbers.get('range', []))}) )(?=[0-9])"
        )
        self._share = re.compile(r" ?(?:%|per ?cent)")

    def sniff(self, folded: str, spans: Iterable[tuple[int, int]]) -> Separators:
        """Return the separators of a text: the language's, unless the text's own numbers tell otherwise.

        Translations by machine keep the marks of the original ("2.990 subscribers"). Only numbers that can be read
        one way count; where they contradict one another, the language's habit stands.
        """
        grouping: set[str] = set()
        for start, end in spans:
            grouping.update(match.group(1) or match.group(2) for match in _GROUPED.finditer(folded, start, end))
            for match in _DIVIDED.finditer(folded, start, end):
                if self._share.match(folded, match.end(), end) or self._scale.match(folded, match.end(), end):
                    grouping.add("," if match.group(1) == "." else ".")
        if len(grouping) != 1:
            return self.separators
        mark = grouping.pop()
        return Separators(self.separators.group | {mark}, self.separators.decimal - {mark})

    def find(self, folded: str, start: int, end: int, separators: Separators | None = None) -> Iterator[Number]:
        """Yield the numbers of ``folded[start:end]`` from left to right; a range is one number.

        ``separators`` are those of the text, where it has been sniffed; else the language's hold.
        """
        separators = separators or self.separators
        at = start
        digits = _DIGIT.search(folded, at, end)
        word = self._word.search(folded, at, end)
        while digits is not None or word is not None:
            if word is not None and (digits is None or word.start() < digits.start()):
                number = self._scaled(folded, word.span(), end, (self.words[word.group()], 0))
                at = number.end
                if number.value <= _LARGEST:
                    yield number
            elif digits is not None:
                at, number_or_none = self._read(folded, digits.start(), end, separators)
                if number_or_none is not None and max(number_or_none.value, number_or_none.high or 0.0) <= _LARGEST:
                    yield number_or_none
            # each searches on only once it is passed: the text is read once, however many numbers it holds
            if digits is not None and digits.start() < at:
                digits = _DIGIT.search(folded, at, end)
            if word is not None and word.start() < at:
                word = self._word.search(folded, at, end)

    def _read(self, folded: str, start: int, end: int, separators: Separators) -> tuple[int, Number | None]:
        low = self._digits(folded, start, end, separators)
        is_glued = start > 0 and (folded[start - 1].isalpha() or folded[start - 1] == "_")
        if is_glued and not _CURRENCY.search(folded, max(0, start - _LONGEST_CURRENCY), start):
            return low.end, None
        join = self._range.match(folded, low.end, end)
        if join is None:
            return low.end, low
        high = self._digits(folded, join.end(), end, separators)
        if self._share.match(folded, low.end, join.end()) and not self._share.match(folded, high.end, end):
            return low.end, low  # "rose 5% to 2,100", "5% and 7 databases" span nothing
        factor = high.scale if low.scale == 1.0 else 1.0
        if not low.value * factor < high.value <= low.value * factor * _WIDEST_RANGE:
            return low.end, low
        return high.end, Number(
            start=start,
            end=high.end,
            value=low.value * factor,
            high=high.value,
            decimals=low.decimals,
            scale=high.scale,
        )

    def _digits(self, folded: str, start: int, end: int, separators: Separators) -> Number:
        stop, value, decimals = read_digits(folded, start, end, separators.group, separators.decimal)
        return self._scaled(folded, (start, stop), end, (value, decimals))

    def _scaled(self, folded: str, span: tuple[int, int], end: int, read: tuple[float, int]) -> Number:
        """Multiply a number by the scale words after it ("1.9 nghìn tỷ")."""
        (start, stop), (value, decimals) = span, read
        scale = 1.0
        match = self._scale.match(folded, stop, end)
        while match is not None:
            scale *= self.scales[match.group(1)]
            stop = match.end()
            match = self._scale.match(folded, stop, end)
        scaled = round(value * scale, 6) if scale != 1.0 else value
        return Number(start=start, end=stop, value=scaled, decimals=decimals, scale=scale)


def read_digits(
    text: str, start: int, end: int, group: Collection[str], decimal: Collection[str]
) -> tuple[int, float, int]:
    """Read the number that begins with a digit at ``start``: where it ends, its value, its decimals.

    A group separator is one only before exactly three digits; a separator before any other number
    of digits is the decimal one, whatever the language's habit ("93.53%" in Vietnamese).

    >>> read_digits("1.013 tỷ", 0, 8, [".", " "], [","])
    (5, 1013.0, 0)
    >>> read_digits("93.53%", 0, 6, [".", " "], [","])
    (5, 93.53, 2)
    """
    at = _run(text, start, end)
    whole = text[start:at]
    grouped = False
    while at < end and text[at] in group and _run(text, at + 1, end) == at + 4 and len(whole) <= 3 + 9 * grouped:
        if whole[0] == "0" or (not grouped and len(whole) > 3):
            break
        whole += text[at + 1 : at + 4]
        at += 4
        grouped = True
    fraction = ""
    if at + 1 < end and text[at] in ".," and text[at + 1].isdigit():
        stop = _run(text, at + 1, end)
        digits = text[at + 1 : stop]
        following = text[stop : stop + 2]
        if not (following[:1] in (".", ",") and following[1:].isdigit()) and (text[at] in decimal or len(digits) != 3):
            fraction, at = digits, stop
    return at, float(f"{whole}.{fraction or 0}"), len(fraction)


def _run(text: str, start: int, end: int) -> int:
    at = start
    while at < end and text[at] in "0123456789":
        at += 1
    return at


def _values(table: Mapping[str, Sequence[str]]) -> dict[str, float]:
    return {form: float(value) for value, forms in table.items() for form in forms}


def _either(forms: Mapping[str, float]) -> str:
    return _either_of(list(forms))


def _either_of(forms: Sequence[str]) -> str:
    return "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True)) or "(?!)"
