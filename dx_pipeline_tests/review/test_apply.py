"""Corrections do to statements what they say, to the right ones, and to no other."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dx_pipeline.facts.directives import settle_directives
from dx_pipeline.facts.indicators import settle_indicators
from dx_pipeline.review.apply import Reviewed, apply_corrections
from dx_pipeline.schemas.frames import empty_frame
from dx_pipeline.schemas.mentions import Events, ReviewedDirectives, ReviewedIndicators
from dx_pipeline.schemas.operations import Quarantine
from dx_pipeline.schemas.review import CorrectionEntries, Corrections
from dx_pipeline_tests.builders import Row, article, articles, directive, directives, indicator, indicators, stories
from dx_pipeline_tests.review.entries import read

ONE = directive("a", 0, "count the lakes", due_on=date(2025, 4, 30), due_edtf="2025-04", due_text="in April")
TWO = directive("a", 1, "publish a plan for data centres", confidence=0.7)
THREE = directive("b", 0, "count the lakes", due_on=date(2025, 4, 30), due_edtf="2025-04", confidence=0.9)
SHARE = indicator("a", 2, 45.0, metric_id="un-egdi-rank", period="2024", value_high=50.0)
DIRECTIVES = directives(ONE, TWO, THREE)
INDICATORS = indicators(SHARE)
ARTICLES = articles(
    article("a"), article("b", url="https://b.example/1", canonical_url="https://b.example/lakes"), article("c")
)


def apply(entries: pl.DataFrame, directives: pl.DataFrame = DIRECTIVES) -> Reviewed:
    result = apply_corrections(entries, directives, INDICATORS, ARTICLES, "r1")
    for model, frame in zip((ReviewedDirectives, ReviewedIndicators, Corrections, Quarantine), result, strict=True):
        model.validate(frame, lazy=True)
    return result


def on(row: Row, decision: str, **keys: object) -> Row:
    return {"mention_id": row["mention_id"], "decision": decision, **keys}


def row_of(frame: pl.DataFrame, row: Row) -> Row:
    return frame.filter(pl.col("mention_id") == row["mention_id"]).to_dicts()[0]


def test_without_corrections_nothing_changes() -> None:
    result = apply(empty_frame(CorrectionEntries))
    assert result.directives.drop("review", "reviewed_by").equals(DIRECTIVES)
    assert result.indicators.drop("review", "reviewed_by").equals(INDICATORS)
    assert result.directives["review"].null_count() == DIRECTIVES.height
    assert result.corrections.is_empty()


def test_a_confirmed_statement_is_trusted_fully(tmp_path: Path) -> None:
    result = apply(read(tmp_path, on(TWO, "confirm")))
    row = row_of(result.directives, TWO)
    assert (row["confidence"], row["review"], row["reviewed_by"]) == (1.0, "confirmed", "N. Ha")
    assert row_of(result.directives, ONE)["confidence"] == 0.8
    (told,) = result.corrections.to_dicts()
    assert (told["applied"], told["applied_to"], told["kind"], told["detail"]) == (
        True, TWO["mention_id"], "directive", None,
    )  # fmt: skip
    assert (told["quote"], told["article_url"]) == ("quote 1", "file:///articles/a.txt")


def test_a_rejected_statement_leaves_and_stays_visible(tmp_path: Path) -> None:
    result = apply(read(tmp_path, on(TWO, "reject"), on(SHARE, "reject")))
    assert result.directives["mention_id"].to_list() == [ONE["mention_id"], THREE["mention_id"]]
    assert result.indicators.is_empty()
    told = result.corrections.filter(pl.col("mention_id") == TWO["mention_id"]).to_dicts()[0]
    assert '"action": "publish a plan for data centres"' in told["fields_before"]
    assert told["fields_after"] is None


def test_an_amended_statement_says_what_it_should(tmp_path: Path) -> None:
    fields = {"due_on": date(2025, 6, 30), "addressee_ids": ["vnm-mof"], "issuer_id": ""}
    result = apply(read(tmp_path, on(ONE, "amend", fields=fields)))
    row = row_of(result.directives, ONE)
    assert (row["due_on"], row["due_edtf"], row["due_text"]) == (date(2025, 6, 30), "2025-06-30", "in April")
    assert (row["addressee_ids"], row["issuer_id"]) == (["vnm-mof"], None)
    assert (row["confidence"], row["review"], row["quote"]) == (1.0, "amended", "quote 0")
    (told,) = result.corrections.to_dicts()
    assert told["fields_before"] == (
        '{"addressee_ids": ["vnm-ministries"], "due_edtf": "2025-04", "due_on": "2025-04-30", '
        '"issuer_id": "vnm-prime-minister"}'
    )
    assert told["fields_after"] == (
        '{"addressee_ids": ["vnm-mof"], "due_edtf": "2025-06-30", "due_on": "2025-06-30", "issuer_id": null}'
    )


@pytest.mark.parametrize(
    ("fields", "deadline"),
    [
        ({"due_on": ""}, (None, None, None)),
        ({"due_edtf": ""}, (None, None, None)),
        ({"due_edtf": "2025-Q2"}, (date(2025, 6, 30), "2025-Q2", "in April")),
        ({"due_on": date(2025, 4, 29), "due_edtf": "2025-04-30"}, (date(2025, 4, 29), "2025-04-30", "in April")),
        ({"due_text": "by May"}, (date(2025, 4, 30), "2025-04", "by May")),
    ],
)
def test_a_deadline_is_whole(tmp_path: Path, fields: Row, deadline: tuple[object, ...]) -> None:
    row = row_of(apply(read(tmp_path, on(ONE, "amend", fields=fields))).directives, ONE)
    assert (row["due_on"], row["due_edtf"], row["due_text"]) == deadline


def test_the_days_follow_a_period(tmp_path: Path) -> None:
    row = row_of(apply(read(tmp_path, on(SHARE, "amend", fields={"period": "2024-H1"}))).indicators, SHARE)
    assert (row["period_start"], row["period_end"]) == (date(2024, 1, 1), date(2024, 6, 30))


@pytest.mark.parametrize(
    ("row", "entry", "told"),
    [
        (ONE, {"decision": "amend", "fields": {"modality": "orders"}}, "modality is 'orders'; the rule is isin"),
        (
            ONE,
            {"decision": "amend", "fields": {"value": 4.0}},
            "this is a statement of a directive, which has no value",
        ),
        (ONE, {"decision": "confirm", "kind": "indicator"}, "is indicator, but this is a statement of a directive"),
        (SHARE, {"decision": "amend", "fields": {"value": 60.0}}, "value would be 60.0 and value_high 50.0; set both"),
        (SHARE, {"decision": "amend", "fields": {"kind": "dream"}}, "kind is 'dream'; the rule is isin"),
    ],
)
def test_what_a_statement_cannot_say_is_set_aside(tmp_path: Path, row: Row, entry: Row, told: str) -> None:
    result = apply(read(tmp_path, on(TWO, "confirm"), {"mention_id": row["mention_id"], **entry}))
    (detail,) = result.quarantine["detail"]
    assert told in detail
    assert f"correction 2 (line 11), {row['mention_id']}: field '" in detail
    assert result.corrections["mention_id"].to_list() == [TWO["mention_id"]]
    frame = result.directives if row is ONE else result.indicators
    assert row_of(frame, row)["review"] is None
    assert row_of(frame, row)["confidence"] == 0.8


@pytest.mark.parametrize(
    ("second", "told"),
    [
        (on(ONE, "reject", author="P. Lan"), "reject contradicts amend by N. Ha in corrections.toml, correction 1"),
        (on(ONE, "amend", fields={"due_on": date(2025, 7, 1)}), "due_edtf, due_on: set to another value by N. Ha"),
        (on(ONE, "amend", fields={"due_edtf": "2025-07"}), "due_edtf, due_on: set to another value by N. Ha"),
    ],
)
def test_of_two_that_contradict_the_first_holds(tmp_path: Path, second: Row, told: str) -> None:
    result = apply(read(tmp_path, on(ONE, "amend", fields={"due_on": date(2025, 6, 30)}), second))
    assert row_of(result.directives, ONE)["due_on"] == date(2025, 6, 30)
    (detail,) = result.quarantine["detail"]
    assert told in detail
    assert "keep one of the two" in detail


def test_amendments_of_other_columns_add_up(tmp_path: Path) -> None:
    due, issuer = {"due_on": date(2025, 6, 30)}, {"issuer_id": "vnm-mof"}
    entries = read(tmp_path, on(ONE, "amend", fields=due), on(ONE, "amend", fields=issuer, author="P. Lan"))
    result = apply(entries)
    row = row_of(result.directives, ONE)
    assert (row["due_on"], row["issuer_id"], row["reviewed_by"]) == (date(2025, 6, 30), "vnm-mof", "N. Ha; P. Lan")
    assert result.corrections["applied"].to_list() == [True, True]


LOST = "men-00000000000000ff"


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        ({"quote": "quote 1", "article_url": "file:///articles/a.txt"}, TWO),
        ({"quote": "quote 1", "article_url": "file:///home/lan/press/a.txt"}, TWO),
        ({"quote": "quote 0", "article_url": "https://b.example/1"}, THREE),
        ({"quote": "quote 0", "article_url": "https://b.example/lakes"}, THREE),
    ],
)
def test_a_lost_id_is_found_again_by_its_quote(tmp_path: Path, entry: Row, found: Row) -> None:
    result = apply(read(tmp_path, {"mention_id": LOST, "decision": "reject", **entry}))
    assert found["mention_id"] not in set(result.directives["mention_id"])
    (told,) = result.corrections.to_dicts()
    assert (told["mention_id"], told["applied_to"], told["applied"]) == (LOST, found["mention_id"], True)
    assert "found again by its quote in the same article" in told["detail"]


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({}, "the entry has no quote and article_url to find it by"),
        ({"quote": "quote 1"}, "the entry has no quote and article_url to find it by"),
        ({"quote": "quote 1", "article_url": "file:///articles/z.txt"}, "its article is not read"),
        ({"quote": "quote 1", "article_url": "file:///"}, "its article is not read"),
        ({"quote": "quote 1", "article_url": "https://b.example/1"}, "no statement says its quote in its article"),
        ({"quote": "quote", "article_url": "file:///articles/a.txt"}, "no statement says its quote"),
        ({"quote": "twice", "article_url": "file:///articles/c.txt"}, "2 statements say its quote in its article"),
        (
            {"quote": "quote 1", "article_url": "file:///articles/a.txt", "kind": "indicator"},
            "no statement says its quote in its article",
        ),
    ],
)
def test_what_is_not_found_is_stale_and_kept(tmp_path: Path, entry: Row, told: str) -> None:
    frame = directives(ONE, TWO, THREE, *(directive("c", n, "row", quote="twice") for n in (0, 1)))
    result = apply(read(tmp_path, {"mention_id": LOST, "decision": "reject", **entry}), frame)
    assert result.directives.height == frame.height
    (row,) = result.corrections.to_dicts()
    assert (row["applied"], row["applied_to"], row["quote"]) == (False, None, entry.get("quote"))
    assert row["detail"].startswith("stale: no statement of this run has this id")
    assert told in row["detail"]


def test_an_old_and_a_new_id_of_one_statement_may_not_contradict(tmp_path: Path) -> None:
    old = {"mention_id": LOST, "decision": "reject", "quote": "quote 1", "article_url": "file:///articles/a.txt"}
    result = apply(read(tmp_path, on(TWO, "confirm"), old))
    assert row_of(result.directives, TWO)["review"] == "confirmed"
    assert "reject contradicts confirm" in result.quarantine["detail"][0]


def test_facts_follow_and_say_so(tmp_path: Path) -> None:
    reviewed = apply(read(tmp_path, on(ONE, "amend", fields={"due_on": date(2025, 6, 30)}), on(SHARE, "confirm")))
    settled = settle_directives(reviewed.directives, ARTICLES, stories("story"), empty_frame(Events)).facts
    lakes = settled.filter(pl.col("action") == "count the lakes").to_dicts()
    assert {row["review"] for row in lakes} >= {"amended"}
    amended = next(row for row in lakes if row["review"] == "amended")
    assert (amended["due_on"], amended["mention_id"], amended["confidence"]) == (
        date(2025, 6, 30), ONE["mention_id"], 1.0,
    )  # fmt: skip
    assert settled.filter(pl.col("action") == "publish a plan for data centres")["review"].to_list() == [None]
    figures = settle_indicators(reviewed.indicators, ARTICLES, stories("story")).facts
    assert figures["review"].to_list() == ["confirmed"]


_DECISIONS = st.lists(st.sampled_from([None, "confirm", "reject"]), min_size=3, max_size=3)


@given(_DECISIONS)
def test_any_decisions_touch_their_own_statements_only(
    tmp_path_factory: pytest.TempPathFactory, decisions: list[str | None]
) -> None:
    rows = (ONE, TWO, THREE)
    made = [on(row, decision) for row, decision in zip(rows, decisions, strict=True) if decision]
    entries = read(tmp_path_factory.mktemp("any"), *made) if made else empty_frame(CorrectionEntries)
    result = apply(entries)
    kept = [row["mention_id"] for row, decision in zip(rows, decisions, strict=True) if decision != "reject"]
    assert result.directives["mention_id"].to_list() == kept
    untouched = [row["mention_id"] for row, decision in zip(rows, decisions, strict=True) if decision is None]
    is_untouched = pl.col("mention_id").is_in(untouched)
    assert result.directives.filter(is_untouched).drop("review", "reviewed_by").equals(DIRECTIVES.filter(is_untouched))
    assert result.corrections["applied"].all()
