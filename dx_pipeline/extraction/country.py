"""The country that is watched: its areas, its offices, how it numbers its documents; read from the catalogue."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dx_pipeline.specs import CatalogueError, read_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """What the engine must know of a country; the keys are explained in ``catalogue/rules/country.toml``."""

    home: str
    subdivision_prefix: str
    never_addressed: frozenset[str]
    seldom_addressed: frozenset[str]
    on_behalf: frozenset[str]
    ministers: str
    ministries: str
    kinds_in_lists: Mapping[str, str]
    provincial_offices: Mapping[str, str]
    provincial_bodies: Mapping[str, str]
    province_endings: tuple[str, ...]
    province_body: str
    kinds: Mapping[str, str]
    issuers: Mapping[str, str]

    def kind_of(self, number: str) -> str | None:
        """Return the kind of document that a full number tells, ``None`` where its letters are unknown."""
        return next((self.kinds[part] for part in _parts(number) if part in self.kinds), None)

    def issuer_of(self, number: str) -> str | None:
        """Return who signs documents with such a number, where its letters tell."""
        return next((self.issuers[part] for part in _parts(number) if part in self.issuers), None)

    def group_of(self, identifier: str) -> str:
        """Return whom an office of no province in particular stands for: "the provincial chairman", all of them."""
        office = self.provincial_bodies.get(identifier)
        return next((group for group, own in self.provincial_offices.items() if own == office), identifier)

    def province_of(self, identifier: str) -> str:
        """Return the stem that the ids of one province's bodies share."""
        for ending in self.province_endings:
            identifier = identifier.removesuffix(ending)
        return identifier


def read_abroad(catalogue: Path) -> tuple[Mapping[str, Any], ...]:
    """Read ``rules/countries.toml``: other countries, each a code and names by language.

    Raises:
        CatalogueError: where an entry has no code; the message names the file.
    """
    path = catalogue / "rules" / "countries.toml"
    entries = read_toml(path).get("country", [])
    if not all(isinstance(entry, dict) and isinstance(entry.get("code"), str) for entry in entries):
        raise CatalogueError(f"{path}: an entry of [[country]] has no field 'code'; write code = \"THA\" or such")
    return tuple(entries)


def read_country(catalogue: Path) -> Country:
    """Read ``rules/country.toml``.

    Raises:
        CatalogueError: where a key is missing or wrong; the message names it.
    """
    path = catalogue / "rules" / "country.toml"
    table = read_toml(path)
    try:
        return Country(
            home=table["home"],
            subdivision_prefix=table["subdivision_prefix"],
            never_addressed=frozenset(table["never_addressed"]),
            seldom_addressed=frozenset(table["seldom_addressed"]),
            on_behalf=frozenset(table["on_behalf"]),
            ministers=table["ministers"],
            ministries=table["ministries"],
            kinds_in_lists=table["kinds_in_lists"],
            provincial_offices=table["provincial_offices"],
            provincial_bodies=table["provincial_bodies"],
            province_endings=tuple(table["province"]["endings"]),
            province_body=table["province"]["body"],
            kinds={without_strokes(key): kind for key, kind in table["numbering"]["kinds"].items()},
            issuers=table["numbering"]["issuers"],
        )
    except KeyError as error:
        raise CatalogueError(f"{path}: key {error} is missing; add it") from error
    except (TypeError, AttributeError) as error:
        raise CatalogueError(
            f"{path}: a key holds a value of another type ({error}); compare with its comments"
        ) from error


def without_strokes(number: str) -> str:
    """Return a document's number as printers without Đ write it, in capitals and without blanks.

    >>> without_strokes("749/qđ-TTg")
    '749/QD-TTG'
    """
    return number.upper().replace("Đ", "D").replace(" ", "")


def _parts(number: str) -> list[str]:
    return re.split(r"[/-]", without_strokes(number))
