"""Measuring: a labelled set read through all stages the way a run reads it, and judged against its labels.

This is the one place where the stages are called from here; everything else in the package works on what they gave.
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import polars as pl
from selectolax.lexbor import LexborHTMLParser

from dx_pipeline.documents.cues import PageCues, read_page_cues
from dx_pipeline.documents.decode import decode
from dx_pipeline.documents.document import UnreadableError
from dx_pipeline.documents.hypertext import is_page
from dx_pipeline.documents.parse import parse_captures
from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.folder import capture_folder
from dx_pipeline.extraction.extract import extract
from dx_pipeline.extraction.lexicon import Lexicon
from dx_pipeline.quality.judging import judge_article
from dx_pipeline.quality.labels import FACTS, Label, LabelError, Problem, quotes_of, read_label
from dx_pipeline.quality.matching import SqueezedText
from dx_pipeline.quality.sets import LabelledSet
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.schemas.quality import Judgements
from dx_pipeline.specs import ArticleSource
from dx_pipeline.stories.link import link_stories


@dataclass(frozen=True, slots=True)
class Measured:
    """Judgements on everything that could be measured (``Judgements``), and the label files that could not."""

    judgements: pl.DataFrame
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents of a folder: what was captured, linked articles, their blocks, and the bytes by address."""

    captures: pl.DataFrame
    articles: pl.DataFrame
    blocks: pl.DataFrame
    bodies: Mapping[str, bytes]


def measure_sets(sets: Iterable[LabelledSet], lexicon: Lexicon) -> Measured:
    """Extract the facts of labelled sets and judge them; a label file with an error is told and left out."""
    measured = [measure_set(labelled, lexicon) for labelled in sets]
    return Measured(
        judgements=pl.concat([frame_of(Judgements, ()), *(one.judgements for one in measured)]),
        problems=tuple(problem for one in measured for problem in one.problems),
    )


def measure_set(labelled: LabelledSet, lexicon: Lexicon) -> Measured:
    """Extract the facts of one labelled set and judge them."""
    documents = read_documents(labelled.articles)
    extracted = extract(documents.articles, documents.blocks, lexicon)
    articles = {article["url"]: article for article in extracted.articles.iter_rows(named=True)}
    rows = {"directives": _by_article(extracted.directives), "indicators": _by_article(extracted.indicators)}
    judged: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for label, url in _placed_labels(labelled, documents, problems.append):
        article = articles.get(url)
        key = article["article_id"] if article is not None else None
        judged += judge_article(labelled.name, label, article, {kind: rows[kind].get(key, []) for kind in FACTS})
    return Measured(frame_of(Judgements, judged), tuple(problems))


def read_documents(folder: Path) -> Documents:
    """Read a folder's documents through evidence, documents and stories."""
    source = ArticleSource(source_id="labelled", name="Labelled", publisher="", licence="", folder=folder)
    with tempfile.TemporaryDirectory(prefix="dx-quality-") as root:
        archive = Archive(Path(root))
        captures = capture_folder(source, archive)
        parsed = parse_captures(captures, archive.get, "quality")
        kept = captures.filter(pl.col("sha256").is_not_null()).select("url", "sha256")
        bodies = {url: archive.get(sha256) for url, sha256 in kept.iter_rows()}
    return Documents(captures, link_stories(parsed.articles).articles, parsed.blocks, bodies)


def _by_article(frame: pl.DataFrame) -> dict[str | None, list[dict[str, Any]]]:
    rows: dict[str | None, list[dict[str, Any]]] = {}
    for row in frame.iter_rows(named=True):
        rows.setdefault(row["article_id"], []).append(row)
    return rows


def _placed_labels(
    labelled: LabelledSet, documents: Documents, tell: Callable[[Problem], None]
) -> Iterator[tuple[Label, str]]:
    """Yield the sound labels with the address of their document, and tell of the others."""
    texts = dict(documents.articles.select("url", "text").iter_rows())
    cues = read_page_cues()
    taken: Counter[str] = Counter()
    for path in labelled.label_files():
        try:
            label = read_label(path)
            url = _find(label.document, documents.captures["url"].to_list(), labelled.articles)
            taken[url] += 1
            if taken[url] > 1:
                raise LabelError("file", f"{label.document!r} has another label file too; remove one of them")
            _check_quotes(label, texts.get(url), documents.bodies.get(url), cues)
        except LabelError as error:
            tell(Problem(path, error.place, str(error)))
        else:
            yield label, url


def _find(document: str, urls: Iterable[str], folder: Path) -> str:
    found = [url for url in urls if unquote(url).endswith(f"/{document}")]
    if not found:
        raise LabelError("file", f"{document!r} is not in {folder}; put the article there, or mend the name")
    if len(found) > 1:
        raise LabelError("file", f"{len(found)} articles in {folder} are called {document!r}; rename all but one")
    return found[0]


def _check_quotes(label: Label, text: str | None, body: bytes | None, cues: PageCues) -> None:
    """Refuse a quote that stands neither in the article as it was read nor anywhere else in its document."""
    read, whole = SqueezedText(text or ""), None
    for kind in FACTS:
        for entry in label.facts[kind]:
            for quote in quotes_of(entry):
                if read.holds(quote):
                    continue
                whole = whole or SqueezedText(_whole_text(body or b"", cues))
                if not whole.holds(quote):
                    message = f"{quote[:80]!r} does not stand in {label.document}; copy it letter for letter"
                    raise LabelError(f"{kind}.{entry['id']}.quote", message)


def _whole_text(body: bytes, cues: PageCues) -> str:
    """All text of a document, menus too: a label may quote what the reading of documents has lost."""
    try:
        text = decode(body, None, cues)
    except UnreadableError:
        return ""
    if not is_page(text):
        return text
    page = LexborHTMLParser(text)
    page.strip_tags(["script", "style"])
    return page.root.text() if page.root is not None else ""
