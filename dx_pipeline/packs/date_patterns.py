r"""CLDR's patterns of dates, turned into those of packs: "d. MMMM y" becomes ``{D}\.? {M}\.? {Y}``.

What a placeholder stands for is told in :mod:`dx_pipeline.extraction.periods`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dx_pipeline.extraction.folding import fold

Pattern = tuple[str, str]  # kind of period and expression, as under ``time.patterns`` of a pack

_PART = re.compile(r"'([^']*)'|([A-Za-z])\2*|[^A-Za-z']+")
_MARK = re.compile("[\u200e\u200f\u061c]")  # of the direction of writing
_PLACES = {
    "d": "{D}", "dd": "{D}", "M": "{m}", "MM": "{m}", "L": "{m}", "LL": "{m}", "y": "{Y}", "yyyy": "{Y}",
    "QQQ": r"(?!\d){Q}",  # a number alone is no quarter
    **dict.fromkeys(("MMM", "MMMM", "LLL", "LLLL"), r"{M}\.?"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Skeletons:
    """CLDR's date formats by length, and its patterns by the fields that they show."""

    formats: Mapping[str, Any]
    skeletons: Mapping[str, Any]

    @property
    def day_first(self) -> bool:
        """Whether the day stands before the month in a date of digits."""
        short = self._text("short")
        return 0 <= short.find("d") < short.find("M")

    @property
    def has_day_with_stop(self) -> bool:
        """Whether a full stop and a month's name follow the day."""
        return re.search(r"d\. ?(?:MMM|LLL)", self._text("long")) is not None

    def expression(self, name: str, quarter: str = "") -> str | None:
        """Return a format's expression; ``None`` where CLDR has none or it shows what packs cannot say."""
        return date_expression(self._text(name), quarter)

    def _text(self, name: str) -> str:
        found = self.formats.get(name) or self.skeletons.get(name) or ""
        return str(getattr(found, "pattern", found))


def date_expression(pattern: str, quarter: str = "") -> str | None:
    r"""Return the expression for a CLDR date pattern; ``None`` where it shows what packs cannot say.

    A full stop may be missing beside the name of a month, in digits it parts the numbers.

    >>> date_expression("d. MMMM y")
    '{D}\\.? {M}\\.? {Y}'
    >>> date_expression("d 'de' MMMM 'de' y")
    '{D} de {M}\\.? de {Y}'
    >>> date_expression("dd.MM.y")
    '{D}\\.{m}\\.{Y}'
    >>> date_expression("EEEE, d MMMM") is None
    True
    """
    made = []
    stop = r"\.?" if re.search("MMM|LLL|QQQ", pattern) else r"\."
    for part in _PART.finditer(pattern):
        text = part.group()
        if part.group(2):
            place = quarter if text == "QQQQ" else _PLACES.get(text, "")
            if not place:
                return None
            made.append(place)
        else:
            literal = fold(_MARK.sub("", part.group(1) if text.startswith("'") else text))
            made.append(_escape(literal).replace(r"\.", stop))
    return "".join(made).strip() or None


def period_patterns(
    known: Skeletons, quarter_words: tuple[str, str], conjunction: tuple[str, ...]
) -> Iterator[Pattern]:
    """Yield a pack's patterns, the longer before those that they begin with.

    ``quarter_words`` stand before and after a quarter's number, ``conjunction`` between two months or years.
    """
    lead, trail = map(_escape, quarter_words)
    quarter = " ".join(part for part in (lead, r"{Q}\.?", trail) if part)
    joins = "|".join(["-", *(f" {word} " for word in conjunction), " - "])
    made = [
        *(("day", known.expression(name)) for name in ("long", "medium", "yMMMd")),
        *(("day", _or_relative(known.expression(name))) for name in ("MMMMd", "MMMd")),
        *(("day", known.expression(name)) for name in ("yMd", "yMMdd")),
        *([("day", "{D}[/.]{m}[/.]{Y}")] if known.day_first else []),
        ("day", "{Y}-{m}-{D}"),
        ("months", f"{{M}}(?:{joins}){{M2}}(?: {{Y}}| {{R}})?"),
        *(("month", known.expression(name)) for name in ("yMMMM", "yMMM")),
        ("month", r"{M}\.?,? {Y}"),
        ("month", "{M} {R}"),
        ("month", "{m}/{Y}"),
        *(("quarter", known.expression(name, quarter)) for name in ("yQQQQ", "yQQQ")),
        ("quarter", _or_relative(quarter)),
        ("years", f"{{Y}} ?(?:{joins.replace(' - ', '')[:-1]}) ?{{Z}}"),
        ("month", "{S}"),
        ("year", "{R}"),
        ("year", "{Y}"),
        ("month", "{M}"),
    ]
    yield from dict.fromkeys((kind, expression) for kind, expression in made if expression)


def _or_relative(expression: str | None) -> str | None:
    """The expression, with or without "of this year" after it."""
    return f"{expression}(?: {{R}})?" if expression else None


def _escape(text: str) -> str:
    return re.sub(r"[][\\.*+?(){}|^$]", r"\\\g<0>", text)
