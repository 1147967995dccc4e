"""What CLDR knows is in the packs that the catalogue has, and can be read for any language."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from babel import Locale, localedata
from babel.dates import format_date, format_skeleton

from dx_pipeline.documents.languages import is_detectable
from dx_pipeline.extraction.folding import fold
from dx_pipeline.extraction.numbers import NumberRecogniser
from dx_pipeline.extraction.periods import PeriodRecogniser
from dx_pipeline.packs.cldr import UnknownLanguageError, read_language
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import read_toml

PACKS = {path.stem: read_toml(path) for path in sorted((CATALOGUE / "languages").glob("*.toml"))}
PAGES = {code: read_toml(CATALOGUE / "pages" / f"{code}.toml") for code in PACKS}

# short forms that a pack leaves out since they are words of their own in running text
WORDS = {"es": {"mar"}, "nb": {"jul"}, "pl": {"lip", "lis", "mar"}}
SIGNS = {"vi": {"nt"}}  # a short magnitude that documents are numbered with


def missing(expected: set[str], present: set[str]) -> list[str]:
    return sorted(expected - present)


def months_of(lists: list[list[str]]) -> set[tuple[int, str]]:
    return {(number, fold(name)) for number, names in enumerate(lists, start=1) for name in names}


@pytest.mark.parametrize("code", PACKS)
def test_page_words_hold_what_cldr_knows(code: str) -> None:
    known, page = read_language(code), PAGES[code]
    months = {f"{number}: {name}" for number, name in months_of([list(names) for names in known.months])}
    assert not missing(months, {f"{number}: {name}" for number, name in months_of(page["months"])})
    assert not missing({*known.weekdays, *known.short_weekdays}, {fold(day) for day in page["weekdays"]})


@pytest.mark.parametrize("code", PACKS)
def test_packs_read_every_magnitude_of_cldr(code: str) -> None:
    numbers = NumberRecogniser(PACKS[code]["numbers"])
    for power, forms in read_language(code).scales.items():
        for form in set(forms) - SIGNS.get(code, set()):
            text = f"5 {form} "
            assert [number.value for number in numbers.find(text, 0, len(text))] == [5 * 10.0**power], form


@pytest.mark.parametrize("code", PACKS)
def test_packs_write_numbers_as_cldr_does(code: str) -> None:
    known, numbers = read_language(code), PACKS[code]["numbers"]
    assert not missing({*known.group}, {*numbers["group"]})
    assert not missing({*known.decimal}, {*numbers["decimal"]})


def written_dates(code: str) -> Iterator[tuple[str, str]]:
    """Days and months of a year as CLDR writes them, with the period meant."""
    locale = Locale.parse(code)
    for month in range(1, 13):
        day = date(2025, month, 17)
        short = read_language(code).months[month - 1]
        for pattern in ("long", "medium"):
            yield format_date(day, pattern, locale=locale), day.isoformat()
        for skeleton in ("yMMMM", "yMMM"):
            yield format_skeleton(skeleton, day, locale=locale), f"2025-{month:02}"
        yield format_date(day, "LLLL y", locale=locale), f"2025-{month:02}"
        if not WORDS.get(code, set()) & set(short):
            yield format_date(day, "LLL y", locale=locale), f"2025-{month:02}"


@pytest.mark.parametrize("code", PACKS)
def test_packs_read_the_dates_that_cldr_writes(code: str) -> None:
    numbers = NumberRecogniser(PACKS[code]["numbers"])
    periods = PeriodRecogniser(PACKS[code]["time"], numbers.words)
    wrong = []
    for text, edtf in written_dates(code):
        if any(re.search(rf"\b{word}\b", fold(text)) for word in WORDS.get(code, ())):
            continue
        found = [period.resolve(date(2020, 1, 1), forward=True) for period in periods.find(fold(text), 0, len(text))]
        if [interval.edtf for interval in found if interval] != [edtf]:
            wrong.append((text, edtf, [interval and interval.edtf for interval in found]))
    assert not wrong


@pytest.mark.parametrize("code", PACKS)
def test_weekdays_and_units_of_time_are_those_of_cldr(code: str) -> None:
    known, pack = read_language(code), PACKS[code]
    single = {day for day in known.weekdays if " " not in day}
    assert not missing(single, {fold(day) for day in pack["time"]["weekdays"]})
    for unit, forms in known.units.items():
        assert not missing({*forms}, {fold(form) for form in pack["deadlines"]["day_units"][unit]})


@pytest.mark.parametrize("code", PACKS)
def test_the_stop_of_an_abbreviation_of_cldr_ends_no_sentence(code: str) -> None:
    assert not missing({*read_language(code).abbreviations}, {*PACKS[code]["abbreviations"]})


LANGUAGES = [code for code in localedata.locale_identifiers() if re.fullmatch("[a-z]{2,3}", code)]


def test_every_language_that_texts_can_be_in_is_read() -> None:
    codes = [code for code in LANGUAGES if is_detectable(code)]
    assert len(codes) > 100
    for code in codes:
        known = read_language(code)
        numbers = NumberRecogniser({"group": known.group, "decimal": known.decimal, "scales": {}})
        PeriodRecogniser(
            {"months": known.months, "quarters": known.quarters, "patterns": known.patterns}, numbers.words
        )
        assert len(known.months) == 12
        assert len(known.quarters) == 4


def test_one_language_does_not_change_another() -> None:
    before = read_language("nb")
    for code in ("fr", "pl", "it", "de"):
        read_language(code)
    assert read_language("nb") == before
    assert read_language("pl").quarters[0] == ("i",)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("DE", "no tag of BCP 47"),
        ("../en", "no tag of BCP 47"),
        ("", "no tag of BCP 47"),
        ("xx", "no language that CLDR knows"),
        ("iw", "is an old tag; write 'he'"),
    ],
)
def test_what_is_no_language_is_told(code: str, told: str) -> None:
    with pytest.raises(UnknownLanguageError, match=told):
        read_language(code)
