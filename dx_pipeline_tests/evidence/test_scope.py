"""Which candidates are pages of a source, and why others are not."""

from dataclasses import replace
from typing import Any

import pytest

from dx_pipeline.evidence.candidates import Candidate
from dx_pipeline.evidence.scope import Scope
from dx_pipeline.specs import ArticleSource, Discovery
from dx_pipeline_tests.evidence.times import at

NOW = at("2025-03-20 12:00")
SOURCE = ArticleSource(
    source_id="press",
    name="Press",
    publisher="Press",
    licence="CC BY",
    url="https://press.example/vi/",
    languages=("vi", "nb"),
    topic=("chuyển đổi số", "dữ liệu", "5G", "digital", "cyfryzac"),
    discovery=(Discovery(kind="feed", url="https://press.example/rss"),),
)
FEED = SOURCE.discovery[0]


def why_out(url: str, discovery: Discovery = FEED, source: ArticleSource = SOURCE, **said: Any) -> str | None:
    scope = Scope(source, at("2025-02-18"), NOW)
    return scope.why_out(scope.tidy(Candidate(url=url, **said)), discovery)


@pytest.mark.parametrize(
    ("url", "title"),
    [
        ("https://press.example/vi/1", "Chuyển đổi số ở Lạc Hồ"),
        ("https://press.example/vi/1", "CHUYỂN ĐỔI SỐ"),
        ("https://press.example/vi/mo-co-so-du-lieu-1.html", None),
        ("https://press.example/chuyen-doi-so/12.html", None),
        ("https://press.example/vi/x-y-z.html", "Phủ sóng 5G"),
        ("https://www.press.example/vi/1", "Digitalisation"),
        ("https://press.example/vi/1", "Cyfryzacja urzędów"),
        ("https://press.example/vi/12345.html", None),
        ("https://press.example/?docid=12", None),
    ],
)
def test_on_topic(url: str, title: str | None) -> None:
    assert why_out(url, title=title) is None


@pytest.mark.parametrize(
    ("url", "title"),
    [
        ("https://press.example/vi/1", "Bóng đá hôm nay"),
        ("https://press.example/vi/bong-da-hom-nay-1.html", None),
        ("https://press.example/vi/1", "5GB miễn phí"),
        ("https://press.example/vi/1", "Một số chuyển động"),
    ],
)
def test_off_topic(url: str, title: str | None) -> None:
    assert "topic" in str(why_out(url, title=title))


def test_an_empty_topic_takes_all() -> None:
    assert why_out("https://press.example/a", source=replace(SOURCE, topic=()), title="Bóng đá") is None


@pytest.mark.parametrize(
    ("url", "discovery", "reason"),
    [
        ("https://evil.example/digital", FEED, "host"),
        ("https://press.example.evil.example/digital", FEED, "host"),
        ("https://press.example/rss", FEED, "document of discovery"),
        ("https://press.example/en/digital", replace(FEED, match=("/vi/",)), "/vi/"),
        ("https://press.example/vi/digital", replace(FEED, language="en"), "language en"),
        ("https://press.example/2025/01/31/digital.html", FEED, "2025-01-31"),
    ],
)
def test_out_with_the_reason(url: str, discovery: Discovery, reason: str) -> None:
    assert reason in str(why_out(url, discovery))


@pytest.mark.parametrize("language", ["vi", "vi-VN", "VI_vn", "no", "nb-NO"])
def test_languages_are_compared_by_their_first_part(language: str) -> None:
    assert why_out("https://press.example/digital", language=language) is None


@pytest.mark.parametrize(
    ("said", "is_out"),
    [
        ({"published_at": at("2025-02-17 23:00")}, True),
        ({"published_at": at("2025-02-18")}, False),
        ({"modified_at": at("2025-01-01")}, True),
        ({"published_at": at("2025-01-01"), "modified_at": at("2025-03-19")}, True),
        ({"published_at": at("2031-01-01")}, False),
        ({}, False),
    ],
)
def test_the_fence(said: dict[str, Any], is_out: bool) -> None:
    assert bool(why_out("https://press.example/digital", **said)) == is_out


def test_a_time_to_come_is_not_believed() -> None:
    tidied = Scope(SOURCE, NOW, NOW).tidy(Candidate(url="https://press.example/a", published_at=at("2025-03-22")))
    assert tidied.published_at is None


def test_the_day_in_the_address_counts_where_no_other_is_told() -> None:
    tidied = Scope(SOURCE, NOW, NOW).tidy(Candidate(url="https://press.example/2025/03/02/a"))
    assert tidied.published_at == at("2025-03-02")
