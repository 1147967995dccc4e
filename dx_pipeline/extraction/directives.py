"""Directives: who is told to do what, sentence by sentence, with issuer and addressees carried along.

The rules are data; here they are matched, their tasks are cut apart, and what a passage has said
before is remembered. One task is one draft.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from dx_pipeline.extraction.context import Context, is_authority, resolve_actor
from dx_pipeline.extraction.deadlines import Deadline, read_deadline
from dx_pipeline.extraction.quantities import QuantityReader
from dx_pipeline.extraction.rules import DirectiveRule
from dx_pipeline.extraction.targets import Target, read_target
from dx_pipeline.extraction.tokens import Item, Reading, Token, read_items, within

_NEVER_ADDRESSED = frozenset(
    {"vnm-prime-minister", "vnm-deputy-prime-minister", "vnm-general-secretary", "vnm-politburo", "vnm-secretariat"}
)
_PASSAGE_REACH = 2  # sentences over which issuer and addressees are carried
_SECTION_REACH = 5  # the same, under one heading, for a task that names its own addressee
_OLD = timedelta(days=60)
_OF_DOCUMENT = 26  # code points between a document and its date
_LEADING_INSTRUMENT = re.compile(r"[gkxc]{0,3}L,")
_LIST_ITEM = re.compile(r"[-–—•*+·]|\(?(?:[ivx]{1,4}|[a-z0-9]{1,2})[.)]|[a-zà-ỹ]")
_BOUNDARY = re.compile(r"[,&]+[c,&]*(?:[xkgc]{1,3}[AH],)?[g]{0,2}(?:(?P<lead>[kt]{1,2})g{0,2}(?=[vfjgxA])|(?=[vf]))")
_BEFORE_START = frozenset(',&ct:-"()')
_OWN_DUTY = frozenset(
    {"directive.modal", "directive.future", "directive.bare", "directive.list", "directive.impersonal", "directive.pronoun"}
)
_WITHOUT_SUBJECT = frozenset({"directive.list", "directive.list_item", "directive.impersonal", "directive.pronoun", "directive.task"})
_LEAD_ITEMS = 14
_MARKER_REACH = 8  # items after the addressees in which the task must be marked
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


@dataclass(slots=True)
class Passage:
    """What the sentences before have established."""

    issuer_id: str | None = None
    issuer_text: str | None = None
    addressee_ids: tuple[str, ...] = ()
    addressee_text: str | None = None
    last_sentence: int = -100
    section: int = -1
    is_new_section: bool = False
    is_list_open: bool = False
    instruments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """One ordering frame in a stretch of items: which rule, where, who is addressed."""

    rule: DirectiveRule
    first: int  # first item of the quote
    verb: int
    after: int  # first item of the task
    addressed: tuple[int, int] | None
    must_be_dated: bool = False  # too weak a sign without a last day


@dataclass(slots=True)
class DirectiveReader:
    """Reads the directives of one article."""

    reading: Reading
    context: Context
    quantities: QuantityReader
    passage: Passage = field(default_factory=Passage)
    _number: int = 0

    def read(
        self, sentences: Sequence[tuple[int, int]], sections: Sequence[int], listed: Collection[int]
    ) -> Iterator[Draft]:
        """Yield the tasks of the sentences, in order of place.

        ``sections`` counts the headings before each sentence; ``listed`` holds where list items begin.
        """
        if self.context.default_issuer is not None:
            self._set_issuer(self.context.default_issuer)
        for number, (start, end) in enumerate(sentences):
            items = read_items(self.reading, start, end)
            if not items or self.reading.text[start:end].endswith("?"):
                continue
            self._number = number
            self._open_sentence(items)
            is_item = start in listed or _is_list_item(self.reading.text, start)
            self.passage.is_new_section = self.passage.section != sections[number]
            for draft in self._sentence(items, is_listed=self.passage.is_list_open and is_item):
                self.passage.section = sections[number]
                yield draft
            opens = self.reading.text[start:end].endswith(":") and number == self.passage.last_sentence
            self.passage.is_list_open = opens or (self.passage.is_list_open and is_item)

    def _open_sentence(self, items: list[Item]) -> None:
        """Note the document or programme that a sentence opens with: "For Project 06, speed up …; connect …"."""
        letters = "".join(item.letter for item in items[:8])
        match = _LEADING_INSTRUMENT.match(letters)
        token = items[match.end() - 2].token if match is not None else None
        self.passage.instruments = (token.value,) if token is not None else ()

    def _sentence(self, items: list[Item], *, is_listed: bool) -> Iterator[Draft]:
        ordered_here = False
        for segment in _segments(items):
            distance = self._number - self.passage.last_sentence
            reach = _PASSAGE_REACH if self.passage.is_new_section else _SECTION_REACH
            active = is_listed or ordered_here or distance <= reach
            frames = self._frames(segment, active=active, is_item=ordered_here or is_listed)
            if not ordered_here and not is_listed and (self.passage.is_new_section or distance > _PASSAGE_REACH):
                frames = [f for f in frames if f.rule.rule_id not in _WITHOUT_SUBJECT]
            if is_listed and not frames:
                frames = [Frame(self._list_rule(), 0, 0, 0, None)]
            promise = next((i for i, item in enumerate(segment) if item.letter == "s"), len(segment))
            frames = [f for f in frames if not (f.rule.rule_id in _OWN_DUTY and f.verb > promise)]
            for index, frame in enumerate(frames):
                stop = frames[index + 1].first if index + 1 < len(frames) else len(segment)
                for draft in self._tasks(segment, frame, _trim(segment, frame.after, stop)):
                    ordered_here = True
                    yield draft

    def _frames(self, segment: list[Item], *, active: bool, is_item: bool) -> list[Frame]:
        letters = "".join(item.letter for item in segment)
        frames: list[Frame] = []
        is_order = self.context.signed_on is not None  # the page tells of a document that orders
        for rule in self.context.lexicon.rules:
            if ("item" in rule.needs and not is_item) or ("passage" in rule.needs and not active and not is_order):
                continue
            for match in rule.pattern.finditer(letters):
                frame = self._frame(segment, letters, rule, match)
                if frame is not None and "passage" in rule.needs and (not active or letters[frame.verb] == "e"):
                    frame = replace(frame, must_be_dated=True) if rule.rule_id not in _WITHOUT_SUBJECT else None
                if frame is not None and not any(_clash(frame, other) for other in frames):
                    frames.append(frame)
        return sorted(frames, key=lambda frame: frame.first)

    def _list_rule(self) -> DirectiveRule:
        return next(rule for rule in self.context.lexicon.rules if rule.rule_id == "directive.list")

    def _frame(self, segment: list[Item], letters: str, rule: DirectiveRule, match: re.Match[str]) -> Frame | None:
        verb = match.start("verb")
        addressed = match.span("addr") if "addr" in match.re.groupindex and match.group("addr") else None
        if addressed is not None:
            addressed = self._addressed(segment, addressed, is_subject=addressed[0] < verb)
            if addressed is None:
                return None
        first = min(verb, addressed[0]) if addressed is not None and addressed[0] < verb else verb
        if "pron" in match.re.groupindex:
            first = match.start("pron")
        if addressed is not None and first == addressed[0] and _is_inside(letters, first):
            return None
        if "start" in rule.needs and not _starts_clause(letters, first):
            return None
        if "issuer" in rule.needs and not self._has_issuer(segment, letters, verb, subject="subject" in rule.needs):
            return None
        if self._is_old(segment, first):
            return None
        if letters[verb] == "W" and not self._has_marker(letters, addressed[1] if addressed else verb + 1):
            return None
        if letters[:first].strip("gkcxjnT,&") == "" and "T" in letters[:first] and first <= _LEAD_ITEMS:
            first = 0  # "By the end of June, each of them is to …": the day belongs to the task
        after = max(verb + 1, addressed[1] if addressed is not None else 0)
        if rule.rule_id in ("directive.list", "directive.list_item", "directive.bare"):
            after = verb
        if rule.rule_id in ("directive.list", "directive.list_item", "directive.task"):
            first = 0
        if rule.rule_id == "directive.nominal" and len(letters) - after <= 2 and verb >= 4:
            first = max(letters.rfind(",", 0, verb), letters.rfind(":", 0, verb)) + 1  # the task stands before: "… falls to the Ministry"
        return Frame(rule, first, verb, after, addressed)

    def _has_marker(self, letters: str, after: int) -> bool:
        """Whether a weak verb's addressees are followed by what they are to do, where the language marks it."""
        if not self.reading.language.marks_tasks:
            return True
        rest = letters[after : after + _MARKER_REACH]
        return "k" in rest or "t" in rest or ":" in rest

    def _addressed(self, segment: list[Item], span: tuple[int, int], *, is_subject: bool) -> tuple[int, int] | None:
        """Return the span without the bodies that are never addressed; ``None`` where none is left."""
        low, high = span
        if is_subject:
            while low < high and (token := segment[low].token) is not None and token.value in _NEVER_ADDRESSED:
                low += 1
                while low < high and segment[low].letter not in "AHa":
                    low += 1
        return (low, high) if low < high and segment[low].token is not None else None

    def _has_issuer(self, segment: list[Item], letters: str, verb: int, *, subject: bool) -> bool:
        at = self._issuer_index(segment, letters, verb)
        if at is not None:
            return not subject or verb - at <= 14
        if self.passage.issuer_id is None:
            earlier = [t for t in self.reading.structure if t.start < segment[0].start and self._is_head(t) and self._may_order(t)]
            if earlier:
                self._set_issuer(earlier[-1])
        return not subject and verb <= 14 and self.passage.issuer_id is not None

    def _issuer_index(self, segment: list[Item], letters: str, verb: int) -> int | None:
        """Return the item that orders: the last head before the verb, else the last body with authority."""
        candidates = [i for i in range(verb) if letters[i] in "AHa" and segment[i].token is not None]
        candidates = [i for i in candidates if self._may_order(segment[i].token)]
        heads = [i for i in candidates if letters[i] == "H" or self._is_head(segment[i].token)]
        offices = [i for i in heads if self._is_head(segment[i].token)]
        return (offices or heads or candidates or [None])[-1]

    def _may_order(self, token: Token | None) -> bool:
        if token is None:
            return False
        identifier = resolve_actor(token, self.reading, self.context, as_issuer=True)
        return identifier is not None and is_authority(identifier, self.context.lexicon)

    def _is_head(self, token: Token | None) -> bool:
        if token is None:
            return False
        organisation = self.context.lexicon.organisations.get(token.value)
        return organisation is not None and organisation.acts == "head"

    def _is_old(self, segment: list[Item], first: int) -> bool:
        """An order told with a day long gone before it is history; a document's own date is none of it."""
        reference = self.context.reference
        if reference is None:
            return False
        start, end = segment[0].start, segment[min(first + 1, len(segment) - 1)].end
        named = [r.end for r in within(self.reading.references, start, end)]
        named += [t.end for t in within(self.reading.structure, start, end) if t.kind in ("instrument", "document")]
        for period in within(self.reading.periods, start, end):
            if (period.year is None and not (period.year_offset or 0) < 0) or any(0 <= period.start - n <= _OF_DOCUMENT for n in named):
                continue
            interval = period.resolve(reference, forward=False)
            if interval is not None and interval.last < reference - _OLD:
                return True
        return False

    def _set_issuer(self, token: Token) -> None:
        self.passage.issuer_id = resolve_actor(token, self.reading, self.context, as_issuer=True)
        self.passage.issuer_text = self.reading.text[token.start : token.end]

    def _tasks(self, segment: list[Item], frame: Frame, stop: int) -> Iterator[Draft]:
        letters = "".join(item.letter for item in segment)
        self.passage.last_sentence = self._number if not frame.must_be_dated else self.passage.last_sentence
        joins = letters[: frame.first].strip("c,") == "&" and frame.rule.rule_id == "directive.bare"
        if "issuer" in frame.rule.needs:
            at = self._issuer_index(segment, letters, frame.verb)
            token = segment[at].token if at is not None else None
            if token is not None:
                self._set_issuer(token)
        if frame.addressed is not None:
            self._set_addressees(segment, frame.addressed, joins=joins)
        elif frame.rule.rule_id == "directive.open":
            self.passage.addressee_ids, self.passage.addressee_text = (), None
        modality = frame.rule.modality or _modality(segment[frame.verb].token)
        if stop <= frame.after and frame.first < frame.verb + 1 and frame.rule.rule_id != "directive.nominal":
            return  # nothing is ordered here: the tasks follow as a list
        for low, high in self._pieces(segment, letters, frame, max(stop, frame.verb + 1)):
            first = segment[low].start
            last = segment[high - 1].end
            draft = self._draft(frame, first, last, segment[max(low, min(frame.after, high - 1))].start, modality)
            if draft is not None:
                self.passage.last_sentence = self._number
                yield draft

    def _set_addressees(self, segment: list[Item], span: tuple[int, int], *, joins: bool) -> None:
        """Take the bodies of a span as addressees; "together with Y, do …" adds them to those before."""
        ids: list[str] = list(self.passage.addressee_ids) if joins else []
        for item in segment[span[0] : span[1]]:
            if item.letter in "AHa" and item.token is not None:
                identifier = resolve_actor(item.token, self.reading, self.context, as_issuer=False)
                if identifier is not None and identifier not in ids:
                    ids.append(identifier)
        self.passage.addressee_ids = tuple(ids)
        self.passage.addressee_text = self.reading.text[segment[span[0]].start : segment[span[1] - 1].end]

    def _pieces(self, segment: list[Item], letters: str, frame: Frame, stop: int) -> list[tuple[int, int]]:
        """Cut a frame's tasks apart: at a repeated marker, or where both sides have a day or a goal of their own."""
        lead = self._lead(segment, frame, stop)
        cuts: list[tuple[int, bool]] = []
        for match in _BOUNDARY.finditer(letters, frame.after + 1, stop):
            marker = segment[match.start("lead")].token if match.group("lead") else None
            is_repeated = lead is not None and marker is not None and marker.value == lead
            cuts.append((match.start(), is_repeated and letters[match.end()] in "vfj"))
        bounds = [frame.first]
        for index, (cut, is_repeated) in enumerate(cuts):
            following = cuts[index + 1][0] if index + 1 < len(cuts) else stop
            if is_repeated or (
                self._is_dated(segment, bounds[-1], cut) and any(
                    self._is_dated(segment, cut, later) for later in ([following] if index + 1 < len(cuts) else [stop])
                )
            ):
                bounds.append(cut)
        bounds += self._metric_cuts(segment, letters, bounds[-1], stop)
        pieces = []
        for low, high in zip(bounds, [*bounds[1:], stop], strict=True):
            begin = low
            while begin < high and segment[begin].letter in ",&c":
                begin += 1
            high_trimmed = _trim(segment, begin, high)
            if high_trimmed > begin:
                pieces.append((begin, high_trimmed))
        return pieces

    def _lead(self, segment: list[Item], frame: Frame, stop: int) -> str | None:
        """Return the marker that the first task is put with: its own, or the last word of "was tasked with"."""
        if frame.after < stop and _is_marker(segment[frame.after]):
            token = segment[frame.after].token
            return token.value if token is not None else None
        last = self.reading.folded[segment[frame.verb].start : segment[frame.verb].end].split(" ")[-1]
        return last if segment[frame.verb].letter == "P" else None

    def _metric_cuts(self, segment: list[Item], letters: str, low: int, stop: int) -> list[int]:
        """Two goals on two metrics joined by "and" are two tasks."""
        for cut in (i for i in range(low + 1, stop) if letters[i] == "&"):
            sides = [
                read_target(self.reading, segment[a].start, segment[b - 1].end, self.quantities)
                for a, b in ((low, cut), (cut + 1, stop))
                if b > a
            ]
            if len(sides) == 2 and all(t is not None and t.metric_id is not None for t in sides):
                return [cut]
        return []

    def _is_dated(self, segment: list[Item], low: int, high: int) -> bool:
        start, end = segment[low].start, segment[high - 1].end
        if read_deadline(self.reading, start, end, self.context) is not None:
            return True
        return read_target(self.reading, start, end, self.quantities) is not None

    def _draft(self, frame: Frame, start: int, end: int, action_start: int, modality: str) -> Draft | None:
        if end - start < _SHORTEST_TASK:
            return None
        deadline = read_deadline(self.reading, start, end, self.context)
        if ("deadline" in frame.rule.needs or frame.must_be_dated) and not _is_bound(deadline):
            return None
        passage = self.passage
        instruments = [*passage.instruments]
        instruments += [t.value for t in within(self.reading.structure, start, end) if t.kind == "instrument"]
        instruments += [r.instrument_id for r in within(self.reading.references, start, end)]
        return Draft(
            rule=frame.rule,
            start=start,
            end=end,
            action_start=max(start, min(action_start, end - 1)),
            issuer_id=passage.issuer_id,
            issuer_text=passage.issuer_text,
            addressee_ids=passage.addressee_ids,
            addressee_text=passage.addressee_text,
            modality=modality,
            deadline=deadline,
            target=read_target(self.reading, start, end, self.quantities),
            instrument_ids=tuple(dict.fromkeys(instruments)),
        )


def _is_bound(deadline: Deadline | None) -> bool:
    return deadline is not None and (deadline.due_on is not None or deadline.recurrence is not None)


def _segments(items: list[Item]) -> Iterator[list[Item]]:
    """Cut a sentence at semicolons outside brackets; a list's items stand apart there in every language."""
    depth, at = 0, 0
    for index, item in enumerate(items):
        depth = max(0, depth + {"(": 1, ")": -1}.get(item.letter, 0))
        if item.letter == ";" and depth == 0:
            if index > at:
                yield items[at:index]
            at = index + 1
    if at < len(items):
        yield items[at:]


def _starts_clause(letters: str, first: int) -> bool:
    at = first - 1
    while at >= 0 and letters[at] in "gc":
        at -= 1
    if at < 0 or letters[at] in _BEFORE_START:
        return True
    return letters[: at + 1].strip("kgcxT,&") == "" and at <= 4


def _is_inside(letters: str, first: int) -> bool:
    """Whether a list of bodies really begins earlier, or stands in a relative clause."""
    at = first - 1
    while at >= 0 and letters[at] in "gk":
        at -= 1
    if at >= 0 and letters[at] in "rt":
        return True
    while at >= 0 and letters[at] in ",&":
        at -= 1
    return at >= 0 and at < first - 1 and letters[at] in "AHa"


def _is_list_item(text: str, start: int) -> bool:
    return _LIST_ITEM.match(text, start) is not None or text[max(0, start - 2) : start].strip() in ("-", "–", "•", "*")


def _clash(frame: Frame, other: Frame) -> bool:
    if frame.verb == other.verb:
        return True
    return bool(frame.addressed and other.addressed and frame.addressed[0] < other.addressed[1] and other.addressed[0] < frame.addressed[1])


def _trim(segment: list[Item], low: int, high: int) -> int:
    while high > low and segment[high - 1].letter in ',&c:("':
        high -= 1
    return high


def _is_marker(item: Item) -> bool:
    return item.letter in "kt" and item.token is not None


def _modality(token: Token | None) -> str:
    return token.value if token is not None and token.value in ("order", "assign", "request", "require", "propose") else "require"
