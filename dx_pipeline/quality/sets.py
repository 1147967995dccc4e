"""Labelled sets: which there are, where their articles and labels lie, and what tells one state of a set from another.

A set is a folder with ``gold/*.yaml`` and either its articles in ``articles/`` or a file ``set.toml`` that says where
they lie. What a label file holds belongs in ``labels``.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.schemas.quality import LabelledSets
from dx_pipeline.specs import CatalogueError, read_toml


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """A folder of articles and the folder of their labels, one YAML file for each labelled article."""

    name: str
    articles: Path
    gold: Path

    def label_files(self) -> list[Path]:
        """Return the label files, in order of name."""
        return sorted(self.gold.glob("*.yaml"))


def shipped_sets(catalogue: Path) -> tuple[LabelledSet, ...]:
    """Return the sets of ``catalogue/labelled/``, every sub-folder one, in order of name.

    Raises:
        CatalogueError: where a sub-folder is no set; the message names it and what it lacks.
    """
    return tuple(_shipped(folder) for folder in sorted((catalogue / "labelled").iterdir()) if folder.is_dir())


def given_set(gold: Path, articles: Path) -> LabelledSet:
    """Return the set of two folders that the user names.

    Raises:
        CatalogueError: where one of them is no folder, or the first holds no labels.
    """
    return _checked(LabelledSet("given", articles, gold), gold)


def describe_sets(sets: Iterable[LabelledSet]) -> pl.DataFrame:
    """Return the sets as rows (``LabelledSets``), each with a hash that changes with any label and any article.

    Raises:
        OSError: where a file cannot be read.
    """
    rows = [
        {
            "set_name": one.name,
            "articles": _shown(one.articles),
            "gold": _shown(one.gold),
            "gold_files": len(one.label_files()),
            "gold_sha256": _sha256(one),
        }
        for one in sets
    ]
    return frame_of(LabelledSets, rows)


def _shipped(folder: Path) -> LabelledSet:
    described = folder / "set.toml"
    articles = folder / "articles"
    if described.is_file():
        table = read_toml(described)
        for key in set(table) - {"articles"}:
            raise CatalogueError(f"{described}: field {key!r} is unknown; the only one is articles")
        if not isinstance(table.get("articles"), str):
            raise CatalogueError(f"{described}: field 'articles' is missing or no text; write articles = \"…\"")
        articles = (folder / table["articles"]).resolve()
    return _checked(LabelledSet(folder.name, articles, folder / "gold"), folder)


def _checked(labelled: LabelledSet, place: Path) -> LabelledSet:
    if not labelled.articles.is_dir():
        raise CatalogueError(
            f"{place}: its articles should be in {labelled.articles}, which is no folder; name another"
        )
    if not labelled.gold.is_dir() or not labelled.label_files():
        raise CatalogueError(f"{place}: {labelled.gold} holds no label file NAME.yaml; add one for each article")
    return labelled


def _sha256(labelled: LabelledSet) -> str:
    digest = hashlib.sha256()
    for path, name in _files(labelled):
        digest.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _files(labelled: LabelledSet) -> Iterator[tuple[Path, str]]:
    """The files of a set with names that do not depend on where it lies."""
    yield from ((path, f"gold/{path.name}") for path in labelled.label_files())
    for path in sorted(labelled.articles.rglob("*")):
        if path.is_file():
            yield path, f"articles/{path.relative_to(labelled.articles).as_posix()}"


def _shown(path: Path) -> str:
    return path.as_posix()
