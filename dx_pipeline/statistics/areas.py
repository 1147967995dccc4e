"""Areas by code and by name: what a publisher calls a country to its ISO 3166-1 alpha-3 code.

Only the lookup belongs here; the lists are ``catalogue/statistics/areas.csv`` and, of groups of areas such as the
world, ``groups.csv``.
"""

import csv
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import CatalogueError

_SEPARATOR = ";"


@dataclass(frozen=True, slots=True)
class Areas:
    """Alpha-3 codes by every code and name that publishers use, and the codes of groups, which are no areas."""

    codes: Mapping[str, str]
    groups: frozenset[str] = frozenset()

    def resolve(self, text: str) -> str | None:
        """Return the alpha-3 code for a code (alpha-3, alpha-2, M49) or a name; ``None`` where it is unknown.

        >>> areas = read_areas()
        >>> areas.resolve("Viet Nam "), areas.resolve("704"), areas.resolve("WLD")
        ('VNM', 'VNM', None)
        """
        return self.codes.get(_plain(text))

    def is_group(self, text: str) -> bool:
        """Tell whether a code stands for a group of areas that publishers put among the countries.

        >>> read_areas().is_group("WLD"), read_areas().is_group("VNM"), read_areas().is_group("Atlantis")
        (True, False, False)
        """
        return _plain(text) in self.groups


@cache
def read_areas(path: Path = CATALOGUE / "statistics" / "areas.csv") -> Areas:
    """Read the list of areas: columns alpha3, alpha2, m49, name, other_names (parted by semicolons).

    Raises:
        CatalogueError: where the file is missing, or a code or name stands for two areas.
    """
    rows = _rows(path)
    groups = frozenset(_plain(row["code"]) for row in _rows(path.with_name("groups.csv")))
    codes: dict[str, str] = {}
    for line, row in enumerate(rows, start=2):
        names = [row["alpha3"], row["alpha2"], row["m49"], row["name"], *row["other_names"].split(_SEPARATOR)]
        for name in filter(None, map(_plain, names)):
            if codes.setdefault(name, row["alpha3"]) != row["alpha3"]:
                raise CatalogueError(f"{path}, line {line}: {name!r} also stands for {codes[name]}; keep one of them")
    return Areas(codes, groups - set(codes))


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    except OSError as error:
        raise CatalogueError(f"{path}: cannot be read ({error.strerror}); restore the file") from error


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).replace("’", "'").split()).casefold()
