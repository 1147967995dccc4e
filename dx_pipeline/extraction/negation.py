"""Negation: where an order is taken back, supposed or a ban, and where a figure is said not to hold.

Words come from the packs (``[directives.negation]``): some stand right ``before`` what they negate, some right
``after`` it; ``released`` says that nobody has to ("need not"), ``forbids`` are orders that forbid.
"""

import re
from collections.abc import Sequence

from dx_pipeline.extraction.issuers import Issuers
from dx_pipeline.extraction.tokens import Item, Reading
from dx_pipeline.extraction.tracks import Track, within

_OBLIGES = re.compile("[VWPIO]")  # classes that order or oblige by themselves: negated, they tell nobody to do anything
_WORDS_TO_FIGURE = 2  # "did not quite reach 20%": words between a negation and the figure that it denies
_REACH = 28  # code points
_OPENING = 16  # code points from the head of a segment to the end of the word that makes it a supposition
_SHORTEST_LEAD = 3  # items
_CLAUSE = frozenset("AHVWPMFBvfpjus")  # classes that make a clause, not a mere lead
_SIGNS = ("at_least", "at_most", "approx")


class Negations:
    """The negations of one article, by where they stand."""

    def __init__(self, reading: Reading) -> None:
        """Take the article's tokens."""
        self._reading = reading
        cues = [cue for cue in reading.cues if cue.kind == "negation"]
        self._before = {cue.end: cue.start for cue in cues if cue.value == "before"}
        self._after = {cue.start: cue.end for cue in cues if cue.value == "after"}
        formulas = {token.start for token in reading.structure if token.kind == "adverb"}  # "if needed"
        supposing = (cue for cue in reading.cues if cue.kind == "cue" and cue.value == "hypothetical")
        self._suppositions = Track(cue for cue in supposing if cue.start not in formulas)
        self._signs = [(cue.start, cue.end) for cue in reading.cues if cue.kind == "cue" and cue.value in _SIGNS]

    def __bool__(self) -> bool:
        """Whether the article negates anything."""
        return bool(self._before or self._after)

    def before(self, item: Item) -> int | None:
        """Return where the negation begins that stands right before an item, ``None`` without one."""
        start = self._before.get(item.start - 1)
        return start if start is not None else self._before.get(item.start)

    def touches(self, item: Item) -> bool:
        """Tell whether a negation stands right before an item or right after it."""
        return self.before(item) is not None or self.follows(item)

    def follows(self, item: Item) -> bool:
        """Tell whether a negation stands right after an item."""
        return item.end + 1 in self._after

    def withdrawn(self, segment: Sequence[Item], letters: str, issuers: Issuers) -> int | None:
        """Return the item by which a segment says that nothing is ordered, ``None`` where it does not.

        That is a release ("is not required to"), or a negated obligation or order.
        """
        if "z" in letters:
            return letters.index("z")
        if not self:
            return None
        for match in _OBLIGES.finditer(letters):
            index = match.start()
            if self.touches(segment[index]) and not _is_ban(segment, letters, index, issuers):
                return index
        return None

    def supposes(self, segment: Sequence[Item], letters: str, verb: int) -> bool:
        """Tell whether a verb stands in a supposition that opens its segment: "if the Prime Minister asked …".

        A comma ends the supposition, but for one behind a mere lead: "if, on data, the Prime Minister asked …".
        """
        if not self._suppositions:
            return False
        start, end = segment[0].start, segment[verb].start
        for cue in within(self._suppositions, start, min(end, start + _OPENING)):
            said = [k for k in range(verb) if segment[k].start >= cue.end]
            comma = next((k for k in said if letters[k] == ","), verb)
            if comma == verb or _is_lead("".join(letters[k] for k in said if k < comma)):
                return True
        return False

    def denies(self, start: int, number: int) -> bool:
        """Tell whether the figure at ``number`` is denied by a negation just before it, not ahead of ``start``."""
        number = next((low for low, high in self._signs if 0 <= number - high <= 1), number)
        low = max(start, number - _REACH)
        ends = [end for end, begin in self._before.items() if low <= begin and end <= number]
        ends += [end for begin, end in self._after.items() if low <= begin and end <= number]
        return any(self._is_near(end, number) for end in ends if not self._is_sign(end))

    def _is_near(self, low: int, high: int) -> bool:
        """Whether so few words part a negation from a figure that it denies it: "no ocupa el puesto 71".

        Small words between them do not count.
        """
        small = sum(token.kind == "glue" for token in within(self._reading.structure, low, high))
        between = self._reading.folded[low:high]
        return len(between.split()) - small <= _WORDS_TO_FIGURE and not set(",;:()") & set(between)

    def _is_sign(self, end: int) -> bool:
        """Whether a negation ends inside a comparator: "no fewer than"."""
        return any(low < end <= high for low, high in self._signs)


def _is_ban(segment: Sequence[Item], letters: str, index: int, issuers: Issuers) -> bool:
    """Whether a negated order is a task itself, not to order: "ministries do not ask citizens for papers".

    It is one where the pack counts the negation among the verbs of tasks, but for an office that orders nothing.
    """
    if letters[index] not in "VW" or letters[index - 1 : index] != "v" or letters[index - 2 : index - 1] == "u":
        return False  # "were not reminded": the auxiliary makes it a passive
    issuer = issuers.index(segment, letters, index)
    return issuer is None or (letters[issuer] != "H" and not issuers.is_office(segment[issuer].token))


def _is_lead(letters: str) -> bool:
    """Whether a stretch names a topic or a time and is no clause of its own, nor a mere "if needed"."""
    is_long = len(letters) >= _SHORTEST_LEAD or not letters.strip("cT")
    return is_long and not set(letters) & _CLAUSE
