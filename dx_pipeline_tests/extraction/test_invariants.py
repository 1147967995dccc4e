"""What holds for every text: rows with proof, ids that are unique, the same rows in every run and order."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from dx_pipeline.extraction.extract import Extracted, extract
from dx_pipeline.extraction.lexicon import Lexicon, load_lexicon
from dx_pipeline.schemas.documents import Articles
from dx_pipeline.schemas.mentions import DirectiveCandidates, Events, IndicatorCandidates, InstrumentCandidates
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import read_toml
from dx_pipeline_tests.extraction.excerpts import Excerpt, body_blocks, linked_articles, read

PACKS = {path.stem: read_toml(path) for path in sorted((CATALOGUE / "languages").glob("*.toml"))}
BODIES = ["Bộ Công an", "Ministry of Finance", "the Prime Minister", "Premier ministre", "premier", "statsministeren"]
FIGURES = [
    "5%",
    "71/193",
    "1.013",
    "2 450 000",
    "12,5",
    "0.7709",
    "749/QĐ-TTg",
    "15/5/2025",
    "2024",
    "5G",
    "(",
    ")",
    ",",
]
JOINS = [" ", " ", " ", ", ", "; ", ": ", ". ", ".\n\n", "\u00a0", " – "]
MODELS = {
    "directives": DirectiveCandidates,
    "indicators": IndicatorCandidates,
    "instruments": InstrumentCandidates,
    "events": Events,
}


def phrases(table: Any) -> list[str]:
    """Every phrase of a pack's table, whatever its depth."""
    if isinstance(table, str):
        return [table]
    if isinstance(table, Mapping):
        return [phrase for value in table.values() for phrase in phrases(value)]
    return [phrase for value in table for phrase in phrases(value)] if isinstance(table, list) else []


VOCABULARY = {
    code: [
        phrase
        for part in ("directives", "deadlines", "indicators", "numbers", "documents", "events")
        for phrase in phrases({name: table for name, table in pack[part].items() if name != "shapes"})
    ]
    + phrases([pack["time"]["months"], pack["topics"]])
    for code, pack in PACKS.items()
}


SENTENCES = {
    code: [s for test in pack.get("tests", []) for s in test["text"].split(". ")] for code, pack in PACKS.items()
}


@st.composite
def excerpts(draw: st.DrawFn, name: str = "excerpt") -> Excerpt:
    """A text on topic: phrases that the engine knows and sentences of the packs' tests, in no sensible order."""
    code = draw(st.sampled_from(sorted(PACKS)))
    pieces = (VOCABULARY[code], BODIES, FIGURES, SENTENCES[code] or FIGURES)
    words = st.one_of(*(st.sampled_from(piece) for piece in pieces))
    drawn = draw(st.lists(st.tuples(words, st.sampled_from(JOINS)), min_size=5, max_size=40))
    topics = ", ".join(PACKS[code]["topics"][:4])
    text = f"{topics}. " + "".join(word + join for word, join in drawn)
    return Excerpt(text=text, language=code, published_on=draw(st.none() | st.just(date(2025, 3, 10))), name=name)


@pytest.fixture(scope="module")
def reader() -> "Reader":
    return Reader(load_lexicon(CATALOGUE))


class Reader:
    """The lexicon, without its endless representation in messages."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon

    def __repr__(self) -> str:
        return "Reader()"

    def read(self, *told: Excerpt) -> Extracted:
        return read(told, self.lexicon)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(excerpt=excerpts())
def test_every_row_passes_its_model_and_stands_on_its_quote(reader: Reader, excerpt: Excerpt) -> None:
    extracted = reader.read(excerpt)
    Articles.validate(extracted.articles)
    for name, model in MODELS.items():
        rows = model.validate(getattr(extracted, name), lazy=True)
        for start, end, quote in rows.select("start_char", "end_char", "quote").iter_rows():
            assert 0 <= start < end
            assert excerpt.text[start:end] == quote
            assert quote == quote.strip()


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(excerpt=excerpts())
def test_two_runs_give_the_same_frames(reader: Reader, excerpt: Excerpt) -> None:
    assert_same(reader.read(excerpt), reader.read(excerpt))


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(first=excerpts(name="first"), second=excerpts(name="second"), third=excerpts(name="third"))
def test_neither_the_order_of_rows_nor_company_changes_anything(
    reader: Reader, first: Excerpt, second: Excerpt, third: Excerpt
) -> None:
    told = [first, second, third]
    articles, blocks = linked_articles(told), body_blocks(told)
    together = extract(articles, blocks, reader.lexicon)
    assert_same(together, extract(articles.reverse(), blocks.reverse(), reader.lexicon))

    alone = [reader.read(excerpt) for excerpt in told]
    for name in MODELS:
        apart = pl.concat(getattr(extracted, name) for extracted in alone)
        assert_frame_equal(getattr(together, name), apart, check_row_order=False)


def assert_same(left: Extracted, right: Extracted) -> None:
    assert_frame_equal(left.articles, right.articles)
    for name in MODELS:
        assert_frame_equal(getattr(left, name), getattr(right, name))


def test_generated_texts_state_facts(reader: Reader) -> None:
    """The generator is worth something only where rows come out of it."""
    found = dict.fromkeys(MODELS, 0)

    @settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow], database=None)
    @given(excerpt=excerpts())
    def count(excerpt: Excerpt) -> None:
        extracted = reader.read(excerpt)
        for name in MODELS:
            found[name] += getattr(extracted, name).height

    count()
    assert min(found["directives"], found["indicators"], found["instruments"]) > 0, found
