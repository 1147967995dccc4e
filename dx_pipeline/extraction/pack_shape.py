"""The shape of a language pack: which keys it must have and what stands under each, as ``en.toml`` shows it.

A pack that lacks a key would fail late or, worse, find less without a word; so every pack is compared with
English before anything is compiled. Only the comparison belongs here, not what the words mean.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dx_pipeline import shape
from dx_pipeline.schemas.mentions import MODALITIES
from dx_pipeline.specs import CatalogueError

# tables whose keys are data, with what a key may be
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e\d+)?")
_OFFSET = re.compile(r"-?\d+")
_MODALITY = re.compile("|".join(sorted(MODALITIES)))
_ANY = re.compile(r".+")
DATA: Mapping[str, re.Pattern[str]] = {
    "numbers.words": _NUMBER,
    "numbers.scales": _NUMBER,
    "time.years": _OFFSET,
    "time.months_relative": _OFFSET,
    "deadlines.day_units": re.compile("days|working_days|weeks|months"),
    "deadlines.recurring": re.compile(r"P\d+[DWMY]"),
    "events.ordinal_words": re.compile(r"\d+"),
    "directives.roles": _ANY,
    **{
        f"directives.{part}": _MODALITY
        for part in ("order", "passive", "modal", "future", "bare", "nominal", "impersonal")
    },
}
_ORDERED = {"time.months": 12, "time.quarters": 4, "time.halves": 2}

PERIOD_KINDS = frozenset(
    {
        "day", "lunar_new_year", "mid_month", "mid_year", "month", "months", "quarter", "half", "first_months",
        "last_months", "year", "years",
    }
)  # fmt: skip
PLACEHOLDERS = frozenset({"D", "M", "M2", "m", "Y", "Z", "Q", "H", "N", "R", "S"})
_PLACEHOLDER = re.compile(r"\{([A-Za-z]\w*)\}")


def check_packs(packs: Mapping[str, Mapping[str, Any]]) -> None:
    """Compare packs, by the path of their files, with the English one.

    Raises:
        CatalogueError: on a key that is missing, unknown or of another type, on an expression that cannot be
            read, or where a pack is not of the language that its file is named for.
    """
    for problem in find_problems(packs):
        raise problem


def find_problems(packs: Mapping[str, Mapping[str, Any]]) -> Iterator[CatalogueError]:
    """Yield what is wrong with the shape of packs, by the path of their files, the English one first.

    Keys that all packs but English have are taken to be missing there, so that the file that is broken is told.

    Raises:
        CatalogueError: where there is no English pack to compare with.
    """
    kinds = {path: kinds_of_pack(pack) for path, pack in packs.items()}
    expected = shape.expected_kinds(kinds, "languages")
    for path in shape.english_first(packs):
        problems = list(shape.compare(path, kinds[path], expected))
        yield from problems
        if not problems:
            for check in (_check_language, _check_keys, _check_lists, _check_patterns, _check_shapes):
                yield from check(path, packs[path])


def kinds_of_pack(pack: Mapping[str, Any]) -> dict[str, str]:
    """Return every field's dotted name and what stands under it; the keys of a table of data are no fields."""
    return shape.kinds_of(pack, data=DATA, besides=("tests",))


def _check_language(path: str, pack: Mapping[str, Any]) -> Iterator[CatalogueError]:
    if pack["language"] != shape.stem(path):
        yield shape.error(path, "language", f"is {pack['language']!r}; write {shape.stem(path)!r} or rename the file")


def _check_keys(path: str, pack: Mapping[str, Any]) -> Iterator[CatalogueError]:
    """Refuse a key that its table cannot have, such as a word where a number must stand, and what is no list."""
    for field, allowed in DATA.items():
        for key, value in at(pack, field).items():
            name = f"{field}.{key}"
            if not allowed.fullmatch(key):
                yield shape.error(path, name, f"is unknown; compare the keys of [{field}] in {shape.REFERENCE}.toml")
            elif not shape.is_texts(value):
                yield shape.error(path, name, f"is not {shape.TEXTS}; {shape.WAYS[shape.TEXTS].format(key=key)}")


def _check_lists(path: str, pack: Mapping[str, Any]) -> Iterator[CatalogueError]:
    for field, length in _ORDERED.items():
        if len(at(pack, field)) != length:
            yield shape.error(
                path, field, f"has {len(at(pack, field))} lists; write {length}, in order, each of its words"
            )


def _check_patterns(path: str, pack: Mapping[str, Any]) -> Iterator[CatalogueError]:
    for number, entry in enumerate(at(pack, "time.patterns"), start=1):
        field = f"time.patterns, entry {number}"
        if len(entry) != 2 or entry[0] not in PERIOD_KINDS:
            yield shape.error(
                path, field, f"is {entry!r}; write [kind, pattern], the kind one of {_listed(PERIOD_KINDS)}"
            )
            continue
        for name in _PLACEHOLDER.findall(entry[1]):
            if name not in PLACEHOLDERS:
                known = _listed("{" + one + "}" for one in PLACEHOLDERS)
                yield shape.error(path, field, f"has the unknown placeholder {{{name}}}; write one of {known}")
        yield from _compile(path, field, _PLACEHOLDER.sub("x", entry[1]), entry[1])


def _check_shapes(path: str, pack: Mapping[str, Any]) -> Iterator[CatalogueError]:
    for kind, patterns in at(pack, "directives.shapes").items():
        for pattern in patterns:
            yield from _compile(path, f"directives.shapes.{kind}", pattern, pattern)


def _compile(path: str, field: str, pattern: str, written: str) -> Iterator[CatalogueError]:
    try:
        re.compile(pattern)
    except re.error as error:
        yield shape.error(path, field, f"{written!r} is no regular expression ({error}); mend it")


def at(pack: Mapping[str, Any], field: str) -> Any:
    """Return what stands under a field, named with dots.

    >>> at({"time": {"weekdays": ["monday"]}}, "time.weekdays")
    ['monday']
    """
    found: Any = pack
    for key in field.split("."):
        found = found[key]
    return found


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
