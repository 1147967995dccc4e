"""The shape of a catalogue file: which fields it has and what stands under each, compared with a file that is right.

Only the comparison belongs here; what a field means is known where it is used.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from dx_pipeline.specs import CatalogueError

REFERENCE = "en"

TEXT, BOOL, TEXTS, LISTS, TABLE = (
    "a text", "true or false", "a list of texts", "a list of lists of texts", "a table"
)  # fmt: skip
WAYS: Mapping[str, str] = {
    TEXT: 'write it between quotes, {key} = "…"',
    BOOL: "write {key} = true or {key} = false, without quotes",
    TEXTS: 'write {key} = ["…", "…"], [] where there is none',
    LISTS: 'write {key} = [["…", "…"], ["…"]]',
    TABLE: "write a heading [{field}] above its keys",
}


def kinds_of(table: Mapping[str, Any], data: Collection[str] = (), besides: Collection[str] = ()) -> dict[str, str]:
    """Return every field's dotted name and what stands under it.

    The keys of the tables named in ``data`` are no fields; neither are the top-level keys named in ``besides``.

    >>> kinds_of({"a": {"b": ["x"]}, "c": {"1": []}}, data=["c"])
    {'a': 'a table', 'a.b': 'a list of texts', 'c': 'a table'}
    """
    return dict(_kinds({key: value for key, value in table.items() if key not in besides}, data, ""))


def is_texts(value: object) -> bool:
    """Tell whether a value is a list of texts, none of them empty."""
    return isinstance(value, list) and all(isinstance(text, str) and text for text in value)


def expected_kinds(kinds: Mapping[str, Mapping[str, str]], folder: str) -> dict[str, str]:
    """Return the fields that each of some files must have, given what each has, by its path: those of ``en.toml``.

    Fields that all files but the English one have are taken to be missing there, so that the broken one is told.

    Raises:
        CatalogueError: where the English file is not among them.
    """
    english = next((path for path in kinds if stem(path) == REFERENCE), None)
    if english is None:
        raise CatalogueError(f"{folder}/{REFERENCE}.toml is missing; restore it, the others are compared with it")
    others = [fields for path, fields in kinds.items() if path != english]
    if len(others) < 2:
        return dict(kinds[english])
    shared = {field: kind for field, kind in others[0].items() if all(field in other for other in others)}
    return shared | dict(kinds[english])


def compare(path: str, kinds: Mapping[str, str], expected: Mapping[str, str]) -> Iterator[CatalogueError]:
    """Yield an error for each field that is missing, of another kind or unknown."""
    for field, kind in expected.items():
        way = WAYS.get(kind, f"compare with {REFERENCE}.toml").format(key=field.rpartition(".")[2], field=field)
        if field not in kinds:
            yield error(path, field, f"is missing; {way}")
        elif kinds[field] != kind:
            yield error(path, field, f"is not {kind}; {way}")
    for field in kinds:
        if field not in expected:
            problem = f"is unknown; mend its spelling or remove it, {REFERENCE}.toml has no such key"
            yield error(path, field, problem)


def english_first(paths: Collection[str]) -> list[str]:
    """Return paths in order, the English file before all."""
    return sorted(paths, key=lambda path: (stem(path) != REFERENCE, path))


def stem(path: str) -> str:
    """Return the name of a file without folder and ending, whichever way folders are parted."""
    return re.split(r"[/\\]", path)[-1].removesuffix(".toml")


def error(path: str, field: str, problem: str) -> CatalogueError:
    """Return the error that names file and field, for others to raise or to list."""
    return CatalogueError(f"{path}: field {field!r} {problem}")


def _kinds(table: Mapping[str, Any], data: Collection[str], prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        field = f"{prefix}{key}"
        yield field, _kind(value)
        if isinstance(value, Mapping) and field not in data:
            yield from _kinds(value, data, f"{field}.")


def _kind(value: object) -> str:
    if isinstance(value, Mapping):
        return TABLE
    if isinstance(value, bool):
        return BOOL
    if isinstance(value, str):
        return TEXT
    if is_texts(value):
        return TEXTS
    if isinstance(value, list) and all(is_texts(one) for one in value):
        return LISTS
    return "something else"
