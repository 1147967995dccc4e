from datetime import date

import polars as pl

from dx_pipeline.identifiers import stable_id
from dx_pipeline.schemas.documents import StoryAliases
from dx_pipeline.stories.link import Linked, link_stories
from dx_pipeline.stories.naming import Published
from dx_pipeline_tests.builders import Row, article_id, parsed_article, parsed_articles

SOURCE = "https://gazette.example/2025/plan-for-digital-services-100.html"


def copy(name: str, day: int, **columns: str) -> Row:
    return parsed_article(name, f"The text of {name}.", published_on=date(2025, 3, day), is_based_on=SOURCE, **columns)


def link(*rows: Row, before: Linked | None = None) -> Linked:
    published = Published.read(before.articles, before.stories, before.aliases) if before else None
    linked = link_stories(parsed_articles(*rows), published)
    StoryAliases.validate(linked.aliases)
    return linked


def story_of(linked: Linked, name: str) -> str:
    (row,) = linked.articles.filter(article_id=article_id(name)).to_dicts()
    return str(row["story_id"])


def test_a_story_is_named_by_its_earliest_article() -> None:
    linked = link(copy("b", 11), copy("a", 10))
    assert linked.stories["story_id"].to_list() == [stable_id("sty", article_id("a"))]


def test_a_late_article_joins_under_the_same_id_though_it_is_earlier() -> None:
    first = link(copy("b", 11))
    second = link(copy("b", 11), copy("a", 10), before=first)
    assert story_of(second, "a") == story_of(second, "b") == story_of(first, "b")
    assert second.stories["first_published_on"].to_list() == [date(2025, 3, 10)]


def test_stories_that_turn_out_to_be_one_keep_the_older_id_and_the_other_leads_to_it() -> None:
    parts = [
        parsed_article("a", "One text.", published_on=date(2025, 3, 10), url="file:///a.txt"),
        parsed_article("b", "Other words.", published_on=date(2025, 3, 9), is_based_on=SOURCE),
    ]
    first = link(*parts)
    bridge = parsed_article("c", "A bridge.", published_on=date(2025, 3, 11), canonical_url=SOURCE)
    joined = [parts[0] | {"is_based_on": SOURCE}, parts[1], bridge]
    second = link(*joined, before=first)
    (kept,) = second.stories["story_id"].to_list()
    assert kept == story_of(first, "b")
    merged = second.aliases.filter(reason="merged")
    assert merged.select("alias_id", "story_id").rows() == [(story_of(first, "a"), kept)]
    third = link(*joined, before=second)
    assert third.aliases.equals(second.aliases)
    assert third.stories.equals(second.stories)


def test_an_alias_follows_when_its_story_is_merged_again() -> None:
    one, other, third = (copy(name, day) for name, day in (("a", 10), ("b", 9), ("c", 8)))
    apart = [one | {"is_based_on": None}, other | {"is_based_on": None}, third | {"is_based_on": None}]
    first = link(*apart)
    second = link(one, other, apart[2], before=first)
    last = link(one, other, third, before=second)
    (kept,) = last.stories["story_id"].to_list()
    assert kept == story_of(first, "c")
    assert set(last.aliases.filter(reason="merged").rows()) == {
        (story_of(first, "a"), kept, "merged"),
        (story_of(first, "b"), kept, "merged"),
    }


def test_a_story_that_falls_apart_keeps_its_id_once() -> None:
    first = link(copy("a", 10), copy("b", 11))
    apart = [copy("a", 10) | {"is_based_on": None}, copy("b", 11) | {"is_based_on": None}]
    second = link(*apart, before=first)
    assert story_of(second, "a") == story_of(first, "a")
    assert second.stories["story_id"].n_unique() == 2


def test_a_new_version_of_a_page_stays_in_its_story() -> None:
    first = link(copy("a", 10, url="https://gazette.example/plan-1.html"))
    newer = copy("b", 10, url="https://gazette.example/plan-1.html") | {"article_id": article_id("a2")}
    assert story_of(link(newer, before=first), "a2") == story_of(first, "a")


def test_every_id_that_a_story_could_have_had_leads_to_it() -> None:
    linked = link(copy("a", 10), copy("b", 11))
    assert linked.aliases.filter(reason="member").select("alias_id", "story_id").rows() == [
        (stable_id("sty", article_id("b")), stable_id("sty", article_id("a")))
    ]
    assert not set(linked.aliases["alias_id"]) & set(linked.stories["story_id"])


def test_without_a_release_before_nothing_is_merged() -> None:
    assert link(copy("a", 10)).aliases.filter(pl.col("reason") == "merged").is_empty()
