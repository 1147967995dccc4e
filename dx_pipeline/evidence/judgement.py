"""What a body really is that was sent as the page: a page of errors, a check of the visitor, a stub, nothing.

Only judging bytes belongs here. The words to look for are data, ``catalogue/pages/walls.toml``; nothing of a page is
executed, followed or shown.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from dx_pipeline.evidence import media
from dx_pipeline.evidence.charset import UndecodableError, read_charset
from dx_pipeline.evidence.media import Accept
from dx_pipeline.nesting import why_overgrown
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import CatalogueError, read_toml

_MAX_CHARACTERS = 512 * 1024  # nothing that stands in the way is as long
_MAX_TEXT = 20_000
_PARTS_OF_TITLE = re.compile(r"\s[|–—·»:-]{1,3}\s|\s?[|»·]\s?")
_FRAME = "script, style, template, noscript, svg, iframe, nav, header, footer, aside, form, button, select, a"
_UNSEEN = "script, style, template, noscript, svg, iframe"
_ARTICLE = (
    'meta[property="article:published_time"], meta[property="og:type"][content="article"], article time[datetime]'
)
_HOME = re.compile(r"/?((index|default|home)(\.[a-z]{2,5})?|[a-z]{2}(-[a-z]{2})?)?/?", re.IGNORECASE)
_WALLS = ("challenge", "paywall", "soft_404", "consent", "shell")
_KEYS = {"headers", "markup", "paths", "titles", "phrases"}
_NUMBERS = {"short_words", "bare_words", "shell_words"}

_OUTCOMES = {
    "challenge": "blocked",
    "paywall": "paywall",
    "soft_404": "soft_404",
    "consent": "blocked",
    "shell": "empty",
}
_DETAILS = {
    "challenge": "the site checks its visitors ({}); ask it less often, name a contact (DX_CONTACT), or ask for access",
    "paywall": "the page gives a stub and asks for a login ({}); get access, or take another source",
    "soft_404": "the page says that it is not there, though sent as if it were ({}); look for its new address",
    "consent": "the site shows its page of consent instead ({}); use its feed, or take another source",
    "shell": "the page is filled by scripts, which are never run ({}); use the site's feed or sitemap",
}


@dataclass(frozen=True, slots=True)
class Wall:
    """The cues of one kind of page that stands in the way, in lower case and normal form."""

    headers: tuple[str, ...]
    markup: tuple[str, ...]
    paths: tuple[str, ...]
    titles: frozenset[str]
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Walls:
    """The cues of all kinds, and how few words make a page worth looking at."""

    short_words: int
    bare_words: int
    shell_words: int
    kinds: Mapping[str, Wall]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a body is: an outcome, what the user should know, and the media type, sniffed where none was sent."""

    outcome: str
    detail: str | None
    media_type: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A body to judge, with what was asked and what came with it; header names are in lower case.

    ``framed`` tells whether its length was declared.
    """

    url: str
    final_url: str
    headers: Mapping[str, str]
    content: bytes
    framed: bool = True


@dataclass(frozen=True, slots=True)
class _Look:
    """What a visitor sees of a page, and what it is made of; texts are in normal form."""

    titles: tuple[str, ...]
    text: str  # but for the headings
    own_words: int  # outside menus, links, forms, head and foot
    all_words: int
    has_links: bool
    is_article: bool
    source: str


@cache
def read_walls(catalogue: Path = CATALOGUE) -> Walls:
    """Read the cues of pages that stand in the way.

    Raises:
        CatalogueError: where the file is missing, or a field is missing, unknown or wrong.
    """
    path = catalogue / "pages" / "walls.toml"
    table = read_toml(path)
    unknown = set(table) - _NUMBERS - set(_WALLS)
    if unknown:
        raise CatalogueError(f"{path}: {min(unknown)!r} is unknown; mend its spelling or remove it")
    numbers = {key: table.get(key) for key in _NUMBERS}
    for key, value in numbers.items():
        if type(value) is not int or value < 0:
            raise CatalogueError(f"{path}: field {key!r} is {value!r}; write a whole number")
    kinds = {kind: _wall(table.get(kind), kind, path) for kind in _WALLS}
    return Walls(table["short_words"], table["bare_words"], table["shell_words"], kinds)


def judge(body: Body, accept: Accept, walls: Walls) -> Judgement:
    """Say what a body of a good status is.

    The outcome is ``ok`` where it is what was asked for; ``detail`` may then hold a remark about its charset.
    """
    said = body.headers.get("content-type")
    if not body.content.strip(b" \t\r\n\0\xef\xbb\xbf"):
        return Judgement("empty", "the page holds no bytes; open it in a browser and look for a new address", said)
    kind = media.sniff(body.content)
    media_type = said or media.name_of(kind)
    if kind == "html" or (kind == "text" and media.essence(said) == "text/html"):
        markup = _markup(body)
        if reason := why_overgrown(markup):
            return Judgement("malformed", f"{reason}, so it is not read; tell the site's operator", media_type)
        wall = _behind_a_wall(body, markup, walls, accept)
        if wall:
            return Judgement(*wall, media_type)
    return _judge_bytes(body, accept, kind, media_type)


def judge_refusal(body: Body, walls: Walls) -> str | None:
    """Say which check of visitors an answer of a bad status is, or ``None`` where it is none."""
    cue = _header(body.headers, walls.kinds["challenge"])
    if cue is None and media.sniff(body.content) == "html":
        markup = _markup(body)
        cue = None if why_overgrown(markup) else _cue(_look(markup), walls.kinds["challenge"])
    return _DETAILS["challenge"].format(cue) if cue else None


def _judge_bytes(body: Body, accept: Accept, kind: str, media_type: str) -> Judgement:
    said = body.headers.get("content-type")
    if reason := media.why_unwelcome(said, kind, accept):
        return Judgement("wrong_media_type", f"{reason}; correct the address in the source's file", media_type)
    if not body.framed and media.looks_cut(body.content, kind, said):
        detail = "the body came without a length and lacks its end, so it broke off; it is asked again next time"
        return Judgement("truncated", detail, media_type)
    if kind not in {"html", "text", "json"}:
        return Judgement("ok", None, media_type)
    try:
        _, _, remark = read_charset(body.content, said)
    except UndecodableError as error:
        return Judgement("malformed", f"{error}; tell the site's operator, or take another source", media_type)
    return Judgement("ok", remark, media_type)


def _behind_a_wall(body: Body, markup: str, walls: Walls, accept: Accept) -> tuple[str, str] | None:
    cue = _header(body.headers, walls.kinds["challenge"])
    if cue:
        return _verdict("challenge", cue)
    if len(markup) > _MAX_CHARACTERS:
        return None
    look = _look(markup)
    redirected = _led_to(body, walls, accept, look)
    if redirected:
        return _verdict(*redirected)
    limits = {
        "challenge": walls.bare_words if look.is_article else walls.short_words,
        "paywall": walls.short_words,
        "soft_404": walls.bare_words if look.is_article else walls.short_words,
        "consent": walls.bare_words if look.is_article else walls.short_words,
        "shell": walls.bare_words,
    }
    for kind in _WALLS:
        # A tag says less than a sentence: many sites carry the parts of a captcha on every page.
        with_markup = kind == "paywall" or look.own_words < walls.bare_words
        cue = _cue(look, walls.kinds[kind], with_markup=with_markup) if look.own_words < limits[kind] else None
        if cue:
            return _verdict(kind, cue)
    if look.all_words < walls.shell_words and not look.has_links:
        return _verdict("shell", f"it shows {look.all_words} words")
    return None


def _verdict(kind: str, cue: str) -> tuple[str, str]:
    return _OUTCOMES[kind], _DETAILS[kind].format(cue)


def _led_to(body: Body, walls: Walls, accept: Accept, look: _Look) -> tuple[str, str] | None:
    """Say where a redirect led that is not to the page: to the front page, to one of errors, to a login."""
    asked, final = urlsplit(body.url).path, urlsplit(body.final_url).path
    if body.final_url == body.url or asked == final:
        return None
    if accept is Accept.PAGE and _HOME.fullmatch(final) and not _HOME.fullmatch(asked):
        return "soft_404", "a redirect led to the front page"
    for kind in ("challenge", "paywall", "soft_404", "consent"):
        for part in walls.kinds[kind].paths:
            if look.own_words < walls.short_words and part in final.lower() and part not in asked.lower():
                return kind, f"a redirect led to {part}"
    return None


def _header(headers: Mapping[str, str], wall: Wall) -> str | None:
    return next((f"header {name}" for name in wall.headers if name in headers), None)


def _cue(look: _Look, wall: Wall, *, with_markup: bool = True) -> str | None:
    """Return the first cue of a wall that a page holds."""
    for title in look.titles:
        for part in (title, *_PARTS_OF_TITLE.split(title)):
            if part.strip(" .!…") in wall.titles or part.strip() in wall.titles:
                return f"its title is {part.strip()!r}"
    for phrase in wall.phrases:
        # In a headline it must be most of it: an article may be about what visitors are told.
        if phrase in look.text or any(phrase in title and len(title) <= 2 * len(phrase) for title in look.titles):
            return f"it says {phrase!r}"
    markup = wall.markup if with_markup else ()
    return next((f"its markup holds {cue!r}" for cue in markup if cue in look.source), None)


def _markup(body: Body) -> str:
    try:
        return read_charset(body.content, body.headers.get("content-type"))[0]
    except UndecodableError:
        return body.content.decode("latin-1")


def _look(markup: str) -> _Look:
    tree = LexborHTMLParser(markup)
    is_article = tree.css_first(_ARTICLE) is not None
    has_links = tree.css_first("a[href]") is not None
    titles = [node.text() for node in tree.css("title, h1")[:5]]
    unscripted = " ".join(node.text() for node in tree.css("noscript")[:5])
    tree.strip_tags(_UNSEEN.split(", "))
    seen = tree.body.text(separator=" ") if tree.body else ""
    tree.strip_tags(["h1"])
    below = tree.body.text(separator=" ") if tree.body else ""
    tree.strip_tags(_FRAME.split(", "))
    own = tree.body.text(separator=" ") if tree.body else ""
    return _Look(
        titles=tuple(_normal(title) for title in titles),
        text=_normal(f"{below[:_MAX_TEXT]} {unscripted[:_MAX_TEXT]}"),
        own_words=len(own.split()),
        all_words=len(seen.split()),
        has_links=has_links,
        is_article=is_article,
        source=re.sub(r"\s?([:=])\s?", r"\1", markup).lower(),
    )


def _normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().replace("\u2019", "'").split())


def _wall(table: Any, kind: str, path: Path) -> Wall:
    if not isinstance(table, dict) or set(table) != _KEYS:
        raise CatalogueError(
            f"{path}: table [{kind}] must hold {', '.join(sorted(_KEYS))} and nothing else; restore it"
        )
    for key in ("titles", "phrases"):
        if not isinstance(table[key], dict):
            raise CatalogueError(f"{path}: [{kind}.{key}] is no table of languages; restore it")
    every = [table["headers"], table["markup"], table["paths"], *table["titles"].values(), *table["phrases"].values()]
    if not all(isinstance(cues, list) and all(isinstance(cue, str) and cue.strip() for cue in cues) for cues in every):
        raise CatalogueError(f'{path}: a field of [{kind}] is no list of texts; write ["…", "…"]')
    return Wall(
        headers=tuple(name.lower() for name in table["headers"]),
        markup=tuple(cue.lower() for cue in table["markup"]),
        paths=tuple(part.lower() for part in table["paths"]),
        titles=frozenset(_normals(table["titles"])),
        phrases=tuple(_normals(table["phrases"])),
    )


def _normals(by_language: Mapping[str, Iterable[str]]) -> Iterable[str]:
    return (_normal(cue) for cues in by_language.values() for cue in cues)
