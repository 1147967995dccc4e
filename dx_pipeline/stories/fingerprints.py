"""Numeric fingerprints: the numbers of a text, which survive translation unchanged.

Only the reading and comparing of a text's numbers as evidence belongs here; what a number means is
the extraction's task.
"""

import re
from collections.abc import Set as AbstractSet

_LONGEST_TEXT = 200_000  # code points; what follows in a longer text is not read
_ADDRESS = re.compile(r"https?://\S+")
_DOCUMENT = re.compile(r"(?<!\w)\d{1,5}(?:/\d{4})?[/-][A-ZĐ]{2,6}\d{0,3}(?:[-/][A-ZĐ][A-Za-zĐđ]{1,9}){0,3}(?!\w)")
_NUMBER = re.compile(
    r"(?<!\w)(?:"
    r"(?P<date>\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}-\d{2}-\d{2})"
    r"|(?P<grouped>[1-9]\d{0,2}(?:(?P<separator>[.,'’ \u00a0\u2009\u202f])\d{3})(?:(?P=separator)\d{3}){0,4})"
    r"(?P<fraction>[.,]\d{1,9})?"
    r"|(?P<whole>\d{1,15})(?P<decimals>[.,]\d{1,9})?"
    r")(?!\d)"
)
_LIGHT, _PLAIN, _DOCUMENT_WEIGHT = 0.2, 1.0, 2.0
_SMALL = 12
_YEARS = range(1900, 2101)


def read_numbers(text: str) -> frozenset[str]:
    """Return the distinct numbers of a text, folded so that every language writes them alike.

    ``1,013``, ``1.013`` and ``1 013`` are one number, ``0,2`` and ``0.2`` another: a separator before
    exactly three digits is read as grouping, wherever the text comes from, which is wrong for some
    decimals but wrong alike in every language. A date gives its parts. The number of a legal document
    stays whole. Addresses are passed over.

    >>> sorted(read_numbers("34/CT-TTg: 1.013 of 2 990, or 0,20 per cent, on 06/02/2025"))
    ['0.2', '1013', '2', '2025', '2990', '34/CT/TTG', '6']
    """
    plain = _ADDRESS.sub(" ", text[:_LONGEST_TEXT])
    documents = {_fold_document(found) for found in _DOCUMENT.findall(plain)}
    numbers: set[str] = set()
    for match in _NUMBER.finditer(_DOCUMENT.sub(" ", plain)):
        if match["date"]:
            numbers.update(str(int(part)) for part in re.split(r"[./-]", match["date"]))
        elif match["grouped"]:
            digits = match["grouped"].replace(match["separator"], "")
            numbers.add(_fold_number(digits, match["fraction"]))
        else:
            numbers.add(_fold_number(match["whole"], match["decimals"]))
    return frozenset(documents | numbers)


def heavy_values(numbers: AbstractSet[str]) -> frozenset[str]:
    """Return the values that say much: all but years and whole numbers up to twelve."""
    return frozenset(value for value in numbers if _weight(value) >= _PLAIN)


def number_similarity(left: AbstractSet[str], right: AbstractSet[str]) -> float:
    """Return the weighted Jaccard similarity of two fingerprints, from 0 to 1; 0 where both are empty.

    Small whole numbers and years weigh 0.2, document numbers 2, the rest 1.

    >>> number_similarity({"2990", "678"}, {"2990", "75"})
    0.3333333333333333
    """
    together = sum(map(_weight, left | right))
    return sum(map(_weight, left & right)) / together if together else 0.0


def number_overlap(left: AbstractSet[str], right: AbstractSet[str]) -> float:
    """Return the shared weight over the lighter fingerprint's weight, from 0 to 1; 0 where one is empty."""
    lighter = min(sum(map(_weight, left)), sum(map(_weight, right)))
    return sum(map(_weight, left & right)) / lighter if lighter else 0.0


def _weight(value: str) -> float:
    if "/" in value:
        return _DOCUMENT_WEIGHT
    if "." in value:
        return _PLAIN
    number = int(value)
    return _LIGHT if number <= _SMALL or number in _YEARS else _PLAIN


def _fold_document(printed: str) -> str:
    return printed.replace("-", "/").replace("Đ", "D").replace("đ", "d").upper().lstrip("0")


def _fold_number(digits: str, fraction: str | None) -> str:
    decimals = (fraction or "")[1:].rstrip("0")
    return f"{int(digits)}.{decimals}" if decimals else str(int(digits))
