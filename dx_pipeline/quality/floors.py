"""Floors under the figures: read from a file, held against what was measured, and raised, never lowered.

A floor lies a little below the figure that was measured, so that a change of no weight does not break it.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dx_pipeline.quality.files import write_text
from dx_pipeline.specs import CatalogueError, read_toml

Figures = Mapping[str, Mapping[str, float | None]]  # by set, then by name: ``directives.f1``
MARGIN = 0.01
_EXACT = frozenset({"quotes.in_place"})  # a quote off its place is never published
_STEPS = 1000  # a floor has three digits
_HEAD = """\
# Floors under the figures of extraction on the labelled sets; `dx quality --floors FILE` holds extraction to them.
# A floor is the figure that was measured less 0.01, and 1 for quotes. `--raise-floors` raises those that can be raised;
# never lower one without a reason.
"""


@dataclass(frozen=True, slots=True)
class Fallen:
    """A figure below its floor; ``figure`` is ``None`` where it was not measured at all."""

    set_name: str
    name: str
    floor: float
    figure: float | None

    def __str__(self) -> str:
        """Name the figure, what it is and what it was to be."""
        found = "not measured" if self.figure is None else f"{self.figure:.3f}"
        return f"{self.set_name} {self.name} is {found}, below its floor {self.floor:.3f}"


def read_floors(path: Path) -> dict[str, dict[str, float]]:
    """Read a file of floors, tables ``[set.kind]`` of numbers, by set and name of the figure.

    Raises:
        CatalogueError: where it is no such file; the message names the field.
    """
    floors: dict[str, dict[str, float]] = {}
    for set_name, kinds in read_toml(path).items():
        of_set = floors.setdefault(set_name, {})
        for kind, figures in _table(path, set_name, kinds).items():
            for name, floor in _table(path, f"{set_name}.{kind}", figures).items():
                if not isinstance(floor, int | float) or isinstance(floor, bool) or not 0 <= floor <= 1:
                    raise CatalogueError(
                        f"{path}: field '{set_name}.{kind}.{name}' is {floor!r}; write a share from 0 to 1"
                    )
                of_set[f"{kind}.{name}"] = float(floor)
    return floors


def find_fallen(floors: Mapping[str, Mapping[str, float]], figures: Figures) -> Iterator[Fallen]:
    """Yield the figures below their floors; a set that was not measured is passed over."""
    for set_name, measured in figures.items():
        for name, floor in floors.get(set_name, {}).items():
            figure = measured.get(name)
            if figure is None or figure < floor:
                yield Fallen(set_name, name, floor, figure)


def raise_floors(floors: Mapping[str, Mapping[str, float]], figures: Figures) -> dict[str, dict[str, float]]:
    """Return the floors as high as the figures allow; none is lower than before, and every figure has one.

    >>> raise_floors({"a": {"x.f1": 0.8}}, {"a": {"x.f1": 0.7, "x.recall": 0.9}, "b": {"quotes.in_place": 1.0}})
    {'a': {'x.f1': 0.8, 'x.recall': 0.89}, 'b': {'quotes.in_place': 1.0}}
    """
    raised = {set_name: dict(of_set) for set_name, of_set in floors.items()}
    for set_name, measured in figures.items():
        of_set = raised.setdefault(set_name, {})
        for name, figure in measured.items():
            if figure is not None:
                of_set[name] = max(of_set.get(name, 0.0), _below(name, figure))
    return raised


def write_floors(path: Path, floors: Mapping[str, Mapping[str, float]]) -> None:
    """Write a file of floors.

    Raises:
        OSError: where it cannot be written.
    """
    lines = [_HEAD.rstrip()]
    for set_name, of_set in floors.items():
        kinds: dict[str, list[str]] = {}
        for figure, floor in of_set.items():
            kind, _, name = figure.partition(".")
            kinds.setdefault(kind, []).append(f"{name} = {floor:.3}")
        for kind, entries in kinds.items():
            lines += ["", f"[{_key(set_name)}.{_key(kind)}]", *entries]
    write_text(path, "\n".join([*lines, ""]))


def _below(name: str, figure: float) -> float:
    margin = 0.0 if name in _EXACT else MARGIN
    return max(0.0, math.floor((figure - margin) * _STEPS + 1e-6) / _STEPS)


def _table(path: Path, field: str, value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise CatalogueError(f"{path}: field {field!r} is no table; write [set.kind] above the figures")
    return value


def _key(name: str) -> str:
    """A name as a key of TOML; any that is no bare one in quotes."""
    bare = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    return name if bare else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
