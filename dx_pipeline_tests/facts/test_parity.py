"""Translations of one text held against each other: what one lacks, what one says differently, and nothing else."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dx_pipeline.documents.parse import parse_captures
from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.folder import capture_folder
from dx_pipeline.extraction.extract import extract
from dx_pipeline.extraction.lexicon import Lexicon, load_lexicon
from dx_pipeline.facts.directives import settle_directives
from dx_pipeline.facts.indicators import settle_indicators
from dx_pipeline.facts.parity import compare_translations
from dx_pipeline.schemas.facts import TranslationParity
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import ArticleSource
from dx_pipeline.stories.link import link_stories
from dx_pipeline_tests.builders import (
    Row,
    article,
    article_id,
    articles,
    directive,
    directives,
    events,
    indicator,
    indicators,
    stories,
)

TEXTS = (
    article("vi", language="vi", origin="vi"),
    article("en", language="en", origin="vi"),
    article("pl", language="pl", origin="vi"),
)
SHARE: dict[str, Any] = {"metric_id": "m-share", "area": "VNM", "period": "2024", "unit": "percent"}
TASK = {"due_on": date(2025, 5, 31), "target_metric_id": "m-share", "target_value": 80.0, "target_unit": "percent"}


def figures(**values: float | None) -> list[Row]:
    """A figure of 2024 in each language that gives one."""
    told = {language: value for language, value in values.items() if value is not None}
    return [indicator(language, 0, value, language=language, **SHARE) for language, value in told.items()]


def compare(*rows: Row, read: tuple[Row, ...] = TEXTS) -> list[Row]:
    orders = [row for row in rows if "action" in row]
    told = [row for row in rows if "action" not in row]
    known, joined = articles(*read), stories("story")
    tasks = settle_directives(directives(*orders), known, joined, events()).mentions
    levels = settle_indicators(indicators(*told), known, joined).mentions
    return TranslationParity.validate(compare_translations(known, tasks, levels), lazy=True).to_dicts()


def test_translations_that_say_the_same_have_no_row() -> None:
    assert compare(*figures(vi=18.3, en=18.3, pl=18.3)) == []


def test_one_number_that_differs_is_one_row_with_both_quotes() -> None:
    (row,) = compare(*figures(vi=18.3, en=18.8, pl=18.3))
    assert (row["fact_kind"], row["field"], row["language"]) == ("indicator", "value", "en")
    assert (row["said"], row["other_said"], row["other_language"]) == ("18.8", "18.3", "vi")
    assert (row["article_id"], row["other_article_id"]) == (article_id("en"), article_id("vi"))
    assert all(row[side] for side in ("quote", "other_quote"))
    assert row["explanation"] == "value: 18.8 (en) against 18.3 (vi, pl)"


def test_most_languages_are_right_even_against_the_original() -> None:
    (row,) = compare(*figures(vi=18.8, en=18.3, pl=18.3))
    assert (row["language"], row["said"], row["other_language"]) == ("vi", "18.8", "en")


def test_of_two_the_original_is_right() -> None:
    (row,) = compare(*figures(vi=18.3, pl=13.3), read=(TEXTS[0], TEXTS[2]))
    assert (row["language"], row["other_language"]) == ("pl", "vi")


def test_a_fact_that_a_language_lacks_is_a_row() -> None:
    (row,) = compare(*figures(vi=18.3, en=18.3, pl=None))
    assert (row["field"], row["language"], row["mention_id"], row["quote"]) == ("missing", "pl", None, None)
    assert row["explanation"] == "not found in pl; told in vi, en"


def test_deadline_and_goal_of_a_task_are_compared() -> None:
    told = [directive(language, 0, "open data to all", language=language, **TASK) for language in ("vi", "en", "pl")]
    assert compare(*told) == []
    told[2] = told[2] | {"due_on": date(2025, 6, 30)}
    (row,) = compare(*told)
    assert (row["fact_kind"], row["field"], row["language"], row["said"]) == ("directive", "due_on", "pl", "2025-06-30")


def test_what_a_translation_leaves_open_is_no_disagreement() -> None:
    open_period = figures(en=18.3)[0] | {"period": None}
    assert compare(*figures(vi=18.3, pl=18.3), open_period) == []


@pytest.mark.parametrize(
    "other",
    [
        article("en", language="en", origin="en"),
        article("en", language="vi", origin="vi"),
        article("en", language="en", origin="vi", relevant=False),
    ],
    ids=["of another origin", "in the same language", "off topic"],
)
def test_only_translations_are_compared(other: Row) -> None:
    language = other["language"]
    assert (
        compare(indicator("en", 0, 20.0, **SHARE | {"language": language}), *figures(vi=18.3), read=(TEXTS[0], other))
        == []
    )


def test_a_short_extract_is_not_blamed_for_what_it_leaves_out() -> None:
    long = article("vi", language="vi", origin="vi", text="x" * 100)
    short = article("en", language="en", origin="vi", text="x" * 30)
    assert compare(*figures(vi=18.3), read=(long, short)) == []


# ---- the embedded edition, whose translations differ in one number


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load_lexicon(CATALOGUE)


def parity(folder: Path, lexicon: Lexicon, root: Path) -> pl.DataFrame:
    source = ArticleSource(source_id="sample", name="Sample", publisher="", licence="", folder=folder)
    archive = Archive(root)
    parsed = parse_captures(capture_folder(source, archive), archive.get, "run-1")
    linked = link_stories(parsed.articles)
    found = extract(linked.articles, parsed.blocks, lexicon)
    tasks = settle_directives(found.directives, found.articles, linked.stories, found.events, found.instruments)
    levels = settle_indicators(found.indicators, found.articles, linked.stories)
    return compare_translations(found.articles, tasks.mentions, levels.mentions)


def test_a_digit_changed_in_one_translation_is_exactly_one_row(lexicon: Lexicon, tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    for part in ("portal-vi", "translations"):
        shutil.copytree(CATALOGUE / "sample" / "articles" / part, folder / part)
    before = parity(folder, lexicon, tmp_path / "archive")
    slip = before.filter(fact_kind="indicator", field="value").to_dicts()
    assert [row["explanation"] for row in slip] == ["value: 34000000 (nb) against 3400000 (vi, en, pl)"]

    english = folder / "translations" / "one-more-month-for-2g-phones.txt"
    text = english.read_text(encoding="utf-8")
    assert text.count("11 million in May") == 1
    english.write_text(text.replace("11 million in May", "17 million in May"), encoding="utf-8")
    after = parity(folder, lexicon, tmp_path / "archive")
    same = ["fact_kind", "field", "language", "said", "other_said", "explanation"]
    (new,) = after.select(same).join(before.select(same), on=same, how="anti", nulls_equal=True).to_dicts()
    assert after.height == before.height + 1
    assert new["explanation"] == "value: 17000000 (en) against 11000000 (vi, nb, pl)"
