"""Markup that is built to cost its reader more than it weighs, told before any parser sees it.

Two ways are known: elements nested without an end, for which parsers take time by the square of their number, and
formatting elements that are never closed, all of which a parser by the HTML standard has to open again in every
paragraph after them: 50 KB of those become gigabytes. Only counting tags belongs here.
"""

import re

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]{0,20})([^<>]{0,200})", re.IGNORECASE)
_FORMATTING = frozenset(
    {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
)
_ALONE = frozenset({"a", "nobr"})  # a second one closes the first
# Void elements, and those whose end may be left out.
_UNNESTED = frozenset(
    {
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
        "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup", "colgroup", "html",
        "head", "body", "rt", "rp",
    }
)  # fmt: skip
_MAX_DEPTH = 5_000
_MAX_CARELESS = 20_000  # with formatting elements, which careless pages leave open by the thousand
_MAX_OPEN = 200  # different formatting elements, open at once
_MAX_REOPENED = 300_000
_SAME = 3  # of formatting elements that are the same, parsers open no more than three again


def why_overgrown(markup: str) -> str | None:
    """Say why markup costs too much to be parsed, or ``None`` where it does not.

    >>> why_overgrown("<p><b>Registers</b> go <i>online")
    >>> why_overgrown("<div>" * 6_000)
    'its elements are nested more than 5000 deep'
    """
    depth = careless = reopened = 0
    formatting: list[tuple[str, str]] = []
    for match in _TAG.finditer(markup):
        name = match.group(2).lower()
        if name in _FORMATTING:
            _follow(formatting, name, match.group(3), closing=bool(match.group(1)))
            if len(formatting) > _MAX_OPEN:
                return f"more than {_MAX_OPEN} of its formatting elements are never closed"
        elif not match.group(1):
            reopened += len(formatting)
        if name not in _UNNESTED:
            step = -1 if match.group(1) else 1
            careless = max(0, careless + step)
            depth = max(0, depth + step * (name not in _FORMATTING))
        if depth > _MAX_DEPTH or careless > _MAX_CARELESS:
            return f"its elements are nested more than {_MAX_DEPTH} deep"
        if reopened > _MAX_REOPENED:
            return f"its unclosed formatting elements would be opened again more than {_MAX_REOPENED} times"
    return None


def _follow(formatting: list[tuple[str, str]], name: str, attributes: str, *, closing: bool) -> None:
    if closing or name in _ALONE:
        last = next((number for number in reversed(range(len(formatting))) if formatting[number][0] == name), None)
        if last is not None:
            del formatting[last]
    if not closing and formatting.count((name, attributes)) < _SAME:
        formatting.append((name, attributes))
