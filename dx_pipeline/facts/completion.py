"""Completion: what later articles and documents tell of an order's being carried out, with the quote.

The finding of such sentences belongs here; what status follows from them is judged in ``findings``.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from dx_pipeline.facts.products import Cues, Product, Products, read_products
from dx_pipeline.facts.statements import Row
from dx_pipeline.identifiers import stable_id
from dx_pipeline.schemas.documents import STORY_KINDS
from dx_pipeline.schemas.facts import DirectiveEvidence
from dx_pipeline.schemas.frames import frame_of

# a point inside a number, behind "No." or before a small letter ends nothing
_SENTENCE = re.compile(r"[^.!?…;\n]+(?:\.(?=\S|[ \u00a0](?:\d|[^\W\d_A-ZÀ-ÞĐĄĆĘŁŃÓŚŹŻ]))[^.!?…;\n]*)*[.!?…;]?")
_DAY = re.compile(r"(?<![\d./-])(\d{1,2})(?:[./-](\d{1,2}))?(?!\d)")
_CLAUSE = re.compile(r"[,:–—]\s")
_TOLD = STORY_KINDS | {"heading"}
_LONGEST_SENTENCE = 800


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence that names products and says something of them."""

    article_id: str
    story_id: str
    language: str
    published_on: date
    start: int
    end: int
    quote: str
    products: frozenset[str]
    says: str
    rule_id: str


def find_evidence_of_completion(
    directives: pl.DataFrame,
    *,
    articles: pl.DataFrame,
    blocks: pl.DataFrame,
    mentions: pl.DataFrame,
    instruments: pl.DataFrame,
    documents: pl.DataFrame,
    products: Products | None = None,
) -> pl.DataFrame:
    """Find the later sentences and documents that tell whether orders on known products were carried out.

    ``directives`` is a ``Directives`` frame, ``articles`` an ``Articles`` frame, ``blocks`` a ``Blocks`` frame,
    ``mentions`` a ``DirectiveMentions``, ``instruments`` an ``InstrumentMentions`` and ``documents`` an
    ``Instruments`` frame, for their days. Gives ``DirectiveEvidence``, sorted.

    A sentence counts where its article came out after the order, stands in the text itself, names the order's product
    and has a cue; one that orders something tells nothing of completion, and one that tells of a missed day must
    print that day. A duty that returns is never completed. A document counts from the day on which
    an article names it, if it is dated after the order and not after that article.
    """
    known = products or read_products()
    ordered = _orders(directives, known)
    told = {key: row for row in articles.filter("relevant").to_dicts() for key in [row["article_id"]]}
    rows: dict[str, Row] = {}
    for sentence in _sentences(told, blocks, mentions, known):
        for product in sorted(sentence.products):
            for order in ordered.get(product, ()):
                if _bears_on(sentence, order):
                    row = _sentence_row(sentence, order, product)
                    rows[row["evidence_id"]] = row
    days = dict(documents.select("instrument_id", "date").iter_rows())
    for row in _documents(ordered, told, instruments, days, known):
        rows[row["evidence_id"]] = row
    return frame_of(DirectiveEvidence, rows.values()).sort("directive_id", "stated_on", "evidence_id")


def _orders(directives: pl.DataFrame, products: Products) -> dict[str, list[Row]]:
    """Return, by product, the directives of a known day that ask for it."""
    ordered: dict[str, list[Row]] = defaultdict(list)
    for row in directives.filter(pl.col("issued_on").is_not_null()).sort("directive_id").iter_rows(named=True):
        for product in products.ordered_by(row["action"], row["language"], row["instrument_ids"]):
            ordered[product].append(row)
    return ordered


def _sentences(
    articles: Mapping[str, Row], blocks: pl.DataFrame, mentions: pl.DataFrame, products: Products
) -> Iterator[_Sentence]:
    orders: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for article_id, start, end in mentions.select("article_id", "start_char", "end_char").iter_rows():
        orders[article_id].append((start, end))
    told = blocks.filter(pl.col("kind").is_in(_TOLD)).sort("article_id", "block_no")
    for article_id, first, last in told.select("article_id", "start_char", "end_char").iter_rows():
        article = articles.get(article_id)
        if article is None or article["published_on"] is None or article["language"] not in products.cues:
            continue
        cues = products.cues[article["language"]]
        for found in _SENTENCE.finditer(article["text"], first, last):
            sentence = _read(
                article, found.start(), found.group(), cues=cues, products=products, orders=orders[article_id]
            )
            if sentence is not None:
                yield sentence


def _read(
    article: Row, at: int, text: str, *, cues: Cues, products: Products, orders: Sequence[tuple[int, int]]
) -> _Sentence | None:
    quote = text.strip()
    if not quote or len(quote) > _LONGEST_SENTENCE:
        return None
    start = at + text.index(quote)
    end = start + len(quote)
    named = products.named_in(quote, article["language"]) & products.reported
    decided = _decide(quote.casefold(), cues, is_order=any(start < b and a < end for a, b in orders)) if named else None
    if decided is None:
        return None
    says, rule_id = decided
    place = (article["article_id"], article["story_id"], article["language"], article["published_on"])
    return _Sentence(*place, start, end, quote, named, says, f"{rule_id}.{article['language']}")


def _decide(sentence: str, cues: Cues, *, is_order: bool) -> tuple[str, str] | None:
    if not is_order:
        for clause in _CLAUSE.split(sentence):
            if cues.completed.search(clause) and not cues.vetoes.search(clause) and not cues.missed.search(clause):
                return "completed", "completion.cue"
    return ("missed", "completion.missed") if cues.missed.search(sentence) else None


def _bears_on(sentence: _Sentence, order: Row) -> bool:
    if sentence.published_on <= order["issued_on"] or sentence.story_id == order["story_id"] or order["recurrence"]:
        return False
    return sentence.says == "completed" or _names_missed_day(sentence, order["due_on"])


def _names_missed_day(sentence: _Sentence, due_on: date | None) -> bool:
    """Whether a sentence that tells of a missed day prints the day of the order; else it may mean another."""
    if due_on is None or due_on >= sentence.published_on:
        return False
    days = {(int(day), int(month) if month else None) for day, month in _DAY.findall(sentence.quote)}
    return bool(days & {(due_on.day, due_on.month), (due_on.day, None)})


def _sentence_row(sentence: _Sentence, order: Row, product: str) -> Row:
    return {
        "evidence_id": stable_id("evd", order["directive_id"], sentence.article_id, sentence.start, sentence.says),
        "directive_id": order["directive_id"],
        "kind": "article",
        "says": sentence.says,
        "product": product,
        "stated_on": sentence.published_on,
        "article_id": sentence.article_id,
        "story_id": sentence.story_id,
        "language": sentence.language,
        "quote": sentence.quote,
        "start_char": sentence.start,
        "end_char": sentence.end,
        "rule_id": sentence.rule_id,
    }


def _documents(
    ordered: Mapping[str, Sequence[Row]],
    articles: Mapping[str, Row],
    instruments: pl.DataFrame,
    days: Mapping[str, date | None],
    products: Products,
) -> Iterator[Row]:
    delivering: dict[str, list[Product]] = defaultdict(list)
    for product in products.products:
        for document in product.documents:
            delivering[document].append(product)
    named = instruments.filter(pl.col("instrument_id").is_in(list(delivering))).sort("mention_id")
    for mention in named.iter_rows(named=True):
        article = articles.get(mention["article_id"])
        day = days.get(mention["instrument_id"])
        if article is None or article["published_on"] is None or day is None or day > article["published_on"]:
            continue
        for product in delivering[mention["instrument_id"]]:
            for order in ordered.get(product.product_id, ()):
                if order["issued_on"] < day:
                    yield _document_row(mention, article, order, product) | {"completed_on": day}


def _sentence_around(text: str, start: int, end: int) -> tuple[str, int, int]:
    """Return the sentence in which a name stands, with its offsets; the name alone where the sentence is too long."""
    line = text.rfind("\n", 0, start) + 1
    for found in _SENTENCE.finditer(text, line):
        if found.end() >= end:
            quote = found.group().strip()
            first = found.start() + found.group().index(quote)
            if first <= start and len(quote) <= _LONGEST_SENTENCE and first + len(quote) >= end:
                return quote, first, first + len(quote)
            break
    return text[start:end], start, end


def _document_row(mention: Row, article: Row, order: Row, product: Product) -> Row:
    quote, start, end = _sentence_around(article["text"], mention["start_char"], mention["end_char"])
    return {
        "evidence_id": stable_id("evd", order["directive_id"], mention["mention_id"]),
        "directive_id": order["directive_id"],
        "kind": "document",
        "says": "completed",
        "product": product.product_id,
        "instrument_id": mention["instrument_id"],
        "stated_on": article["published_on"],
        **{name: mention[name] for name in ("article_id", "story_id", "language")},
        "quote": quote,
        "start_char": start,
        "end_char": end,
        "rule_id": "completion.document",
    }
