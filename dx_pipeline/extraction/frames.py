"""Frames: where in a segment an order is put, by which rule, and to whom."""

import re
from dataclasses import dataclass, replace

from dx_pipeline.extraction.clauses import addressed_of, behind_lead, is_inside, starts_clause, that_of, without_fronted
from dx_pipeline.extraction.context import Context
from dx_pipeline.extraction.issuers import Issuers
from dx_pipeline.extraction.negation import Negations
from dx_pipeline.extraction.passages import Passage, letters_of
from dx_pipeline.extraction.rules import RUN, DirectiveRule
from dx_pipeline.extraction.tokens import Item, Reading
from dx_pipeline.extraction.tracks import Token, within

# rules whose task has no addressee of its own: they hold only right behind an order
WITHOUT_SUBJECT = frozenset(
    {
        "directive.list", "directive.list_item", "directive.impersonal", "directive.pronoun", "directive.task",
        "directive.object_pronoun", "directive.neuter",
    }
)  # fmt: skip
# rules that a promise of the speaker's own would look like
OWN_DUTY = frozenset(
    {
        "directive.modal", "directive.future", "directive.bare", "directive.list", "directive.impersonal",
        "directive.pronoun",
    }
)  # fmt: skip
ORDERING = frozenset("VWPMBOF")  # classes of verbs that order by themselves
_FROM_VERB = frozenset(
    {"directive.list", "directive.list_item", "directive.bare", "directive.subordinate", "directive.gapped"}
)
FRONTED = frozenset({"directive.nominal", "directive.passive_inverted"})  # rules whose task may stand before the verb
_WHOLE_SEGMENT = frozenset({"directive.list", "directive.list_item", "directive.task"})
_LEAD_ITEMS = 14
_BODIES_FIRST = re.compile(rf"[gkc]{{0,2}}(?P<addr>{RUN})")
_LEADING_DAY = re.compile(r"[&,cgk]*[gkcxjne]{0,4}[TN][gkcxjnTN,&]*")
_MARKER_REACH = 8  # items after the addressees in which the task must be marked
_ISSUER_REACH = 14  # items from issuer to verb, names and titles between
_SPEECH_REACH = 8  # items from a speaker to "that"
_BEHIND_THAT = frozenset(
    {"directive.let", "directive.attributed", "directive.cleft"}
)  # what stands before opens no other clause
_LEAST_WORDS = 3  # of a passive that tells a subject which no list knows
_SHORT_TAIL = 2
_SHORTEST_FRONT = 4
_SHORTEST_TASK = 2  # items of a task that stands before its verb
_NAMED_REACH = 90  # code points before a segment in which a pronoun's body stands
_FRONT_REACH = 4  # items behind an ordering verb in which those told would stand


@dataclass(frozen=True, slots=True)
class Frame:
    """One order in a segment: items by index."""

    rule: DirectiveRule
    first: int  # first item of the quote
    verb: int
    after: int  # first item of the task
    addressed: tuple[int, int] | None
    must_be_dated: bool = False  # too weak a sign without a last day
    is_ban: bool = False  # what a verb would order is forbidden
    told_from: int | None = None  # where the task is told from, if not where it begins: with the word that forbids it


class FrameFinder:
    """Finds the frames of one article's segments."""

    def __init__(self, reading: Reading, context: Context, issuers: Issuers) -> None:
        """Take what is known of the article."""
        self._reading = reading
        self._context = context
        self._issuers = issuers
        self._negations = Negations(reading)

    def find(
        self, segment: list[Item], passage: Passage, withdrawn: int | None, *, active: bool, is_item: bool
    ) -> list[Frame]:
        """Return the frames of a segment in order of place; an earlier rule wins over a later one.

        ``withdrawn`` is what :meth:`withdrawn` gives. ``active`` tells that an order stands shortly before,
        ``is_item`` that the segment continues a list.
        """
        letters = letters_of(segment)
        present = frozenset(letters)
        frames: list[Frame] = []
        is_order = self._context.signed_on is not None  # the page tells of a document that orders
        for rule in self._context.lexicon.rules:
            if (
                not rule.may_match(present)
                or ("item" in rule.needs and not is_item)
                or ("passage" in rule.needs and not active and not is_order)
            ):
                continue
            for match in rule.pattern.finditer(letters):
                frame = self._frame(segment, letters, rule, match, passage)
                if (
                    frame is not None
                    and "passage" in rule.needs
                    and (
                        not active
                        or (letters[frame.verb] == "e" and not (is_item and self._tells(segment, frame.verb)))
                    )
                ):
                    frame = None if rule.rule_id in WITHOUT_SUBJECT else replace(frame, must_be_dated=True)
                if frame is not None and not any(_clash(frame, other) for other in frames):
                    frames.append(frame)
        if withdrawn is not None:
            frames = [frame for frame in frames if not _is_withdrawn(frame, withdrawn, letters)]
        return sorted(frames, key=lambda frame: frame.first)

    def withdrawn(self, segment: list[Item]) -> int | None:
        """Return the item by which a segment says that nothing is ordered, ``None`` where it does not."""
        return self._negations.withdrawn(segment, letters_of(segment), self._issuers)

    def _tells(self, segment: list[Item], verb: int) -> bool:
        """Whether a word known by its ending only may be what is to be done: nothing denies it or right before it."""
        start = segment[max(0, verb - 1)].start
        cues = within(self._reading.cues, start, segment[verb].end)
        return not any(cue.kind == "negation" for cue in cues)

    def list_frame(self, segment: list[Item]) -> Frame:
        """Return the frame of a list item that no rule knows: all of it is the task, of the bodies it begins with."""
        rule = next(rule for rule in self._context.lexicon.rules if rule.rule_id == "directive.list")
        match = _BODIES_FIRST.match(letters_of(segment))
        return Frame(rule, 0, 0, 0, match.span("addr") if match is not None else None)

    def _frame(
        self, segment: list[Item], letters: str, rule: DirectiveRule, match: re.Match[str], passage: Passage
    ) -> Frame | None:
        verb, leads = match.start("verb"), False
        addressed = match.span("addr") if "addr" in match.re.groupindex and match.group("addr") else None
        if addressed is not None:
            whole, addressed = addressed, behind_lead(letters, addressed)
            leads = addressed != whole
            addressed = addressed_of(segment, addressed, self._never(rule) if addressed[0] < verb else frozenset())
            if addressed is None or self._is_speaker(segment, letters, verb, addressed):
                return None
        first = min(verb, addressed[0]) if addressed is not None else verb
        if "pron" in match.re.groupindex:
            first = match.start("pron")
        is_said = "said" in rule.needs or rule.rule_id in _BEHIND_THAT
        if addressed is not None and first == addressed[0] and not (is_said or leads) and is_inside(letters, first):
            return None
        if not self._holds(segment, letters, rule, passage, (first, verb, addressed[1] if addressed else verb + 1)):
            return None
        after = max(verb + 1, addressed[1] if addressed is not None else 0)
        told_from = self._forbidden_from(segment, verb, is_inverted=addressed is not None and addressed[0] > verb)
        return Frame(
            rule,
            _quote_start(letters, rule, first if told_from is None else min(first, told_from), verb, after),
            verb,
            verb if rule.rule_id in _FROM_VERB else after,
            addressed,
            is_ban=told_from is not None or self._negations.touches(segment[verb]),
            told_from=told_from,
        )

    def _forbidden_from(self, segment: list[Item], verb: int, *, is_inverted: bool) -> int | None:
        """Return the item with which it is forbidden what a verb would order, ``None`` where nothing is."""
        item = segment[verb]
        if self._reading.folded[item.start : item.end] in self._reading.language.forbids:
            return verb
        if is_inverted and self._negations.follows(item):
            return verb  # "skal ikke departementet …": the bodies stand between negation and task
        start = self._negations.before(item)
        return None if start is None else next(i for i, one in enumerate(segment) if one.end > start)

    def _is_speaker(self, segment: list[Item], letters: str, verb: int, addressed: tuple[int, int]) -> bool:
        """Whether the only office behind an ordering verb gives the order: "… – poleca premier"."""
        token = segment[addressed[0]].token
        is_alone = addressed[0] > verb and len(letters[addressed[0] : addressed[1]]) == 1 and letters[verb] in "VW"
        if not is_alone or token is None or token.value not in self._context.lexicon.country.never_addressed:
            return False
        return not any(letter in "AH" and self._issuers.is_office(item.token)
                       for letter, item in zip(letters[:verb], segment, strict=False))  # fmt: skip

    def _never(self, rule: DirectiveRule) -> frozenset[str]:
        """The offices that a subject of the rule cannot be."""
        country = self._context.lexicon.country
        is_passive = rule.rule_id.startswith("directive.passive")
        return country.never_addressed if is_passive else country.never_addressed | country.seldom_addressed

    def _holds(
        self, segment: list[Item], letters: str, rule: DirectiveRule, passage: Passage, places: tuple[int, int, int]
    ) -> bool:
        """Tell whether what the rule needs is there; ``places`` are the quote's first item, the verb, the task."""
        first, verb, task = places
        if not self._is_placed(segment, letters, rule, passage, (first, verb)):
            return False
        is_said = "said" not in rule.needs or self._is_said(segment, letters, first)
        if "subject_behind" in rule.needs:
            is_said = self._is_subject_behind(segment, letters, verb, task)
        if not is_said or self._is_unsaid(segment, letters, verb) or self._is_weak(segment, letters, verb, task):
            return False
        giver = without_fronted(letters, (first, task), verb)
        if first >= verb and self._is_upward(segment, giver, verb, task):
            return False
        if "issuer" in rule.needs and not self._has_issuer(segment, giver, verb, rule, passage):
            return False
        return not self._issuers.is_history(segment, first)

    def _is_upward(self, segment: list[Item], letters: str, verb: int, task: int) -> bool:
        """Whether a ministry or a province asks those above it for something: no order goes that way."""
        at = self._issuers.index(segment, letters, verb)
        if at is None:
            return False
        told = [item.token for item in segment[verb + 1 : task] if item.letter in "AH" and item.token is not None]
        return self._issuers.is_low(segment[at].token) and bool(told) and all(map(self._issuers.is_high, told))

    def _is_placed(
        self, segment: list[Item], letters: str, rule: DirectiveRule, passage: Passage, places: tuple[int, int]
    ) -> bool:
        """Whether the bodies and the verb stand to each other as the rule needs it."""
        first, verb = places
        needs = rule.needs
        has_task = letters[verb + 1 : verb + 3].strip("gc")[:1] == "v"
        is_unnamed = rule.rule_id == "directive.unnamed"
        held = (
            "start" not in needs or starts_clause(letters, first),
            "subordinate" not in needs
            or self._issuers.is_below(segment[first].token, passage.issuer_id, has_task=has_task),
            "limit" not in needs or self._is_granted(segment, letters, verb),
            "gap" not in needs or self._is_gapped(segment, letters, first, verb),
            "named" not in needs
            or (self._said(segment, verb).count(" ") + 1 >= _LEAST_WORDS and len(self._named_before(segment)) == 1),
            "fronted" not in needs or self._is_fronted(segment, letters, first, verb),
            not is_unnamed or self._said(segment, verb).count(" ") + 1 >= _LEAST_WORDS,  # no "the plan is to …"
        )
        return all(held)

    def _named_before(self, segment: list[Item]) -> list[Token]:
        """The bodies that the words right before a segment name, and that can be told to act."""
        start = segment[0].start
        found = within(self._reading.structure, max(0, start - _NAMED_REACH), start)
        country = self._context.lexicon.country
        bodies = [token for token in found if token.kind in ("actor", "head")]
        return [token for token in bodies if token.value not in country.never_addressed | country.seldom_addressed]

    def named_before(self, segment: list[Item]) -> Token:
        """Return the body that a pronoun at the head of a segment stands for, of a frame that rests on it."""
        return self._named_before(segment)[-1]

    def _said(self, segment: list[Item], verb: int) -> str:
        return self._reading.folded[segment[verb].start : segment[verb].end]

    def _is_weak(self, segment: list[Item], letters: str, verb: int, task: int) -> bool:
        """Whether a weak verb's task is not marked; "demands that the ministries …" has a clause for its task."""
        is_clause = "t" in letters[verb + 1 : task] or self._said(segment, verb).endswith(self._reading.language.thats)
        return letters[verb] == "W" and task > verb and not is_clause and not self._has_marker(letters, task)

    def _is_unsaid(self, segment: list[Item], letters: str, verb: int) -> bool:
        """Whether nobody orders, by the words beside an ordering verb ("has not asked"), or it is only supposed."""
        if letters[verb] in "VW" and self._negations.touches(segment[verb]):
            return True
        return self._negations.supposes(segment, letters, verb)

    def _is_said(self, segment: list[Item], letters: str, first: int) -> bool:
        """Whether an office that may order says what begins here, no promise and no condition between them."""
        that = letters.rfind("t", 0, first)
        speaker = max(letters.rfind("A", 0, that), letters.rfind("H", 0, that))
        if speaker < 0 and that > 0 and self._issuers.spoken(segment, that_of(letters, that)) is not None:
            return True  # "He made clear that …"
        if speaker < 0 or that - speaker > _SPEECH_REACH or set(letters[speaker + 1 : that]) & set("rsh;:N"):
            return False
        token = segment[speaker].token
        return self._issuers.may_order(token) and (letters[speaker] == "H" or self._issuers.is_office(token))

    def _is_fronted(self, segment: list[Item], letters: str, first: int, verb: int) -> bool:
        """Whether bodies ahead of an ordering verb are told by it, as their language lets objects stand first.

        None of them can give the order, and nobody else is told behind the verb.
        """
        if not self._reading.language.fronts_objects or set(letters[verb + 1 : verb + _FRONT_REACH]) & set("AHa"):
            return False
        return not any(self._issuers.may_order(item.token) for item in segment[first:verb])

    def _is_granted(self, segment: list[Item], letters: str, verb: int) -> bool:
        """Whether a word says that somebody has so much time, and the time follows: "has 30 days to …"."""
        folded, marker = self._reading.folded, letters.find("k", verb + 1)
        if folded[segment[verb].start : segment[verb].end] not in self._reading.language.grants or marker < 0:
            return False
        units = {word for forms in self._reading.language.deadlines["day_units"].values() for word in forms}
        return any(folded[item.start : item.end] in units for item in segment[verb + 1 : marker])

    def _is_gapped(self, segment: list[Item], letters: str, first: int, verb: int) -> bool:
        """Whether a body with a task behind it shares the ordering verb of the body before it."""
        shared = max(letters.rfind(letter, 0, first) for letter in "VWP")
        if shared < 0 or set(letters[:first]) & set("sr") or self._negations.touches(segment[shared]):
            return False  # "never asked A to do X, and B to do Y"
        if letters[verb] == "v":
            return True
        if letters[verb] == "k" and letters[verb + 1 : verb + 3].lstrip("g")[:1] == "v":
            return True
        return "-" in self._reading.folded[segment[verb - 1].end : segment[verb].start]

    def _is_subject_behind(self, segment: list[Item], letters: str, verb: int, task: int) -> bool:
        """Whether the office that orders stands behind its verb, and none before it."""
        return self._issuers.index(segment, letters, verb) is None and (
            self._issuers.behind(segment, verb, task) is not None
        )

    def _has_marker(self, letters: str, after: int) -> bool:
        """Whether a weak verb's addressees are followed by what they are to do, where the language marks it."""
        rest = letters[after : after + _MARKER_REACH]
        is_marked = any(letter in rest for letter in "kt:") or rest.startswith("v")
        return is_marked or not self._reading.language.marks_tasks

    def _has_issuer(self, segment: list[Item], letters: str, verb: int, rule: DirectiveRule, passage: Passage) -> bool:
        must_be_subject = "subject" in rule.needs
        at = self._issuers.index(segment, letters, verb)
        foreign = [i for i in range(verb) if (token := segment[i].token) is not None and token.kind == "foreign"]
        if foreign and (at is None or at < foreign[-1]):
            return False  # an office of another country orders
        if at is not None:
            return not must_be_subject or verb - at <= _ISSUER_REACH
        if self._issuers.spoken(segment, verb) is not None:
            return True
        known = passage.issuer_id is not None or self._issuers.earlier(segment[0].start) is not None
        return known and not must_be_subject and verb <= _ISSUER_REACH


def _is_withdrawn(frame: Frame, at: int, letters: str) -> bool:
    """Whether a frame's order is the one that the item at ``at`` takes back, or rests on it."""
    if frame.addressed is not None and frame.addressed[0] > at and frame.verb != at:
        return letters[at] in "VW" and not letters[at + 1 : frame.addressed[0]].strip("gkct,")  # told by that order
    if letters[at] == "z" and letters[0] == "k" and frame.rule.rule_id in WITHOUT_SUBJECT:
        return True  # "Switching off the network need not be finished": the task is the subject
    return frame.verb >= at - 1 or (letters[at] in "VW" and frame.rule.rule_id in WITHOUT_SUBJECT)


def _quote_start(letters: str, rule: DirectiveRule, first: int, verb: int, after: int) -> int:
    """Where the quote begins: a leading day belongs to its task, and a task may stand before its verb."""
    if rule.rule_id in _WHOLE_SEGMENT:
        return 0
    if rule.rule_id in FRONTED and len(letters) - after <= _SHORT_TAIL and verb >= _SHORTEST_TASK:
        front = letters[:verb].rstrip(",")
        return max(front.rfind(","), front.rfind(":")) + 1  # "… falls to the Ministry"
    lead = letters.rfind(":", 0, first) + 1
    if first - lead <= _LEAD_ITEMS and _LEADING_DAY.fullmatch(letters, lead, first):
        return lead  # "By the end of June, each of them is to …"
    return first


def _clash(frame: Frame, other: Frame) -> bool:
    if frame.verb == other.verb or frame.first == other.first:
        return True
    a, b = frame.addressed, other.addressed
    return a is not None and b is not None and a[0] < b[1] and b[0] < a[1]
