"""Mutants: the labelled articles with one fact's sentence changed, so that the fact must change or vanish.

A *proven* fact is a row that matches its label and says what the label says. Everything that edits a text and keeps
its blocks in step belongs here; which edits there are, and what must become of the fact, stands with the test.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dx_pipeline.extraction.extract import extract
from dx_pipeline.extraction.folding import fold
from dx_pipeline.extraction.lexicon import Lexicon
from dx_pipeline.extraction.sentences import split_sentences
from dx_pipeline.extraction.tokens import read_text
from dx_pipeline.identifiers import stable_id
from dx_pipeline.quality import measure
from dx_pipeline.quality.fields import COMPARE
from dx_pipeline.quality.labels import Entry, Label, read_label
from dx_pipeline.quality.matching import SqueezedText, match
from dx_pipeline.quality.sets import LabelledSet, shipped_sets
from dx_pipeline.schemas.documents import STORY_KINDS, Blocks, LinkedArticles
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import read_toml
from dx_pipeline_tests.extraction.excerpts import Excerpt, body_blocks, linked_articles

Row = Mapping[str, Any]
_MUTATED = frozenset({"blind", "sample"})  # these and the passages make some 2,500 mutants: enough, and quick
_DECISIVE = {"directives": {"due_on"}, "indicators": {"value"}}  # what must be right in a fact that is mutated


@dataclass(frozen=True, slots=True)
class Document:
    """An article as extraction takes it: its row, and its blocks in order."""

    article: Row
    blocks: Sequence[Row]

    @property
    def text(self) -> str:
        """The article's text."""
        return str(self.article["text"])

    @property
    def language(self) -> str:
        """The article's language."""
        return str(self.article["language"])


@dataclass(frozen=True, slots=True)
class Fact:
    """A proven fact: its document, its row, and the sentence that it stands in."""

    document: Document
    kind: str  # directives or indicators
    row: Row
    start: int  # of the sentence
    end: int

    @property
    def sentence(self) -> str:
        """The sentence that tells the fact."""
        return self.document.text[self.start : self.end]

    @property
    def action_start(self) -> int:
        """Where a directive's task begins, behind the verb that orders it."""
        return int(self.row["end_char"]) - len(self.row["action"])


@dataclass(frozen=True, slots=True)
class Edit:
    """A replacement in a text."""

    start: int
    end: int
    new: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """A fact, what was done to its document, and what the change should lead to."""

    fact: Fact
    name: str
    edits: tuple[Edit, ...]
    expected: Any = None

    def __str__(self) -> str:
        return f"{self.fact.document.language} {self.name} {self.fact.kind}: {self.sentence!r}"

    @property
    def document(self) -> Document:
        """The document with the edits made."""
        return edited(self.fact.document, self.edits)

    @property
    def span(self) -> tuple[int, int]:
        """Where the fact's sentence stands in the mutated text."""
        return _moved(self.fact.start, self.edits), _moved(self.fact.end, self.edits)

    @property
    def quote(self) -> tuple[int, int]:
        """Where the fact's quote stands in the mutated text."""
        return _moved(self.fact.row["start_char"], self.edits), _moved(self.fact.row["end_char"], self.edits)

    @property
    def sentence(self) -> str:
        """The sentence as mutated."""
        start, end = self.span
        return self.document.text[start:end]


def edited(document: Document, edits: Sequence[Edit]) -> Document:
    """Return a document with edits made that do not overlap; its blocks are kept in step."""
    text = document.text
    for edit in sorted(edits, key=lambda one: -one.start):
        text = text[: edit.start] + edit.new + text[edit.end :]
    blocks = [
        {**block, "start_char": _moved(block["start_char"], edits), "end_char": _moved(block["end_char"], edits)}
        for block in document.blocks
    ]
    return Document({**document.article, "text": text}, blocks)


def _moved(place: int, edits: Sequence[Edit]) -> int:
    return place + sum(len(edit.new) - (edit.end - edit.start) for edit in edits if edit.start < place)


def read_documents(documents: Sequence[Document], lexicon: Lexicon) -> list[dict[str, list[dict[str, Any]]]]:
    """Extract from documents in one pass; return the rows of each by kind, in the order given."""
    keys = [stable_id("art", "mutant", number) for number in range(len(documents))]
    articles = [{**document.article, "article_id": key} for key, document in zip(keys, documents, strict=True)]
    blocks = [
        {**block, "article_id": key} for key, document in zip(keys, documents, strict=True) for block in document.blocks
    ]
    extracted = extract(frame_of(LinkedArticles, articles), frame_of(Blocks, blocks), lexicon)
    found: dict[str, dict[str, list[dict[str, Any]]]] = {key: {"directives": [], "indicators": []} for key in keys}
    for kind in ("directives", "indicators"):
        for row in getattr(extracted, kind).sort("start_char").iter_rows(named=True):
            found[row["article_id"]][kind].append(row)
    return [found[key] for key in keys]


def proven_facts(lexicon: Lexicon) -> list[Fact]:
    """Return the facts that are read rightly from the labelled sets and from the packs' own passages."""
    labelled = [pair for one in shipped_sets(CATALOGUE) if one.name in _MUTATED for pair in _labelled(one)]
    documents = [document for document, _ in labelled] + list(_passages(lexicon))
    rows = read_documents(documents, lexicon)
    facts: list[Fact] = []
    for number, document in enumerate(documents):
        label = labelled[number][1] if number < len(labelled) else None
        sentences = list(_sentences(document, lexicon))
        for kind in ("directives", "indicators"):
            right = (
                rows[number][kind]
                if label is None
                else _right(document.text, label.facts[kind], kind, rows[number][kind])
            )
            facts += [Fact(document, kind, row, *span) for row in right if (span := _around(row, sentences))]
    return facts


def issuer_places(fact: Fact, lexicon: Lexicon) -> list[tuple[int, int]]:
    """Return where a directive's article names its issuer."""
    text, language = fact.document.text, lexicon.languages[fact.document.language]
    issuer = fact.row["issuer_id"]
    read = read_text(text, fold(text), language, lexicon, [(0, len(text))])
    return [(t.start, t.end) for t in read.structure if t.kind in ("actor", "head", "weak_actor") and t.value == issuer]


def _labelled(labelled: LabelledSet) -> Iterator[tuple[Document, Label]]:
    documents = measure.read_documents(labelled.articles)
    by_article: dict[str, list[Row]] = {}
    for block in documents.blocks.sort("article_id", "block_no").iter_rows(named=True):
        by_article.setdefault(block["article_id"], []).append(block)
    known = {Path(row["url"]).name: row for row in documents.articles.iter_rows(named=True)}
    for path in labelled.label_files():
        label = read_label(path)
        row = known[Path(label.document).name]
        yield Document(row, by_article[row["article_id"]]), label


def _passages(lexicon: Lexicon) -> Iterator[Document]:
    """The passages that packs hold as their own tests: what is found in them is right, as another test holds."""
    for code in sorted(lexicon.languages):
        for entry in read_toml(CATALOGUE / "languages" / f"{code}.toml")["tests"]:
            excerpt = Excerpt(text=entry["text"], language=code, published_on=entry["published_on"])
            (article,) = linked_articles([excerpt]).iter_rows(named=True)
            yield Document(article, list(body_blocks([excerpt]).iter_rows(named=True)))


def _right(text: str, entries: Sequence[Entry], kind: str, rows: Sequence[Row]) -> list[Row]:
    """The rows that match a label and agree with it on what decides."""
    return [
        rows[j]
        for i, j in match(entries, SqueezedText(text), rows).pairs
        if all(one.agrees for one in COMPARE[kind](entries[i], rows[j]) if one.field in _DECISIVE[kind])
    ]


def _sentences(document: Document, lexicon: Lexicon) -> Iterator[tuple[int, int]]:
    abbreviations = lexicon.languages[document.language].abbreviations
    for block in document.blocks:
        if block["kind"] in STORY_KINDS:
            yield from split_sentences(document.text, block["start_char"], block["end_char"], abbreviations)


def _around(row: Row, sentences: Iterable[tuple[int, int]]) -> tuple[int, int] | None:
    return next((span for span in sentences if span[0] <= row["start_char"] < span[1]), None)
