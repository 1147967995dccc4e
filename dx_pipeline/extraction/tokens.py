"""Tokens: one pass of the automaton over a text, and a sentence as a string of class letters.

Every token keeps its span in the text. Which phrase means what is data; how overlapping phrases
are settled is decided here.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol, TypeVar

from dx_pipeline.extraction.lexicon import UNITS, Language, Lexicon
from dx_pipeline.extraction.names import find_names
from dx_pipeline.extraction.numbers import Number
from dx_pipeline.extraction.periods import Period
from dx_pipeline.extraction.references import Reference
from dx_pipeline.extraction.rules import LETTERS

_WORD = re.compile(r"\w{2,}")
_WORD_OR_MARK = re.compile(r"\w+(?:['/-]\w+)*|[,;:()\"/%]")
_COUNTRY_REACH = 24  # code points from an office to its country
_GAP = 6  # code points between two names of a list
_LONGEST_SHORT = 60  # code points in which the next name of a list lies
_LEAST_NAMES = 2  # one alone is a word like any other
_CAPITALS = 2  # by which an acronym is known
_SHORTEST_HEAD = 5  # code points of a noun that may end a compound


class Token(NamedTuple):
    """A phrase found: its span, its class and what it stands for."""

    start: int
    end: int
    kind: str
    value: str


class Span(Protocol):
    """What has a place in the text."""

    @property
    def start(self) -> int:
        """The first code point."""

    @property
    def end(self) -> int:
        """The first code point behind it."""


Spanned = TypeVar("Spanned", bound=Span)


class Track(tuple[Spanned, ...]):
    """What was recognised of one kind, in order of place, with the places beside it to search in."""

    starts: list[int]

    def __new__(cls, items: Iterable[Spanned] = ()) -> "Track[Spanned]":
        """Take items sorted by where they start."""
        track = super().__new__(cls, items)
        track.starts = [item.start for item in track]
        return track


class Item(NamedTuple):
    """One place in a sentence's letter string: a token, or a word that no pack knows."""

    letter: str
    start: int
    end: int
    token: Token | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything recognised in one article, in order of place."""

    text: str
    folded: str
    language: Language
    structure: Track[Token]
    heads: Track[Token]
    ministries: Track[Token]
    units: Track[Token]
    cues: Track[Token]
    periods: Track[Period]
    numbers: Track[Number]
    references: Track[Reference]


def read_text(
    text: str,
    folded: str,
    language: Language,
    lexicon: Lexicon,
    spans: Sequence[tuple[int, int]],
    *,
    published_on: date | None = None,
) -> Reading:
    """Recognise phrases, periods, numbers and document numbers in the given spans of a text.

    A name that one body took over from another is that of the body that had it on the day of publication.
    """
    layers = _scan(text, folded, language)
    if published_on is not None:
        layers[0].sort(key=lambda token: _is_out_of_office(token, lexicon, published_on))
    structure, units = _longest(layers[0]), _longest(layers[1])
    cues = Track(layers[2])
    foreign = Track(_outside([cue for cue in cues if cue.kind == "foreign"], structure))
    structure = [t._replace(kind="foreign") if _is_foreign(t, foreign, folded, language) else t for t in structure]
    structure = _expand_lists(structure, cues, text, folded, lexicon)
    structure = _expand_places(structure, folded, lexicon)
    structure = _add_persons(structure, cues, text, spans, lexicon)
    named = [t for t in structure if t.kind in ("actor", "head", "instrument")]
    units = _outside(units, [t for t in named if not _is_countable(t, lexicon)])
    references = [r for start, end in spans for r in lexicon.references.find_numbers(text, start, end)]
    references += _short_references(text, structure, lexicon, references)
    references.sort(key=lambda r: r.start)
    periods = [p for start, end in spans for p in language.periods.find(folded, start, end)]
    periods = _outside(periods, [*references, *(t for t in named if t.kind == "instrument")])
    units = _outside(units, periods)
    between = list(_between(spans, Track(periods)))
    separators = language.numbers.sniff(folded, between)
    numbers = [n for start, end in between for n in language.numbers.find(folded, start, end, separators)]
    numbers = _outside(numbers, [*references, *named])
    track = Track(structure)
    told = [t for start, end in spans for t in within(track, start, end)]
    return Reading(
        text=text,
        folded=folded,
        language=language,
        structure=track,
        heads=Track(t for t in told if t.kind == "head"),
        ministries=Track(t for t in told if _is_ministry(t, lexicon)),
        units=Track(units),
        cues=cues,
        periods=Track(periods),
        numbers=Track(numbers),
        references=Track(references),
    )


def within(track: Track[Spanned], start: int, end: int) -> Sequence[Spanned]:
    """Return the items of a track that lie wholly in ``[start, end)``."""
    low = bisect_left(track.starts, start)
    high = bisect_left(track.starts, end, low)
    return [item for item in track[low:high] if item.end <= end] if low < high else ()


def read_items(reading: Reading, start: int, end: int) -> list[Item]:
    """Return a sentence as items: tokens, marks, and the words between, by their shape."""
    tokens: list[Token] = list(within(reading.structure, start, end))
    tokens += [Token(p.start, p.end, "period", p.kind) for p in within(reading.periods, start, end)]
    tokens += [Token(r.start, r.end, "instrument", r.instrument_id) for r in within(reading.references, start, end)]
    tokens += [Token(n.start, n.end, "number", "") for n in within(reading.numbers, start, end)]
    tokens = _longest(tokens)
    items: list[Item] = []
    at = start
    for token in [*tokens, Token(end, end, "end", "")]:
        items.extend(_words(reading, at, token.start))
        if token.kind != "end":
            items.append(Item(LETTERS[token.kind], token.start, token.end, token))
        at = max(at, token.end)
    return items


def _words(reading: Reading, start: int, end: int) -> list[Item]:
    letter_of = reading.language.letter_of
    found = _WORD_OR_MARK.finditer(reading.folded, start, end)
    return [Item(letter_of(match.group()), match.start(), match.end(), None) for match in found]


def last_before(tokens: Sequence[Token], place: int) -> Token | None:
    """Return the last of the tokens, sorted by place, that begins before ``place``."""
    at = bisect_left(tokens, place, key=lambda token: token.start)
    return tokens[at - 1] if at else None


def _add_persons(
    structure: Sequence[Token], cues: Track[Token], text: str, spans: Sequence[tuple[int, int]], lexicon: Lexicon
) -> list[Token]:
    """Put the office in place of a person who was introduced with it: "To Lam", "Mr. Chinh"."""
    track = Track(structure)
    told = [t for start, end in spans for t in within(track, start, end)]
    offices = [t for t in told if t.kind == "head" or (t.kind == "actor" and _is_office(t, lexicon))]
    titles = [(cue.start, cue.end) for cue in cues if cue.kind == "speaker" and cue.value == "titles"]
    named = find_names(text, [(t.start, t.end) for t in offices], titles, spans)
    persons = [offices[index]._replace(start=start, end=end) for start, end, index in named]
    if not persons:
        return list(structure)
    bodies = [t for t in structure if t.kind in ("actor", "head", "instrument")]
    persons = _outside(persons, bodies)
    return sorted([*_outside(structure, persons), *persons], key=lambda t: t.start)


def _is_office(token: Token, lexicon: Lexicon) -> bool:
    return lexicon.organisations[token.value].acts == "head"


def _is_out_of_office(token: Token, lexicon: Lexicon, on: date) -> bool:
    term = lexicon.terms.get(token.value)
    return term is not None and not term[0] <= on <= term[1]


def _is_ministry(token: Token, lexicon: Lexicon) -> bool:
    return token.kind in ("actor", "head") and lexicon.organisations[token.value].kind == "ministry"


def _is_foreign(token: Token, cues: Track[Token], folded: str, language: Language) -> bool:
    """Whether an office is another country's: "the Prime Minister of Japan", "the Japanese Prime Minister"."""
    if not cues or token.kind not in ("actor", "head", "role"):
        return False
    for cue in within(cues, token.start - _COUNTRY_REACH, token.end + 2 * _COUNTRY_REACH):
        if cue.value == "before" and cue.end + 1 == token.start:
            return True
        between = folded[token.end : cue.start]
        is_after = cue.value == "after" and token.end < cue.start
        if is_after and (not between.strip() or between.strip() in language.of_country):
            return True
    return False


def _is_countable(token: Token, lexicon: Lexicon) -> bool:
    """Whether a name is that of a group, which is counted as well as told to act ("63 provinces")."""
    organisation = lexicon.organisations.get(token.value) if token.kind == "actor" else None
    return organisation is not None and organisation.acts == "group"


def _expand_lists(
    structure: Sequence[Token], cues: Track[Token], text: str, folded: str, lexicon: Lexicon
) -> list[Token]:
    """Put bodies in place of the group that leads a list of their short names: "the Ministries of Health, Finance"."""
    kinds = lexicon.country.kinds_in_lists
    shorts = [cue for cue in cues if cue.kind == "short" and any(map(str.isupper, text[cue.start : cue.end]))]
    by_kind = {
        kind: Track(short for short in shorts if lexicon.organisations[short.value].kind == kind)
        for kind in set(kinds.values())
    }
    joints = {t.start: t.end for t in structure if t.kind == "conjunction"}
    kept: list[Token] = []
    found: list[Token] = []
    end = 0
    for token in structure if shorts else ():
        if token.start < end:
            if token.kind == "conjunction" and not any(name.start <= token.start < name.end for name in found):
                kept.append(token)
            continue
        kind = kinds.get(token.value)
        found = _names(token.end, by_kind[kind], joints, folded) if kind is not None else []
        if len(found) >= _LEAST_NAMES:
            end = found[-1].end
            kept += [found[0]._replace(start=token.start), *found[1:]]
        else:
            kept.append(token)
    return sorted(kept) if shorts else list(structure)


def _expand_places(structure: Sequence[Token], folded: str, lexicon: Lexicon) -> list[Token]:
    """Put the offices of named provinces in place of all: "the chairmen of the provinces of Lào Cai, Sơn La"."""
    country = lexicon.country
    kept: list[Token] = []
    office, end = "", -1
    for token in structure:
        is_place = token.kind in ("actor", "weak_actor") and token.value.endswith(country.province_body)
        between = folded[end : token.start] if end >= 0 else "x"
        if office and is_place and not between.strip(" ,:"):
            if kept[-1].value in country.provincial_offices:
                token = token._replace(start=kept.pop().start)  # noqa: PLW2901
            stem = country.province_of(token.value)
            kept.append(token._replace(kind="actor", value=f"{stem}-{office}"))
            end = token.end
        else:
            kept.append(token)
            if office and token.kind == "conjunction" and not between.strip(" ,"):
                end = token.end
            else:
                is_group = token.kind == "actor"
                office, end = (country.provincial_offices.get(token.value, "") if is_group else ""), token.end
    return kept


def _names(at: int, shorts: Track[Token], joints: dict[int, int], folded: str) -> list[Token]:
    """The bodies whose short names follow one another from a place on."""
    found: list[Token] = []
    while True:
        near = [short for short in within(shorts, at, at + _LONGEST_SHORT) if short.start - at <= _GAP]
        fits = [short for short in near if _joins(at, short.start, joints, folded, is_first=not found)]
        if not fits:
            return found
        best = max(fits, key=lambda short: short.end)
        found.append(best._replace(kind="actor"))
        at = best.end


def _joins(low: int, high: int, joints: dict[int, int], folded: str, *, is_first: bool) -> bool:
    """Whether nothing but a joint stands between two names of a list, or between it and what leads it."""
    between = folded[low:high]
    if is_first:
        return between.strip() in ("", ":")
    joint = next((at for at in range(low, high) if at in joints), None)
    if joint is not None:
        between = folded[low:joint] + "," + folded[joints[joint] : high]
    return set(between) <= set(" ,&") and between.strip() != ""


def _scan(text: str, folded: str, language: Language) -> tuple[list[Token], list[Token], list[Token]]:
    layers: tuple[list[Token], list[Token], list[Token]] = ([], [], [])
    inside = _inside_words(folded)
    has_compounds, phrases = language.has_compounds, language.phrases
    for index, start, end in language.automaton.find_matches_as_indexes(folded, overlapping=True):
        if inside[end]:
            continue
        if not inside[start]:
            for phrase in phrases[index]:
                if not phrase.is_acronym or _is_capital(text, start, end):
                    layers[phrase.layer].append(Token(start, end, phrase.kind, phrase.value))
        elif has_compounds and end - start >= _SHORTEST_HEAD:  # "teknologibedrifter" counts "bedrifter"
            for phrase in phrases[index]:
                if phrase.layer == UNITS:
                    layers[UNITS].append(Token(start, end, phrase.kind, phrase.value))
    for layer in layers:
        layer.sort(key=lambda t: (t.start, -t.end))
    return layers


def _is_capital(text: str, start: int, end: int) -> bool:
    """Whether a word is printed as an acronym is ("MOST", "MoST"), and is not the word spelt alike ("most")."""
    return sum(letter.isupper() for letter in text[start:end]) >= _CAPITALS


def _inside_words(folded: str) -> bytearray:
    """Return one byte for each place between two code points: 1 where both belong to one word."""
    inside = bytearray(len(folded) + 1)
    for match in _WORD.finditer(folded):
        start, end = match.span()
        inside[start + 1 : end] = b"\x01" * (end - start - 1)
    return inside


def _longest(tokens: Sequence[Token]) -> list[Token]:
    """Keep the longest of overlapping tokens, the first of equals: a longer phrase vetoes a shorter one."""
    taken = bytearray(max((token.end for token in tokens), default=0))  # one byte a place: linear in the text
    kept: list[Token] = []
    for token in sorted(tokens, key=lambda t: (t.start - t.end, t.start)):
        if taken.find(1, token.start, token.end) < 0:
            taken[token.start : token.end] = b"\x01" * (token.end - token.start)
            kept.append(token)
    kept.sort(key=lambda t: t.start)
    return kept


def _outside(items: Sequence[Spanned], others: Iterable[Token | Period | Reference]) -> list[Spanned]:
    taken = sorted((other.start, other.end) for other in others)
    starts = [start for start, _ in taken]
    kept = []
    for item in items:
        at = bisect_left(starts, item.end)
        if not any(end > item.start for _, end in taken[max(0, at - 3) : at]):
            kept.append(item)
    return kept


def _between(spans: Sequence[tuple[int, int]], periods: Track[Period]) -> Iterator[tuple[int, int]]:
    """The parts of the spans that no period takes: "58,000 in 2020 to 74,000" holds no range of 2020 to 74,000."""
    for start, end in spans:
        at = start
        for period in within(periods, start, end):
            yield at, period.start
            at = period.end
        yield at, end


def _short_references(
    text: str, structure: Sequence[Token], lexicon: Lexicon, known: Sequence[Reference]
) -> list[Reference]:
    """Documents named by kind and short number: "Decree 73/2019", "decyzję nr 505"."""
    full = {reference.start for reference in known}
    found = []
    for index, token in enumerate(structure):
        if token.kind != "document":
            continue
        at = token.end
        following = structure[index + 1] if index + 1 < len(structure) else None
        if following is not None and following.kind == "number_word" and following.start - at <= 1:
            at = following.end
        while at < len(text) and text[at] in " .\u00a0":
            at += 1
        reference = (
            lexicon.references.read_short(text, at, min(len(text), at + 12), token.value) if at - token.end else None
        )
        if reference is not None and reference.start not in full and not _is_year(reference.number):
            found.append(reference)
    return found


def _is_year(number: str) -> bool:
    return re.fullmatch(r"(?:19|20)\d\d", number) is not None
