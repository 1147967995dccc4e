"""Clauses: what the class letters of a segment alone tell of where its parts begin.

Who orders and what a rule needs is for ``frames`` to say.
"""

import re

from dx_pipeline.extraction.passages import letters_of
from dx_pipeline.extraction.tokens import Item
from dx_pipeline.extraction.tracks import Token

_BEFORE_START = frozenset(',&ct:-"()')
_LEAD_WORDS = re.compile(r"[xj][gkcxj]{2,8}")
_FRONT = 4  # items ahead of a clause that may be small words only


def that_of(letters: str, that: int) -> int:
    """Return where the words begin that lead a clause: "made clear that"."""
    while that > 0 and letters[that - 1] == "t":
        that -= 1
    return that


def addressed_of(segment: list[Item], span: tuple[int, int], never: frozenset[str]) -> tuple[int, int] | None:
    """Return the span without the offices that are never addressed; ``None`` where nobody is left."""
    low, high = span
    while low < high and (token := segment[low].token) is not None and token.value in never:
        low += 1
        while low < high and segment[low].letter not in "AHa":
            low += 1
    return (low, high) if low < high and segment[low].token is not None else None


def behind_lead(letters: str, span: tuple[int, int]) -> tuple[int, int]:
    """Return the span without a body that ends the words ahead: "As an arm of the Government, the ministry was …"."""
    low, high = span
    run = letters[low:high]
    if not _LEAD_WORDS.fullmatch(letters[:low]) or run.count(",") != 1 or "&" in run:
        return span
    return high - len(run.partition(",")[2].lstrip("gkc")), high


def starts_clause(letters: str, first: int) -> bool:
    """Tell whether an item stands at the head of its clause, small words ahead of it left out."""
    at = first - 1
    while at >= 0 and letters[at] in "gc":
        at -= 1
    if at < 0 or letters[at] in _BEFORE_START:
        return True
    return at < _FRONT + 1 and not letters[: at + 1].strip("kgcxT,&")


def is_inside(letters: str, first: int) -> bool:
    """Tell whether a list of bodies really begins earlier, or stands in a relative clause."""
    at = first - 1
    while at >= 0 and letters[at] in "gk":
        at -= 1
    if at >= 0 and letters[at] in "rt":
        return True
    while at >= 0 and letters[at] in ",&":
        at -= 1
    return 0 <= at < first - 1 and letters[at] in "AHa"


def subject_of(segment: list[Item], verb: int) -> int:
    """Return where the bodies or the joint begin that stand right before a verb, the segment's end where none do."""
    letters = letters_of(segment)
    at = verb - 1 if letters[verb - 2 : verb] == "uv" else verb  # "were not reminded"
    while at > 0 and letters[at - 1] in "AHahgkcu,&":
        at -= 1
    return at if set(letters[at:verb]) & set("AHah&") else len(segment)


def modality_of(token: Token | None) -> str:
    """Return how strongly a verb puts the task; what a pack does not tell is a requirement."""
    known = ("order", "assign", "request", "require", "propose")
    return token.value if token is not None and token.value in known else "require"


def without_fronted(letters: str, addressed: tuple[int, int] | None, verb: int) -> str:
    """Return letters in which the bodies that are told to act ahead of the verb do not count as who orders."""
    if addressed is None or addressed[1] > verb:
        return letters
    low, high = addressed
    return letters[:low] + "x" * (high - low) + letters[high:]
