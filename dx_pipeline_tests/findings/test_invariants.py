"""What holds of all findings: order, duplicates and re-runs change nothing, no day sees the next, all recomputes."""

import random
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from dx_pipeline.cli.board import rebuild_board
from dx_pipeline.findings.official import read_metrics
from dx_pipeline.findings.rounding import within
from dx_pipeline.findings.rubric import read_rubric
from dx_pipeline.identifiers import stable_id
from dx_pipeline.schemas.tables import PUBLISHED
from dx_pipeline.stories.link import link_stories
from dx_pipeline.stories.naming import Published
from dx_pipeline_tests.findings.edition import (
    AS_OF,
    Pages,
    Tables,
    embedded,
    read_embedded,
    read_figures,
    read_pages,
    read_statements,
    settle,
)

FACTS = ("directives", "indicators", "directive_repetitions", "story_links", "directive_evidence", "translation_parity")
FINDINGS = ("claim_checks", "directive_status", "target_progress", "organisation_board", "instrument_board")
SEEDS = st.integers(0, 2**16)


def shuffled(tables: Tables, seed: int) -> dict[str, pl.DataFrame]:
    return {name: frame.sample(fraction=1.0, shuffle=True, seed=seed) for name, frame in tables.items()}


def sorted_rows(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    key = next(table.key for table in PUBLISHED if table.name == name)
    return frame.sort(key)


@settings(max_examples=4)
@given(SEEDS)
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    again = settle(shuffled(read_embedded(), seed))
    for name in (*FACTS, *FINDINGS):
        assert_frame_equal(sorted_rows(name, again[name]), sorted_rows(name, embedded()[name]))


@settings(max_examples=8)
@given(SEEDS, st.integers(1, 22))
def test_articles_that_arrive_in_parts_end_in_the_same_stories(seed: int, first: int) -> None:
    """Whatever comes first: stories hold the same articles, and those published keep their ids."""
    pages = read_pages().articles.sample(fraction=1.0, shuffle=True, seed=seed)
    early = link_stories(pages.head(first))
    late = link_stories(pages, Published.read(early.articles, early.stories, early.aliases))
    whole = link_stories(pages)
    assert _members(late.articles) == _members(whole.articles)
    now = dict(late.articles.select("article_id", "story_id").iter_rows())
    alias = dict(late.aliases.select("alias_id", "story_id").iter_rows())
    for article_id, story_id in early.articles.select("article_id", "story_id").iter_rows():
        assert now[article_id] == alias.get(story_id, story_id)
    assert set(now.values()) & set(early.stories["story_id"]) >= {now[one] for one in early.articles["article_id"]}


def _members(articles: pl.DataFrame) -> set[frozenset[str]]:
    return {frozenset(ids) for ids in articles.group_by("story_id").agg("article_id")["article_id"].to_list()}


@settings(max_examples=3)
@given(SEEDS)
def test_duplicates_make_no_new_fact(seed: int) -> None:
    """A page that was taken again under another address states nothing that was not stated, from no new origin."""
    pages = read_pages()
    twice = random.Random(seed).sample(sorted(pages.articles["article_id"]), 5)  # noqa: S311 - no secrets
    tables = settle(read_statements(_with_copies(pages, twice)))
    for name, key in (("directives", "directive_id"), ("indicators", "indicator_id")):
        columns = (key, "origin_count", "language_count")
        before, after = (one[name].select(columns).sort(key) for one in (embedded(), tables))
        assert_frame_equal(before, after)
    compared = ["directive_id", "status", "evidence_kind", "completed_on"]
    statuses = [one["directive_status"].select(compared).sort("directive_id") for one in (embedded(), tables)]
    assert_frame_equal(*statuses)


def _with_copies(pages: Pages, chosen: list[str]) -> Pages:
    def renamed(frame: pl.DataFrame) -> pl.DataFrame:
        copies = frame.filter(pl.col("article_id").is_in(chosen))
        # after the originals, as an article's id decides between two of one day
        return copies.with_columns(pl.col("article_id").map_elements(_copy_id, return_dtype=pl.String))

    articles = renamed(pages.articles).with_columns((pl.col("url") + "?copy").alias("url"))
    return Pages(
        pl.concat([pages.articles, articles]), pl.concat([pages.blocks, renamed(pages.blocks)]), pages.captures
    )


def _copy_id(article_id: str) -> str:
    return next(
        copy for n in range(10_000) if (copy := stable_id("art", article_id, n)) > article_id
    )  # a run of ids: about one in two is greater


def test_a_second_run_finds_the_same_and_keeps_every_id() -> None:
    first = read_embedded()
    before = Published.read(first["articles"], first["stories"], first["story_aliases"])
    again = settle(read_statements(read_pages(), before))
    for name in ("stories", "story_aliases", *FACTS, *FINDINGS):
        assert_frame_equal(sorted_rows(name, again[name]), sorted_rows(name, embedded()[name]))


@pytest.mark.parametrize("day", ["2024-06-30", "2024-09-30", "2025-02-28", "2025-08-03"])
def test_the_board_of_a_day_is_that_of_a_warehouse_that_ended_with_it(day: str) -> None:
    """What came later is not seen: the board rebuilt is the one of a run that had only the articles of the time."""
    as_of = date.fromisoformat(day)
    pages = read_pages()
    told = embedded()["articles"].filter(pl.col("published_on") <= as_of)  # one without a day has its story's
    known = pages.articles.join(told.select("article_id"), on="article_id", how="semi")
    then = settle(read_statements(Pages(known, pages.blocks, pages.captures)), as_of)
    directives, status = rebuild_board(embedded(), as_of)
    columns = ["directive_id", "status", "days_left", "evidence_kind", "evidence_on", "completed_on", "explanation"]
    assert_frame_equal(status.select(columns).sort("directive_id"), then["directive_status"].select(columns))
    fields = ["directive_id", "action", "due_on", "mention_count", "origin_count"]
    assert_frame_equal(directives.select(fields), then["directives"].select(fields))


@settings(max_examples=12)
@given(st.integers(0, 900))
def test_no_status_rests_on_what_was_not_known_yet(days: int) -> None:
    as_of = date(2024, 5, 1) + timedelta(days=days)
    _, status = rebuild_board(embedded(), as_of)
    assert status.filter((pl.col("evidence_on") > as_of) | (pl.col("completed_on") > as_of)).is_empty()


def verdict_of(row: dict[str, Any]) -> set[str]:
    """Return the verdicts that a check's columns allow."""
    if row["reason"] == "no_series":
        return {"no_official_series"}
    if row["reason"] in {"impossible", "translation"}:
        return {"contradicted"}
    if row["reason"] in {"start_unknown", "official"}:
        return {"consistent"}
    if row["reason"] != "figures":
        return {"not_comparable"}
    low, high = (row["accepted_from"], row["accepted_to"])
    fair = within(row["claimed"], float("-inf") if low is None else low, float("inf") if high is None else high)
    return {"confirmed", "consistent"} if fair else {"contradicted"}


def test_every_verdict_recomputes_from_its_columns() -> None:
    for row in embedded()["claim_checks"].to_dicts():
        assert row["verdict"] in verdict_of(row), row
        if row["claimed"] is not None and row["official"] is not None:
            assert row["difference"] == pytest.approx(row["claimed"] - row["official"])


def status_of(row: dict[str, Any]) -> set[str]:
    """Return the statuses that a directive's columns allow."""
    left, kind = row["days_left"], row["evidence_kind"]
    if kind == "repetition":
        return {"missed"} if left < 0 else set()
    if kind in {"article", "document"}:
        due = row["as_of"] + timedelta(days=left) if left is not None else None
        late = due is not None and row["completed_on"] is not None and row["completed_on"] > due
        return {"met_late"} if late else {"met", "missed"}
    by_day = (
        {"no_deadline"}
        if left is None
        else {"overdue", "no_deadline"}
        if left < 0
        else {"due_soon" if left <= read_rubric().due_soon_days else "open"}
    )
    return by_day | {"met", "met_late", "missed", "not_comparable"} if kind == "statistics" else by_day


@pytest.mark.parametrize("day", [AS_OF, date(2024, 9, 30), date(2025, 6, 15)])
def test_every_status_recomputes_from_its_columns(day: date) -> None:
    for row in rebuild_board(embedded(), day)[1].to_dicts():
        assert row["status"] in status_of(row), row


def test_every_progress_recomputes_from_its_columns() -> None:
    rubric, metrics = read_rubric(), read_metrics(read_figures()["metrics"])
    for row in embedded()["target_progress"].to_dicts():
        if row["pace_ratio"] is not None and row["verdict"] in {"on_track", "off_track"}:
            assert (row["verdict"] == "on_track") == (row["pace_ratio"] >= rubric.substantial_ratio), row
        if row["verdict"] == "reached":
            gain = metrics[row["metric_id"]].gain(row["goal"], row["latest"])
            assert gain >= 0, row
        if row["expected"] is not None and row["verdict"] in {"on_track", "off_track"}:
            assert (row["verdict"] == "on_track") == (row["latest"] <= row["expected"]), row


@pytest.mark.parametrize("board", ["organisation_board", "instrument_board", "province_board"])
def test_every_share_has_its_denominator(board: str) -> None:
    statuses = ("met", "missed", "overdue", "due_soon", "open", "no_deadline", "not_comparable")
    for row in embedded()[board].to_dicts():
        assert sum(row[name] for name in statuses) == row["directives"]
        assert row["clear_of"] == 6 * row["directives"]
        assert row["clarity"] == pytest.approx(row["clear"] / row["clear_of"])
        if row["past_deadline"]:
            assert row["overdue_share"] == pytest.approx(row["overdue"] / row["past_deadline"])
        else:
            assert row["overdue_share"] is None
