"""Tables of a catalogue file as typed records: a record's fields and their types are the keys that a table may have.

Only this reading belongs here; what a record means is known where it is defined.
"""

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, TypeVar, get_args, get_origin

from dx_pipeline.specs import CatalogueError

_Record = TypeVar("_Record")


def read_record(kind: type[_Record], entry: object, place: str) -> _Record:
    """Build a record (a dataclass) from a TOML table.

    Raises:
        CatalogueError: where a key is unknown, missing or of another type; the message begins with ``place``.
    """
    if not isinstance(entry, dict):
        raise CatalogueError(f"{place}: not a table; write its name in brackets above its keys")
    known = {one.name: one for one in fields(kind)}  # type: ignore[arg-type]
    if unknown := set(entry) - set(known):
        raise CatalogueError(f"{place}: unknown keys {sorted(unknown)}; mend their spelling or remove them")
    needed = {n for n, one in known.items() if one.default is MISSING and one.default_factory is MISSING}
    if missing := needed - set(entry):
        raise CatalogueError(f"{place}: keys {sorted(missing)} are missing; add them")
    for name, value in entry.items():
        if not _fits(value, known[name].type):
            raise CatalogueError(f"{place}: {name} is {value!r}; it must be {_words(known[name].type)}")
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()})


def keys_of(kind: type[object]) -> frozenset[str]:
    """Return the keys that a table of this kind of record may have."""
    return frozenset(one.name for one in fields(kind))  # type: ignore[arg-type]


def read_tables(settings: Mapping[str, Any], name: str, place: str) -> list[dict[str, Any]]:
    """Return a list of tables; none where the key is missing.

    Raises:
        CatalogueError: where it is something else.
    """
    entries = settings.get(name, [])
    if isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries):
        return entries
    raise CatalogueError(f"{place}: {name} is no list of tables; write [[{name}]] above each")


def read_table(settings: Mapping[str, Any], name: str, place: str) -> dict[str, Any]:
    """Return a table; an empty one where the key is missing.

    Raises:
        CatalogueError: where it is something else.
    """
    entry = settings.get(name, {})
    if isinstance(entry, dict):
        return entry
    raise CatalogueError(f"{place}: {name} is no table; write [{name}] above its keys")


def _fits(value: object, kind: Any) -> bool:
    arguments = get_args(kind)
    if get_origin(kind) is types.UnionType:
        return any(_fits(value, one) for one in arguments)
    if get_origin(kind) in {tuple, list}:
        return isinstance(value, list) and all(_fits(one, arguments[0]) for one in value)
    if get_origin(kind) is dict:
        return isinstance(value, dict) and all(_fits(one, arguments[1]) for one in value.values())
    if kind is float:
        return isinstance(value, int | float)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, kind)


def _words(kind: Any) -> str:
    return getattr(kind, "__name__", None) or str(kind)
