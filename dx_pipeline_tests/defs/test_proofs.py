import json

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from dx_pipeline.defs.proofs import find_misquotes, find_unreadable, set_misquotes_aside
from dx_pipeline.schemas.evidence import Captures
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.schemas.mentions import Events

ARTICLES = pl.DataFrame({"article_id": ["a", "b"], "text": ["Số hóa 𝒳 đi trước", "plain"]})


def events(*rows: tuple[str, str, int, int]) -> pl.DataFrame:
    return frame_of(
        Events,
        [
            {"event_id": f"e{n}", "article_id": article, "quote": quote, "start_char": start, "end_char": end}
            for n, (article, quote, start, end) in enumerate(rows)
        ],
    )


def test_offsets_count_code_points() -> None:
    assert find_misquotes(events(("a", "𝒳 đi", 7, 11), ("b", "lain", 1, 5)), ARTICLES).is_empty()


def test_misquotes_say_what_stands_there() -> None:
    found = find_misquotes(events(("a", "số", 0, 2), ("b", "x", 90, 91), ("c", "x", 0, 1), ("b", "p", 1, 0)), ARTICLES)
    assert found["event_id"].to_list() == ["e0", "e1", "e2", "e3"]
    assert found["found"].to_list() == ["Số", "", None, None]


def test_misquotes_go_to_quarantine_and_the_rest_stays() -> None:
    mentions = events(("b", "plain", 0, 5), ("b", "plane", 0, 5))
    kept, quarantine = set_misquotes_aside({"events": mentions}, ARTICLES, "run-1")
    assert kept["events"]["quote"].to_list() == ["plain"]
    (row,) = quarantine.to_dicts()
    assert row["table_name"] == "events"
    assert row["run_id"] == "run-1"
    assert "'plane'" in row["detail"]
    assert "'plain'" in row["detail"]
    assert json.loads(row["row"])["event_id"] == "e1"
    assert "found" not in json.loads(row["row"])


@given(st.text(max_size=40), st.integers(0, 45), st.integers(0, 45))
def test_a_slice_of_the_text_is_a_quote(text: str, start: int, end: int) -> None:
    articles = pl.DataFrame({"article_id": ["a"], "text": [text]})
    quote = text[start:end]
    rows = events(("a", quote, start, end))
    assert find_misquotes(rows, articles).is_empty() == (start <= end)
    assert find_misquotes(rows.with_columns(pl.col("quote") + "?"), articles).height == 1


def test_unreadable_captures_are_named_with_their_reason() -> None:
    captures = frame_of(
        Captures,
        [
            {"source_id": "s", "url": "file:///a", "outcome": "ok"},
            {"source_id": "s", "url": "file:///b", "outcome": "empty", "detail": "holds no bytes"},
        ],
    )
    assert find_unreadable(captures).rows() == [("s", "file:///b", "empty", "holds no bytes")]
