"""An element of an HTML page to paragraphs: one per block element, with what the markup says it is.

The walk goes through the tree once, without recursion, so that neither depth nor size of a page
matters. Which element to walk is decided in ``content.py``.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from dx_pipeline.documents.cues import MarkupCues
from dx_pipeline.documents.document import Piece
from dx_pipeline.documents.lines import byline_name, ends_sentence, is_prose, sentence_count

UNSEEN = (
    "script", "style", "noscript", "template", "svg", "object", "canvas", "math", "select", "option", "datalist",
    "textarea", "button", "head",
)  # fmt: skip
_FRAME = frozenset({"nav", "footer", "form", "dialog"})
_PICTURES = frozenset({"img", "picture", "video", "audio", "iframe", "embed", "figure"})
_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
        "fieldset", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main",
        "menu", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    }
)  # fmt: skip
_KINDS = {
    "h1": "heading", "h2": "heading", "h3": "heading", "h4": "heading", "h5": "heading", "h6": "heading",
    "li": "list", "dd": "list", "dt": "list", "blockquote": "quote", "figcaption": "caption", "caption": "caption",
    "aside": "related",
}  # fmt: skip
_ASIDE = frozenset({"related", "comment"})
_NAMED_INLINE = frozenset({"span", "em", "i", "time"})
_MAX_BYLINE = 160
_MAX_CAPTION = 600
_HIDDEN = re.compile(r"display\s?:\s?none|visibility\s?:\s?hidden", re.IGNORECASE)
_SET_APART = re.compile(r"font-style\s?:\s?(?:italic|oblique)|text-align\s?:\s?center", re.IGNORECASE)
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")  # soft hyphen and blanks of no width, where words may be broken
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MAX_NAMES = 300
_MAX_SHARE = 0.4  # a part that holds more of the content than this is the content, whatever its name
_LINKED_SHARE = 0.9
_MAX_DEPTH = 300  # elements nested deeper are read, but not weighed: that would cost the square of the depth


class _Place(NamedTuple):
    """Where the walk is: what the elements around say, and whether they are a link."""

    kind: str | None = None
    linked: bool = False
    leading: bool = False  # between the headline and the content
    lead: bool = False  # in an element that is named as the lead paragraph
    depth: int = 0


@dataclass(slots=True)
class Walked:
    """The paragraphs of a walk, the machine-readable times among them, and the texts of elements named as bylines."""

    pieces: list[Piece] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Paragraph:
    """The paragraph under way."""

    parts: list[str] = field(default_factory=list)
    linked: int = 0
    place: _Place = field(default_factory=_Place)
    after_image: bool = False

    def add(self, text: str, place: _Place) -> None:
        if not any(part.strip() for part in self.parts):
            self.place = place
        self.parts.append(text)
        self.linked += len(text) if place.linked else 0

    def take(self) -> Piece | None:
        """Give the paragraph away and begin a new one."""
        raw = "".join(self.parts)
        text = " ".join(_compose(raw).split())
        linked, place, after_image = self.linked, self.place, self.after_image
        self.parts, self.linked = [], 0
        if not text:
            return None
        self.after_image = False
        return Piece(text, _kind_of(text, place, linked >= _LINKED_SHARE * len(raw)), after_image)


def walk(root: LexborNode, content: LexborNode, headline: LexborNode | None, cues: MarkupCues) -> Walked:
    """Return the paragraphs from the headline to the end of the content, in the order of the page.

    ``root`` holds both. Menus, forms and hidden elements are left out, as are related links and
    comments above the content; inside the content the latter two are kept and named.
    """
    return _Walk(content, headline, cues).run(root)


class _Walk:
    """One walk: where it is, and what it has gathered."""

    def __init__(self, content: LexborNode, headline: LexborNode | None, cues: MarkupCues) -> None:
        self.content = content.mem_id
        self.headline = headline.mem_id if headline else None
        self.cues = cues
        self.limit = _MAX_SHARE * max(1, len(content.text()))
        self.active = headline is None
        self.paragraph = _Paragraph()
        self.walked = Walked()

    def run(self, root: LexborNode) -> Walked:
        """Go through the tree in order; an element is met again, closing, after all that it holds."""
        stack: list[tuple[LexborNode, _Place, bool]] = [(root, _Place(leading=not self.active), False)]
        while stack:
            node, place, closing = stack.pop()
            if closing:
                self.keep()
                if node.mem_id == self.content:
                    break
                continue
            if node.tag == "-text":
                if self.active:
                    self.paragraph.add(node.text_content or "", place)
                continue
            inner = self.enter(node, place)
            if inner is None:
                continue
            if node.tag in _BLOCKS or node.mem_id == self.content:
                self.keep()
                stack.append((node, inner, True))
            stack.extend((child, inner, False) for child in reversed(list(node.iter(include_text=True))))
        self.keep()
        return self.walked

    def keep(self) -> None:
        """End the paragraph under way."""
        piece = self.paragraph.take()
        if piece:
            self.walked.pieces.append(piece)

    def enter(self, node: LexborNode, place: _Place) -> _Place | None:
        """Return the place inside an element, or None where nothing in it is to be read."""
        tag, attributes = node.tag or "-", node.attributes
        if node.mem_id in {self.headline, self.content}:
            self.active = True
            place = place._replace(leading=node.mem_id == self.headline)
        if tag.startswith("-") or tag in _FRAME or tag in UNSEEN or _hidden(attributes):
            return None
        if self.active and self.takes_whole(node, tag, place):
            return None
        kind = self.kind_of(node, attributes) if place.depth < _MAX_DEPTH else None
        if kind == "skip" or (place.leading and kind in _ASIDE):
            return None
        outer = place.kind if place.kind in _ASIDE | {"caption"} else None
        inner = None if kind == "lead" else kind
        return _Place(
            kind=outer or inner or place.kind,
            linked=place.linked or tag == "a",
            leading=place.leading,
            lead=place.lead or kind == "lead",
            depth=place.depth + 1,
        )

    def takes_whole(self, node: LexborNode, tag: str, place: _Place) -> bool:
        """Read an element whose children are not walked, and say whether it was one."""
        if tag in _PICTURES:
            self.keep()
            self.paragraph.after_image = True
        elif tag == "time" and node.attributes.get("datetime"):
            self.walked.times.append(node.attributes["datetime"] or "")
        elif tag == "br" and place.kind in {"heading", "caption", "list"}:
            self.paragraph.parts.append(" ")
        elif tag == "br":
            self.keep()
        elif tag == "table" and place.depth < _MAX_DEPTH and _is_data(node):
            self.keep()
            self.walked.pieces += [Piece(row, "table") for row in _rows(node)]
            return True
        return tag == "br"

    def kind_of(self, node: LexborNode, attributes: dict[str, str | None]) -> str | None:
        """Return what names, tag and form say that an element is; None for plain ones."""
        tag = node.tag or ""
        names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"[:_MAX_NAMES]
        part = _part(names, self.cues) if tag in _BLOCKS or tag in _NAMED_INLINE else None
        if part in _ASIDE | {"skip"}:
            return part if len(node.text()) <= self.limit else _KINDS.get(tag)
        if part == "author" and self.cues.byline.search(_CAMEL.sub("-", names).casefold()):
            self.walked.authors += filter(None, [byline_name(" ".join(node.text(separator=" ").split()))])
        if part in {"author", "date"}:
            return "meta" if len(node.text().strip()) <= _MAX_BYLINE else _KINDS.get(tag)
        if part:
            return part
        if tag in {"ul", "ol"} and _is_linked(node):
            return "related"
        if self.paragraph.after_image and tag in {"p", "div", "center", "td"} and _set_apart(node, attributes):
            return "caption"
        return _KINDS.get(tag)


def _part(names: str, cues: MarkupCues) -> str | None:
    if not names.strip():
        return None
    words = _CAMEL.sub("-", names).casefold()
    return next((part for part, pattern in cues.parts.items() if pattern.search(words)), None)


def _hidden(attributes: dict[str, str | None]) -> bool:
    style = attributes.get("style") or ""
    return "hidden" in attributes or attributes.get("aria-hidden") == "true" or bool(_HIDDEN.search(style[:500]))


def _set_apart(node: LexborNode, attributes: dict[str, str | None]) -> bool:
    """Return whether a paragraph is in italics or centred, as captions are where nothing names them."""
    if _SET_APART.search((attributes.get("style") or "")[:500]) or attributes.get("align") == "center":
        return len(node.text()) <= 400
    inner = node.css_first("em, i")
    text = node.text().strip()
    return inner is not None and 0 < len(text) <= 400 and len(inner.text().strip()) >= 0.9 * len(text)


def _is_linked(node: LexborNode) -> bool:
    total = len("".join(node.text().split()))
    linked = sum(len("".join(link.text().split())) for link in node.css("a"))
    return total > 0 and linked >= _LINKED_SHARE * total


def _is_data(table: LexborNode) -> bool:
    """Return whether a table holds data: cells side by side, none of them a picture or a whole text."""
    rows = table.css("tr")
    if len(rows) < 2 or table.css_first("img, iframe") is not None or len(table.css("table")) > 1:
        return False
    cells = table.css("td, th")
    return len(cells) > len(rows) and all(len(cell.text()) <= 1000 for cell in cells)


def _rows(table: LexborNode) -> Iterator[str]:
    for row in table.css("tr"):
        cells = [_compose(" ".join(cell.text(separator=" ").split())) for cell in row.css("td, th")]
        if any(cells):
            yield " | ".join(cells)


def _kind_of(text: str, place: _Place, linked: bool) -> str | None:
    if place.kind == "heading":  # a lead set as a heading is a paragraph all the same
        return "body" if is_prose(text) and (place.lead or sentence_count(text) >= 2) else "heading"
    if (place.kind == "caption" and len(text) > _MAX_CAPTION) or (place.kind == "meta" and _is_paragraph(text)):
        return "body"
    if place.kind is None and place.lead:
        return "body"
    if place.kind in {None, "list"} and linked and len(text) >= 25 and not ends_sentence(text):
        return "related"
    return place.kind


def _is_paragraph(text: str) -> bool:
    return len(text) >= 100 and ends_sentence(text)


def _compose(text: str) -> str:
    """Return the text in NFC, as references may spell a letter and its accent apart, without signs that never show."""
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
