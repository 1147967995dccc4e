"""How figures and days are written in the sentences of the findings."""

from datetime import date

_COMPARATORS = {">=": "at least ", "<=": "at most ", "~": "about "}


def plain(value: float, decimals: int | None = None) -> str:
    """Write a figure for a sentence: thousands by comma, no decimals that say nothing.

    >>> plain(2990.0), plain(29.3252, 1), plain(0.77092), plain(-3.0)
    ('2,990', '29.3', '0.77092', '-3')
    """
    number = round(value, decimals if decimals is not None else 6)
    if number == int(number):
        return f"{int(number):,}"
    return f"{number:,.6f}".rstrip("0")


def qualified(value: float, comparator: str) -> str:
    """Write a figure with what it claims to be.

    >>> qualified(5.0, ">="), qualified(71.0, "=")
    ('at least 5', '71')
    """
    return _COMPARATORS.get(comparator, "") + plain(value)


def in_words(day: date) -> str:
    """Write a day for a sentence.

    >>> in_words(date(2024, 5, 9))
    '9 May 2024'
    """
    return f"{day.day} {day:%B %Y}"
