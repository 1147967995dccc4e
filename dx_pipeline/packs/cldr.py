"""What the Common Locale Data Repository (CLDR) knows of a language, in the form that packs write it.

Months, weekdays, quarters, separators, magnitudes, units of time and patterns of dates belong here, as Babel carries
them; which key of a pack they fill is the skeleton's matter. Babel does not carry numbers in words (RBNF).
"""

import copy
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from babel import Locale, UnknownLocaleError, localedata
from babel.core import get_global

from dx_pipeline.extraction.folding import fold
from dx_pipeline.packs.date_patterns import Pattern, Skeletons, period_patterns

_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|\d{3}))?")
_SUNDAY_LAST = (0, 1, 2, 3, 4, 5, 6)  # Babel counts from Monday
_UNITS = {"days": "day", "weeks": "week", "months": "month"}
_OFFICIAL = {"official", "de_facto_official"}
_SINGLE_BYTE = ("windows-1252", "windows-1250", "windows-1251", "windows-1253", "windows-1254", "windows-1257")
_ENOUGH_NAMES = 3  # names of countries and languages in which a letter must stand to be one of the language's own


class UnknownLanguageError(ValueError):
    """A code names no language, or not in the way that BCP 47 writes it; the message says what to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageData:
    """What CLDR knows of one language; every form is folded as texts are before they are matched."""

    code: str
    name: str
    english_name: str
    months: tuple[tuple[str, ...], ...]
    weekdays: tuple[str, ...]
    short_weekdays: tuple[str, ...]
    quarters: tuple[tuple[str, ...], ...]
    starts: tuple[str, ...]  # words that can begin a period and are no number
    patterns: tuple[Pattern, ...]
    group: tuple[str, ...]
    decimal: tuple[str, ...]
    scales: Mapping[int, tuple[str, ...]]  # by power of ten
    units: Mapping[str, tuple[str, ...]]  # days, weeks, months
    conjunctions: tuple[str, ...]
    abbreviations: tuple[str, ...]  # without their full stop; numbers of days, too, where those could end a sentence
    territories: Mapping[str, str]  # by their English names
    day_first: bool
    domains: tuple[str, ...]
    alphabet: str
    encodings: tuple[str, ...]


def read_language(code: str) -> LanguageData:
    """Return what CLDR knows of a language.

    Raises:
        UnknownLanguageError: where the code is no BCP 47 tag, CLDR has no such language, or another tag is its norm.

    >>> read_language("pl").months[0]
    ('stycznia', 'sty', 'styczeń')
    >>> read_language("de").scales[9]
    ('milliarde', 'milliarden', 'mrd.', 'mrd')
    """
    locale = _locale(code)
    data = _data(locale)
    dotted: set[str] = set()
    months = tuple(zip(*_named(data["months"], range(1, 13), dotted), strict=True))
    weekdays = _named(data["days"], _SUNDAY_LAST, set())
    scales = _scales(data["compact_decimal_formats"], dotted)
    lead, trail, quarters = _quarters(data["quarters"]["format"])
    conjunctions = tuple(_unique(_conjunctions(data["list_patterns"])))
    symbols = data["number_symbols"]["latn"]
    group, decimal = fold(symbols["group"]), fold(symbols["decimal"])
    skeletons = Skeletons(data["date_formats"], data["datetime_skeletons"])
    letters = _letters(data)
    encodings = tuple(encoding for encoding in _SINGLE_BYTE if letters and _holds(encoding, letters))[:1]
    return LanguageData(
        code=code,
        name=locale.get_display_name(locale) or code,
        english_name=locale.get_display_name("en") or code,
        months=tuple(tuple(_unique(forms)) for forms in months),
        weekdays=tuple(_unique(day for forms in weekdays[::2] for day in forms)),
        short_weekdays=tuple(_unique(day for forms in weekdays[1::2] for day in forms)),
        quarters=quarters,
        starts=tuple(_starts(lead, quarters)),
        patterns=tuple(period_patterns(skeletons, (lead, trail), conjunctions[:1])),
        group=tuple(_unique([group, " ", *("." if decimal == "," else "")])),
        decimal=(decimal,),
        scales=scales,
        units={name: tuple(_unique(_unit(data, unit))) for name, unit in _UNITS.items()},
        conjunctions=conjunctions,
        abbreviations=(*sorted(dotted), *_days_with_stop(data, skeletons)),
        territories=_territories(data),
        day_first=skeletons.day_first,
        domains=tuple(_domains(locale)),
        alphabet=letters if encodings else "",
        encodings=encodings,
    )


def _locale(code: str) -> Locale:
    if not _TAG.fullmatch(code):
        raise UnknownLanguageError(f"{code!r} is no tag of BCP 47 as packs write it; write one such as de or zh-Hant")
    try:
        locale = Locale.parse(code, sep="-")
    except (ValueError, UnknownLocaleError) as error:
        raise UnknownLanguageError(f"{code!r} is no language that CLDR knows; see the tags of BCP 47") from error
    if locale.language != code.partition("-")[0]:
        raise UnknownLanguageError(f"{code!r} is an old tag; write {locale.language!r}")
    return locale


def _data(locale: Locale) -> localedata.LocaleDataDict:
    """The language's data; a copy, since Babel writes what it looked up into what all languages share."""
    loaded = dict[str | int | None, Any](localedata.load(str(locale)).items())
    return localedata.LocaleDataDict(copy.deepcopy(loaded))


def _unique(forms: Iterable[str]) -> list[str]:
    return [form for form in dict.fromkeys(forms) if form]


def _form(text: str, dotted: set[str] | None = None) -> str:
    """The folded form without a final full stop; what had one is remembered as an abbreviation."""
    folded = " ".join(fold(text).split())
    bare = folded.removesuffix(".")
    if bare != folded and dotted is not None and len(bare) > 1:
        dotted.add(bare)
    return bare


def _named(contexts: Mapping[str, Any], keys: Iterable[int], dotted: set[str]) -> list[list[str]]:
    """Names in order, once for each context and width: in a date, alone; in full, short."""
    wanted = list(keys)
    return [
        [_form(contexts[context][width][key], dotted) for key in wanted]
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
    ]


def _quarters(names: Mapping[str, Any]) -> tuple[str, str, tuple[tuple[str, ...], ...]]:
    """The words before and after a quarter's number, and each quarter's forms ("1st", "q1")."""
    wide = [_form(names["wide"][number]).split() for number in range(1, 5)]
    ahead = _shared(wide)
    after = _shared([words[ahead:][::-1] for words in wide])
    numbers = [" ".join(words[ahead : len(words) - after]).removesuffix(".") for words in wide]
    short = [_form(names["abbreviated"][number]) for number in range(1, 5)]
    own = [form if " " not in form else "" for form in short]
    forms = tuple(tuple(_unique(pair)) for pair in zip(numbers, own, strict=True))
    return " ".join(wide[0][:ahead]), " ".join(wide[0][len(wide[0]) - after :]), forms


def _days_with_stop(data: Mapping[str, Any], skeletons: Skeletons) -> list[str]:
    """Numbers of days where a stop and a capital follow them ("3. März"), as after the end of a sentence."""
    is_capital = data["months"]["format"]["wide"][1][:1].isupper()
    return [str(day) for day in range(1, 32)] if is_capital and skeletons.has_day_with_stop else []


def _starts(lead: str, quarters: Iterable[tuple[str, ...]]) -> list[str]:
    words = [lead, *(form for forms in quarters for form in forms)]
    return _unique(word.split()[0] for word in words if word and not word[0].isdigit())


def _shared(rows: list[list[str]]) -> int:
    """How many words all rows begin with; one word at least is left to each."""
    length = 0
    while all(len(row) > length + 1 for row in rows) and len({row[length] for row in rows}) == 1:
        length += 1
    return length


def _scales(formats: Mapping[str, Any], dotted: set[str]) -> dict[int, tuple[str, ...]]:
    """Words of magnitude by their power of ten: long ones, then short ones of two letters or more."""
    found: dict[int, list[str]] = {}
    for length in ("long", "short"):
        for by_size in formats.get(length, {}).values():
            for size, pattern in by_size.items():
                text = str(getattr(pattern, "pattern", pattern)).replace("'", "").partition(";")[0]
                zeros = len(text) - len(text.lstrip("0"))
                word = _form(text[zeros:], dotted)
                if zeros and all(len(part) > 1 for part in word.split()):
                    dot = [f"{word}."] if word in dotted else []
                    found.setdefault(len(size) - zeros, []).extend([*dot, word])
    return {power: tuple(_unique(forms)) for power, forms in sorted(found.items()) if _unique(forms)}


def _unit(data: Mapping[str, Any], unit: str) -> Iterator[str]:
    """Words for a unit of time: as counted ("2 days") and as in "in 2 days", which may be another case."""
    counted = data["unit_patterns"].get(f"duration-{unit}", {}).get("long", {})
    patterns = [text for plural, text in counted.items() if plural != "per"]
    field = data["date_fields"].get(unit, {})
    patterns += [text for tense in ("future", "past") for text in field.get(tense, {}).values()]
    for text in patterns:
        _, _, after = _form(text).partition("{0}")
        yield after.split()[0] if after.split() else ""


def _conjunctions(lists: Mapping[str, Any]) -> Iterator[str]:
    for kind in ("standard", "or"):
        if kind in lists:
            joined = re.fullmatch(r"\{0\} (\w+) \{1\}", fold(lists[kind]["2"]))
            yield joined.group(1) if joined else ""


def _territories(data: Mapping[str, Any]) -> dict[str, str]:
    english = Locale("en").territories
    own = data["territories"]
    return {fold(name): fold(own[code]) for code, name in english.items() if len(code) == 2 and code in own}


def _domains(locale: Locale) -> Iterator[str]:
    """Country domains where the language is official and most people speak it."""
    for territory, spoken in sorted(get_global("territory_languages").items()):
        entry = spoken.get(locale.language, {})
        if entry.get("official_status") in _OFFICIAL and entry.get("population_percent", 0) > 50:
            yield {"GB": "uk"}.get(territory, territory.lower())


def _letters(data: Mapping[str, Any]) -> str:
    """Letters beyond ASCII in the names of languages and countries, those seen in a few only left out as foreign."""
    names = [*data["languages"].values(), *data["territories"].values()]
    counts = Counter(
        letter for name in names for letter in set(fold(name)) if letter.isalpha() and not letter.isascii()
    )
    return "".join(sorted(letter for letter, count in counts.items() if count >= _ENOUGH_NAMES))


def _holds(encoding: str, letters: str) -> bool:
    try:
        letters.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
