"""How far two texts of one page agree, and what trafilatura takes for its story.

Only the comparison belongs here; what follows from it is decided where it is asked.
"""

import re
from collections import Counter

import trafilatura

_WORD = re.compile(r"\w+")


def recognise(html: str) -> str:
    """Return what trafilatura takes for the story of an HTML page, a paragraph a line; empty where it finds none."""
    return trafilatura.extract(html, include_comments=False, fast=True) or ""


def token_scores(found: str, expected: str) -> tuple[float, float, float]:
    """Return precision, recall and F1 of a text's words, each as often as it stands there, in any order.

    >>> token_scores("the lake towns agreed", "the towns agreed on Friday")
    (0.75, 0.6, 0.6666666666666666)
    """
    left, right = Counter(_words(found)), Counter(_words(expected))
    shared = (left & right).total()
    if not shared:
        both_empty = not left and not right
        return (1.0, 1.0, 1.0) if both_empty else (0.0, 0.0, 0.0)
    return shared / left.total(), shared / right.total(), 2 * shared / (left.total() + right.total())


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
