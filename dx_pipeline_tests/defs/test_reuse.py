"""What is kept changes nothing: every reading with it is compared with one of everything."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from dx_pipeline.defs.reuse import Tables, Work, extract_new, parse_new
from dx_pipeline.documents.parse import Parsed, read_pages
from dx_pipeline.extraction.extract import Extracted, extract
from dx_pipeline.extraction.lexicon import Lexicon, load_lexicon
from dx_pipeline.identifiers import stable_id
from dx_pipeline.schemas.evidence import Captures
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.stories.link import link_stories
from dx_pipeline_tests.builders import parsed_articles

_ABOUT = "The digital transformation programme covers digital government, digital economy and online public services."
_ORDER = (
    "The Prime Minister requested the Ministry of Health to connect {} hospitals to the national data platform by May."
)
_FIGURE = "The share of online public services processed fully online reached {} percent in 2024."
_TEXTS = {
    "a": f"Lakeside tells of its services\n\n{_ABOUT}\n\n{_ORDER.format(63)}\n\n{_FIGURE.format(55)}\n",
    "b": f"Hospitals are to be connected\n\n{_ABOUT}\n\n{_ORDER.format(64)}\n",
    "c": f"Figures of the year\n\n{_ABOUT}\n\n{_FIGURE.format(56)}\n",
    "d": "",
}
_BODIES = {hashlib.sha256(text.encode()).hexdigest(): text.encode() for text in _TEXTS.values()}
# A capture: its name, its text, its outcome, the day of its capture.
Seen = tuple[str, str, str, int]
seen = st.tuples(
    st.sampled_from("pqrs"), st.sampled_from("abcd"), st.sampled_from(["ok", "ok", "gone"]), st.integers(1, 2)
)
several = st.lists(seen, unique_by=lambda one: one[0], max_size=4)


def captures(*rows: Seen) -> pl.DataFrame:
    return Captures.validate(
        frame_of(
            Captures,
            [
                {
                    "capture_id": stable_id("cap", name),
                    "source_id": "press",
                    "url": f"https://press.test/{name}",
                    "captured_at": datetime(2025, 3, day),  # noqa: DTZ001 (UTC, no zone)
                    "outcome": outcome,
                    "media_type": "text/plain",
                    "sha256": hashlib.sha256(_TEXTS[text].encode()).hexdigest(),
                }
                for name, text, outcome, day in rows
            ],
        )
    )


def parse(frame: pl.DataFrame) -> Parsed:
    return read_pages(frame, _BODIES.__getitem__, "now")


def refuse(*_: object) -> Any:
    raise AssertionError("nothing is new, and the stage was asked")


def assert_same(one: Parsed | Extracted, other: Parsed | Extracted) -> None:
    for table in fields(one):
        assert_frame_equal(getattr(one, table.name), getattr(other, table.name))


@settings(max_examples=40)
@given(runs=st.lists(several, min_size=1, max_size=4))
def test_documents_are_the_same_whatever_was_kept(runs: Sequence[Sequence[Seen]]) -> None:
    kept: Tables = {}
    for run in runs:
        frame = captures(*run)
        reading = parse_new(frame, kept, "now", parse)
        assert_same(reading.result, parse(frame))
        assert reading.work.anew + reading.work.kept == frame.height
        if reading.has_changed:
            kept = reading.tables
        again = parse_new(frame, kept, "now", refuse)
        assert_same(again.result, reading.result)
        assert again.work == Work(0, frame.height)
        assert not again.has_changed


def test_quarantine_names_the_run_that_tells_of_it() -> None:
    frame = captures(("p", "d", "ok", 1))
    first = parse_new(frame, {}, "first", lambda fresh: read_pages(fresh, _BODIES.__getitem__, "first"))
    second = parse_new(frame, first.tables, "second", refuse)
    assert first.result.quarantine["run_id"].to_list() == ["first"]
    assert second.result.quarantine["run_id"].to_list() == ["second"]


@pytest.mark.parametrize(
    ("change", "anew"),
    [({}, 0), ({"url": "https://press.test/moved"}, 1), ({"captured_at": datetime(2025, 3, 9)}, 1)],  # noqa: DTZ001
)
def test_a_document_is_parsed_anew_where_its_capture_differs(change: dict[str, object], anew: int) -> None:
    first = parse_new(captures(("p", "a", "ok", 1), ("q", "b", "ok", 1)), {}, "now", parse)
    changed = captures(("q", "b", "ok", 1), ("p", "a", "ok", 1))
    is_p = pl.col("capture_id") == stable_id("cap", "p")
    columns = [pl.when(is_p).then(pl.lit(value)).otherwise(name).alias(name) for name, value in change.items()]
    changed = changed.with_columns(*columns).cast(captures().schema)
    second = parse_new(changed, first.tables, "now", parse)
    assert second.work == Work(anew, 2 - anew)
    assert_same(second.result, parse(changed))


def test_a_document_is_parsed_anew_where_its_source_is_read_otherwise() -> None:
    frame = captures(("p", "a", "ok", 1))
    first = parse_new(frame, {}, "now", parse, {"press": "selectors of March"})
    assert parse_new(frame, first.tables, "now", refuse, {"press": "selectors of March"}).work == Work(0, 1)
    assert parse_new(frame, first.tables, "now", parse, {"press": "selectors of April"}).work == Work(1, 0)


def test_what_the_machine_failed_at_is_tried_again() -> None:
    def unreadable(_: str) -> bytes:
        raise OSError("the disk is away")

    frame = captures(("p", "a", "ok", 1), ("q", "d", "ok", 1))
    first = parse_new(frame, {}, "now", lambda fresh: read_pages(fresh, unreadable, "now"))
    assert first.result.articles.is_empty()
    second = parse_new(frame, first.tables, "now", parse)
    assert second.work == Work(2, 0)
    assert_same(second.result, parse(frame))


@pytest.fixture(scope="module")
def read() -> Callable[[pl.DataFrame, pl.DataFrame], Extracted]:
    lexicon: Lexicon = load_lexicon(CATALOGUE)
    return lambda articles, blocks: extract(articles, blocks, lexicon)


def linked(*rows: Seen) -> tuple[pl.DataFrame, pl.DataFrame]:
    parsed = parse(captures(*rows))
    return link_stories(parsed.articles).articles, parsed.blocks


@settings(max_examples=25)
@given(runs=st.lists(several, min_size=1, max_size=3))
def test_facts_are_the_same_whatever_was_kept(
    read: Callable[[pl.DataFrame, pl.DataFrame], Extracted], runs: Sequence[Sequence[Seen]]
) -> None:
    kept: Tables = {}
    for run in runs:
        articles, blocks = linked(*run)
        reading = extract_new(articles, blocks, kept, read)
        assert_same(reading.result, read(articles, blocks))
        if reading.has_changed:
            kept = reading.tables
        again = extract_new(articles, blocks, kept, refuse)
        assert_same(again.result, reading.result)
        assert again.work == Work(0, articles.height)


def test_the_texts_hold_facts(read: Callable[[pl.DataFrame, pl.DataFrame], Extracted]) -> None:
    """Else the comparisons above compare nothing."""
    extracted = read(*linked(("p", "a", "ok", 1), ("q", "b", "ok", 1), ("r", "c", "ok", 1)))
    assert extracted.directives.height >= 2
    assert extracted.indicators.height >= 1


def test_a_mention_follows_its_article_into_another_story(
    read: Callable[[pl.DataFrame, pl.DataFrame], Extracted],
) -> None:
    articles, blocks = linked(("p", "b", "ok", 1))
    first = extract_new(articles, blocks, {}, read)
    elsewhere = articles.with_columns(story_id=pl.lit(stable_id("sty", "another")), origin_id=pl.lit(None, pl.String))
    second = extract_new(elsewhere, blocks, first.tables, refuse)
    assert second.result.directives.height
    assert_same(second.result, read(elsewhere, blocks))


@pytest.mark.parametrize("column", ["published_on", "language", "text_sha256"])
def test_an_article_is_read_anew_where_its_day_its_language_or_its_text_differs(
    read: Callable[[pl.DataFrame, pl.DataFrame], Extracted], column: str
) -> None:
    articles, blocks = linked(("p", "b", "ok", 1), ("q", "c", "ok", 1))
    first = extract_new(articles, blocks, {}, read)
    value = {"published_on": date(2024, 2, 1), "language": "fr", "text_sha256": "0" * 64}[column]
    is_p = pl.col("capture_id") == stable_id("cap", "p")
    changed = articles.with_columns(pl.when(is_p).then(pl.lit(value)).otherwise(column).alias(column))
    second = extract_new(changed, blocks, first.tables, read)
    assert second.work == Work(1, 1)
    assert_same(second.result, read(changed, blocks))


def test_an_article_is_read_anew_where_its_blocks_differ(
    read: Callable[[pl.DataFrame, pl.DataFrame], Extracted],
) -> None:
    articles, blocks = linked(("p", "b", "ok", 1))
    first = extract_new(articles, blocks, {}, read)
    changed = blocks.with_columns(pl.lit("tail").alias("kind"))
    second = extract_new(articles, changed, first.tables, read)
    assert second.work == Work(1, 0)
    assert first.result.directives.height
    assert second.result.directives.is_empty()


def test_no_article_needs_no_stage() -> None:
    articles = link_stories(parsed_articles()).articles
    assert extract_new(articles, parse(captures()).blocks, {}, refuse).result.articles.is_empty()
