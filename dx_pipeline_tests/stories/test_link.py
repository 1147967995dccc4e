import random
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dx_pipeline.schemas.documents import LinkedArticles, ParsedArticles, Stories
from dx_pipeline.schemas.frames import empty_frame
from dx_pipeline.stories.link import Linked, link_stories
from dx_pipeline_tests.builders import DAY, Row, article_id, parsed_article, parsed_articles

SOURCE = "https://paper.example/news/a-report-on-the-plan-4711.htm"

REPORT = {
    "en": (
        "The programme office said on Monday that 4,812 offices now accept forms online, against 3,950 a year ago. "
        "Some 83.5 per cent of them are in the lowlands. The budget grew by 27 per cent to 615 million. "
        "Decision 88/QD-BKX names 44 districts that come next."
    ),
    "fr": (
        "Le bureau du programme a indiqué lundi que 4 812 guichets acceptent désormais les formulaires en ligne, "
        "contre 3 950 un an plus tôt. Environ 83,5 % d'entre eux sont en plaine. Le budget a crû de 27 % pour "
        "atteindre 615 millions. La décision 88/QD-BKX désigne les 44 districts suivants."
    ),
    "pl": (
        "Biuro programu podało w poniedziałek, że 4 812 urzędów przyjmuje formularze przez internet, rok temu 3 950. "
        "Około 83,5 proc. z nich leży na nizinie. Budżet wzrósł o 27 proc. do 615 mln. "
        "Decyzja 88/QĐ-BKX wymienia 44 kolejne powiaty."
    ),
}
REWORDED = (
    "Online forms are taken by 4,812 counters today; last year it was 3,950. Money is up 27 per cent, at 615 million. "
    "Lowland counters make 83.5 per cent of the total, and 44 districts follow under Decision 88/QD-BKX."
)
OTHER = "The harbour board opened a training school for pilots and thanked the staff for a quiet and orderly season."


def _link(*rows: Row) -> Linked:
    linked = link_stories(parsed_articles(*rows))
    LinkedArticles.validate(linked.articles, lazy=True)
    Stories.validate(linked.stories, lazy=True)
    return linked


def _groups(linked: Linked) -> set[frozenset[str]]:
    grouped = linked.articles.group_by("story_id").agg("article_id")
    return {frozenset(members) for members in grouped["article_id"]}


def _ids(*names: str) -> frozenset[str]:
    return frozenset(article_id(name) for name in names)


def _report(name: str, language: str, **columns: Any) -> Row:
    return parsed_article(name, REPORT[language], language=language, **columns)


def test_no_articles_give_no_stories() -> None:
    linked = link_stories(empty_frame(ParsedArticles))
    assert (linked.articles.height, linked.stories.height) == (0, 0)
    LinkedArticles.validate(linked.articles)
    Stories.validate(linked.stories)


def test_translations_are_joined_by_their_numbers_and_have_one_origin() -> None:
    linked = _link(_report("a", "en"), _report("b", "fr"), _report("c", "pl"), parsed_article("x", OTHER))
    assert _groups(linked) == {_ids("a", "b", "c"), _ids("x")}
    story = linked.stories.filter(pl.col("article_count") == 3).row(0, named=True)
    assert story["languages"] == ["en", "fr", "pl"]
    assert story["linked_by"] == ["numbers"]
    assert (story["language_count"], story["publisher_count"], story["origin_count"]) == (3, 3, 1)


def test_few_or_light_numbers_join_nothing() -> None:
    one = "In 2023 and 2024 there were 3 plans, 5 meetings and 7 visits, 12 of them long, 95 in all."
    other = "W latach 2023 i 2024 były 3 plany, 5 narad i 7 wizyt, 12 długich, razem 95."
    assert len(_groups(_link(parsed_article("a", one), parsed_article("b", other, language="pl")))) == 2


def test_a_printed_source_joins_what_shares_no_word_and_no_number() -> None:
    one = parsed_article("a", "A first text.", is_based_on=SOURCE)
    other = parsed_article("b", OTHER, language="nb", is_based_on=SOURCE.replace("https", "http") + "?utm_medium=mail")
    linked = _link(one, other)
    assert _groups(linked) == {_ids("a", "b")}
    assert linked.stories["linked_by"].to_list() == [["address"]]
    assert linked.stories["origin_count"].to_list() == [1]


@pytest.mark.parametrize("own", [{"canonical_url": SOURCE}, {"url": SOURCE}])
def test_an_article_is_joined_to_the_page_that_it_names_as_its_source(own: dict[str, str]) -> None:
    original = parsed_article("a", "The first text.", **own)
    assert _groups(_link(original, parsed_article("b", OTHER, is_based_on=SOURCE))) == {_ids("a", "b")}


def test_a_front_page_as_source_joins_nothing() -> None:
    rows = [
        parsed_article(n, text, is_based_on="https://paper.example/") for n, text in (("a", OTHER), ("b", REPORT["en"]))
    ]
    assert len(_groups(_link(*rows))) == 2


def test_copies_in_one_language_are_joined_by_wording() -> None:
    copy = f"Paper of the South\n{REWORDED.replace('4,812', '4812')}\nShare this page"
    linked = _link(parsed_article("a", REWORDED), parsed_article("b", copy), parsed_article("x", OTHER))
    assert _groups(linked) == {_ids("a", "b"), _ids("x")}
    story = linked.stories.filter(pl.col("article_count") == 2).row(0, named=True)
    assert (story["linked_by"], story["origin_count"]) == (["numbers", "wording"], 1)


def test_one_form_filled_with_other_numbers_is_another_story() -> None:
    form = "The exchange gave its figures this morning as on every working day: {} {} {} {} were the main ones, it said"
    one, other = form.format(101.2, 202.3, 303.4, 404.5), form.format(111.2, 222.3, 333.4, 444.5)
    later = {"published_on": DAY + timedelta(days=1)}
    assert len(_groups(_link(parsed_article("a", one), parsed_article("b", other, **later)))) == 2


def test_a_rewording_by_another_newsroom_is_an_origin_of_its_own() -> None:
    linked = _link(_report("a", "en"), parsed_article("b", REWORDED), _report("c", "fr"), _report("d", "fr"))
    assert _groups(linked) == {_ids("a", "b", "c", "d")}
    assert linked.stories["origin_count"].to_list() == [2]
    origins = dict(linked.articles.select("article_id", "origin_id").iter_rows())
    assert origins[article_id("c")] == origins[article_id("d")]
    assert len({origins[article_id("a")], origins[article_id("b")]}) == 2


@pytest.mark.parametrize("columns", [{"publisher": "Publisher a"}, {"publisher": None}])
def test_a_rewording_of_the_same_or_of_an_unnamed_newsroom_is_none(columns: dict[str, Any]) -> None:
    linked = _link(_report("a", "en"), parsed_article("b", REWORDED, **columns))
    assert linked.stories["origin_count"].to_list() == [1]


def test_what_an_aggregator_prints_comes_from_the_newsrooms_that_it_names() -> None:
    one = _report("a", "en", publisher="Aggregator", is_based_on=SOURCE)
    other = parsed_article("b", REWORDED, publisher="Aggregator", is_based_on="https://gazette.example/forms-815.htm")
    assert _link(one, other).stories["origin_count"].to_list() == [2]


def test_two_meetings_a_month_apart_stay_two_stories() -> None:
    again = {"published_on": DAY + timedelta(days=30)}
    assert len(_groups(_link(_report("a", "en"), _report("b", "en", **again), _report("c", "fr", **again)))) == 2


def test_an_official_notice_two_weeks_later_is_another_story() -> None:
    notice = parsed_article("b", f"Notice. {REWORDED}", published_on=DAY + timedelta(days=14))
    assert len(_groups(_link(_report("a", "en"), notice))) == 2


def test_a_chain_of_days_does_not_stretch_a_story() -> None:
    rows = [_report(name, "en", published_on=DAY + timedelta(days=2 * n)) for n, name in enumerate("abcd")]
    linked = _link(*rows)
    spans = linked.articles.group_by("story_id").agg(pl.col("published_on").max() - pl.col("published_on").min())
    assert spans.filter(pl.col("published_on") > timedelta(days=3)).is_empty()
    assert linked.stories.height == 2


def test_a_reprint_with_the_same_printed_source_joins_across_the_fence() -> None:
    reprint = _report("b", "en", is_based_on=SOURCE, published_on=DAY + timedelta(days=40))
    copy = _report("c", "fr", published_on=DAY + timedelta(days=1))
    linked = _link(_report("a", "en", is_based_on=SOURCE), reprint, copy)
    assert _groups(linked) == {_ids("a", "b", "c")}


def test_the_same_source_does_not_join_other_words_across_the_fence() -> None:
    later = parsed_article("b", OTHER, is_based_on=SOURCE, published_on=DAY + timedelta(days=4))
    assert len(_groups(_link(_report("a", "en", is_based_on=SOURCE), later))) == 2


def test_an_undated_copy_takes_the_first_day_of_its_story() -> None:
    undated = {"published_on": None, "published_on_source": None}
    later = {"published_on": DAY + timedelta(days=1)}
    linked = _link(_report("a", "en", **undated), _report("b", "fr", **later), _report("c", "pl"))
    row = linked.articles.filter(pl.col("article_id") == article_id("a")).row(0, named=True)
    assert (row["published_on"], row["published_on_source"]) == (DAY, "story")
    assert linked.articles.filter(pl.col("published_on_source") == "story").height == 1
    assert linked.stories["first_published_on"].to_list() == [DAY]


def test_without_any_day_nothing_is_invented() -> None:
    undated = {"published_on": None, "published_on_source": None}
    linked = _link(_report("a", "en", **undated), _report("b", "fr", **undated))
    assert linked.stories["first_published_on"].to_list() == [None]
    assert linked.articles["published_on_source"].to_list() == [None, None]


def test_an_undated_copy_does_not_bridge_two_stories() -> None:
    undated = {"published_on": None, "published_on_source": None}
    later = {"published_on": DAY + timedelta(days=30)}
    linked = _link(_report("a", "en"), _report("b", "fr", **undated), _report("c", "en", **later))
    assert _groups(linked) == {_ids("a", "b"), _ids("c")}


def test_the_title_is_that_of_the_earliest_article_with_one() -> None:
    rows = [
        _report("a", "en", title=None, published_on=DAY - timedelta(days=1)),
        _report("b", "fr", title="Un titre"),
        _report("c", "pl", published_on=DAY + timedelta(days=1)),
    ]
    assert _link(*rows).stories["title"].to_list() == ["Un titre"]


def test_an_article_of_unknown_language_is_joined_and_counts_no_language() -> None:
    linked = _link(_report("a", "en") | {"language": None}, _report("b", "fr"))
    assert linked.stories.select("article_count", "language_count").row(0) == (2, 1)


TEXTS = [*REPORT.values(), REWORDED, OTHER, f"{OTHER} {REWORDED}", "", "Too short"]


@st.composite
def corpora(draw: st.DrawFn) -> list[Row]:
    count = draw(st.integers(1, 7))
    return [
        parsed_article(
            f"a{n}",
            draw(st.sampled_from(TEXTS)),
            language=draw(st.sampled_from(["en", "fr", None])),
            publisher=draw(st.sampled_from(["One", "Two", None])),
            is_based_on=draw(st.sampled_from([None, None, SOURCE])),
            published_on=draw(st.sampled_from([None, *(date(2025, 3, day) for day in (1, 3, 5, 20))])),
        )
        for n in range(count)
    ]


@settings(max_examples=60, deadline=None)
@given(corpora(), st.randoms(use_true_random=False))
def test_order_of_arrival_and_reruns_change_nothing(rows: list[Row], chance: random.Random) -> None:
    linked = _link(*rows)
    chance.shuffle(rows)
    again = _link(*rows)
    assert linked.articles.equals(again.articles)
    assert linked.stories.equals(again.stories)


@settings(max_examples=60, deadline=None)
@given(corpora(), st.data())
def test_a_second_capture_of_an_article_joins_its_story_and_moves_no_other(
    rows: list[Row], data: st.DataObject
) -> None:
    original = data.draw(st.sampled_from([row for row in rows if len(row["text"].split()) > 5] or [rows[0]]))
    if len(original["text"].split()) <= 5:
        return
    latest = {"article_id": "art-" + "f" * 16, "capture_id": "cap-" + "f" * 16}
    linked, more = _link(*rows), _link(*rows, original | latest)
    before = dict(linked.articles.select("article_id", "story_id").iter_rows())
    after = dict(more.articles.select("article_id", "story_id").iter_rows())
    assert after.pop(latest["article_id"]) == before[original["article_id"]]
    assert after == before
    columns = ["story_id", "title", "first_published_on", "origin_count", "languages", "publisher_count"]
    assert linked.stories.select(columns).equals(more.stories.select(columns))


def test_earlier_versions_of_a_page_are_in_its_story_and_count_for_nothing() -> None:
    columns = {"url": "https://a.example/one"}
    old = _report("a", "en", version_no=1, is_latest=False, published_on=None, **columns)
    linked = _link(old, _report("b", "en", version_no=2, **columns), _report("c", "fr"))
    assert _groups(linked) == {_ids("a", "b", "c")}
    assert linked.stories["article_count"].to_list() == [2]
    rows = {row["article_id"]: row for row in linked.articles.iter_rows(named=True)}
    assert rows[article_id("a")]["origin_id"] == rows[article_id("b")]["origin_id"]
    assert rows[article_id("a")]["published_on"] == DAY
