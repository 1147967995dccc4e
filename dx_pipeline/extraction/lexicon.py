"""Lexicon: everything that packs, rules and registry say, compiled once for the engine to read.

A language is one TOML file of words, cues and number formats (``catalogue/languages/<code>.toml``).
All phrases of a language and of the registry go into one automaton; what else a pack knows is held
ready in the form the recognisers want. No language is named in code.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from ahocorasick_rs import AhoCorasick, MatchKind

from dx_pipeline import registry
from dx_pipeline.extraction.confidence import read_confidence
from dx_pipeline.extraction.country import Country, read_abroad, read_country
from dx_pipeline.extraction.folding import fold
from dx_pipeline.extraction.metrics import MetricCues, compile_metrics
from dx_pipeline.extraction.numbers import NumberRecogniser
from dx_pipeline.extraction.pack_shape import check_packs
from dx_pipeline.extraction.periods import PeriodRecogniser
from dx_pipeline.extraction.references import ReferenceRecogniser
from dx_pipeline.extraction.rules import LETTERS, DirectiveRule, read_directive_rules
from dx_pipeline.specs import CatalogueError, read_toml

ENGINE_VERSION = "1"

# Layers are resolved apart: inside one, the longest phrase wins; a unit inside a body's name is none.
STRUCTURE, UNITS, CUES = 0, 1, 2

_ASKED = {
    "priors": {
        *(f"indicator.{way}" for way in ("rank", "total", "from_to", "share", "amount", "speed", "count")),
        *(f"indicator.{way}" for way in ("small_count", "ellipsis", "change", "compared")),
        "instrument.number",
        "instrument.name",
    },
    "relevance": {"distinct_topics", "enough_mentions", "threshold"},
}
_LONGEST_ACRONYM = 5  # letters
_MOST_WORDS = 65_536  # of a language whose class is remembered
_PARTED = frozenset({"order", "passive", "modal", "impersonal"})  # whose first word may stand apart from the rest
_CLASSES = {"verbs": "verb", "adverbs": "adverb"}


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a phrase means: the class of its token and the value it carries."""

    kind: str
    value: str
    layer: int = STRUCTURE
    is_acronym: bool = False  # counts only where it is printed in capitals


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language, ready to be read with."""

    code: str
    abbreviations: frozenset[str]
    automaton: AhoCorasick
    phrases: tuple[tuple[Phrase, ...], ...]
    numbers: NumberRecogniser
    periods: PeriodRecogniser
    letter_of: Callable[[str], str]
    of_country: frozenset[str]
    forbids: frozenset[str]
    marks_tasks: bool
    fronts_objects: bool
    articles: frozenset[str]
    thats: tuple[str, ...]
    grants: frozenset[str]
    by_last_name: bool
    has_compounds: bool
    metrics: tuple[MetricCues, ...]
    indicators: Mapping[str, Any]
    deadlines: Mapping[str, Any]
    events: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """All languages, the registry they point at, and the version of everything together."""

    languages: Mapping[str, Language]
    organisations: Mapping[str, registry.Organisation]
    terms: Mapping[str, tuple[date, date]]  # first and last day of those that came or went
    instruments: Mapping[str, registry.Instrument]
    units: Mapping[str, registry.Unit]
    metric_units: Mapping[str, str]
    references: ReferenceRecogniser
    country: Country
    rules: tuple[DirectiveRule, ...]
    confidence: Mapping[str, float]
    relevance: Mapping[str, float]
    version: str


def load_lexicon(catalogue: Path) -> Lexicon:
    """Read and compile packs, rules and registry of a catalogue, unless that was done last and no file has changed.

    Raises:
        CatalogueError: where a file lacks what the engine needs; the message names file and field.
    """
    return _compile(catalogue, extractor_version(catalogue))


@lru_cache(maxsize=1)  # a run asks for it twice, and it is large
def _compile(catalogue: Path, version: str) -> Lexicon:
    known = _Registry(
        organisations=registry.read_organisations(catalogue),
        instruments=registry.read_instruments(catalogue),
        metrics=registry.read_metrics(catalogue),
        units=registry.read_units(catalogue),
        abroad=read_abroad(catalogue),
    )
    country = read_country(catalogue)
    rules = read_directive_rules(read_toml(catalogue / "rules" / "directives.toml"))
    thresholds = catalogue / "rules" / "indicators.toml"
    return Lexicon(
        languages=_languages(catalogue, known),
        organisations={o.organisation_id: o for o in known.organisations},
        terms={o.organisation_id: registry.validity(o) for o in known.organisations if o.since or o.until},
        instruments={i.instrument_id: i for i in known.instruments},
        units={u.unit_id: u for u in known.units},
        metric_units={m.metric_id: m.unit for m in known.metrics if m.unit},
        country=country,
        references=ReferenceRecogniser(known.instruments, country),
        rules=rules,
        confidence=read_confidence(
            catalogue, {rule.rule_id: rule.prior for rule in rules} | dict(_shares(thresholds, "priors"))
        ),
        relevance=_shares(thresholds, "relevance"),
        version=version,
    )


def extractor_version(catalogue: Path) -> str:
    """Return the version of engine, packs, rules and registry together: it changes when any of them does."""
    digest = hashlib.sha256(ENGINE_VERSION.encode())
    code = sorted(Path(__file__).parent.glob("*.py"))
    data = sorted(p for part in ("languages", "rules", "registry") for p in (catalogue / part).rglob("*.toml"))
    for path in [*code, *data]:
        digest.update(path.name.encode() + b"\x00" + path.read_bytes())
    return f"{ENGINE_VERSION}+{digest.hexdigest()[:12]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Registry:
    """What every language's automaton holds beside the language's own words."""

    organisations: tuple[registry.Organisation, ...]
    instruments: tuple[registry.Instrument, ...]
    metrics: tuple[registry.Metric, ...]
    units: tuple[registry.Unit, ...]
    abroad: tuple[Mapping[str, Any], ...]


def _shares(path: Path, field: str) -> Mapping[str, float]:
    """Return a table of numbers; every one that the engine asks for must be there."""
    table = read_toml(path).get(field)
    if not isinstance(table, Mapping):
        raise CatalogueError(f"{path}: field {field!r} is missing or no table; add [{field}]")
    for key in _ASKED[field] | set(table):
        value = table.get(key)
        if key not in _ASKED[field]:
            raise CatalogueError(f"{path}: field '{field}.{key}' is unknown; mend its spelling or remove it")
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise CatalogueError(
                f"{path}: field '{field}.{key}' is missing or no number; write \"{key}\" = 0.5 or such"
            )
    return table


def _languages(catalogue: Path, known: _Registry) -> dict[str, Language]:
    packs = {str(path): read_toml(path) for path in sorted((catalogue / "languages").glob("*.toml"))}
    check_packs(packs)
    languages = {}
    for path, pack in packs.items():
        try:
            languages[pack["language"]] = _language(pack, known)
        except (KeyError, TypeError, ValueError, re.error) as error:
            raise CatalogueError(f"{path}: {error} is missing or wrong; compare with en.toml") from error
    return languages


def _language(pack: Mapping[str, Any], known: _Registry) -> Language:
    code = pack["language"]
    numbers = NumberRecogniser(pack["numbers"])
    cues = compile_metrics(known.metrics, code)
    table: dict[str, list[Phrase]] = {}
    for text, phrase in _phrases(pack, code, known, cues):
        folded = fold(text).strip()
        if folded and phrase not in table.setdefault(folded, []):
            table[folded].append(phrase)
    return Language(
        code=code,
        abbreviations=frozenset(pack["abbreviations"]),
        automaton=AhoCorasick(list(table), matchkind=MatchKind.Standard),
        phrases=tuple(tuple(phrases) for phrases in table.values()),
        numbers=numbers,
        periods=PeriodRecogniser(pack["time"], numbers.words),
        letter_of=_letters(pack["directives"]["shapes"]),
        of_country=frozenset(pack["directives"]["foreign"]["of"]),
        forbids=frozenset(fold(form) for form in pack["directives"]["negation"]["forbids"]),
        marks_tasks=pack["directives"]["markers"]["marks_tasks"],
        fronts_objects=pack["directives"]["markers"]["fronts_objects"],
        thats=tuple(f" {fold(form)}" for form in pack["directives"]["markers"]["that"]),
        grants=frozenset(fold(form) for form in pack["directives"]["markers"]["grants"]),
        by_last_name=pack["directives"]["speakers"]["by_last_name"],
        articles=frozenset(fold(form) for form in pack["directives"]["markers"]["articles"]),
        has_compounds=pack["numbers"]["compounds"],
        metrics=cues,
        indicators=pack["indicators"],
        deadlines=pack["deadlines"],
        events=pack["events"],
    )


def _letters(shapes: Mapping[str, Sequence[str]]) -> Callable[[str], str]:
    """Return what gives the class letter of a word that no phrase covers: by its shape; a mark is its own letter."""
    patterns = [(kind, re.compile(f"(?:{'|'.join(forms)})\\Z")) for kind, forms in shapes.items() if forms]

    @lru_cache(maxsize=_MOST_WORDS)
    def letter_of(word: str) -> str:
        if not word[0].isalnum():
            return LETTERS["word"] if word == "%" else word[0]
        bare = word.rpartition("'")[2]  # "s'entendront"
        return next((LETTERS[kind] for kind, shape in patterns if shape.match(bare)), LETTERS["word"])

    return letter_of


def _phrases(
    pack: Mapping[str, Any], code: str, known: _Registry, cues: Iterable[MetricCues]
) -> Iterator[tuple[str, Phrase]]:
    yield from _directive_phrases(pack["directives"])
    yield from _deadline_phrases(pack["deadlines"])
    for kind, forms in pack["documents"].items():
        name = "number_word" if kind == "links" else "document"
        yield from ((form, Phrase(name, kind)) for form in (forms["number"] if kind == "links" else forms))
    for cue, forms in pack["indicators"].items():
        if isinstance(forms, list):
            yield from ((form, Phrase("cue", cue, CUES)) for form in forms)
    for kind in ("meeting", "conference"):
        yield from ((form, Phrase("event", kind, CUES)) for form in pack["events"][kind])
    yield from ((topic, Phrase("topic", topic, CUES)) for topic in pack["topics"])
    for organisation in known.organisations:
        yield from _actor_phrases(organisation, code)
    for instrument in known.instruments:
        names = [*_spellings(instrument.names, code), *instrument.forms.get(code, ())]
        yield from ((name, Phrase("instrument", instrument.instrument_id)) for name in names)
    for unit in known.units:
        forms = [*unit.forms.get(code, ())]
        yield from ((form, Phrase("unit", unit.unit_id, UNITS)) for form in forms)
    for land in known.abroad:
        yield from ((name, Phrase("country", land["code"], CUES)) for name in land.get(code, ()))
    for term in {term for metric in cues for term in metric.terms}:
        yield term, Phrase("metric", term, CUES)


def _directive_phrases(directives: Mapping[str, Any]) -> Iterator[tuple[str, Phrase]]:
    weak = set(directives["order_weak"]["words"])
    for part in ("order", "passive", "modal", "future", "bare", "nominal", "impersonal"):
        for modality, forms in directives[part].items():
            for form in forms:
                phrase = Phrase("order_weak" if part == "order" and form in weak else part, modality)
                yield form, phrase
                if part in _PARTED:
                    yield from ((parted, phrase) for parted in _parted(form, directives["between"]["words"]))
    for form in directives["markers"]["words"]:  # "to" in "asked X to do Y"
        yield form, Phrase("that" if form in directives["markers"]["that"] else "marker", form)
    yield from ((form, Phrase("announces", form, CUES)) for form in directives["markers"]["announces"])
    said = ((way, forms) for way, forms in directives["speakers"].items() if isinstance(forms, list))
    yield from ((form, Phrase("speaker", way, CUES)) for way, forms in said for form in forms)
    yield from ((form, Phrase("released", form)) for form in directives["negation"]["released"])
    for place in ("before", "after"):
        yield from ((form, Phrase("negation", place, CUES)) for form in directives["negation"][place])
        yield from ((form, Phrase("foreign", place, CUES)) for form in directives["foreign"][place])
    for role, forms in directives["roles"].items():
        yield from ((form, Phrase("role", role)) for form in forms)
    for name, forms in directives["words"].items():
        yield from ((form, Phrase(_CLASSES.get(name, name), form)) for form in forms)


def _parted(form: str, words: Sequence[str]) -> Iterator[str]:
    """Yield a verb of several words with another word behind the first of them: "has also asked"."""
    first, blank, rest = form.partition(" ")
    if blank:
        yield from (f"{first} {word} {rest}" for word in words)
    second, blank, rest = rest.partition(" ")
    if blank and " " in rest:  # "ont été instamment priés de"
        yield from (f"{first} {second} {word} {rest}" for word in words)


def _deadline_phrases(deadlines: Mapping[str, Any]) -> Iterator[tuple[str, Phrase]]:
    for cue in ("before", "by", "in", "since", "within_days"):
        yield from ((form, Phrase("deadline", cue, CUES)) for form in deadlines[cue])
    for duration, forms in deadlines["recurring"].items():
        yield from ((form, Phrase("recurring", duration, CUES)) for form in forms)


def _actor_phrases(organisation: registry.Organisation, code: str) -> Iterator[tuple[str, Phrase]]:
    weak = {fold(form) for form in organisation.weak.get(code, ())}
    for form in [*_spellings(organisation.names, code), *organisation.forms.get(code, ())]:
        kind = "weak_actor" if fold(form) in weak else "actor"
        yield form, Phrase(kind, organisation.organisation_id, is_acronym=_is_acronym(form))
    yield from ((form, Phrase("weak_actor", organisation.organisation_id)) for form in organisation.weak.get(code, ()))
    yield from ((form, Phrase("head", organisation.organisation_id)) for form in _spellings(organisation.heads, code))
    short = Phrase("short", organisation.organisation_id, CUES)
    yield from ((form, short) for form in organisation.short.get(code, ()))


def _is_acronym(form: str) -> bool:
    return (
        form.isalpha() and len(form) <= _LONGEST_ACRONYM and sum(letter.isupper() for letter in form) > len(form) // 2
    )


def _spellings(names: Mapping[str, tuple[str, ...]], code: str) -> list[str]:
    """Names in the language, and those of other languages that pages of any language print (capitals, no blanks)."""
    own = list(names.get(code, ()))
    foreign = [n for other in ("en", "vi") if other != code for n in names.get(other, ())]
    return own + [n for n in foreign if n not in own and len(n) > 2 and " " not in n and n.upper() == n]
