"""What a whole article tells about each of its sentences: its day, its event, who speaks, where.

Everything here is read once per article, before its facts; nothing here is a fact that is published
but the events.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dx_pipeline.extraction.lexicon import Lexicon
from dx_pipeline.extraction.periods import Period
from dx_pipeline.extraction.tokens import Reading
from dx_pipeline.extraction.tracks import Token, is_office, last_before, within

_RECENT = timedelta(days=62)  # a page tells of the meeting or document of the last two months
_NEAR = 45  # code points between a document's number and its date
_AUTHORITIES = frozenset(
    {"government", "party", "assembly", "committee", "ministry", "agency", "office", "person-office", "province"}
)
_ORDERING = frozenset(
    {"directive", "circular", "notice", "telegram", "decision", "decree", "document", "conclusion", "plan"}
)
_BODY_ROLES = frozenset({"department", "agency", "committee"})  # kinds of organisation that a bare noun may stand for
_ROLE_REACH = 1500  # code points back to the body's full name
_LEAD_SENTENCES = 8
_AUTHOR_REACH = 60  # code points from an author to "signed" or "chaired"
_LEAST_ABROAD = 3  # mentions of another country that an article is about
_PROVINCE_FOCUS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The article's day, event and people."""

    published_on: date | None
    held_on: date | None
    signed_on: date | None
    province: str | None
    default_issuer: Token | None
    area: str | None
    lexicon: Lexicon

    @property
    def is_provincial(self) -> bool:
        """Whether the article tells of one province."""
        return self.area is not None and self.area.startswith(self.lexicon.country.subdivision_prefix)

    @property
    def is_abroad(self) -> bool:
        """Whether the article tells of another country."""
        country = self.lexicon.country
        return self.area not in (None, country.home) and not self.is_provincial

    @property
    def reference(self) -> date | None:
        """The day from which relative dates are counted."""
        return self.published_on or self.signed_on or self.held_on


def read_context(
    reading: Reading, sentences: Sequence[tuple[int, int]], published_on: date | None, lexicon: Lexicon
) -> Context:
    """Read the article's context from its first sentences and from whom it names most."""
    lead = sentences[:_LEAD_SENTENCES]
    return Context(
        published_on=published_on,
        held_on=_held_on(reading, lead, published_on),
        signed_on=_signed_on(reading, lead, published_on),
        province=_province(reading, lexicon),
        default_issuer=_default_issuer(reading, lead, lexicon),
        area=_area(reading, lexicon),
        lexicon=lexicon,
    )


def is_authority(identifier: str, lexicon: Lexicon) -> bool:
    """Tell whether an organisation may order public bodies; a company or a group may not."""
    organisation = lexicon.organisations.get(identifier)
    return organisation is not None and organisation.kind in _AUTHORITIES and organisation.acts != "group"


def resolve_actor(token: Token, reading: Reading, context: Context, *, as_issuer: bool) -> str | None:
    """Return the registry id that a token stands for at its place.

    A bare "the minister" is the ministry whose head was named last; a provincial office without
    its province is that of the province the article tells of.
    """
    identifier = token.value
    if token.kind == "role" and identifier in _BODY_ROLES:
        named = _last_of_kind(token, reading, identifier, context)
        return resolve_actor(named, reading, context, as_issuer=as_issuer) if named is not None else None
    if token.kind == "role":
        return _last_head(token, reading, identifier, context)
    if as_issuer and identifier == context.lexicon.country.ministers:
        return _last_head(token, reading, "minister", context)
    if as_issuer and token.kind == "weak_actor" and identifier == context.lexicon.country.ministries:
        return _last_head(token, reading, "ministry", context) or identifier
    country = context.lexicon.country
    office = country.provincial_offices.get(identifier) if as_issuer else None
    if office is None and (context.is_provincial or as_issuer):
        office = country.provincial_bodies.get(identifier)
    candidate = f"{context.province}-{office}" if context.province is not None else ""
    if candidate in context.lexicon.organisations:
        return candidate
    return country.group_of(identifier) if not as_issuer else identifier


def _last_head(token: Token, reading: Reading, role: str, context: Context) -> str | None:
    if role == "chairman":
        candidate = f"{context.province}-chairman"
        return candidate if context.is_provincial and candidate in context.lexicon.organisations else None
    named = reading.ministries if role == "ministry" else reading.heads
    found = last_before(named, token.start)
    if found is None and role != "ministry" and named:
        found = named[0]
    if not named and reading.ministries:  # "the minister" alone: of the ministry that the page names most
        return Counter(ministry.value for ministry in reading.ministries).most_common(1)[0][0]
    return found.value if found is not None else None


def _last_of_kind(token: Token, reading: Reading, kind: str, context: Context) -> Token | None:
    """The body of a kind that was named last: "the department" is the one that the text spoke of before."""
    found = within(reading.structure, max(0, token.start - _ROLE_REACH), token.start)
    named = [t for t in found if t.kind == "actor" and context.lexicon.organisations[t.value].kind == kind]
    return named[-1] if named else None


def _default_issuer(reading: Reading, lead: Sequence[tuple[int, int]], lexicon: Lexicon) -> Token | None:
    """Who is taken to order until the text tells: whose document or meeting it is, else who is named first."""
    for start, end in lead:
        author = _author(reading, start, end, lexicon)
        if author is not None:
            return author
    tokens = [t for start, end in lead for t in within(reading.structure, start, end) if t.kind in ("actor", "head")]
    able = [t for t in tokens if is_authority(t.value, lexicon)]
    people = [t for t in able if _is_person(t, lexicon)]
    chosen = people or able
    return chosen[0] if chosen else None


def _author(reading: Reading, start: int, end: int, lexicon: Lexicon) -> Token | None:
    """The body that a sentence says has issued a document or led a meeting."""
    able = [t for t in within(reading.structure, start, end) if t.kind in ("actor", "head")]
    able = [t for t in able if is_authority(t.value, lexicon) and t.value not in lexicon.country.on_behalf]
    for cue in within(reading.cues, start, end) if able else ():
        if cue.kind != "speaker" or cue.value in ("pronouns", "titles"):
            continue
        before = [t for t in able if t.end <= cue.start and cue.start - t.end <= _AUTHOR_REACH]
        after = [t for t in able if t.start >= cue.end and t.start - cue.end <= _NEAR]
        people = [t for t in after if _is_person(t, lexicon)]
        found: list[Token] = [*(before[-1:] if cue.value == "issues" else ()), *people, *after]
        if found:
            return found[0]
    return None


def _is_person(token: Token, lexicon: Lexicon) -> bool:
    return token.kind == "head" or is_office(token, lexicon.organisations)


def _province(reading: Reading, lexicon: Lexicon) -> str | None:
    counts = _province_counts(reading, lexicon)
    return counts.most_common(1)[0][0] if counts else None


def _province_counts(reading: Reading, lexicon: Lexicon) -> Counter[str]:
    counts: Counter[str] = Counter()
    for token in reading.structure:
        if token.kind in ("actor", "head", "weak_actor"):
            organisation = lexicon.organisations[token.value]
            if organisation.area is not None and organisation.area.startswith(lexicon.country.subdivision_prefix):
                counts[lexicon.country.province_of(token.value)] += 1
    return counts


def _area(reading: Reading, lexicon: Lexicon) -> str | None:
    """The area told of: one province where it is named half as often again as all national bodies, else home.

    ``None`` where neither home nor one of its bodies is named.
    """
    provinces = _province_counts(reading, lexicon)
    bodies = [t for t in reading.structure if t.kind in ("actor", "head")]
    home = lexicon.country.home
    country = lexicon.country
    local = sum(t.value in country.provincial_offices or t.value in country.provincial_bodies for t in bodies)
    national = sum(
        lexicon.organisations[t.value].area == home and t.value not in country.provincial_offices for t in bodies
    )
    if provinces:
        stem, count = provinces.most_common(1)[0]
        is_focus = count * 2 > provinces.total() and count + local >= _PROVINCE_FOCUS
        if is_focus and 2 * (count + local) > 3 * national:
            return lexicon.organisations[stem + lexicon.country.province_body].area
    abroad = _abroad(reading, national)
    if abroad is not None:
        return abroad
    named = any(cue.kind == "cue" and cue.value == "here" for cue in reading.cues)
    return home if named or national or provinces else None


def _abroad(reading: Reading, national: int) -> str | None:
    """The other country that an article names far more often than home and home's bodies together."""
    counts = Counter(cue.value for cue in reading.cues if cue.kind == "country")
    home = sum(
        cue.kind == "cue" and cue.value == "here" and _is_name(reading.text[cue.start : cue.end])
        for cue in reading.cues
    )
    code, count = counts.most_common(1)[0] if counts else ("", 0)
    return code if count >= _LEAST_ABROAD and count > 2 * (home + national) else None


def _is_name(said: str) -> bool:
    """Whether words are a country's name, by the capitals that all of them have ("Viet Nam", no "the country")."""
    return all(word[0].isupper() for word in said.split())


def _held_on(reading: Reading, lead: Sequence[tuple[int, int]], published_on: date | None) -> date | None:
    for start, end in lead:
        if any(cue.kind == "event" for cue in within(reading.cues, start, end)):
            for period in within(reading.periods, start, end):
                day = _recent_day(period, published_on)
                if day is not None:
                    return day
    return None


def _signed_on(reading: Reading, lead: Sequence[tuple[int, int]], published_on: date | None) -> date | None:
    """The day of the document that the article tells of: beside its number, else in the same sentence."""
    for start, end in lead:
        references = [r for r in within(reading.references, start, end) if r.kind in _ORDERING]
        beside = [p for r in references for p in within(reading.periods, r.end, min(end, r.end + _NEAR))]
        for period in [*beside, *(within(reading.periods, start, end) if references else ())]:
            day = _recent_day(period, published_on)
            if day is not None:
                return day
    return None


def _recent_day(period: Period, published_on: date | None) -> date | None:
    """The day that a period names, where the article may be telling of it."""
    if period.kind != "day" or (published_on is None and period.year is None):
        return None
    interval = period.resolve(published_on or date(period.year or 1, 12, 31), forward=False)
    if interval is None or (published_on and not published_on - _RECENT <= interval.first <= published_on):
        return None
    return interval.first
