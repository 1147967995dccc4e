"""Mutation tests of extraction: a fact's sentence is changed, and the fact must change with it or vanish.

Every fact that the labelled sets and the packs' passages hold right is mutated in several ways. Of each way the share
of mutants that were killed has a floor per language in ``mutation_floors.toml``, which only rises; why some survive is
told there.
"""

import random
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dx_pipeline.extraction.folding import fold
from dx_pipeline.extraction.lexicon import Lexicon
from dx_pipeline.quality.floors import find_fallen, read_floors
from dx_pipeline.quality.matching import is_close
from dx_pipeline_tests.extraction.mutants import Edit, Fact, Mutant, Row, issuer_places, proven_facts, read_documents
from dx_pipeline_tests.extraction.pages import PLACES, page_of, parse_pages

WORDS: Mapping[str, Mapping[str, Any]] = tomllib.loads(
    Path(__file__).with_name("mutations.toml").read_text(encoding="utf-8")
)
FLOORS = read_floors(Path(__file__).with_name("mutation_floors.toml"))
PAGES_OF_A_LANGUAGE = 6  # facts whose pages are built and parsed: that is slow
MOST_OF_A_LANGUAGE = 20  # facts of a kind that are mutated in one way
FORMS_OF_A_FACT = 2  # ways of a language to negate one verb that are tried on one fact; the next fact has the next ones
Rows = Mapping[str, Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to mutate facts of a kind, and when a mutant counts as killed."""

    name: str
    kind: str
    mutate: Callable[[Fact], Iterator[Mutant]]
    is_killed: Callable[[Mutant, Rows], bool]


# ---- what becomes of a fact


def remains(mutant: Mutant, rows: Rows) -> list[Row]:
    """The rows that still tell a mutated fact: a directive's task, or a figure's number."""
    start, end = mutant.quote
    if mutant.fact.kind == "indicators":
        here = [row for row in rows["indicators"] if row["start_char"] < end and start < row["end_char"]]
        return [row for row in here if all(row[name] == mutant.fact.row[name] for name in ("value", "comparator"))]
    length = len(mutant.fact.row["action"])
    return [
        row
        for row in rows["directives"]
        if 2 * (min(row["end_char"], end) - max(row["start_char"], end - length)) >= length
    ]


def is_gone(mutant: Mutant, rows: Rows) -> bool:
    return not remains(mutant, rows)


def is_told_as_ban(mutant: Mutant, rows: Rows) -> bool:
    """Whether the fact is gone, or its task holds a word of the negation, so that nobody reads the opposite of it."""
    edit = mutant.edits[0]
    old = mutant.fact.document.text[edit.start : edit.end]
    added = set(fold(edit.new).split()) - set(fold(old).split())
    return all(added & set(re.findall(r"[\w']+", fold(row["action"]))) for row in remains(mutant, rows))


def follows(column: str) -> Callable[[Mutant, Rows], bool]:
    """Whether a field says what the mutant expects, in every row that is left of the fact and in one at least."""

    def judge(mutant: Mutant, rows: Rows) -> bool:
        if mutant.fact.kind == "directives":
            left = [row[column] for row in remains(mutant, rows)]
            if isinstance(mutant.expected, float):
                return bool(left) and all(is_close(value, mutant.expected) for value in left)
            return bool(left) and all(value == mutant.expected for value in left)
        start, end = mutant.quote
        here = [row for row in rows["indicators"] if row["start_char"] < end and start < row["end_char"]]
        return any(is_close(row[column], mutant.expected) for row in here)

    return judge


def loses(column: str) -> Callable[[Mutant, Rows], bool]:
    """Whether no row that is left of the fact says what the fact said in a field."""
    return lambda mutant, rows: all(row[column] != mutant.fact.row[column] for row in remains(mutant, rows))


# ---- how a fact is mutated


def negate(way: str) -> Callable[[Fact], Iterator[Mutant]]:
    """The verb that governs the fact, negated in each of the language's ways."""

    def mutate(fact: Fact) -> Iterator[Mutant]:
        found = list(_governing(fact, way))
        if not found or (fact.row["rule_id"] == "directive.list" and len(found) > 1):
            return  # which of several verbs rules a list is not known here
        match, negated = max(found, key=lambda pair: (pair[0].end(), len(pair[0].group())))
        for turn in range(min(FORMS_OF_A_FACT, len(negated))):
            form = negated[(fact.start + turn) % len(negated)]
            yield Mutant(fact, way, (Edit(match.start(), match.end(), match.expand(form)),))

    return mutate


def _governing(fact: Fact, way: str) -> Iterator[tuple[re.Match[str], Sequence[str]]]:
    folded, low = fold(fact.document.text), fact.row["start_char"]
    if fact.kind == "directives":
        low, limit = fact.start, max(fact.action_start, low + 1)
    elif number := _number(fact):
        limit = low + number.start()
    else:
        return
    for verb, *negated in WORDS[fact.document.language][way]:
        for match in re.compile(rf"(?<!\w)(?:{verb})(?!\w)").finditer(folded, low, fact.end):
            between = folded[match.end() : limit]
            barriers = ";" if fact.kind == "directives" else ",;:()"
            is_free = fact.row["rule_id"] == "directive.list" or not set(barriers) & set(between)
            if match.start() < limit and is_free:
                yield match, negated


def change_digit(column: str) -> Callable[[Fact], Iterator[Mutant]]:
    """One digit of the number that a column holds replaced by another."""

    def mutate(fact: Fact) -> Iterator[Mutant]:
        if (printed := _number(fact, column)) is None or fact.row.get("value_high") is not None:
            return
        digits = [match.start() for match in re.finditer(r"\d", printed.group())]
        old = re.sub(r"\D", "", printed.group())
        place = random.Random(f"{fact.start} {old}").randrange(len(digits))  # noqa: S311
        new = str(int(old[place]) % 8 + 1)  # another digit, never 0
        expected = fact.row[column] * int(old[:place] + new + old[place + 1 :]) / int(old)
        start = fact.row["start_char"] + printed.start() + digits[place]
        yield Mutant(fact, column, (Edit(start, start + 1, new),), expected)

    return mutate


def _number(fact: Fact, column: str = "value") -> re.Match[str] | None:
    """Where the number of a column is printed in the quote in digits; ``None`` where that is not sure."""
    found = re.finditer(r"\d[\d.,\u00a0\u202f ]*\d|\d", fact.row["quote"])
    fits = [printed for printed in found if _is_scaled(fact.row[column], re.sub(r"\D", "", printed.group()))]
    return fits[0] if len(fits) == 1 else None


def _is_scaled(value: float | None, digits: str) -> bool:
    """Whether a value is these digits times a power of ten."""
    return value is not None and f"{value:.15f}".replace(".", "").strip("0") == digits.strip("0") != ""


def change_day(fact: Fact) -> Iterator[Mutant]:
    """A number in the words of a deadline, its day or its month, replaced by another; the year is left alone."""
    if fact.row["due_on"] is not None and (places := _places(fact, r"(?<!\d)\d{1,2}(?!\d)")):
        start, end = places[0]
        old = int(fact.document.text[start:end])
        new = str(old + 1 if old < 12 else old - 1)
        yield Mutant(fact, "day", (Edit(start, end, new),))


def change_year(fact: Fact) -> Iterator[Mutant]:
    """The year of a deadline put off by one."""
    due = fact.row["due_on"]
    places = _places(fact, r"(?<!\d)20\d\d(?!\d)")
    if due is not None and len(places) == 1 and int(fact.document.text[slice(*places[0])]) in (due.year, due.year + 1):
        start, end = places[0]
        later = str(int(fact.document.text[start:end]) + 1)
        if (due.month, due.day) != (2, 28):
            yield Mutant(fact, "year", (Edit(start, end, later),), expected=due.replace(year=due.year + 1))


def remove_deadline(fact: Fact) -> Iterator[Mutant]:
    """The words of the deadline taken out."""
    if fact.row["due_on"] is not None and (places := _places(fact, r"(?s).+")):
        yield Mutant(fact, "deadline", (Edit(*places[0], ""),))


def _places(fact: Fact, pattern: str) -> list[tuple[int, int]]:
    """Where a pattern stands in the words of a fact's deadline."""
    words = fact.row["due_text"] or ""
    at = fact.document.text.find(words, fact.row["start_char"], fact.row["end_char"])
    return [(at + m.start(), at + m.end()) for m in re.finditer(pattern, words)] if at >= 0 else []


def suppose(fact: Fact) -> Iterator[Mutant]:
    """The sentence put behind a word that makes a supposition of it."""
    if fact.row["rule_id"] in {"directive.list", "directive.list_item"}:
        return  # an item of a list is no statement to suppose
    words = WORDS[fact.document.language]["suppose"]
    first = fact.document.text[fact.start].lower()
    yield Mutant(fact, "suppose", (Edit(fact.start, fact.start + 1, words[fact.start % len(words)] + first),))


def ask(fact: Fact) -> Iterator[Mutant]:
    """The sentence ended with a question mark."""
    if fact.sentence.endswith("."):
        yield Mutant(fact, "question", (Edit(fact.end - 1, fact.end, "?"),))


def remove_issuer(lexicon: Lexicon) -> Callable[[Fact], Iterator[Mutant]]:
    """Every name of the issuer in the article replaced by that of somebody without an office."""

    def mutate(fact: Fact) -> Iterator[Mutant]:
        if places := issuer_places(fact, lexicon):
            yield Mutant(fact, "issuer", tuple(Edit(start, end, "Nam") for start, end in places))

    return mutate


def ways(lexicon: Lexicon) -> list[Way]:
    return [
        Way("withdraw", "directives", negate("withdraw"), is_gone),
        Way("forbid", "directives", negate("forbid"), is_told_as_ban),
        Way("fall_short", "indicators", negate("fall_short"), is_gone),
        Way("digit", "indicators", change_digit("value"), is_gone),
        Way("digit_followed", "indicators", change_digit("value"), follows("value")),
        Way("digit_of_goal", "directives", change_digit("target_value"), follows("target_value")),
        Way("day", "directives", change_day, loses("due_on")),
        Way("year", "directives", change_year, follows("due_on")),
        Way("deadline", "directives", remove_deadline, loses("due_on")),
        Way("issuer", "directives", remove_issuer(lexicon), loses("issuer_id")),
        Way("question", "directives", ask, is_gone),
        Way("supposed_order", "directives", suppose, is_gone),
        Way("supposed_figure", "indicators", suppose, is_gone),
    ]


# ---- the tests


@dataclass(slots=True)
class Outcome:
    """How many mutants there were and how many were killed, by language and way, and which survived."""

    mutants: Counter[str]
    killed: Counter[str]
    survivors: list[str]

    def count(self, name: str, mutant: Mutant, *, is_killed: bool) -> None:
        figure = f"{mutant.fact.document.language}.{name}"
        self.mutants[figure] += 1
        self.killed[figure] += is_killed
        if not is_killed:
            self.survivors.append(f"{figure}: {mutant.sentence}")

    def shares(self) -> dict[str, float]:
        return {figure: self.killed[figure] / count for figure, count in sorted(self.mutants.items())}


@pytest.fixture(scope="module")
def facts(lexicon: Lexicon) -> list[Fact]:
    return proven_facts(lexicon)


@pytest.fixture(scope="module")
def outcome(facts: Sequence[Fact], lexicon: Lexicon) -> Outcome:
    found = Outcome(Counter(), Counter(), [])
    cases = [(way, mutant) for way in ways(lexicon) for fact in chosen(facts, way) for mutant in way.mutate(fact)]
    mutants = {(id(mutant.fact), mutant.edits): mutant for _, mutant in cases}  # two ways may judge one mutant
    rows = dict(zip(mutants, read_documents([one.document for one in mutants.values()], lexicon), strict=True))
    for way, mutant in cases:
        found.count(way.name, mutant, is_killed=way.is_killed(mutant, rows[id(mutant.fact), mutant.edits]))
    for place, fact, is_told in told_elsewhere(facts, lexicon):
        found.count(place, Mutant(fact, place, ()), is_killed=is_told == (place == "body"))
    return found


def chosen(facts: Sequence[Fact], way: Way) -> Iterator[Fact]:
    """The facts that are mutated in one way: all of them, or some of each language where each mutant is killed."""
    of_kind = [fact for fact in facts if fact.kind == way.kind]
    if way.name not in {"issuer", "question", "supposed_figure"}:
        yield from of_kind
        return
    for code in sorted(WORDS):
        known = [fact for fact in of_kind if fact.document.language == code]
        yield from random.Random(1).sample(known, min(len(known), MOST_OF_A_LANGUAGE))  # noqa: S311


def told_elsewhere(facts: Sequence[Fact], lexicon: Lexicon) -> Iterator[tuple[str, Fact, bool]]:
    """Some facts of each language on a page of its own: the place of the sentence, and whether it is told there."""
    by_language: dict[str, list[Fact]] = {}
    for fact in facts:
        if len(fact.document.text) > 1000:  # an article, no passage of a pack: a page needs a body
            by_language.setdefault(fact.document.language, []).append(fact)
    told = [
        (place, fact)
        for _, known in sorted(by_language.items())
        for fact in random.Random(1).sample(known, PAGES_OF_A_LANGUAGE)  # noqa: S311
        for place in (*PLACES, "body")
    ]
    parsed = parse_pages([page_of(fact, place) for place, fact in told])
    rows = read_documents([parsed[number] for number in range(len(told))], lexicon)
    for number, (place, fact) in enumerate(told):
        at = fold(parsed[number].text).find(fold(fact.sentence))
        span = (at, at + len(fact.sentence))
        found = [r for r in rows[number][fact.kind] if at >= 0 and span[0] <= r["start_char"] < span[1]]
        yield place, fact, bool(found)


def test_no_share_of_killed_mutants_falls_below_its_floor(outcome: Outcome) -> None:
    fallen = list(find_fallen(FLOORS, {"mutations": outcome.shares()}))
    names = {one.name for one in fallen}
    told = [line for line in outcome.survivors if line.split(":")[0] in names]
    assert not fallen, "\n".join([*map(str, fallen), *told])


def test_every_share_has_a_floor(outcome: Outcome) -> None:
    assert set(FLOORS["mutations"]) == set(outcome.shares())


def test_every_language_is_mutated(outcome: Outcome, lexicon: Lexicon) -> None:
    assert set(WORDS) == set(lexicon.languages)
    few = {f"{code}.{way}" for code in WORDS for way in ("withdraw", "forbid", "fall_short", "digit")}
    assert {name for name in few if outcome.mutants[name] < 2} == set()
