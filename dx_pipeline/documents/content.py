"""Which element of an HTML page holds the story.

Where the selectors of its source find a body, that is it, unless the page's paragraphs stand elsewhere and
trafilatura finds another story. A page that marks its body up is taken at its word, if most of the page's
paragraphs are in there. On other pages trafilatura (Barbaresi 2021, ACL demo 15) finds the paragraphs, and the
smallest element that holds nearly all of them is the content; it costs fifty times as much.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from dx_pipeline.documents.agreement import recognise, token_scores
from dx_pipeline.documents.cues import MarkupCues
from dx_pipeline.documents.markup import UNSEEN
from dx_pipeline.documents.templates import Selected

_MIN_PARAGRAPH = 60
_MIN_SHARE = 0.5  # of the page's paragraph text that marked-up content must hold
_MIN_MARKED = 500  # characters of marked-up content that is taken at its word
_COVERAGE = 0.9  # of the recognised text that the content must hold
_MIN_DENSE = 600  # characters of paragraphs that a page must have to be judged by them alone
_DENSE_SHARE = 0.75
_MIN_SELECTED_SHARE = 0.3  # of the page's paragraph text: a selected body that holds less must agree with trafilatura
_MIN_AGREEMENT = 0.5
_MAX_DEPTH = 250  # of elements; deeper pages are no articles, and slow to analyse
_MOST_PARAGRAPHS = 5_000  # of a page that is analysed; no article has more, and the time grows with their square
_FEW = 20  # candidates
_SIGNS = re.compile(r"[\W_]+")
_PARAGRAPHS = "p, h2, h3, h4, li, blockquote, td, div"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page's story is: its content, its headline, and the element that holds both.

    ``recognised`` are the paragraphs that trafilatura takes for the story; empty where the markup was taken at
    its word. ``found_by`` is a value of ``articles.text_by``.
    """

    root: LexborNode
    content: LexborNode
    headline: LexborNode | None
    recognised: tuple[str, ...] = ()
    found_by: str = "markup"


def remove_unseen(tree: LexborHTMLParser) -> None:
    """Take scripts, styles and form parts out of a page, so that no text of theirs is read."""
    for node in tree.css(", ".join(tag for tag in UNSEEN if tag != "head")):
        node.decompose()


def find_place(
    tree: LexborHTMLParser, html: str, title: str | None, cues: MarkupCues, selected: Selected | None = None
) -> Place | None:
    """Return where a page's story is, or None for a page without a body.

    ``html`` is the page's source, for the pages that do not mark up their content; ``title`` is the
    headline that it declares, by which the right one of several ``<h1>`` is told; ``selected`` is what the
    selectors of its source find.
    """
    body = tree.body
    if body is None:
        return None
    chosen = selected or Selected()
    recognised: tuple[str, ...] = ()
    if chosen.body is not None and _holds_story(chosen.body, body, html):
        content, found_by = chosen.body, "selectors"
    elif (marked := _marked_up(body, cues) or _dense(body)) and len(marked.text()) >= _MIN_MARKED:
        content, found_by = marked, "markup"
    else:
        found, recognised = _recognised(body, html)
        content, found_by = found or marked or _container(body, cues) or body, "trafilatura" if found else "markup"
    headline = chosen.headline or _headline(body, title)
    if headline is None or _is_above(content, headline) or not _comes_first(headline, content):
        return Place(content, content, None, recognised, found_by)
    return Place(_common_ancestor(content, headline), content, headline, recognised, found_by)


def _holds_story(selected: LexborNode, body: LexborNode, html: str) -> bool:
    """Return whether a selected element holds enough of the page's paragraphs, or what trafilatura finds."""
    text = selected.text(separator=" ")
    if not any(character.isalnum() for character in text):
        return False
    if _paragraph_text(selected) >= _MIN_SELECTED_SHARE * _paragraph_text(body) or not _can_be_analysed(body):
        return True
    story = recognise(html)
    return not story or token_scores(text, story)[2] >= _MIN_AGREEMENT


def fold(text: str) -> str:
    """Return the letters and digits of a text in lower case, by which paragraphs are compared."""
    return _SIGNS.sub("", text.casefold())


def _marked_up(body: LexborNode, cues: MarkupCues) -> LexborNode | None:
    return _best(body, body.css(", ".join(cues.content)))


def _dense(body: LexborNode) -> LexborNode | None:
    """Return the element right above nearly all of the page's paragraphs, where there is such an element."""
    weights: dict[int, int] = {}
    nodes: dict[int, LexborNode] = {}
    for paragraph in body.css("p"):
        length, parent = len(paragraph.text()), paragraph.parent
        if length >= _MIN_PARAGRAPH and parent is not None:
            nodes[parent.mem_id] = parent
            weights[parent.mem_id] = weights.get(parent.mem_id, 0) + length
    total = sum(weights.values())
    heaviest = max(weights, key=lambda key: weights[key], default=None)
    if heaviest is None or total < _MIN_DENSE or weights[heaviest] < _DENSE_SHARE * total:
        return None
    return nodes[heaviest]


def _container(body: LexborNode, cues: MarkupCues) -> LexborNode | None:
    return _best(body, body.css(", ".join(cues.container)))


def _best(body: LexborNode, candidates: Sequence[LexborNode]) -> LexborNode | None:
    """Return the candidate with most paragraph text, the inner one of two alike, if it holds enough of the page's."""
    if not candidates or (len(candidates) > _FEW and _deeper_than(body, _MAX_DEPTH)):
        return None  # weighing each of many nested elements would cost the square of the depth
    weights = [(_paragraph_text(node), node) for node in candidates]
    heaviest = max(weight for weight, _ in weights)
    if heaviest == 0 or heaviest < _MIN_SHARE * _paragraph_text(body):
        return None
    return [node for weight, node in weights if weight == heaviest][-1]


def _paragraph_text(node: LexborNode) -> int:
    in_paragraphs = sum(length for p in node.css("p") if (length := len(p.text())) >= _MIN_PARAGRAPH)
    if in_paragraphs:
        return in_paragraphs
    linked = sum(len(link.text()) for link in node.css("a"))
    return max(0, len(node.text().strip()) - 2 * linked)


def _recognised(body: LexborNode, html: str) -> tuple[LexborNode | None, tuple[str, ...]]:
    """Return the smallest element that holds nearly all of what trafilatura takes for the story, and that."""
    if not _can_be_analysed(body):
        return None, ()
    recognised = tuple(line for line in recognise(html).split("\n") if fold(line))
    wanted = {fold(line) for line in recognised}
    longest = 2 * max(map(len, wanted), default=0)  # blanks and signs are folded away
    weights: dict[int, int] = {}
    nodes: dict[int, LexborNode] = {}
    total = 0
    for node in body.css(_PARAGRAPHS):
        raw = node.text()
        text = fold(raw) if len(raw) <= longest else ""
        if text not in wanted:
            continue
        wanted.discard(text)
        total += len(text)
        for ancestor in _ancestors(node):
            nodes[ancestor.mem_id] = ancestor
            weights[ancestor.mem_id] = weights.get(ancestor.mem_id, 0) + len(text)
    holding = [nodes[key] for key, weight in weights.items() if weight >= _COVERAGE * total]
    return max(holding, key=lambda node: len(_ancestors(node)), default=None), recognised


def _can_be_analysed(body: LexborNode) -> bool:
    return len(body.css(_PARAGRAPHS)) <= _MOST_PARAGRAPHS and not _deeper_than(body, _MAX_DEPTH)


def _headline(body: LexborNode, title: str | None) -> LexborNode | None:
    """Return the ``<h1>`` that says what the declared headline says; the first one where none is declared."""
    headings = [node for node in body.css("h1") if node.text().strip()]
    if not title:
        return headings[0] if headings else None
    wanted = _words(title)
    alike = [node for node in headings + body.css("h2") if _alike(wanted, _words(node.text()))]
    return alike[0] if alike else None


def _alike(left: set[str], right: set[str]) -> bool:
    return bool(left) and bool(right) and len(left & right) >= 0.6 * min(len(left), len(right)) and len(right) >= 2


def _words(text: str) -> set[str]:
    return set("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def _ancestors(node: LexborNode) -> list[LexborNode]:
    found = []
    parent = node.parent
    while parent is not None:
        found.append(parent)
        parent = parent.parent
    return found


def _is_above(outer: LexborNode, inner: LexborNode) -> bool:
    return any(node.mem_id == outer.mem_id for node in _ancestors(inner))


def _common_ancestor(left: LexborNode, right: LexborNode) -> LexborNode:
    above = {node.mem_id for node in [left, *_ancestors(left)]}
    return next(node for node in [right, *_ancestors(right)] if node.mem_id in above)


def _comes_first(left: LexborNode, right: LexborNode) -> bool:
    """Return whether one element stands before another in the page, neither holding the other."""
    root = _common_ancestor(left, right)
    branches = [
        next((n.mem_id for n in [node, *_ancestors(node)] if n.parent and n.parent.mem_id == root.mem_id), None)
        for node in (left, right)
    ]
    for child in root.iter(include_text=False):
        if child.mem_id in branches:
            return child.mem_id == branches[0]
    return False


def _deeper_than(root: LexborNode, depth: int) -> bool:
    """Return whether elements are nested deeper than a bound, looking no further than that."""
    level = [root]
    for _ in range(depth):
        level = [child for node in level for child in node.iter(include_text=False)]
        if not level:
            return False
    return True
