"""What a source's own selectors find in a page of it.

A selector that finds nothing gives nothing: what is read instead is decided by the caller. Whether selectors
still fit a site is judged in ``drift.py``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from dx_pipeline.documents.document import printable
from dx_pipeline.specs import Selectors

PARTS = ("title", "author", "section", "published", "body")
_MAX_FIELD = 300
_MAX_AUTHORS = 10
_VALUES = {"meta": "content", "time": "datetime"}  # where these elements hold what a machine is to read


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """What selectors found in a page: elements for headline and body, text for the rest; None where nothing is."""

    headline: LexborNode | None = None
    body: LexborNode | None = None
    author: str | None = None
    section: str | None = None
    published: str | None = None


def choose_selectors(selectors: Sequence[Selectors], day: date | None) -> Selectors | None:
    """Return the selectors that hold on a day: the newest of which ``valid_from`` is not after it.

    On an unknown day they are the newest of all.
    """
    valid = [one for one in selectors if day is None or one.valid_from <= day]
    return max(valid, key=lambda one: one.valid_from, default=None)


def selectors_of(selectors: Selectors) -> dict[str, str]:
    """Return the selectors by the part of a page that they are for; parts without one are left out."""
    return {part: selector for part in PARTS if (selector := getattr(selectors, part))}


def select_parts(tree: LexborHTMLParser, selectors: Selectors) -> Selected:
    """Find a page's parts by selectors; of several bodies the longest counts, else the first element."""
    titles, bodies = _find(tree, selectors.title), _find(tree, selectors.body)
    return Selected(
        headline=next((node for node in titles if node.tag != "meta"), None),
        body=max(bodies, key=lambda node: len(node.text()), default=None),
        author=", ".join(dict.fromkeys(_texts(tree, selectors.author)[:_MAX_AUTHORS])) or None,
        section=next(iter(_texts(tree, selectors.section)), None),
        published=next(iter(_texts(tree, selectors.published)), None),
    )


def cut_from(root: LexborNode, selectors: Sequence[str], keep: Sequence[LexborNode] = ()) -> None:
    """Take what selectors find in an element out of it, never itself nor what is or holds one of ``keep``."""
    kept = {root.mem_id, *(node.mem_id for inner in keep for node in _upwards(inner))}
    for selector in selectors:
        found = {node.mem_id: node for node in _find(root, selector) if node.mem_id not in kept}
        outer = [node for node in found.values() if not _is_inside(node, found)]  # the others go with them
        for node in outer:
            node.decompose()


def _upwards(node: LexborNode | None) -> Iterator[LexborNode]:
    while node is not None:
        yield node
        node = node.parent


def _is_inside(node: LexborNode, others: Mapping[int, LexborNode]) -> bool:
    return any(outer.mem_id in others for outer in _upwards(node.parent))


def _find(tree: LexborHTMLParser | LexborNode, selector: str | None) -> list[LexborNode]:
    if not selector:
        return []
    try:
        return tree.css(selector)
    except SelectolaxError:
        return []


def _texts(tree: LexborHTMLParser, selector: str | None) -> list[str]:
    raw = (
        node.attributes.get(_VALUES.get(node.tag or "", "")) or node.text(separator=" ")
        for node in _find(tree, selector)
    )
    texts = (printable(" ".join(text.split()))[:_MAX_FIELD] for text in raw)
    return [text for text in texts if text]
