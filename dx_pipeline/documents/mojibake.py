"""Text that decodes without an error and means nothing, made readable again.

Two ways lead there: UTF-8 that was taken for an old encoding and encoded once more, and fonts that were encodings
(``catalogue/pages/fonts.toml``). A text is changed only where it is in no language as it stands and in one
afterwards, or where its bytes are UTF-8 throughout, so that nothing that can be read is touched.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from dx_pipeline.documents.languages import detect_language
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import CatalogueError, read_toml

_BYTES = {ord(bytes([n]).decode("cp1252", "ignore") or chr(n)): n for n in range(0x80, 0xA0)}  # five are left open
_NO_UTF_8 = re.compile("(?<![^\x00-\x7f])[^\x00-\x7f\u00c2-\u00f4]|[\u00c2-\u00f4](?![^\x00-\x7f])")
_MIN_TELLTALE = 0.2  # of the letters beyond ASCII
_MIN_SIGNS = 10  # letters beyond ASCII in a text that is looked at
_MAX_OTHER = 0.2  # of those, the share that neither Latin 1 nor windows-1252 has
_SAMPLE = 200_000
_CODE = re.compile(r"<(?:script|style)\b", re.IGNORECASE)
_CODE_END = re.compile(r"</(?:script|style)\b", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_LATIN = re.compile(
    "[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
)
_NOT_ASCII = re.compile("[^\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class Font:
    """A font that was an encoding: what each of its signs, alone or in pairs, stands for, and the language.

    ``telltale`` finds what hardly stands in words of any language: its pairs, or signs that are no letters.
    """

    name: str
    language: str
    signs: Mapping[str, str]
    pattern: re.Pattern[str]
    telltale: re.Pattern[str]

    def read(self, text: str) -> str:
        """Return the text with the letters that the font showed."""
        return self.pattern.sub(lambda found: self.signs[found.group()], text)


def mend(text: str) -> str:
    """Return a text with its letters where it was encoded twice or written for a font; any other as it is.

    >>> mend("Bộ Công an yêu cầu các địa phương báo cáo trước ngày 30 tháng 6.".encode().decode("latin-1"))
    'Bộ Công an yêu cầu các địa phương báo cáo trước ngày 30 tháng 6.'
    """
    latin, signs = len(_LATIN.findall(text)), len(_NOT_ASCII.findall(text))
    if latin < _MIN_SIGNS or signs - latin > _MAX_OTHER * signs:
        return text
    once = _encoded_once(text)
    if once is not None:
        return once
    suspected = [font for font in read_fonts() if len(font.telltale.findall(text)) > _MIN_TELLTALE * latin]
    if not suspected or _language(text) is not None:
        return text
    return next((read for font in suspected if _language(read := font.read(text)) == font.language), text)


@cache
def read_fonts(catalogue: Path = CATALOGUE) -> tuple[Font, ...]:
    """Read the fonts that were encodings.

    Raises:
        CatalogueError: where the file cannot be read, or signs and letters of an entry are not equally many.
    """
    path = catalogue / "pages" / "fonts.toml"
    return tuple(_font(path, name, entry) for name, entry in sorted(read_toml(path).items()))


def _font(path: Path, name: str, entry: Mapping[str, Any]) -> Font:
    signs: dict[str, str] = {}
    for first, seconds, letters in [*(("", *pair) for pair in entry["letters"]), *entry["pairs"]]:
        if len(seconds) != len(letters):
            raise CatalogueError(f"{path}: [{name}] has {seconds!r} for {letters!r}; give a letter for each sign")
        signs |= {first + second: letter for second, letter in zip(seconds, letters, strict=True)}
    ordered = sorted(signs, key=len, reverse=True)
    pairs = [sign for sign in signs if len(sign) > 1]
    first, second = (re.escape("".join(sorted({pair[place] for pair in pairs}))) for place in (0, 1))
    odd = re.escape("".join(sign for sign in signs if not sign.isalpha()))
    told = rf"[{second}](?<=[{first}].)" if pairs else rf"[{odd}](?:(?<=[A-Za-z].)|(?=[A-Za-z]))"
    telltale = re.compile(told)  # it begins with the rarer sign, so that a long text is searched quickly
    return Font(name, entry["language"], signs, re.compile("|".join(map(re.escape, ordered))), telltale)


def _language(text: str) -> str | None:
    before_code = (_CODE.split(part, maxsplit=1)[0] for part in _CODE_END.split(text[:_SAMPLE]))
    return detect_language([_TAG.sub(" ", part) for part in before_code])


def _encoded_once(text: str) -> str | None:
    """Return what UTF-8 says in the bytes that windows-1252, as browsers read it, gave as this text."""
    if _NO_UTF_8.search(text):
        return None
    try:
        return text.translate(_BYTES).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return None
