"""The web sources of the catalogue: what each must say, and their table in the docs."""

from urllib.parse import urlsplit

import pytest

from dx_pipeline.evidence.page_addresses import host_of, source_hosts
from dx_pipeline.evidence.scope import fold_words, topic_pattern
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import ArticleSource, read_article_sources
from dx_pipeline_tests.source_table import DOCUMENT, with_table

SOURCES = [source for source in read_article_sources(CATALOGUE) if source.discovery]
HEADLINES = {
    "vi": (
        "Tỉnh đẩy mạnh dịch vụ công trực tuyến",
        "Cấp tài khoản VNeID cho học sinh",
        "Mưa lớn ở miền Trung, một số hoạt động phải hoãn",
    ),
    "en": ("Province digitises its land records", "New database for patients", "Heavy rain delays the cup final"),
    "fr": (
        "Le numérique au service des mairies",
        "Une base de données pour les notaires",
        "De fortes pluies retardent la finale",
    ),
    "es": (
        "La transformación digital llega al campo",
        "Nuevos trámites administrativos en línea",
        "La lluvia aplaza la final",
    ),
    "nb": ("Digitaliseringen når fjellene", "Ny database for pasienter", "Regn utsetter cupfinalen"),
    "pl": ("Cyfryzacja urzędów przyspiesza", "Sztuczna inteligencja w szpitalach", "Deszcz przełożył finał pucharu"),
}
"""By language: two headlines about the programme, and one about something else."""
PACKS = {path.stem for path in (CATALOGUE / "languages").glob("*.toml")}


def test_the_table_is_that_of_the_files() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    assert with_table(document) == document, "run python -m dx_pipeline_tests.source_table"
    assert document.count("| `") >= len(SOURCES) > 20


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.source_id)
def test_a_web_source_is_polite_and_says_its_terms(source: ArticleSource) -> None:
    assert source.crawl_delay_seconds >= 2
    assert source.terms
    assert source.languages
    assert set(source.languages) <= PACKS, "a language without a pack is pulled and never read"
    assert set(source.expect.languages) <= set(source.languages)
    assert source.selectors
    for one in source.discovery:
        assert urlsplit(one.url).scheme == "https"
        assert host_of(one.url) in source_hosts(source)
        assert one.language in {None, *source.languages}


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.source_id)
def test_a_topic_is_told_in_the_language_of_the_source(source: ArticleSource) -> None:
    topic = topic_pattern(source.topic)
    assert topic, "without a topic every page of the site is asked for"
    for language in source.languages:
        *wanted, other = HEADLINES[language]
        assert all(topic.search(f" {fold_words(headline)} ") for headline in wanted)
        assert not topic.search(f" {fold_words(other)} ")
