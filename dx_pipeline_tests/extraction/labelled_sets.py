"""The project's two labelled sets, read from their files to extracted rows the way a run reads them.

The embedded edition was at hand while rules were written; the second set was written blind to them.
"""

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import yaml  # type: ignore[import-untyped]

from dx_pipeline.documents.parse import parse_captures
from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.folder import capture_folder
from dx_pipeline.extraction.extract import Extracted, extract
from dx_pipeline.extraction.lexicon import Lexicon
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import ArticleSource
from dx_pipeline.stories.link import link_stories
from dx_pipeline_tests.extraction.scoring import Score

_TESTS = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """A folder of articles and the folder of their labels, one YAML file for each labelled article."""

    name: str
    articles: Path
    labels: Path


SETS = (
    LabelledSet("sample", CATALOGUE / "sample" / "articles", _TESTS / "gold"),
    LabelledSet("blind", _TESTS / "labelled" / "articles", _TESTS / "labelled" / "gold"),
)


def linked_documents(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read a folder's documents through evidence, documents and stories: linked articles and their blocks."""
    source = ArticleSource(source_id="labelled", name="Labelled", publisher="", licence="", folder=folder)
    with tempfile.TemporaryDirectory() as root:
        archive = Archive(Path(root))
        parsed = parse_captures(capture_folder(source, archive), archive.get, "run-1")
    return link_stories(parsed.articles).articles, parsed.blocks


def score_set(labelled: LabelledSet, lexicon: Lexicon) -> Score:
    """Extract the facts of a labelled set and score them."""
    articles, blocks = linked_documents(labelled.articles)
    extracted = extract(articles, blocks, lexicon)
    texts = {Path(url).name: (key, text) for key, url, text in articles.select("article_id", "url", "text").iter_rows()}
    score = Score()
    for label in read_labels(labelled.labels):
        key, text = texts[label["file"]]
        score.add(label["file"], text, label, _rows(extracted, key))
    return score


def read_labels(folder: Path) -> Iterable[Mapping[str, Any]]:
    """Yield the label files of a folder, in order of name."""
    for path in sorted(folder.glob("*.yaml")):
        yield yaml.safe_load(path.read_text(encoding="utf-8"))


def _rows(extracted: Extracted, article_id: str) -> dict[str, list[dict[str, Any]]]:
    frames = {"directives": extracted.directives, "indicators": extracted.indicators}
    return {kind: frame.filter(pl.col("article_id") == article_id).to_dicts() for kind, frame in frames.items()}
