"""A look ahead at a pull: it tells what a pull then does, and leaves no trace."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from dx_pipeline.evidence.candidates import Candidate
from dx_pipeline.evidence.preview import Preview, preview_source
from dx_pipeline.specs import ArticleSource
from dx_pipeline_tests.evidence.pulling import Store, open_store, utc_now
from dx_pipeline_tests.loopback.site import Answer, LoopbackSite, loopback_site, site_sources

DAY = timedelta(days=1)


@pytest.fixture
def site() -> Iterator[LoopbackSite]:
    with loopback_site(per_language=8) as served:
        yield served


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "evidence") as opened:
        yield opened


@pytest.fixture
def source(site: LoopbackSite, tmp_path: Path) -> ArticleSource:
    return site_sources(site, tmp_path / "sources")[0]


def look(store: Store, source: ArticleSource) -> Preview:
    return preview_source(source, store.fetcher, store.frontier, now=utc_now())


def test_it_tells_what_a_pull_then_does(site: LoopbackSite, store: Store, source: ArticleSource) -> None:
    preview = look(store, source)
    told = {one.url for one in preview.candidates if one.is_asked}
    assert site.requests(site.page_paths) == []
    assert store.journal.captures().is_empty()
    assert store.frontier.pages(source.source_id) == []
    pulled = store.pull(source)
    assert told == set(pulled.pages.filter(outcome="ok")["url"])
    assert preview.crawl_delay_seconds == site.crawl_delay_seconds
    assert not preview.is_failing


def test_every_candidate_has_its_reason(site: LoopbackSite, store: Store, source: ArticleSource) -> None:
    reasons = {one.url.removeprefix(site.url): one.reason for one in look(store, source).candidates}
    assert "robots.txt" in reasons["/en/news/members/only-for-members.html"]
    assert "/en/news/" in reasons[site.of("vi")[0].path]
    assert reasons[site.of("en")[0].path] == "new"


def test_what_is_kept_is_told_with_its_time(site: LoopbackSite, store: Store, source: ArticleSource) -> None:
    store.pull(source)
    preview = look(store, source)
    (one,) = (one for one in preview.candidates if one.url == site.url + site.of("en")[0].path)
    assert not one.is_asked
    assert one.reason.startswith("ok on ")
    assert "not due before" in one.reason


def test_what_is_left_alone_and_what_is_due_is_told(site: LoopbackSite, store: Store, source: ArticleSource) -> None:
    gone = site.of("en")[1]
    site.remove(gone, 410)
    store.pull(source)
    store.pull(source, utc_now() + 8 * DAY)
    unlisted = f"{site.url}/en/news/unlisted.html"
    store.frontier.offer(source.source_id, [Candidate(url=unlisted)], utc_now())
    later = preview_source(source, store.fetcher, store.frontier, now=utc_now() + 25 * DAY)
    told = {one.url: one for one in later.candidates}
    assert "left alone" in told[site.url + gone.path].reason
    assert not told[site.url + gone.path].is_asked
    assert told[site.url + site.of("en")[0].path].reason.endswith("due again")
    assert (told[unlisted].is_asked, told[unlisted].reason) == (True, "known, and not asked for yet")


def test_a_document_that_breaks_its_reader_is_told(
    store: Store, source: ArticleSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("deep inside")

    monkeypatch.setattr("dx_pipeline.evidence.walk.read_feed", fail)
    feed, *others = look(store, source).documents
    assert "deep inside" in str(feed.problem)
    assert all(one.problem is None for one in others)
    pulled = store.pull(source)
    assert pulled.new == 8
    assert "deep inside" in pulled.problems[0]


def test_documents_that_fail_are_told(site: LoopbackSite, store: Store, source: ArticleSource) -> None:
    site.replaced["/en/rss.xml"] = Answer(b"<html><body>moved</body></html>", "text/html", utc_now())
    documents = {one.url.removeprefix(site.url): one for one in look(store, source).documents}
    assert documents["/en/rss.xml"].problem
    assert documents["/en/rss.xml"].candidates == 0
    assert documents["/news-sitemap.xml"].problem is None
    assert documents["/news-sitemap.xml"].candidates > 8


def test_a_site_that_gives_nothing_is_failing(site: LoopbackSite, store: Store, source: ArticleSource) -> None:
    for path in ("/en/rss.xml", "/news-sitemap.xml", "/sitemap.xml", "/en/page/1"):
        site.replaced[path] = Answer(b"no", "text/html", utc_now(), 404)
    preview = look(store, source)
    assert preview.is_failing
    assert preview.asked == 0
