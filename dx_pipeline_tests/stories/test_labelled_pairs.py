from functools import cache
from itertools import combinations

import pytest

from dx_pipeline.stories.link import link_stories
from dx_pipeline_tests.stories.labelled_pairs import Labelled, Score, score, shipped_articles, written_stories

SETS = {"written": written_stories, "shipped": shipped_articles}


@cache
def labelled(name: str) -> tuple[Labelled, dict[str, str]]:
    given = SETS[name]()
    return given, dict(link_stories(given.articles).articles.select("article_id", "story_id").iter_rows())


def across_languages(given: Labelled) -> list[tuple[str, str]]:
    language = dict(given.articles.select("article_id", "language").iter_rows())
    return [(a, b) for a, b in combinations(sorted(given.story_of), 2) if language[a] != language[b]]


@pytest.mark.parametrize("name", SETS)
def test_pairs_of_one_story_are_found_and_no_others(name: str) -> None:
    given, found = labelled(name)
    scored = score(given.story_of, found)
    assert scored.precision >= 0.99, scored
    assert scored.recall >= 0.95, scored


@pytest.mark.parametrize("name", SETS)
def test_so_are_pairs_across_languages(name: str) -> None:
    given, found = labelled(name)
    scored = score(given.story_of, found, across_languages(given))
    assert scored.precision >= 0.99, scored
    assert scored.recall >= 0.95, scored


def test_all_sets_together_are_no_harder() -> None:
    """Articles of one set are never a story with those of another, though events and figures are the same."""
    sets = [labelled(name)[0] for name in SETS]
    frames = [given.articles for given in sets]
    found = link_stories(frames[0].vstack(frames[1])).articles.select("article_id", "story_id")
    scored = score({**sets[0].story_of, **sets[1].story_of}, dict(found.iter_rows()))
    assert scored.precision >= 0.99, scored
    assert scored.recall >= 0.95, scored


def test_a_score_counts_pairs() -> None:
    assert score({"a": "s", "b": "s", "c": "t"}, {"a": "x", "b": "y", "c": "x"}) == Score(right=0, wrong=1, missed=1)
