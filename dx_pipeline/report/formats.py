"""How dates, figures and names are written on the page.

Only plain text comes out of here; escaping is the template's.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

MISSING = "not stated"
_MAGNITUDES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_COMPARATORS = {">=": "≥ ", "<=": "≤ ", "~": "~ ", "=": ""}
_LINKABLE = frozenset({"http", "https", "file"})
_LANGUAGES = {"en": "English", "vi": "Vietnamese", "fr": "French", "pl": "Polish", "nb": "Norwegian", "es": "Spanish"}


def day(value: date | None) -> str:
    """Write a day.

    >>> day(date(2024, 5, 9)), day(None)
    ('9 May 2024', 'not stated')
    """
    return MISSING if value is None else f"{value.day} {value:%B %Y}"


def language(tag: str | None) -> str:
    """Return a language's English name, or its tag where the page knows no name.

    >>> language("vi"), language("sv"), language(None)
    ('Vietnamese', 'sv', 'language unknown')
    """
    return "language unknown" if tag is None else _LANGUAGES.get(tag, tag)


def number(value: float) -> str:
    """Write a figure with all its digits: thousands by comma, millions and more in words where no digit is lost.

    >>> number(1_013_000_000.0), number(2990.0), number(0.77092), number(128_866_823.0)
    ('1,013 million', '2,990', '0.77092', '128,866,823')
    """
    for size, name in _MAGNITUDES:
        scaled = value / size
        if abs(scaled) >= 1 and round(scaled, 2) * size == value and not _reads_better_smaller(scaled, size):
            return f"{_digits(scaled)} {name}"
    return _digits(value)


def figure(row: Mapping[str, Any]) -> str:
    """Write an indicator's level: comparator, value or range, unit, number of ranked areas.

    >>> figure({"value": 71.0, "value_high": None, "unit": "rank", "out_of": 193.0, "comparator": "="})
    '71 of 193'
    >>> figure({"value": 2.0, "value_high": 5.0, "unit": "percent", "out_of": None, "comparator": "~"})
    '~ 2–5%'
    """
    if row["value"] is None:
        return "—"
    text = _COMPARATORS.get(row["comparator"], "") + number(row["value"])
    if row["value_high"] is not None:
        text += f"–{number(row['value_high'])}"
    if row["out_of"] is not None:
        return f"{text} of {number(row['out_of'])}"
    return text + _unit(row["unit"])


def change(row: Mapping[str, Any]) -> str:
    """Write an indicator's change: places for a rank, else more or less, with the per cent and the start.

    >>> change({"change": 15.0, "change_percent": None, "change_since": "2022", "unit": "rank"})
    'up 15 places since 2022'
    >>> change({"change": 678.0, "change_percent": 30.0, "change_since": None, "unit": "databases"})
    '+678, +30%'
    """
    parts = []
    if row["change"] is not None and row["unit"] == "rank":
        places = "place" if abs(row["change"]) == 1 else "places"
        parts.append(f"{'up' if row['change'] >= 0 else 'down'} {number(abs(row['change']))} {places}")
    elif row["change"] is not None:
        parts.append(_signed(row["change"]) + (" points" if row["unit"] == "percent" else ""))
    if row["change_percent"] is not None:
        parts.append(f"{_signed(row['change_percent'])}%")
    if not parts:
        return ""
    since = f" since {row['change_since']}" if row["change_since"] else ""
    return ", ".join(parts) + since


def review_mark(review: str | None) -> str | None:
    """Say what a person did with a fact, nothing where nobody did.

    >>> review_mark("amended"), review_mark("confirmed"), review_mark(None)
    ('corrected by a person', 'checked by a person', None)
    """
    return {"amended": "corrected by a person", "confirmed": "checked by a person"}.get(review or "")


def safe_link(url: str | None) -> str | None:
    """Return an address that a reader may follow, or nothing: only http, https and file are linked.

    >>> safe_link("https://example.org/a"), safe_link("javascript:alert(1)"), safe_link("java script:x")
    ('https://example.org/a', None, None)
    """
    if url is None or any(ord(character) <= 0x20 for character in url):
        return None
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        return None
    return url if scheme in _LINKABLE else None


def _reads_better_smaller(scaled: float, size: float) -> bool:
    """Tell whether 1.013 of this magnitude is better written as 1,013 of the next one."""
    return size > _MAGNITUDES[-1][0] and scaled < 10 and scaled != round(scaled, 1)


def _digits(value: float) -> str:
    rounded = round(value, 6)
    if rounded == int(rounded):
        return f"{int(rounded):,}"
    return f"{rounded:,.6f}".rstrip("0")


def _unit(unit: str | None) -> str:
    if unit is None or unit == "rank":
        return ""
    return "%" if unit == "percent" else f" {unit}"


def _signed(value: float) -> str:
    return f"{'+' if value >= 0 else '−'}{number(abs(value))}"
