"""Entries of the registry's files: arrays of tables, each with an id, read field by field.

A field that is missing or wrong raises an error that names file, entry, field and remedy. What the fields
mean is decided by :mod:`dx_pipeline.registry`.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, TypeVar

from dx_pipeline.specs import CatalogueError, read_toml

Read = TypeVar("Read")
Spellings = Mapping[str, tuple[str, ...]]  # by BCP 47 tag of the language

SPELLINGS = ("names", "forms", "heads", "weak", "short")
FIELDS: Mapping[str, tuple[str, ...]] = {
    "organisation": ("id", "kind", "acts", "area", "since", "until", "successor", "parent", "source", *SPELLINGS),
    "province": ("id", "kind", "area", "since", "until", "successor", "source", "names", "bare"),
    "office": ("id", "kind", "acts", "parent"),  # and a table for each kind of province, which the registry checks
    "instrument": ("id", "kind", "number", "numbers", "date", "issuer", "source", "names", "forms"),
    "metric": ("id", "unit", "better", "publisher", "source", "names", "cues"),
    "unit": ("id", "kind", "forms"),
}

_EDTF = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


@dataclass(frozen=True, slots=True)
class Entry:
    """One table of a registry file, with the place to name in an error."""

    path: Path
    id: str
    table: Mapping[str, Any]

    def error(self, field: str, problem: str) -> CatalogueError:
        """Return the error that says what is wrong with a field, and where."""
        return CatalogueError(f"{self.path}: entry {self.id!r}, field {field!r}: {problem}")

    def refuse_others(self, known: Collection[str]) -> None:
        """Refuse a field that is not among the known ones.

        Raises:
            CatalogueError: where there is one; the message lists those that may be.
        """
        for field in self.table:
            if field not in known:
                raise self.error(
                    field, f"unknown; mend its spelling or remove it, known are {', '.join(sorted(known))}"
                )

    def part(self, field: str) -> "Entry":
        """Return a table inside the entry, to be read as one.

        Raises:
            CatalogueError: where it is missing or no table.
        """
        table = self.table.get(field)
        if not isinstance(table, Mapping):
            raise self.error(field, "missing or no table; write it as a heading above its keys")
        return Entry(self.path, f"{self.id}.{field}", table)

    def text(self, field: str) -> str:
        """Return a field that must be there as text.

        Raises:
            CatalogueError: where it is missing, empty or no text.
        """
        value = self.optional(field)
        if value is None:
            raise self.error(field, f'missing; add {field} = "…"')
        return value

    def optional(self, field: str) -> str | None:
        """Return a field as text, ``None`` where it is missing.

        Raises:
            CatalogueError: where it is empty or no text.
        """
        value = self.table.get(field)
        if value is not None and (not isinstance(value, str) or not value.strip()):
            raise self.error(field, f"{value!r} is no text; write it between quotes")
        return value

    def choice(self, field: str, allowed: Iterable[str]) -> str:
        """Return a field that must be one of the allowed words.

        Raises:
            CatalogueError: where it is missing or another word.
        """
        value = self.text(field)
        if value not in allowed:
            raise self.error(field, f"{value!r} is unknown; take one of {', '.join(sorted(allowed))}")
        return value

    def edtf(self, field: str) -> str | None:
        """Return a date of EDTF level 0 as written, ``None`` where it is missing.

        Raises:
            CatalogueError: where it is no such date.
        """
        value = self.optional(field)
        if value is not None:
            try:
                edtf_day(value, last=False)
            except ValueError as error:
                raise self.error(field, f"{value!r} is no date; write YYYY, YYYY-MM or YYYY-MM-DD") from error
        return value

    def day(self, field: str) -> date | None:
        """Return a TOML date, ``None`` where it is missing.

        Raises:
            CatalogueError: where it is anything else.
        """
        value = self.table.get(field)
        if value is not None and type(value) is not date:  # a datetime is a date too, and is refused
            raise self.error(field, f"{value!r} is no day; write {field} = YYYY-MM-DD without quotes")
        return value

    def texts(self, field: str) -> tuple[str, ...]:
        """Return a list of texts, empty where it is missing.

        Raises:
            CatalogueError: where it is anything else.
        """
        return self._texts(field, self.table.get(field, []))

    def spellings(self, field: str) -> Spellings:
        """Return texts by language, empty where the field is missing.

        Raises:
            CatalogueError: where it is no table of lists of texts.
        """
        table = self.table.get(field, {})
        if not isinstance(table, Mapping):
            raise self.error(field, 'no table of languages; write en = ["…"] under a heading of that name')
        return {language: self._texts(f"{field}.{language}", texts) for language, texts in table.items() if texts != []}

    def names(self) -> Spellings:
        """Return the names by language, English at least.

        Raises:
            CatalogueError: where there is no English name.
        """
        names = self.spellings("names")
        if "en" not in names:
            raise self.error("names.en", 'missing; add en = ["…"] under the heading of the names')
        return names

    def _texts(self, field: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
            raise self.error(field, 'no list of texts; write ["…", "…"]')
        return tuple(value)


def read_entries(path: Path, kind: str, beside: Collection[str] = ()) -> Iterator[Entry]:
    """Yield the tables ``[[kind]]`` of a file, as they stand; ``beside`` are other kinds that it may hold.

    Raises:
        CatalogueError: where the file is no TOML, holds something else, or an entry has no id or an unknown field.
    """
    document = read_toml(path)
    tables = document.get(kind, [])
    for key in document:
        if key != kind and key not in beside:
            raise CatalogueError(f"{path}: {key!r} is unknown here; begin each entry with [[{kind}]]")
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise CatalogueError(f"{path}: {kind!r} is no array of tables; begin each entry with [[{kind}]]")
    for number, table in enumerate(tables, start=1):
        entry = Entry(path, Entry(path, f"[[{kind}]] number {number}", table).text("id"), table)
        if kind != "office":
            entry.refuse_others(FIELDS[kind])
        yield entry


def shared(*patterns: str) -> Callable[[Callable[[Path], Read]], Callable[[Path], Read]]:
    """Let a function of a catalogue give again what it gave last, while the files of these patterns stay the same.

    A run asks for the same files several times. All who ask share what is given: nobody may change it.
    """

    def decorate(read: Callable[[Path], Read]) -> Callable[[Path], Read]:
        @lru_cache(maxsize=1)
        def read_state(catalogue: Path, _state: object) -> Read:
            return read(catalogue)

        @wraps(read)
        def read_once(catalogue: Path) -> Read:
            files = sorted(file for pattern in patterns for file in catalogue.glob(pattern))
            stats = ((file, file.stat()) for file in files)
            state = tuple((file, status.st_ino, status.st_size, status.st_mtime_ns) for file, status in stats)
            return read_state(catalogue, state)

        return read_once

    return decorate


def index_entries(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Return the entries by id.

    Raises:
        CatalogueError: where two have the same id.
    """
    known: dict[str, Entry] = {}
    for entry in entries:
        if entry.id in known:
            raise entry.error("id", f"given twice, first in {known[entry.id].path}; rename or merge one")
        known[entry.id] = entry
    return known


def edtf_day(edtf: str, *, last: bool) -> date:
    """Return the first or last day of a date of EDTF level 0: a year, a month or a day.

    Raises:
        ValueError: where it is no such date.

    >>> edtf_day("2025-02", last=True)
    datetime.date(2025, 2, 28)
    """
    if not _EDTF.fullmatch(edtf):
        raise ValueError(f"{edtf!r} is no date of EDTF level 0")
    year, month, day = (*(int(part) for part in edtf.split("-")), 0, 0)[:3]
    if edtf.count("-") == 2:
        return date(year, month, day)
    if edtf.count("-") == 1:
        first = date(year, month, 1)
        following = date(year + month // 12, month % 12 + 1, 1)
    else:
        first, following = date(year, 1, 1), date(year + 1, 1, 1)
    return date.fromordinal(following.toordinal() - 1) if last else first
