"""Tasks: where a frame's one order is really several, and where each begins and ends."""

import re
from itertools import islice

from dx_pipeline.extraction.context import Context
from dx_pipeline.extraction.deadlines import read_deadline
from dx_pipeline.extraction.frames import Frame
from dx_pipeline.extraction.passages import letters_of, trim
from dx_pipeline.extraction.quantities import QuantityReader
from dx_pipeline.extraction.targets import read_target
from dx_pipeline.extraction.tokens import Item, Reading

# ", and to", "; o", " og, sammen med Y, legge": a joint, perhaps who helps, perhaps a marker, then a verb
_BOUNDARY = re.compile(
    r"[,&]+[c,&]*(?:[xkgcw]{1,3}[AH],|[kgx]{0,2}T,?)?[g]{0,2}(?:(?P<lead>[kt]{1,2})[gh]{0,2}(?=[vfjegxA])|(?=[vfI]))"
)
_TOLD = re.compile("[vfjBI]")  # classes of words of which a task can consist
_SAID = re.compile(r',?"[,gcx]{0,5}(?:[AH][xN]{0,4}t|t[gc]{0,2}[AH]|[AHx][AHxN]{0,4}$)')  # …," the Party leader said

_MOST_JOINTS = 24  # of one order that are looked at: each costs a reading of the whole order


class TaskCutter:
    """Cuts the tasks of one article's frames."""

    def __init__(self, reading: Reading, context: Context, quantities: QuantityReader) -> None:
        """Take what is known of the article."""
        self._reading = reading
        self._context = context
        self._quantities = quantities

    def cut(self, segment: list[Item], frame: Frame, stop: int) -> list[tuple[int, int]]:
        """Return the tasks as spans of items.

        One order is several tasks where its marker is repeated ("to A, and to B"), where both sides
        of a joint have a day or a goal of their own, where something is forbidden besides, or where two metrics
        are to reach two goals.
        """
        letters = letters_of(segment)
        lead = self._lead(segment, frame, stop)
        cuts = [
            (match.start(), letters[match.end()] == "I" or self._is_task(segment, match, lead))
            for match in islice(_BOUNDARY.finditer(letters, frame.after + 1, stop), _MOST_JOINTS)
        ]
        bounds = [frame.first]
        for index, (cut, is_repeated) in enumerate(cuts):
            following = cuts[index + 1][0] if index + 1 < len(cuts) else stop
            places = (max(bounds[-1], frame.verb), cut, following)
            if is_repeated or self._is_parted(segment, letters, places, frame):
                bounds.append(cut)
        bounds += self._metric_cut(segment, letters, bounds[-1], stop)
        pieces = []
        for low, high in zip(bounds, [*bounds[1:], stop], strict=True):
            begin = low
            while begin < high and segment[begin].letter in ",&c":
                begin += 1
            said = _SAID.search(letters, begin, high)
            end = trim(segment, begin, high if said is None else said.start())
            if end > begin:
                pieces.append((begin, end))
        return pieces

    def _is_parted(self, segment: list[Item], letters: str, places: tuple[int, int, int], frame: Frame) -> bool:
        """Whether a joint parts two tasks by what each has of its own: a day or a goal on both sides of it.

        Behind a task with its day an "and" begins another, which that day does not bind; what is forbidden stays one.
        """
        low, cut, high = places
        if low < frame.after and _TOLD.search(letters, low + 1, cut) is None:
            return False  # "shall, by 30 September, see to it": the day stands ahead of its task
        if letters[low + 1] == "," and "," not in letters[low + 2 : cut] and low == frame.verb:
            return False  # "must, before the quarter is out, propose": what is put in between ends here
        match = _BOUNDARY.match(letters, cut, high)
        if match is None or (letters[match.end()] not in "vfjI" and "&" not in match.group()):
            return False  # "…, with a deadline of 19 August"
        is_joined = bool(set("&c") & set(match.group())) and match.group("lead") is None
        if is_joined and not frame.is_ban and self._is_due(segment, low, cut):
            return True
        return self._is_dated(segment, low, cut) and self._is_dated(segment, cut, high)

    def _lead(self, segment: list[Item], frame: Frame, stop: int) -> str | None:
        """Return the marker that the first task is put with: its own, or the last word of "was tasked with"."""
        between = [item.token for item in segment[frame.verb + 1 : frame.after] if item.letter in "kt"]
        if (
            between
            and between[-1] is not None
            and frame.addressed is not None
            and segment[frame.after - 1].letter in "AHa"
        ):
            return between[-1].value  # "demanded that the Government …, and that it …"
        token = segment[frame.after].token if frame.after < stop else None
        if token is not None and segment[frame.after].letter in "kt":
            return token.value
        verb = segment[frame.verb]
        return self._reading.folded[verb.start : verb.end].split(" ")[-1] if verb.letter == "P" else None

    def _is_task(self, segment: list[Item], match: re.Match[str], lead: str | None) -> bool:
        is_clause = bool(match.group("lead")) and segment[match.start("lead")].letter == "t"
        return self._is_repeated(segment, match, lead) and segment[match.end()].letter in (
            "vfjxe" if is_clause else "vfj"
        )

    def _is_repeated(self, segment: list[Item], match: re.Match[str], lead: str | None) -> bool:
        marker = segment[match.start("lead")].token if match.group("lead") else None
        return lead is not None and marker is not None and _is_same(marker.value, lead)

    def _metric_cut(self, segment: list[Item], letters: str, low: int, stop: int) -> list[int]:
        """Return the joint between two goals on two metrics."""
        for cut in islice((i for i in range(low + 1, stop - 1) if letters[i] == "&"), _MOST_JOINTS):
            if self._has_metric_goal(segment, low, cut) and self._has_metric_goal(segment, cut + 1, stop):
                return [cut]
        return []

    def _has_metric_goal(self, segment: list[Item], low: int, high: int) -> bool:
        target = read_target(self._reading, segment[low].start, segment[high - 1].end, self._quantities)
        return target is not None and target.metric_id is not None

    def _is_due(self, segment: list[Item], low: int, high: int) -> bool:
        return read_deadline(self._reading, segment[low].start, segment[high - 1].end, self._context) is not None

    def _is_dated(self, segment: list[Item], low: int, high: int) -> bool:
        if self._is_due(segment, low, high):
            return True
        return read_target(self._reading, segment[low].start, segment[high - 1].end, self._quantities) is not None


def _is_same(marker: str, other: str) -> bool:
    """Whether two markers are one but for what is elided before a vowel: "de" and "d'", "que" and "qu'il"."""
    if marker == other or "'" not in marker + other:
        return marker == other
    stem, longer = sorted((marker.partition("'")[0], other.partition("'")[0]), key=len)
    return longer.startswith(stem)
