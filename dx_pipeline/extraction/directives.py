"""Directives: who is told to do what, sentence by sentence, with issuer and addressees carried along.

Here frames become drafts: issuer and addressees are resolved and remembered for the sentences that
follow. One task is one draft.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from dx_pipeline.extraction.clauses import modality_of, subject_of, without_fronted
from dx_pipeline.extraction.context import Context, resolve_actor
from dx_pipeline.extraction.deadlines import Deadline, read_deadline
from dx_pipeline.extraction.frames import (
    FRONTED,
    ORDERING,
    OWN_DUTY,
    WITHOUT_SUBJECT,
    Frame,
    FrameFinder,
)
from dx_pipeline.extraction.issuers import Issuers
from dx_pipeline.extraction.passages import (
    Passage,
    after_enumerator,
    body_heading,
    is_list_item,
    leading_instrument,
    letters_of,
    mark_of,
    split_segments,
    trim,
)
from dx_pipeline.extraction.quantities import QuantityReader
from dx_pipeline.extraction.rules import DirectiveRule
from dx_pipeline.extraction.targets import Target, read_target
from dx_pipeline.extraction.tasks import TaskCutter
from dx_pipeline.extraction.tokens import Item, Reading, read_items
from dx_pipeline.extraction.tracks import Token, within

_TELLING = frozenset(  # kinds of words without which nobody is told anything, but right behind an order
    {
        "order", "order_weak", "passive", "modal", "told_modal", "future", "bare", "nominal", "impersonal",
    }
)  # fmt: skip
_PASSAGE_REACH = 2  # sentences over which issuer and addressees are carried
_SECTION_REACH = 5  # the same, under one heading, for a task that names its own addressee
_ISSUER_REACH = 10  # items from who orders to the verb before a colon
_ORDERS_BELOW = re.compile("(?<![uq])[VW][^AHVWPM;:,]{0,4}:")
_PROMISED = re.compile("[AHa][gce]{0,6}s")  # somebody promises: what is told is his own
_ANNOUNCEMENT = 6  # items between an ordering verb and the colon behind it that hold no task yet
_ANNOUNCED = 48  # code points before a colon that may say that tasks follow
_SHORTEST_TASK = 12  # code points; less is no task


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One task as found: spans into the text and resolved ids, not yet a row."""

    rule: DirectiveRule
    start: int
    end: int
    action_start: int
    issuer_id: str | None
    issuer_text: str | None
    addressee_ids: tuple[str, ...]
    addressee_text: str | None
    modality: str
    deadline: Deadline | None
    target: Target | None
    instrument_ids: tuple[str, ...]


class DirectiveReader:
    """Reads the directives of one article."""

    def __init__(self, reading: Reading, context: Context, quantities: QuantityReader) -> None:
        """Take what is known of the article."""
        self._reading = reading
        self._context = context
        self._quantities = quantities
        self._issuers = Issuers(reading, context)
        self._finder = FrameFinder(reading, context, self._issuers)
        self._cutter = TaskCutter(reading, context, quantities)
        self._passage = Passage()
        self._number = 0

    def read(
        self, sentences: Sequence[tuple[int, int]], sections: Sequence[int], listed: Collection[int]
    ) -> Iterator[Draft]:
        """Yield the tasks of the sentences, in order of place.

        ``sections`` counts the headings before each sentence; ``listed`` holds where list items begin.
        """
        passage, text = self._passage, self._reading.text
        if self._context.default_issuer is not None:
            self._set_issuer(self._context.default_issuer)
        for number, (start, end) in enumerate(sentences):
            if number - passage.last_sentence > _SECTION_REACH and self._tells_nothing(start, end):
                passage.is_list_open, passage.body_mark = False, None
                continue
            items = read_items(self._reading, after_enumerator(text, start, end), end)
            if not items or text[start:end].endswith("?"):
                continue
            self._number = number
            passage.instruments = leading_instrument(items)
            passage.is_new_section = passage.section != sections[number]
            is_item = start in listed or is_list_item(text, start)
            if self._open_list_of_body(items, sections[number], mark_of(text, start, end)):
                continue
            if mark_of(text, start, end) == passage.body_mark:
                passage.body_mark = None  # the next item of the list that the heading stands in
            for draft in self._sentence(items, is_listed=passage.is_list_open and is_item):
                passage.section = sections[number]
                yield draft
            if text[start:end].endswith(":") and number != passage.last_sentence and not is_item:
                self._announce(items, sections[number])
            opens = text[start:end].endswith(":") and number == passage.last_sentence
            passage.is_list_open = opens or (passage.is_list_open and is_item)
            if opens or not passage.is_list_open:
                passage.body_mark = None

    def _tells_nothing(self, start: int, end: int) -> bool:
        """Whether a sentence far from any order holds no word that could order: it need not be read closer."""
        if self._context.signed_on is not None or self._reading.text[end - 1 : end] == ":":
            return False
        if within(self._reading.numbers, start, end):
            return False
        return not any(token.kind in _TELLING for token in within(self._reading.structure, start, end))

    def _announce(self, items: list[Item], section: int) -> None:
        """Let a line open a list that says that tasks follow ("The assignments are as follows:")."""
        cues = within(self._reading.cues, items[0].start, items[-1].end)
        letters = letters_of(items)
        if not any(cue.kind == "announces" for cue in cues) or "p" in letters:
            return
        at = self._issuers.index(items, letters, len(items))
        if at is not None and self._issuers.is_office(items[at].token):
            self._set_issuer(items[at].token)
        self._passage.addressee_ids, self._passage.addressee_text = (), None
        self._passage.last_sentence, self._passage.section = self._number, section

    def _only_announces(self, segment: list[Item], frame: Frame) -> bool:
        """Whether what an order before a colon tells is but that tasks follow."""
        letters = letters_of(segment)
        if not letters[frame.after :].strip("tkgc,:"):
            return True
        start, end = segment[frame.first].start, segment[-1].end
        cues = within(self._reading.cues, max(start, end - _ANNOUNCED), end)
        return any(cue.kind == "announces" for cue in cues)

    def _open_list_of_body(self, items: list[Item], section: int, mark: str) -> bool:
        """Take a line that names bodies and nothing else for the heading over their tasks, where orders are given."""
        passage = self._passage
        addressed = body_heading(items)
        is_far = self._number - passage.last_sentence > _SECTION_REACH
        if addressed is None or (is_far and not (mark and self._context.signed_on is not None)):
            return False
        self._set_addressees(items, addressed, joins=False)
        passage.last_sentence, passage.section = self._number, section
        passage.is_list_open, passage.body_mark = True, mark
        return True

    def _sentence(self, items: list[Item], *, is_listed: bool) -> Iterator[Draft]:
        ordered_here = is_withdrawn = False
        for segment in split_segments(items):
            at = self._finder.withdrawn(segment)
            frames = self._frames(segment, at, is_listed=is_listed, ordered_here=ordered_here)
            if is_withdrawn:  # "has not asked X to do A; to do B": nothing is ordered before another verb orders it
                frames = [f for f in frames if segment[f.verb].letter in ORDERING]
            is_withdrawn = not frames and (is_withdrawn or at is not None)
            last = len(segment) if at is None else subject_of(segment, at)
            for index, frame in enumerate(frames):
                stop = frames[index + 1].first if index + 1 < len(frames) else len(segment)
                stop = min(stop, last) if frame.verb < last else stop
                for draft in self._tasks(segment, frame, trim(segment, frame.after, stop)):
                    ordered_here = True
                    yield draft

    def _frames(
        self, segment: list[Item], withdrawn: int | None, *, is_listed: bool, ordered_here: bool
    ) -> list[Frame]:
        passage = self._passage
        colon = self._open_by_colon(segment) if withdrawn is None else 0
        distance = self._number - passage.last_sentence
        follows = is_listed or ordered_here
        reach = _PASSAGE_REACH if passage.is_new_section else _SECTION_REACH
        frames = self._finder.find(segment, passage, withdrawn, active=follows or distance <= reach, is_item=follows)
        if not follows and (passage.is_new_section or distance > _PASSAGE_REACH):
            frames = [f for f in frames if f.rule.rule_id not in WITHOUT_SUBJECT]
        is_body_list = passage.body_mark is not None and segment[0].letter in "VWPB"
        if is_listed and withdrawn is None and (not frames or is_body_list):
            frames = [self._finder.list_frame(segment)]
        letters = letters_of(segment)
        if _PROMISED.search(letters) is not None:
            frames = [f for f in frames if f.rule.rule_id not in WITHOUT_SUBJECT]
        promise = (letters + "s").index("s")
        frames = [f for f in frames if f.verb >= colon - 1 or f.addressed is not None]
        return [f for f in frames if not (f.rule.rule_id in OWN_DUTY and f.verb > promise)]

    def _open_by_colon(self, segment: list[Item]) -> int:
        """Return from where on there are tasks: an ordering verb before a colon orders only what follows it."""
        letters = letters_of(segment)
        match = _ORDERS_BELOW.search(letters)
        at = self._issuers.index(segment, letters, match.start()) if match is not None else None
        if match is not None and at is not None and match.start() - at <= _ISSUER_REACH:
            self._set_issuer(segment[at].token)
            self._passage.last_sentence = self._number
            return match.end()
        return 0

    def _tasks(self, segment: list[Item], frame: Frame, stop: int) -> Iterator[Draft]:
        if not frame.must_be_dated:
            self._passage.last_sentence = self._number
        self._carry(segment, frame)
        if frame.rule.rule_id == "directive.open" and self._announces(segment, frame):
            return
        if segment[-1].letter == ":" and self._only_announces(segment, frame):
            return
        if stop <= frame.after and not (frame.rule.rule_id in FRONTED and frame.first < frame.verb):
            return  # nothing is ordered here: the tasks follow as a list
        modality = modality_of(segment[frame.verb].token)
        for low, high in self._cutter.cut(segment, frame, max(stop, frame.verb + 1)):
            told_from = frame.after if frame.told_from is None else frame.told_from
            action = segment[max(low, min(told_from, high - 1))].start
            draft = self._draft(frame, segment[low].start, segment[high - 1].end, action, modality)
            if draft is not None:
                self._passage.last_sentence = self._number
                yield draft

    def _announces(self, segment: list[Item], frame: Frame) -> bool:
        """Whether an order only leads to a list: "directs the following tasks:"."""
        return segment[-1].letter == ":" and len(segment) - frame.after <= _ANNOUNCEMENT

    def _carry(self, segment: list[Item], frame: Frame) -> None:
        """Remember who orders and who is addressed, for this task and those that follow."""
        letters = letters_of(segment)
        if "subject_behind" in frame.rule.needs:
            self._set_issuer(self._issuers.behind(segment, frame.verb, frame.after))
        if "issuer" in frame.rule.needs:
            given = without_fronted(letters, frame.addressed, frame.verb)
            at = self._issuers.index(segment, given, frame.verb)
            token = segment[at].token if at is not None else self._issuers.spoken(segment, frame.verb)
            if token is None and frame.addressed is not None:
                token = self._issuers.inverted(segment, frame.addressed)
            if token is None and self._passage.issuer_id is None:
                token = self._issuers.earlier(segment[0].start)
            self._set_issuer(token)
        elif frame.rule.rule_id == "directive.passive_verb" and frame.addressed is not None:
            between = segment[frame.addressed[1] : frame.verb]  # "was, by the Prime Minister, assigned"
            at = self._issuers.index(between, letters_of(between), len(between))
            self._set_issuer(between[at].token if at is not None else None)
        if frame.addressed is not None:
            joins = letters[: frame.first].strip("c,") == "&" and frame.rule.rule_id == "directive.bare"
            self._set_addressees(segment, frame.addressed, joins=joins)
        elif frame.rule.rule_id == "directive.named_before":
            token = self._finder.named_before(segment)
            self._passage.addressee_ids = tuple(filter(None, (self._addressee(token),)))
            self._passage.addressee_text = self._reading.text[token.start : token.end]
        elif frame.rule.rule_id == "directive.open":
            self._passage.addressee_ids, self._passage.addressee_text = (), None

    def _set_issuer(self, token: Token | None) -> None:
        if token is None:
            return
        self._passage.issuer_id = resolve_actor(token, self._reading, self._context, as_issuer=True)
        self._passage.issuer_text = self._reading.text[token.start : token.end]

    def _set_addressees(self, segment: list[Item], span: tuple[int, int], *, joins: bool) -> None:
        """Take the bodies of a span as addressees; "together with Y, do …" adds them to those before."""
        ids = list(self._passage.addressee_ids) if joins else []
        for item in segment[span[0] : span[1]]:
            if item.letter in "AHa" and item.token is not None:
                identifier = self._addressee(item.token)
                if identifier is not None and identifier not in ids:
                    ids.append(identifier)
        if len(ids) > 1 and self._passage.issuer_id in ids:
            ids.remove(self._passage.issuer_id)  # who orders stands among those told to act, and is none of them
        self._passage.addressee_ids = tuple(ids)
        self._passage.addressee_text = self._reading.text[segment[span[0]].start : segment[span[1] - 1].end]

    def _addressee(self, token: Token) -> str | None:
        """The body that is told to act; one that every province has is that of the province that orders."""
        country, issuer = self._context.lexicon.country, self._passage.issuer_id or ""
        office = country.provincial_bodies.get(token.value)
        own = f"{country.province_of(issuer)}-{office}"
        if office is not None and own in self._context.lexicon.organisations:
            return own
        return resolve_actor(token, self._reading, self._context, as_issuer=False)

    def _draft(self, frame: Frame, start: int, end: int, action_start: int, modality: str) -> Draft | None:
        if end - start < _SHORTEST_TASK:
            return None
        deadline = read_deadline(self._reading, start, end, self._context)
        if ("deadline" in frame.rule.needs or frame.must_be_dated) and not _is_bound(deadline):
            return None
        passage = self._passage
        if frame.rule.rule_id == "directive.bare" and passage.addressee_ids == (passage.issuer_id,):
            return None  # who orders is told of, not told what to do
        instruments = [*passage.instruments]
        instruments += [t.value for t in within(self._reading.structure, start, end) if t.kind == "instrument"]
        instruments += [r.instrument_id for r in within(self._reading.references, start, end)]
        is_foreign = self._context.is_abroad and self._is_home(passage.issuer_id)
        return Draft(
            rule=frame.rule,
            start=start,
            end=end,
            action_start=max(start, min(action_start, end - 1)),
            issuer_id=None if is_foreign else passage.issuer_id,
            issuer_text=passage.issuer_text,
            addressee_ids=tuple(
                one for one in passage.addressee_ids if not (self._context.is_abroad and self._is_home(one))
            ),
            addressee_text=passage.addressee_text,
            modality=modality,
            deadline=deadline,
            target=read_target(self._reading, start, end, self._quantities),
            instrument_ids=tuple(dict.fromkeys(instruments)),
        )

    def _is_home(self, identifier: str | None) -> bool:
        """Whether a body is one of home's, which a page about another country does not mean."""
        body = self._context.lexicon.organisations.get(identifier or "")
        return body is not None and body.area == self._context.lexicon.country.home


def _is_bound(deadline: Deadline | None) -> bool:
    return deadline is not None and (deadline.due_on is not None or deadline.recurrence is not None)
