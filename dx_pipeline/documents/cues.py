"""The words by which web pages name their parts, read from the catalogue.

A language is one file, ``catalogue/pages/<code>.toml``; what the markup calls its parts is
``catalogue/pages/markup.toml``. The words of all languages count on every page, since a page's
frame is often in another language than its story. No word is listed in this module.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from dx_pipeline.documents.page_shape import check_pages
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.shape import error
from dx_pipeline.specs import CatalogueError, read_toml

_MARKUP = "markup"
NO_LANGUAGES = frozenset({_MARKUP, "walls", "fonts"})  # the other files beside them


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCues:
    """What lines are called by, over all languages, in lower case."""

    months: Mapping[str, int]
    weekdays: frozenset[str]
    published: frozenset[str]
    before_date: frozenset[str]
    byline: frozenset[str]
    photo: frozenset[str]
    caption: frozenset[str]
    source: frozenset[str]
    comments: frozenset[str]
    related: frozenset[str]
    tail: frozenset[str]
    tail_prefixes: tuple[str, ...]
    notices: tuple[str, ...]
    menu: frozenset[str]
    document_codes: frozenset[str]
    letterhead: tuple[str, ...]
    domains: frozenset[str]
    letters: frozenset[str]
    day_first: frozenset[str]  # languages
    alphabets: tuple[tuple[str, frozenset[str]], ...]  # old encodings, and the letters that texts in them hold


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkupCues:
    """What the markup calls its parts: selectors, and patterns over class and id names."""

    content: tuple[str, ...]
    container: tuple[str, ...]
    published: tuple[str, ...]
    byline: re.Pattern[str]  # of the names that mean an author, those that mean the person who wrote it
    parts: Mapping[str, re.Pattern[str]]


@cache
def read_page_cues(catalogue: Path = CATALOGUE) -> PageCues:
    """Read the page words of every language in the catalogue.

    Raises:
        CatalogueError: where a file cannot be read, differs in its shape from the English one, or contradicts another
            on a month.
    """
    packs = {p: read_toml(p) for p in sorted((catalogue / "pages").glob("*.toml")) if p.stem not in NO_LANGUAGES}
    check_pages({str(path): pack for path, pack in packs.items()})

    def every(key: str) -> frozenset[str]:
        return frozenset(word.casefold() for pack in packs.values() for word in pack[key])

    return PageCues(
        months=_months(packs),
        weekdays=every("weekdays"),
        published=every("published"),
        before_date=every("before_date"),
        byline=every("byline"),
        photo=every("photo"),
        caption=every("caption"),
        source=every("source"),
        comments=every("comments"),
        related=every("related"),
        tail=every("tail"),
        tail_prefixes=tuple(sorted(every("tail_prefixes"))),
        notices=tuple(sorted(every("notices"))),
        menu=every("menu"),
        document_codes=every("document_codes"),
        letterhead=tuple(sorted(every("letterhead"))),
        domains=every("domains"),
        letters=frozenset("".join(pack["letters"] for pack in packs.values())),
        alphabets=tuple(
            (encoding, frozenset(pack["alphabet"] + pack["alphabet"].upper()))
            for pack in packs.values()
            for encoding in pack["encodings"]
        ),
        day_first=frozenset(path.stem for path, pack in packs.items() if pack["day_first"]),
    )


@cache
def read_markup_cues(catalogue: Path = CATALOGUE) -> MarkupCues:
    """Read what the markup calls its parts.

    Raises:
        CatalogueError: where the file cannot be read, lacks a list or has an unknown one.
    """
    path = catalogue / "pages" / f"{_MARKUP}.toml"
    entry = read_toml(path)
    parts = ("comment", "related", "skip", "caption", "author", "date", "lead")
    known = ("content", "container", "published", "byline", *parts)
    for key in entry:
        if key not in known:
            raise error(str(path), key, f"is unknown; mend its spelling or remove it, known are {', '.join(known)}")
    return MarkupCues(
        content=tuple(_words(entry, "content", path, fold=False)),
        container=tuple(_words(entry, "container", path, fold=False)),
        published=tuple(_words(entry, "published", path)),
        byline=_names(_words(entry, "byline", path)),
        parts={part: _names(_words(entry, part, path)) for part in parts},
    )


def any_of(words: Iterable[str]) -> str:
    """Return a pattern that matches any of the words, longest first, blanks of any width."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return "(?:" + "|".join(r"\s{1,3}".join(map(re.escape, word.split())) for word in ordered) + ")"


def _names(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(r"(?:^|[\s_-])" + any_of(words))


def _words(entry: Mapping[str, Any], key: str, path: Path, *, fold: bool = True) -> list[str]:
    values = entry.get(key)
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise CatalogueError(f'{path}: field {key!r} is missing or no list of texts; add {key} = ["…"]')
    return [value.casefold() if fold else value for value in values]


def _months(packs: Mapping[Path, Mapping[str, Any]]) -> dict[str, int]:
    months: dict[str, int] = {}
    for path, pack in packs.items():
        for number, names in enumerate(pack["months"], start=1):
            for name in names:
                known = months.setdefault(name.casefold(), number)
                if known != number:
                    raise CatalogueError(f"{path}: month {name!r} stands for {number} and {known}; drop one")
    return months
