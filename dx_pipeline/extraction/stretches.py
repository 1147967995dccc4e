"""Stretches: how far the words reach that belong to one figure, for its quote."""

from dx_pipeline.extraction.levels import Level
from dx_pipeline.extraction.tokens import Reading
from dx_pipeline.extraction.tracks import within

_STRETCH = 72  # code points before a number that its clause may reach back
_FROM_STRETCH = 40  # the same for the figure that another is counted from
_SHORT_STRETCH = 24  # a clause shorter than that reaches back over one more mark
_PERIOD_NEAR = 14
_NOUN_ALONE = 10  # code points behind a figure: at most the noun that it counts, no verb yet
_OF_WHOLE = 18  # code points from a figure to the whole that it is part of
_JOINT_NEAR = 14  # code points from a joint to the figure that it leads to
_ENUMERATION = 6  # code points between two counts of one list
_LIST_REACH = 200  # code points from the second count to the end of what both lead to
_MARKS = ",;:("
_ENDS = ",;)"


def reach_back(reading: Reading, level: Level, floor: int) -> int:
    """Return where a figure's quote begins: at the mark before its clause, on a word, not before ``floor``."""
    folded = reading.folded
    low = max(floor, level.start - (_FROM_STRETCH if level.quantity.role == "from" else _STRETCH))
    at = level.start
    while at > low:
        at -= 1
        is_far = level.start - at > _SHORT_STRETCH or folded[at] == ";"
        if folded[at] in _MARKS and is_far and not _is_inside_number(folded, at):
            low = at + 1
            break
    if floor < low < level.start and folded[low - 1].isalnum() and folded[low].isalnum():
        while low < level.start and folded[low].isalnum():  # the stretch ended inside a word
            low += 1
    while low < level.start and not folded[low].isalnum() and folded[low] not in "$€₫\"'":
        low += 1
    return low


def reach_on(reading: Reading, level: Level, ceiling: int, end: int) -> int:
    """Return where a figure's quote ends: at the next mark, at most where the next figure's words begin."""
    folded = reading.folded
    at = _mark(folded, level.end, min(max(ceiling, level.end), end))
    if at == ceiling < end and ceiling - level.end <= _ENUMERATION:
        at = _mark(
            folded, ceiling, min(end, ceiling + _LIST_REACH)
        )  # "nine ministries and 21 provinces have not …": both lead to the same verb
    elif at == ceiling < end:  # no mark parts the two figures: a joint does, else the words lead to the next one
        joints = [t.start for t in within(reading.structure, level.end, ceiling) if t.kind == "conjunction"]
        periods = [p.end for p in within(reading.periods, level.end, ceiling) if p.start - level.end <= _PERIOD_NEAR]
        stops = [
            c.start for c in within(reading.cues, level.end, ceiling) if c.kind == "cue" and c.value == "subject_stop"
        ]
        last = [at for at in (*joints, *stops) if ceiling - at <= _JOINT_NEAR]
        at = (last[-1:] or joints or periods or [level.end])[0]
    return _trimmed(folded, level.end, at)


def reach_further(reading: Reading, level: Level, ends: tuple[int, int], end: int) -> int:
    """Return where a figure is told up to: on to its verb, where only the noun that is counted stands before the mark.

    ``ends`` are what :func:`reach_on` gives and where the next figure begins.
    """
    high, ceiling = ends
    folded = reading.folded
    is_joined = any(t.kind == "conjunction" for t in within(reading.structure, level.end, ceiling))
    if high > level.end + _NOUN_ALONE or high >= end or (is_joined and ceiling < end):
        return high
    counts = folded[level.quantity.number.end : high].strip() != ""
    if counts and folded[high : high + 2] == ", ":  # "58/63 provinces, cities have finished"
        return _trimmed(folded, level.end, _mark(folded, high + 1, min(max(ceiling, high + 1), end)))
    if (
        level.end < ceiling <= level.end + _OF_WHOLE
        and ceiling < end
        and not set(_MARKS) & set(folded[level.end : ceiling])
    ):
        stop = ceiling  # "612 of the 771 tasks have been finished"
        while stop < end and not folded[stop].isspace():
            stop += 1
        return _trimmed(folded, level.end, _mark(folded, stop, end))
    if level.end < ceiling < end and not set(_MARKS) & set(folded[level.end : ceiling]):
        return _trimmed(folded, level.end, ceiling)  # "seven provinces have disbursed less than 50%"
    return high


def _trimmed(folded: str, low: int, at: int) -> int:
    while at > low and (folded[at - 1].isspace() or folded[at - 1] in ".(\"'"):
        at -= 1
    return at


def _mark(folded: str, at: int, limit: int) -> int:
    """Return the place of the next mark that ends a clause, at most ``limit``."""
    while at < limit and not (folded[at] in _ENDS and not _is_inside_number(folded, at)):
        at += 1
    return at


def _is_inside_number(folded: str, at: int) -> bool:
    return 0 < at < len(folded) - 1 and folded[at - 1].isdigit() and folded[at + 1].isdigit()
