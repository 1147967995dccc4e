"""The tests that a pack holds: a passage and everything that must be found in it, run against the engine.

A ``[[tests]]`` entry of ``catalogue/languages/<code>.toml`` has a ``text`` that is on topic, the day it was
``published_on``, what it is ``about``, and under ``directives`` and ``indicators`` everything that must be found
in it, in order of place. A field that an entry leaves out must be empty in the row.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from dx_pipeline.extraction.extract import Extracted, extract
from dx_pipeline.extraction.lexicon import Lexicon
from dx_pipeline.identifiers import stable_id
from dx_pipeline.schemas.documents import Blocks, LinkedArticles
from dx_pipeline.schemas.frames import frame_of

LEAST_TESTS = 10
LEAST_WITHOUT_FACTS = 2

DIRECTIVE: Mapping[str, str] = {
    "issuer": "issuer_id",
    "addressees": "addressee_ids",
    "due_on": "due_on",
    "recurrence": "recurrence",
    "target_metric": "target_metric_id",
    "target_value": "target_value",
    "target_change": "target_change",
}
INDICATOR: Mapping[str, str] = {
    "unit": "unit",
    "metric": "metric_id",
    "period": "period",
    "change": "change",
    "change_percent": "change_percent",
    "out_of": "out_of",
    "comparator": "comparator",
    "kind": "kind",
}
_MUST, _MAY = {"text", "published_on", "about"}, {"directives", "indicators"}
_UNSAID: Mapping[str, Any] = {"comparator": "=", "kind": "actual"}
_PARAGRAPH = re.compile(r"[^\n]+(?:\n(?!\n)[^\n]+)*")
_ARTICLE = stable_id("art", "passage")


def read_passage(text: str, language: str, published_on: date, lexicon: Lexicon) -> Extracted:
    """Extract from a passage as from an article of one day; a blank line parts its paragraphs."""
    article = {
        "article_id": _ARTICLE,
        "source_id": "passages",
        "capture_id": stable_id("cap", "passage"),
        "url": "file:///passage.txt",
        "publisher": "passages",
        "title": "",
        "language": language,
        "published_on": published_on,
        "published_on_source": "page",
        "version_no": 1,
        "is_latest": True,
        "text": text,
        "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "story_id": stable_id("sty", "passage"),
    }
    blocks = [
        {"article_id": _ARTICLE, "block_no": number, "kind": "body", "start_char": part.start(), "end_char": part.end()}
        for number, part in enumerate(_PARAGRAPH.finditer(text))
    ]
    return extract(_frame(LinkedArticles, [article]), _frame(Blocks, blocks), lexicon)


def entry_faults(entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with how an entry is written."""
    for key in sorted(_MUST - set(entry)):
        yield f"{key} is missing; add it"
    for key in sorted(set(entry) - _MUST - _MAY):
        yield f"{key} is unknown; mend its spelling or remove it"
    if "published_on" in entry and type(entry["published_on"]) is not date:
        yield f"published_on is {entry['published_on']!r}; write YYYY-MM-DD without quotes"
    for wanted in entry.get("directives", []):
        for key in sorted(set(wanted) - {"quote", *DIRECTIVE}):
            yield f"a directive's {key} is unknown; known are quote, {', '.join(DIRECTIVE)}"
        if wanted.get("quote", "") not in entry.get("text", "") or not wanted.get("quote"):
            yield f"a directive's quote {wanted.get('quote')!r} does not stand in the text; copy it from there"
    for wanted in entry.get("indicators", []):
        for key in sorted(set(wanted) - {"value", *INDICATOR}):
            yield f"an indicator's {key} is unknown; known are value, {', '.join(INDICATOR)}"


def differences(entry: Mapping[str, Any], language: str, lexicon: Lexicon) -> list[str]:
    """Return how what is found in an entry's passage differs from what the entry says; nothing where it does not."""
    found = read_passage(entry["text"], language, entry["published_on"], lexicon)
    told = []
    if found.articles["relevant"].to_list() != [True]:
        told.append(f"the text is not on topic ({found.articles['relevance_reason'].to_list()}); add to topics")
    directives, wanted = list(found.directives.iter_rows(named=True)), entry.get("directives", [])
    expected = [{name: value for name, value in one.items() if name != "quote"} for one in wanted]
    if [_directive(row) for row in directives] != expected:
        shown = [{"quote": row["quote"]} | _directive(row) for row in directives]
        told.append(f"directives found: {shown}; expected: {wanted}")
    else:
        pairs = zip(wanted, directives, strict=True)
        short = [(one["quote"], row["quote"]) for one, row in pairs if one["quote"] not in row["quote"]]
        told += [f"{quote!r} is not in the quote found, {whole!r}" for quote, whole in short]
    indicators = [_indicator(row) for row in found.indicators.iter_rows(named=True)]
    if indicators != entry.get("indicators", []):
        told.append(f"indicators found: {indicators}; expected: {entry.get('indicators', [])}")
    return told


def missing_tests(entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield which tests a pack should have and has not."""
    if len(entries) < LEAST_TESTS:
        yield f"{len(entries)} tests; add [[tests]], {LEAST_TESTS} at least"
    for kind in ("directives", "indicators"):
        if not any(entry.get(kind) for entry in entries):
            yield f"no test finds {kind}; add one"
    without = [entry for entry in entries if not entry.get("directives") and not entry.get("indicators")]
    if len(without) < LEAST_WITHOUT_FACTS:
        yield f"{len(without)} tests of passages that state no fact; add them, {LEAST_WITHOUT_FACTS} at least"


def _frame(schema: Any, rows: list[dict[str, Any]]) -> pl.DataFrame:
    frame: pl.DataFrame = schema.validate(frame_of(schema, rows))
    return frame


def _directive(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[column] for name, column in DIRECTIVE.items() if row[column] not in (None, [])}


def _indicator(row: Mapping[str, Any]) -> dict[str, Any]:
    value = row["value"] if row["value_high"] is None else [row["value"], row["value_high"]]
    said = {"value": value} | {name: row[column] for name, column in INDICATOR.items()}
    return {name: found for name, found in said.items() if found is not None and found != _UNSAID.get(name)}
