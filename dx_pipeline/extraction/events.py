"""Events: the meeting that an article reports, or the document whose signing it tells."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dx_pipeline.extraction.context import Context
from dx_pipeline.extraction.tokens import Reading
from dx_pipeline.extraction.tracks import Token, within

_LEAD_SENTENCES = 6
_REACH = 90  # code points from the event's word to the body that met
_ORDINAL_REACH = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDraft:
    """An event as found: spans into the text, not yet a row."""

    kind: str
    body_id: str | None
    ordinal: int | None
    held_on: date | None
    start: int
    end: int


class OrdinalReader:
    """Reads "8th", "thứ tám", "10e" beside an event's word; compiled once per language."""

    def __init__(self, events: Mapping[str, Any], suffixes: Sequence[str]) -> None:
        """Compile the pack's ``[events]`` table and its ordinal suffixes."""
        self._words = {form: int(n) for n, forms in events["ordinal_words"].items() for form in forms}
        words = "|".join(re.escape(w) for w in sorted(self._words, key=len, reverse=True)) or "(?!)"
        suffix = "|".join(re.escape(s) for s in suffixes) or "(?!)"
        self._before = re.compile(rf"(?:(?<!\w)(\d{{1,3}})(?:{suffix})|(?<!\w)({words})) (?:\w+ ){{0,2}}$")
        self._after = re.compile(rf" (?:lần )?(?:thứ )?(?:(\d{{1,3}})(?!\w)|({words})(?!\w))")
        self._is_after = bool(events["ordinal_after"])

    def read(self, folded: str, start: int, end: int) -> int | None:
        """Return the ordinal beside the event word at ``[start, end)``."""
        if self._is_after:
            match = self._after.match(folded, end, end + _ORDINAL_REACH)
        else:
            match = self._before.search(folded[max(0, start - _ORDINAL_REACH) : start])
        if match is None:
            return None
        return int(match.group(1)) if match.group(1) else self._words[match.group(2)]


def find_events(
    reading: Reading, sentences: Sequence[tuple[int, int]], context: Context, ordinals: OrdinalReader
) -> list[EventDraft]:
    """Return the event that the article's first sentences report: its first numbered meeting, else the first."""
    drafts = []
    for start, end in sentences[:_LEAD_SENTENCES]:
        for cue in within(reading.cues, start, end):
            if cue.kind != "event":
                continue
            body = _body(reading, cue, start, end, context)
            if body is None:
                continue
            drafts.append(
                EventDraft(
                    kind=cue.value, body_id=body.value, ordinal=ordinals.read(reading.folded, cue.start, cue.end),
                    held_on=context.held_on, start=start, end=end,
                )
            )  # fmt: skip
    drafts.sort(key=lambda draft: draft.ordinal is None)
    return drafts[:1]


def _body(reading: Reading, cue: Token, start: int, end: int, context: Context) -> Token | None:
    after = within(reading.structure, cue.end, min(end, cue.end + _REACH))
    before = within(reading.structure, max(start, cue.start - _REACH), cue.start)
    for token in [*after, *reversed(list(before))]:
        if token.kind == "actor" and context.lexicon.organisations[token.value].kind in (
            "committee", "ministry", "government", "party", "assembly", "agency", "province",
        ):  # fmt: skip
            return token
    return None
