"""Whether an article is on topic: counted in the blocks that tell the story, and said in words."""

import polars as pl
import pytest

from dx_pipeline.extraction.extract import extract
from dx_pipeline.extraction.lexicon import Lexicon
from dx_pipeline.schemas.documents import Articles
from dx_pipeline_tests.builders import DAY
from dx_pipeline_tests.extraction.excerpts import Excerpt, body_blocks, linked_articles, read

ON_TOPIC = "The Prime Minister asked ministries to open databases. Digital transformation needs VNeID and 5G."
OFF_TOPIC = "The Prime Minister asked ministries to plant trees before 1 May 2025. Rain fell on 40 percent of fields."


def judged(lexicon: Lexicon, text: str, language: str | None = "en") -> dict[str, object]:
    extracted = read([Excerpt(text=text, language=language, published_on=DAY)], lexicon)
    return extracted.articles.row(0, named=True)


def test_an_article_about_the_programme_says_which_terms_decided(lexicon: Lexicon) -> None:
    row = judged(lexicon, ON_TOPIC)
    assert row["relevant"] is True
    assert "digital transformation" in str(row["relevance_reason"])


def test_an_article_off_topic_keeps_its_row_and_yields_nothing(lexicon: Lexicon) -> None:
    extracted = read([Excerpt(text=OFF_TOPIC, language="en", published_on=DAY)], lexicon)
    assert extracted.articles["relevant"].to_list() == [False]
    assert extracted.articles["relevance_reason"].to_list() == ["off topic: no term of the programme"]
    assert extracted.directives.is_empty()
    assert extracted.indicators.is_empty()


@pytest.mark.parametrize("language", ["de", None])
def test_a_language_without_a_pack_is_said_so(lexicon: Lexicon, language: str | None) -> None:
    row = judged(lexicon, ON_TOPIC, language)
    assert (row["relevance"], row["relevant"]) == (0.0, False)
    assert str(row["relevance_reason"]).startswith("no language pack for")


def test_an_earlier_version_of_a_page_keeps_its_row_and_yields_nothing(lexicon: Lexicon) -> None:
    excerpt = Excerpt(text=ON_TOPIC, language="en", published_on=DAY)
    earlier = linked_articles([excerpt]).with_columns(pl.lit(value=False).alias("is_latest"))
    extracted = extract(earlier, body_blocks([excerpt]), lexicon)
    assert extracted.articles["relevant"].to_list() == [False]
    assert extracted.articles["relevance_reason"].to_list() == ["a later version of the page is read instead"]
    assert extracted.directives.is_empty()


@pytest.mark.parametrize("kind", ["menu", "related", "comment", "caption", "tail", "meta"])
def test_words_outside_the_story_make_no_article_relevant(lexicon: Lexicon, kind: str) -> None:
    excerpt = Excerpt(text=ON_TOPIC, language="en", published_on=DAY)
    blocks = body_blocks([excerpt]).with_columns(pl.lit(kind).alias("kind"))
    extracted = extract(linked_articles([excerpt]), blocks, lexicon)
    assert extracted.articles["relevant"].to_list() == [False]
    assert extracted.directives.is_empty()


def test_more_terms_never_make_an_article_less_relevant(lexicon: Lexicon) -> None:
    shares = [
        judged(lexicon, " ".join(["Talk of 5G."] + ["Of VNeID and databases."] * n))["relevance"] for n in range(5)
    ]
    assert shares == sorted(shares, key=float)  # type: ignore[arg-type]
    assert shares[-1] == 1.0


def test_articles_pass_their_model(lexicon: Lexicon) -> None:
    extracted = read([Excerpt(text=ON_TOPIC, language="en"), Excerpt(text=OFF_TOPIC, language="en", name="b")], lexicon)
    Articles.validate(extracted.articles)
