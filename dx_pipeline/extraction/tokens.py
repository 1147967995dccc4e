"""Tokens: one pass of the automaton over a text, and a sentence as a string of class letters.

Every token keeps its span in the text. Which phrase means what is data; how overlapping phrases
are settled is decided here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from dx_pipeline.extraction.bodies import add_persons, expand_lists, expand_places, is_foreign
from dx_pipeline.extraction.lexicon import UNITS, Language, Lexicon
from dx_pipeline.extraction.numbers import Number
from dx_pipeline.extraction.periods import Period
from dx_pipeline.extraction.references import Reference
from dx_pipeline.extraction.rules import LETTERS
from dx_pipeline.extraction.tracks import Token, Track, longest, outside, within

_WORD = re.compile(r"\w{2,}")
_WORD_OR_MARK = re.compile(r"\w+(?:['/-]\w+)*|[,;:()\"/%]")
_CAPITALS = 2  # by which an acronym is known
_SHORTEST_HEAD = 5  # code points of a noun that may end a compound


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
    structure, units = longest(layers[0]), longest(layers[1])
    cues = Track(layers[2])
    foreign = Track(outside([cue for cue in cues if cue.kind == "foreign"], structure))
    structure = [t._replace(kind="foreign") if is_foreign(t, foreign, folded, language) else t for t in structure]
    structure = expand_lists(structure, cues, text, folded, lexicon)
    structure = expand_places(structure, folded, lexicon)
    structure = add_persons(structure, cues, text, spans, lexicon, by_last=language.by_last_name)
    named = [t for t in structure if t.kind in ("actor", "head", "instrument")]
    units = outside(units, [t for t in named if not _is_countable(t, lexicon)])
    references = [r for start, end in spans for r in lexicon.references.find_numbers(text, start, end)]
    references += _short_references(text, structure, lexicon, references)
    references.sort(key=lambda r: r.start)
    periods = [p for start, end in spans for p in language.periods.find(folded, start, end)]
    periods = outside(periods, [*references, *(t for t in named if t.kind == "instrument")])
    units = outside(units, periods)
    between = list(_between(spans, Track(periods)))
    separators = language.numbers.sniff(folded, between)
    numbers = [n for start, end in between for n in language.numbers.find(folded, start, end, separators)]
    numbers = outside(numbers, [*references, *named])
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


def read_items(reading: Reading, start: int, end: int) -> list[Item]:
    """Return a sentence as items: tokens, marks, and the words between, by their shape."""
    tokens: list[Token] = list(within(reading.structure, start, end))
    tokens += [Token(p.start, p.end, "period", p.kind) for p in within(reading.periods, start, end)]
    tokens += [Token(r.start, r.end, "instrument", r.instrument_id) for r in within(reading.references, start, end)]
    tokens += [Token(n.start, n.end, "number", "") for n in within(reading.numbers, start, end)]
    tokens = longest(tokens)
    items: list[Item] = []
    at = start
    for token in [*tokens, Token(end, end, "end", "")]:
        items.extend(_words(reading, at, token.start))
        if token.kind != "end":
            is_noun = token.kind == "verb" and items and _is_article(reading, items[-1])  # "the plan", "the work"
            items.append(Item(LETTERS["word" if is_noun else token.kind], token.start, token.end, token))
        at = max(at, token.end)
    return items


def _is_article(reading: Reading, item: Item) -> bool:
    return reading.folded[item.start : item.end] in reading.language.articles


def _words(reading: Reading, start: int, end: int) -> list[Item]:
    letter_of = reading.language.letter_of
    found = _WORD_OR_MARK.finditer(reading.folded, start, end)
    return [Item(letter_of(match.group()), match.start(), match.end(), None) for match in found]


def _is_out_of_office(token: Token, lexicon: Lexicon, on: date) -> bool:
    term = lexicon.terms.get(token.value)
    return term is not None and not term[0] <= on <= term[1]


def _is_ministry(token: Token, lexicon: Lexicon) -> bool:
    return token.kind in ("actor", "head") and lexicon.organisations[token.value].kind == "ministry"


def _is_countable(token: Token, lexicon: Lexicon) -> bool:
    """Whether a name is that of a group, which is counted as well as told to act ("63 provinces")."""
    organisation = lexicon.organisations.get(token.value) if token.kind == "actor" else None
    return organisation is not None and organisation.acts == "group"


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
        marks = (
            " .\u00a0" if at != token.end else " \u00a0"
        )  # no number behind a full stop: "… of the plan. 6 provinces"
        while at < len(text) and text[at] in marks:
            at += 1
        reference = (
            lexicon.references.read_short(text, at, min(len(text), at + 12), token.value) if at - token.end else None
        )
        if reference is not None and reference.start not in full and not _is_year(reference.number):
            found.append(reference)
    return found


def _is_year(number: str) -> bool:
    return re.fullmatch(r"(?:19|20)\d\d", number) is not None
