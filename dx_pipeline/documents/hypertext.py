"""An HTML page, or a piece of HTML in another file, to a document's text and lines.

Pages come with a head that declares things; fragments (an export of a content system, a template
literal in a script, Markdown full of tags) have none, and all of their text is content.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from dx_pipeline.documents.agreement import token_scores
from dx_pipeline.documents.content import find_place, fold, remove_unseen
from dx_pipeline.documents.cues import MarkupCues
from dx_pipeline.documents.decode import normalise
from dx_pipeline.documents.document import Declared, Page, Piece, UnreadableError, compose
from dx_pipeline.documents.lines import heading_text, is_markdown_heading, is_prose
from dx_pipeline.documents.markup import Walked, walk
from dx_pipeline.documents.metadata import read_declared, title_element
from dx_pipeline.documents.templates import Selected, cut_from, select_parts
from dx_pipeline.nesting import why_overgrown
from dx_pipeline.specs import Selectors

_TAG = re.compile(
    r"<(?:p|div|span|br|h[1-6]|ul|ol|li|table|tr|td|img|strong|em|figure|section|article)(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
_PAGE = re.compile(
    r"\s{0,100}(?:<\?xml[^>]{0,200}>\s{0,20})?(?:<!--[^>]{0,500}-->\s{0,20}){0,3}"
    r"<(?:!doctype html|html|head|body)[\s>]",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(
    r"\s{0,100}(?:export\s{1,5})?(?:default\s{1,5}|(?:const|let|var)\s{1,5}[\w$]{1,100}\s{0,5}=\s{0,5})`"
)
_JUDGED_KINDS = frozenset({None, "heading", "list"})
_MIN_RECALL = 0.7  # of what trafilatura takes for the story
_FEW_TAGS = 6
_TAGS_PER_CHARACTER = 1 / 1500
_ONLY_SIGNS = re.compile(r"[\W_]*$")


def is_page(text: str) -> bool:
    """Return whether a text is a whole HTML page."""
    return bool(_PAGE.match(text[:4000]))


def holds_markup(text: str) -> bool:
    """Return whether a text that is no page is full of HTML tags, so that they are markup and no topic.

    >>> holds_markup("The tag <p> opens a paragraph.")
    False
    """
    count = sum(1 for _ in _TAG.finditer(text))
    return count >= _FEW_TAGS and count >= _TAGS_PER_CHARACTER * len(text)


def read_page(html: str, cues: MarkupCues, selectors: Selectors | None = None) -> Page:
    """Read an HTML page: headline, lead, byline and the content, nothing of what stands around them.

    ``selectors`` are those of its source that hold on its day. Where their body is not to be found, the page is
    read without them.

    Raises:
        UnreadableError: where no text is left.
    """
    tree = parse_page(html)
    declared = read_declared(tree, cues)
    whole_title = title_element(tree)
    remove_unseen(tree)
    selected = select_parts(tree, selectors) if selectors else Selected()
    place = find_place(tree, html, declared.title or whole_title, cues, selected)
    if place and place.found_by == "selectors" and selectors:
        cut_from(place.root, selectors.remove, keep=[node for node in (place.content, place.headline) if node])
    walked = walk(place.root, place.content, place.headline, cues) if place else Walked()
    if place is None or not any(any(c.isalnum() for c in piece.text) for piece in walked.pieces):
        if selectors and selectors.body:
            return read_page(html, cues, replace(selectors, body=None))
        detail = "the page holds no text; save it after its scripts have run, or as text"
        raise UnreadableError("no_text", detail)
    printed = _joined(place.headline)
    title = printed or _joined(selected.headline) or _without_site(declared.title or whole_title, declared.publisher)
    pieces = _judged(walked.pieces, place.recognised) if place.recognised else walked.pieces
    if title and not printed and all(fold(piece.text) != fold(title) for piece in pieces[:20]):
        pieces = [Piece(title, "heading"), *pieces]
    text, lines = compose(pieces)
    return Page(text=text, lines=lines, declared=_with(declared, title, selected, walked), text_by=place.found_by)


def parse_page(html: str) -> LexborHTMLParser:
    """Parse HTML that is not built to cost its parser beyond all measure.

    Raises:
        UnreadableError: where it is.
    """
    if reason := why_overgrown(html):
        raise UnreadableError("overgrown", f"{reason}; save the document as text")
    return LexborHTMLParser(html)


def read_fragment(source: str, cues: MarkupCues) -> Page:
    """Read HTML without a head; where a script holds it as a template literal, only the literal is read.

    Raises:
        UnreadableError: where no text is left.
    """
    tree = parse_page(_literal(source))
    remove_unseen(tree)
    body = tree.body
    pieces = [_plain(piece) for piece in walk(body, body, None, cues).pieces] if body else []
    pieces = [piece for piece in pieces if not _ONLY_SIGNS.match(piece.text)]
    if not pieces:
        raise UnreadableError("no_text", "the markup holds no text; save the document as text")
    text, lines = compose(pieces)
    return Page(text=text, lines=lines)


def _judged(pieces: Sequence[Piece], recognised: Sequence[str]) -> list[Piece]:
    """Name what trafilatura left out: short pieces as menu, and everything behind the last one that it took.

    Where the pieces lack much of what it took, as where the page's paragraphs stand in no one element, they are
    its own paragraphs.
    """
    told = " ".join(piece.text for piece in pieces)
    if token_scores(told, " ".join(recognised))[1] < _MIN_RECALL:
        return [Piece(line.removeprefix("- "), "list" if line.startswith("- ") else None) for line in recognised]
    paragraphs = frozenset(map(fold, recognised))
    taken = [fold(piece.text) in paragraphs for piece in pieces]
    last = max((i for i, is_taken in enumerate(taken) if is_taken), default=len(pieces))
    judged = []
    for i, piece in enumerate(pieces):
        left_out = i > 0 and not taken[i] and piece.kind in _JUDGED_KINDS
        if left_out and i > last:
            judged.append(piece._replace(kind="tail"))
        elif left_out and not is_prose(piece.text):
            judged.append(piece._replace(kind="menu"))
        else:
            judged.append(piece)
    return judged


def _literal(source: str) -> str:
    opening = _TEMPLATE.match(source)
    if not opening:
        return source
    closing = source.rfind("`")
    inner = source[opening.end() : closing if closing > opening.end() else len(source)]
    return inner.replace("\\`", "`").replace("\\$", "$")


def _plain(piece: Piece) -> Piece:
    if is_markdown_heading(piece.text):
        return piece._replace(text=heading_text(piece.text), kind="heading")
    return piece


def _without_site(title: str | None, publisher: str | None) -> str | None:
    """Return a page's ``<title>`` without the site's name behind the last bar or dash."""
    if not title:
        return None
    head, bar, site = title.rpartition(" | ")
    if not bar:
        head, bar, site = title.rpartition(" - ")
    named = bool(publisher) and fold(site) == fold(publisher or "")
    return head.strip() if bar and (named or (" | " in title and len(head) > len(site))) else title


def _joined(node: LexborNode | None) -> str | None:
    return (normalise(" ".join(node.text().split())) or None) if node else None


def _with(declared: Declared, title: str | None, selected: Selected, walked: Walked) -> Declared:
    times = [time for time in (selected.published, *walked.times[:1]) if time]
    return replace(
        declared,
        title=title,
        author=selected.author or declared.author or next(iter(walked.authors), None),
        section=selected.section or declared.section,
        dates=declared.dates + tuple((time, "page") for time in times),
    )
