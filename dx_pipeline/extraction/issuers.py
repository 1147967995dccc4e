"""Issuers: who, of the bodies named before an ordering verb, gives the order."""

import re
from collections.abc import Sequence
from datetime import timedelta

from dx_pipeline.extraction.context import Context, is_authority, resolve_actor
from dx_pipeline.extraction.periods import Period
from dx_pipeline.extraction.tokens import Item, Reading
from dx_pipeline.extraction.tracks import Token, is_office, last_before, within

_EARLIER = re.compile(r"[&c]?p,?[gkcx]{0,2}T")  # "Earlier, in July, …"
_OLD = timedelta(days=60)
_LATELY = timedelta(days=14)
_NEAR = timedelta(days=150)  # the month without a year that is meant is the nearest one
_LEAD = 24  # code points
_LOW = frozenset({"ministry", "agency", "department", "province"})
_HIGH = frozenset({"government", "assembly"})
_SUBORDINATE = frozenset({"ministry", "agency", "department"})
_PRONOUN_REACH = 24  # code points from a pronoun to its verb
_OF_DOCUMENT = 26  # code points between a document and its date


class Issuers:
    """Finds issuers in one article."""

    def __init__(self, reading: Reading, context: Context) -> None:
        """Take the article's tokens and context."""
        self._reading = reading
        self._context = context
        able = [t for t in reading.structure if self.may_order(t)]
        self._offices = [t for t in able if self.is_office(t)]
        self._persons = [t for t in able if t.kind in ("head", "role") or self.is_office(t)]

    def index(self, segment: Sequence[Item], letters: str, verb: int) -> int | None:
        """Return the item that orders: the last office before the verb, else the last head, else the last body."""
        candidates = [i for i in range(verb) if letters[i] in "AHa" and self.may_order(segment[i].token)]
        offices = [i for i in candidates if self.is_office(segment[i].token)]
        heads = [i for i in candidates if letters[i] == "H"]
        chosen = offices or heads or candidates
        return chosen[-1] if chosen else None

    def inverted(self, segment: Sequence[Item], addressed: tuple[int, int]) -> Token | None:
        """Return the office that stands between verb and addressee ("ba statsministeren departementet om å …")."""
        first, second = segment[addressed[0]], segment[min(addressed[0] + 1, addressed[1] - 1)]
        is_subject = self.is_office(first.token) and self.may_order(first.token) and second is not first
        return first.token if is_subject and second.letter in "AHa" else None

    def behind(self, segment: Sequence[Item], verb: int, stop: int) -> Token | None:
        """Return the office that stands right behind an ordering verb, names and addressees following."""
        following = next((item.token for item in segment[verb + 1 : stop] if item.letter in "AHa"), None)
        return following if self.is_office(following) and self.may_order(following) else None

    def spoken(self, segment: Sequence[Item], verb: int) -> Token | None:
        """Return the person that a pronoun right before an ordering verb stands for ("He asked …")."""
        at = segment[verb].start
        pronouns = within(self._reading.cues, max(segment[0].start, at - _PRONOUN_REACH), at)
        said = [cue for cue in pronouns if cue.kind == "speaker" and cue.value == "pronouns"]
        return last_before(self._persons, said[-1].start) if said else None

    def earlier(self, start: int) -> Token | None:
        """Return the office named last before a place."""
        return last_before(self._offices, start)

    def may_order(self, token: Token | None) -> bool:
        """Tell whether a token stands for somebody with authority."""
        if token is None:
            return False
        identifier = resolve_actor(token, self._reading, self._context, as_issuer=True)
        return identifier is not None and is_authority(identifier, self._context.lexicon)

    def is_office(self, token: Token | None) -> bool:
        """Tell whether a token is an office held by one person, such as the Prime Minister's."""
        return is_office(token, self._context.lexicon.organisations)

    def is_low(self, token: Token | None) -> bool:
        """Tell whether a token stands for a ministry, an agency or a province, and not for an office above them."""
        body = self._context.lexicon.organisations.get(token.value) if token is not None else None
        return body is not None and body.kind in _LOW and (token is None or token.kind != "head")

    def is_high(self, token: Token) -> bool:
        """Tell whether a token stands for the Government, the National Assembly or who heads them."""
        body = self._context.lexicon.organisations.get(token.value)
        country = self._context.lexicon.country
        return body is not None and (body.kind in _HIGH or token.value in country.never_addressed)

    def is_below(self, token: Token | None, issuer_id: str | None, *, has_task: bool) -> bool:
        """Tell whether a body is one that the passage's issuer gives tasks to, no issuer itself.

        A group is one only where it ``has_task``, a verb of its own right behind.
        """
        organisations = self._context.lexicon.organisations
        body = organisations.get(token.value) if token is not None else None
        issuer = organisations.get(issuer_id) if issuer_id is not None else None
        if body is None or issuer is None:
            return False
        if body.kind not in _SUBORDINATE and not (has_task and body.acts == "group"):
            return False
        return issuer.acts == "head" or issuer.kind in ("committee", "government")

    def is_history(self, segment: Sequence[Item], first: int) -> bool:
        """Tell whether an order is told with a day long gone before it; a document's own date is none of it."""
        reference = self._context.reference
        if _EARLIER.match("".join(item.letter for item in segment[:first])):
            return True
        if reference is None:
            return False
        start, end = segment[0].start, segment[min(first + 1, len(segment) - 1)].end
        named = [r.end for r in within(self._reading.references, start, end)]
        named += [t.end for t in within(self._reading.structure, start, end) if t.kind in ("instrument", "document")]
        for period in within(self._reading.periods, start, end):
            if not (_says_year(period) or self._leads(period, start)) or any(
                0 <= period.start - n <= _OF_DOCUMENT for n in named
            ):
                continue
            interval = period.resolve(reference, forward=False)
            limit = _OLD if _says_year(period) else _LATELY
            if interval is not None and interval.last < reference - limit:
                return True
        return False

    def _leads(self, period: Period, start: int) -> bool:
        """Whether a month without a year opens a sentence, "In July, …", and not as the last one of a task."""
        reference = self._context.reference
        interval = period.resolve(reference, forward=False) if reference is not None else None
        if interval is None or reference is None or period.start - start > _LEAD or reference - interval.last > _NEAR:
            return False
        cues = within(self._reading.cues, max(0, period.start - _LEAD), period.start)
        return not any(c.kind == "deadline" and c.value in ("before", "by") and period.start - c.end <= 1 for c in cues)


def _says_year(period: Period) -> bool:
    return period.year is not None or (period.year_offset or 0) < 0
