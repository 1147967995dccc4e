import random
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dx_pipeline.facts.indicators import settle_indicators
from dx_pipeline.facts.statements import Settled
from dx_pipeline.schemas.documents import Articles
from dx_pipeline.schemas.facts import Indicators
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.schemas.mentions import IndicatorCandidates, IndicatorMentions
from dx_pipeline_tests.builders import (
    DAY,
    Row,
    article,
    article_id,
    articles,
    indicator,
    indicators,
    stories,
    story_id,
)

LATER = DAY + timedelta(days=40)
READ = (
    article("a", origin="a"),
    article("b", language="fr", origin="a"),
    article("c", origin="c", published_on=DAY + timedelta(days=1)),
    article("d", story="other", origin="d", published_on=LATER),
)
STORIES = stories("story", "other")
FR: dict[str, Any] = {"language": "fr"}
KNOWN: dict[str, Any] = {"metric_id": "m-desks", "area": "VNM", "period": "2024"}
DESKS: dict[str, Any] = {"unit": "desks", "metric_text": "help desks"}
GUICHETS: dict[str, Any] = {"unit": "desks", "metric_text": "guichets", **FR}


def _settle(*rows: Row, read: tuple[Row, ...] = READ) -> Settled:
    settled = settle_indicators(indicators(*rows), articles(*read), stories("story", "other"))
    IndicatorMentions.validate(settled.mentions, lazy=True)
    Indicators.validate(settled.facts, lazy=True)
    assert settled.mentions.height == len(rows)
    return settled


def _settle_unchecked(rows: Iterable[Row], read: Iterable[Row]) -> Settled:
    """Settle without validating each frame, which takes most of a property test's time."""
    return settle_indicators(frame_of(IndicatorCandidates, rows), frame_of(Articles, read), STORIES)


def _only(settled: Settled) -> Row:
    assert settled.facts.height == 1
    return settled.facts.row(0, named=True)


def test_no_statements_give_no_indicators() -> None:
    assert _settle().facts.is_empty()


def test_figures_told_in_two_languages_are_counted_once() -> None:
    values = [4812.0, 83.5, 615e6, 27.0, 44.0]
    rows = [indicator("a", n, value, unit=f"unit {n}", metric_text="word") for n, value in enumerate(values)]
    rows += [indicator("b", n, value, unit=f"unit {n}", metric_text="mot", **FR) for n, value in enumerate(values)]
    settled = _settle(*rows)
    assert settled.facts.height == len(values)
    assert settled.facts["language_count"].to_list() == [2] * len(values)
    assert settled.facts["origin_count"].to_list() == [1] * len(values)


def test_equal_figures_with_unknown_metrics_are_aligned_in_order() -> None:
    rows = [
        indicator("a", 0, 30.0, unit="percent", metric_text="share of schools"),
        indicator("a", 1, 30.0, unit="percent", metric_text="share of clinics"),
        indicator("b", 0, 30.0, unit="percent", metric_text="part des écoles", **FR),
        indicator("b", 1, 30.0, unit="percent", metric_text="part des cliniques", **FR),
    ]
    grouped = _settle(*rows).mentions.group_by("indicator_id").agg("ordinal")
    assert sorted(map(sorted, grouped["ordinal"].to_list())) == [[0, 0], [1, 1]]


def test_nulls_are_filled_and_a_metric_is_lent_across_languages() -> None:
    told = {"change": 860.0, "change_since": "2023"}
    one = indicator("a", 0, 4812.0, confidence=0.9, **DESKS)
    other = indicator("b", 0, 4812.0, confidence=0.5, publisher_id="vnm-nso", **KNOWN, **GUICHETS, **told)
    settled = _only(_settle(one, other))
    assert {name: settled[name] for name in ("metric_id", "area", "period", *told)} == {**KNOWN, **told}
    assert (settled["metric_text"], settled["publisher_id"], settled["mention_id"]) == (
        "help desks",
        "vnm-nso",
        one["mention_id"],
    )


@pytest.mark.parametrize("columns", [{"unit": "persons"}, {"unit": None}, {"change": 7.0}])
def test_a_metric_is_not_lent_where_unit_or_change_disagree(columns: dict[str, Any]) -> None:
    one = indicator("a", 0, 4812.0, change=5.0, **DESKS)
    other = indicator("b", 0, 4812.0, **({**GUICHETS, "metric_id": "m-desks"} | columns))
    assert _settle(one, other).facts.height == 2


@pytest.mark.parametrize(
    "columns",
    [
        {"value": 4813.0},
        {"metric_id": "m-other"},
        {"area": "VN-22"},
        {"period": "2023"},
        {"kind": "target"},
        {"value_high": 5000.0},
    ],
)
def test_what_differs_stays_apart(columns: dict[str, Any]) -> None:
    one = indicator("a", 0, 4812.0, **KNOWN, value_high=4900.0)
    assert _settle(one, indicator("b", 0, 4812.0) | KNOWN | {"value_high": 4900.0} | FR | columns).facts.height == 2


def test_a_repeat_in_one_article_merges_and_another_thing_with_the_same_number_does_not() -> None:
    lead, body = indicator("a", 0, 71.0, metric_id="m-rank"), indicator("a", 1, 71.0, metric_id="m-rank", period="2024")
    assert _only(_settle(lead, body))["period"] == "2024"
    nameless = [indicator("a", n, 30.0, unit="percent") for n in range(2)]
    assert _settle(*nameless).facts.height == 2


def test_a_change_alone_joins_the_level_that_it_explains() -> None:
    level = indicator("a", 0, 71.0, metric_id="m-rank", change=15.0)
    change = indicator("b", 0, None, metric_id="m-rank", change=15.0, comparator="~", confidence=0.9, **FR)
    settled = _only(_settle(level, change))
    assert (settled["value"], settled["comparator"]) == (71.0, "=")


def test_a_narrower_period_is_no_contradiction() -> None:
    rows = [
        indicator("a", 0, 71.0, metric_id="m", period="2024"),
        indicator("b", 0, 71.0, metric_id="m", period="2024-09", **FR),
    ]
    assert _only(_settle(*rows))["conflicts"] == []


def test_statements_of_one_figure_that_disagree_say_so() -> None:
    one = indicator("a", 0, 71.0, **KNOWN, change=15.0, out_of=193.0, confidence=0.9)
    other = indicator("b", 0, 71.0, **KNOWN, **FR, change=14.0, out_of=193.0, comparator="~")
    assert _only(_settle(one, other))["conflicts"] == [
        f"comparator: = (en, {article_id('a')}) against ~ (fr, {article_id('b')})",
        f"change: 15 (en, {article_id('a')}) against 14 (fr, {article_id('b')})",
    ]


def test_two_figures_for_one_measure_name_each_other() -> None:
    settled = _settle(indicator("a", 0, 70.0, **KNOWN), indicator("c", 0, 72.5, **KNOWN)).facts.sort("value")
    a, c = f"(en, {article_id('a')})", f"(en, {article_id('c')})"
    assert settled["conflicts"].to_list() == [[f"value: 70 {a} against 72.5 {c}"], [f"value: 72.5 {c} against 70 {a}"]]


def test_figures_of_two_stories_or_of_an_open_period_do_not_contradict() -> None:
    apart = _settle(indicator("a", 0, 70.0, **KNOWN), indicator("d", 0, 72.0, **KNOWN, story="other"))
    open_ones = _settle(*(indicator("a", n, 70.0 + n, metric_id="m", area="VNM") for n in range(2)))
    assert [*apart.facts["conflicts"].to_list(), *open_ones.facts["conflicts"].to_list()] == [[]] * 4


def test_a_fully_known_figure_is_one_indicator_in_every_story() -> None:
    rows = [
        indicator("a", 0, 70.0, **KNOWN),
        indicator("b", 0, 70.0, **KNOWN, **FR),
        indicator("c", 0, 70.0, **KNOWN),
        indicator("d", 0, 70.0, **KNOWN, story="other", confidence=0.9),
    ]
    settled = _only(_settle(*rows))
    assert (settled["mention_count"], settled["origin_count"], settled["languages"]) == (4, 3, ["en", "fr"])
    assert (settled["story_id"], settled["stated_on"], settled["confidence"]) == (story_id("story"), DAY, 0.9)
    assert settled["indicator_id"] == _only(_settle(rows[3]))["indicator_id"]


@pytest.mark.parametrize("unknown", ["metric_id", "area", "period"])
def test_a_figure_of_which_something_is_unknown_belongs_to_its_story(unknown: str) -> None:
    known = KNOWN | {unknown: None}
    rows = [
        indicator("a", 0, 70.0, unit="desks", **known),
        indicator("d", 0, 70.0, unit="desks", **known, story="other"),
    ]
    assert _settle(*rows).facts.height == 2


def test_an_unknown_article_or_story_is_an_error_that_names_it() -> None:
    with pytest.raises(ValueError, match=article_id("z")):
        _settle(indicator("z", 0, 1.0))
    with pytest.raises(ValueError, match=story_id("nowhere")):
        _settle(indicator("a", 0, 1.0, story="nowhere"))


@st.composite
def statements(draw: st.DrawFn) -> list[Row]:
    rows = []
    for name, language, story in (
        ("a", "en", "story"),
        ("b", "fr", "story"),
        ("c", "en", "story"),
        ("d", "en", "other"),
    ):
        rows += [
            indicator(
                name,
                ordinal,
                draw(st.sampled_from([30.0, 71.0])),
                language=language,
                story=story,
                metric_id=draw(st.sampled_from(["m-desks", "m-rank", None])),
                metric_text=draw(st.sampled_from(["share of schools", "share of clinics", None])),
                area=draw(st.sampled_from(["VNM", None])),
                period=draw(st.sampled_from(["2024", "2024-09", None])),
                unit=draw(st.sampled_from(["percent", None])),
                change=draw(st.sampled_from([None, 5.0])),
                confidence=draw(st.sampled_from([0.6, 0.8])),
            )
            for ordinal in range(draw(st.integers(0, 4)))
        ]
    return rows


@settings(max_examples=60, deadline=None)
@given(statements(), st.randoms(use_true_random=False))
def test_order_of_rows_and_reruns_change_nothing(rows: list[Row], chance: random.Random) -> None:
    settled = _settle_unchecked(rows, READ)
    read = list(READ)
    chance.shuffle(rows)
    chance.shuffle(read)
    again = _settle_unchecked(rows, read)
    assert settled.mentions.equals(again.mentions)
    assert settled.facts.equals(again.facts)


@settings(max_examples=100, deadline=None)
@given(statements(), st.sampled_from("abcd"))
def test_a_second_copy_of_an_article_changes_counts_alone(rows: list[Row], name: str) -> None:
    original = next(row for row in READ if row["article_id"] == article_id(name))
    copy = original | {"article_id": "art-" + "f" * 16, "capture_id": "cap-" + "f" * 16}
    copied = [
        row | {"article_id": copy["article_id"], "mention_id": row["mention_id"].replace("men-", "copy-")}
        for row in rows
        if row["article_id"] == article_id(name)
    ]
    settled, more = _settle_unchecked(rows, READ), _settle_unchecked([*rows, *copied], [*READ, copy])
    assert settled.facts.drop("mention_count", "conflicts").equals(more.facts.drop("mention_count", "conflicts"))
    kept = more.mentions.filter(pl.col("article_id") != copy["article_id"])
    assert kept.equals(settled.mentions)


@settings(max_examples=60, deadline=None)
@given(statements())
def test_statements_of_one_indicator_agree_on_value_and_kind(rows: list[Row]) -> None:
    for _, told in _settle_unchecked(rows, READ).mentions.group_by("indicator_id"):
        assert told["value"].n_unique() == 1
        assert told["metric_id"].drop_nulls().n_unique() <= 1


def test_the_earliest_day_is_kept_and_an_unknown_day_is_none() -> None:
    undated = article("e", published_on=None, published_on_source=None)
    assert _only(_settle(indicator("e", 0, 5.0), read=(undated,)))["stated_on"] is None
    dated = article("f", published_on=date(2025, 1, 2))
    rows = [indicator("e", 0, 5.0, metric_id="m"), indicator("f", 0, 5.0, metric_id="m")]
    assert _only(_settle(*rows, read=(undated, dated)))["stated_on"] == date(2025, 1, 2)
