"""The shape of a language pack: which keys it must have and what stands under each, as ``en.toml`` shows it.

A pack that lacks a key would fail late or, worse, find less without a word; so every pack is compared with
English before anything is compiled. Only the comparison belongs here, not what the words mean.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from dx_pipeline.schemas.mentions import MODALITIES
from dx_pipeline.specs import CatalogueError

REFERENCE = "en"

# tables whose keys are data, with what a key may be
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e\d+)?")
_OFFSET = re.compile(r"-?\d+")
_MODALITY = re.compile("|".join(sorted(MODALITIES)))
_ANY = re.compile(r".+")
_DATA: Mapping[str, re.Pattern[str]] = {
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
    {"day", "mid_month", "month", "months", "quarter", "half", "first_months", "last_months", "year", "years"}
)  # fmt: skip
PLACEHOLDERS = frozenset({"D", "M", "M2", "m", "Y", "Z", "Q", "H", "N", "R", "S"})
_PLACEHOLDER = re.compile(r"\{([A-Za-z]\w*)\}")

_TEXT, _BOOL, _TEXTS, _LISTS, _TABLE = (
    "a text", "true or false", "a list of texts", "a list of lists of texts", "a table"
)  # fmt: skip
_WAYS = {
    _TEXT: 'write it between quotes, {key} = "…"',
    _BOOL: "write {key} = true or {key} = false, without quotes",
    _TEXTS: 'write {key} = ["…", "…"], [] where there is none',
    _LISTS: 'write {key} = [["…", "…"], ["…"]]',
    _TABLE: "write a heading [{field}] above its keys",
}


def check_packs(packs: Mapping[str, Mapping[str, Any]]) -> None:
    """Compare packs, by the path of their files, with the English one.

    Keys that all packs but English have are taken to be missing there, so that the file that is broken is told.

    Raises:
        CatalogueError: on a key that is missing, unknown or of another type, on an expression that cannot be
            read, or where a pack is not of the language that its file is named for.
    """
    flat = {path: dict(_fields(pack)) for path, pack in packs.items()}
    english = next((path for path in packs if _stem(path) == REFERENCE), None)
    if english is None:
        raise CatalogueError(f"languages/{REFERENCE}.toml is missing; restore it, the others are compared with it")
    others = [fields for path, fields in flat.items() if path != english]
    shared = {key: kind for key, kind in (others[0] if others else {}).items() if all(key in o for o in others)}
    expected = shared | flat[english] if len(others) > 1 else flat[english]
    for path in sorted(packs, key=lambda one: (one != english, one)):
        _compare(path, flat[path], expected)
        for check in (_check_language, _check_keys, _check_lists, _check_patterns, _check_shapes):
            check(path, packs[path])


def _fields(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield every field's dotted name and what it is; the keys of a table of data are none."""
    for key, value in table.items():
        field = f"{prefix}{key}"
        if field == "tests":
            continue
        yield field, _kind(value)
        if isinstance(value, Mapping) and field not in _DATA:
            yield from _fields(value, f"{field}.")


def _kind(value: object) -> str:
    if isinstance(value, Mapping):
        return _TABLE
    if isinstance(value, bool):
        return _BOOL
    if isinstance(value, str):
        return _TEXT
    if _is_texts(value):
        return _TEXTS
    if isinstance(value, list) and all(_is_texts(one) for one in value):
        return _LISTS
    return "something else"


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) and text for text in value)


def _compare(path: str, fields: Mapping[str, str], expected: Mapping[str, str]) -> None:
    for field, kind in expected.items():
        way = _WAYS.get(kind, "compare with en.toml").format(key=field.rpartition(".")[2], field=field)
        if field not in fields:
            raise _error(path, field, f"is missing; {way}")
        if fields[field] != kind:
            raise _error(path, field, f"is not {kind}; {way}")
    for field in fields:
        if field not in expected:
            raise _error(path, field, f"is unknown; mend its spelling or remove it, {REFERENCE}.toml has no such key")


def _check_language(path: str, pack: Mapping[str, Any]) -> None:
    if pack["language"] != _stem(path):
        raise _error(path, "language", f"is {pack['language']!r}; write {_stem(path)!r} or rename the file")


def _check_keys(path: str, pack: Mapping[str, Any]) -> None:
    """Refuse a key that its table cannot have, such as a word where a number must stand, and what is no list."""
    for field, allowed in _DATA.items():
        for key, value in _at(pack, field).items():
            if not allowed.fullmatch(key):
                raise _error(path, f"{field}.{key}", f"is unknown; compare the keys of [{field}] in {REFERENCE}.toml")
            if not _is_texts(value):
                raise _error(path, f"{field}.{key}", f"is not {_TEXTS}; {_WAYS[_TEXTS].format(key=key)}")


def _check_lists(path: str, pack: Mapping[str, Any]) -> None:
    for field, length in _ORDERED.items():
        if len(_at(pack, field)) != length:
            raise _error(path, field, f"has {len(_at(pack, field))} lists; write {length}, in order, each of its words")


def _check_patterns(path: str, pack: Mapping[str, Any]) -> None:
    for number, entry in enumerate(_at(pack, "time.patterns"), start=1):
        field = f"time.patterns, entry {number}"
        if len(entry) != 2 or entry[0] not in PERIOD_KINDS:
            raise _error(path, field, f"is {entry!r}; write [kind, pattern], the kind one of {_listed(PERIOD_KINDS)}")
        for name in _PLACEHOLDER.findall(entry[1]):
            if name not in PLACEHOLDERS:
                known = _listed("{" + one + "}" for one in PLACEHOLDERS)
                raise _error(path, field, f"has the unknown placeholder {{{name}}}; write one of {known}")
        _compile(path, field, _PLACEHOLDER.sub("x", entry[1]), entry[1])


def _check_shapes(path: str, pack: Mapping[str, Any]) -> None:
    for kind, shapes in _at(pack, "directives.shapes").items():
        for shape in shapes:
            _compile(path, f"directives.shapes.{kind}", shape, shape)


def _compile(path: str, field: str, pattern: str, written: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise _error(path, field, f"{written!r} is no regular expression ({error}); mend it") from error


def _at(pack: Mapping[str, Any], field: str) -> Any:
    found: Any = pack
    for key in field.split("."):
        found = found[key]
    return found


def _listed(names: Any) -> str:
    return ", ".join(sorted(names))


def _stem(path: str) -> str:
    return re.split(r"[/\\]", path)[-1].removesuffix(".toml")


def _error(path: str, field: str, problem: str) -> CatalogueError:
    return CatalogueError(f"{path}: field {field!r} {problem}")
