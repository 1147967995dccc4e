"""Pulls of the loopback site: whole, then only what is new; what fails, is killed or stopped costs nothing else."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from dx_pipeline.evidence.pull import Progress, Pulled, page_captures
from dx_pipeline.evidence.verification import verify_archive
from dx_pipeline.specs import ArticleSource, Discovery
from dx_pipeline_tests.evidence.pulling import Store, open_store, utc_now
from dx_pipeline_tests.loopback.site import Answer, LoopbackSite, loopback_site, site_sources, write_sources
from dx_pipeline_tests.loopback.texts import LANGUAGES

DAY = timedelta(days=1)
Whole = tuple[LoopbackSite, Store, list[ArticleSource], list[Pulled]]
Small = tuple[LoopbackSite, Store, ArticleSource]


@pytest.fixture(scope="module")
def whole(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Whole]:
    """The site with 220 pages, pulled once."""
    folder = tmp_path_factory.mktemp("whole")
    with loopback_site() as site, open_store(folder / "evidence") as store:
        sources = site_sources(site, folder / "sources")
        yield site, store, sources, store.pull_all(sources)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Small]:
    """A site of 40 pages, not pulled yet, and its English source."""
    with loopback_site(per_language=8) as site, open_store(tmp_path / "evidence") as store:
        yield site, store, site_sources(site, tmp_path / "sources")[0]


def test_the_site_is_pulled_whole(whole: Whole) -> None:
    site, store, sources, pulled = whole
    assert len(site.page_paths) >= 200
    assert {source.languages[0] for source in sources} == set(LANGUAGES)
    assert [one.new for one in pulled] == [44] * 5
    assert all(one.problems == [] and not one.is_failed and one.left == 0 for one in pulled)
    captured = {url.removeprefix(site.url) for one in pulled for url in one.pages.filter(outcome="ok")["url"]}
    assert captured == site.page_paths
    for one in pulled:
        for url, sha256 in one.pages.filter(outcome="ok").select("url", "sha256").iter_rows():
            assert store.archive.get(sha256) == site.answer(url.removeprefix(site.url), {})[0].body


def test_every_page_was_asked_for_once_and_the_newest_first(
    whole: Whole,
) -> None:
    site, _, _, pulled = whole
    assert set(pulled[0].pages["url"].value_counts()["count"]) == {1}
    numbers = [int(url[-8:-5]) for url in pulled[0].pages.filter(outcome="ok")["url"]]
    assert numbers == sorted(numbers)
    assert site.crawl_delay_seconds < 0.01


def test_what_robots_txt_forbids_is_never_asked_for(
    whole: Whole,
) -> None:
    site, _, _, pulled = whole
    assert [one.failed for one in pulled] == [Counter(blocked=1)] * 5
    assert not [one for one in site.requests() if "members" in one.path]


def test_documents_of_discovery_are_attempts_and_no_pages(
    whole: Whole,
) -> None:
    site, store, _, pulled = whole
    assert pulled[0].documents == pulled[0].captures.height - pulled[0].pages.height >= 6
    everything = store.journal.captures()
    assert everything.height == sum(one.captures.height for one in pulled)
    pages = page_captures(everything, store.frontier)
    assert pages.height == sum(one.pages.height for one in pulled)
    assert {url.removeprefix(site.url) for url in pages.filter(outcome="ok")["url"]} == site.page_paths


def test_then_only_what_is_new(whole: Whole) -> None:
    """The second pull asks conditionally and fetches no body; then a change costs one; then a loss costs nothing."""
    site, store, sources, _ = whole
    site.forget_requests()
    second = store.pull_all(sources, utc_now() + DAY)
    asked = site.requests(site.page_paths)
    assert {one.path for one in asked} == site.page_paths
    assert all({"if-none-match", "if-modified-since"} <= set(one.headers) and one.status == 304 for one in asked)
    assert all(one.status == 304 for one in site.requests() if one.path != "/robots.txt")
    assert sum(one.body_bytes for one in site.requests() if one.path != "/robots.txt") == 0
    assert [(one.new, one.changed, one.unchanged, one.bodies) for one in second] == [(0, 0, 44, 0)] * 5

    changed = site.of("vi")[20]
    held = store.journal.last_good("gazette-vi", site.url + changed.path)
    site.change(changed)
    site.forget_requests()
    third = store.pull_all(sources, utc_now() + 4 * DAY)
    assert [one.path for one in site.requests(site.page_paths) if one.status == 200] == [changed.path]
    assert [(one.source_id, one.changed) for one in third if one.changed] == [("gazette-vi", 1)]
    now_held = store.journal.last_good("gazette-vi", site.url + changed.path)
    assert held is not None
    assert now_held is not None
    assert now_held.sha256 != held.sha256
    assert held.sha256 in store.archive

    away, gone = site.of("fr")[0], site.of("fr")[1]
    site.remove(away, 404)
    site.remove(gone, 410)
    fourth = store.pull(sources[1], utc_now() + 12 * DAY)
    assert fourth.source_id == "gazette-fr"
    assert fourth.failed["not_found"] == fourth.failed["gone"] == 1
    for article in (away, gone):
        kept = store.journal.last_good("gazette-fr", site.url + article.path)
        assert kept is not None
        assert article.headline.encode() in store.archive.get(kept.sha256)


def test_a_pull_that_follows_at_once_asks_for_no_page(small: Small) -> None:
    site, store, source = small
    store.pull(source)
    site.forget_requests()
    again = store.pull(source)
    assert (again.asked, again.bodies, again.failure) == (0, 0, None)
    assert site.requests(site.page_paths) == []


def test_one_bad_feed_does_not_stop_the_other_documents(small: Small) -> None:
    site, store, source = small
    site.replaced["/en/rss.xml"] = Answer(b"<rss><channel><item><li", "application/rss+xml", utc_now())
    site.replaced["/news-sitemap.xml"] = Answer(b"<html><body>moved</body></html>", "text/html", utc_now())
    pulled = store.pull(source)
    assert pulled.new == 8
    assert not pulled.is_failed
    told = "\n".join(pulled.problems)
    assert "/en/rss.xml" in told
    assert "/news-sitemap.xml" in told
    attempts = dict(pulled.captures.select("url", "outcome").iter_rows())
    assert attempts[f"{site.url}/en/rss.xml"] == "malformed"
    assert attempts[f"{site.url}/news-sitemap.xml"] != "ok"


def test_one_bad_page_does_not_stop_the_others(small: Small) -> None:
    site, store, source = small
    bad = site.of("en")[0]
    site.replaced[bad.path] = Answer(b"broken", "text/html", utc_now(), 500)
    pulled = store.pull(source)
    assert (pulled.new, pulled.failed["server_error"]) == (7, 1)


def test_a_site_that_fails_is_left_alone_and_told(small: Small) -> None:
    site, store, source = small
    for one in site.of("en"):
        site.replaced[one.path] = Answer(b"broken", "text/html", utc_now(), 500)
    pulled = store.pull(source)
    assert pulled.failed == Counter(server_error=5, blocked=1)
    assert pulled.left == 3
    assert not pulled.is_failed  # its feed is well
    for path in ("/en/rss.xml", "/news-sitemap.xml", "/sitemap.xml", "/en/page/1"):
        site.replaced[path] = Answer(b"broken", "text/html", utc_now(), 500)
    failed = store.pull(source, utc_now() + DAY)
    assert failed.is_failed
    assert "server_error" in str(failed.failure)
    assert store.frontier.pulls(source.source_id)[0].failure == failed.failure


def test_a_page_of_the_same_bytes_without_validators_is_unchanged(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, store, source = small
    answered = LoopbackSite.answer
    monkeypatch.setattr(LoopbackSite, "answer", lambda self, path, _: (answered(self, path, {})[0], {}))
    store.pull(source)
    again = store.pull(source, utc_now() + DAY)
    assert (again.unchanged, again.changed, again.new) == (8, 0, 0)
    assert set(again.pages.filter(outcome="ok")["sha256"]) <= {path.stem for path in store.archive.root.glob("??/*.gz")}
    assert site.requests()


def test_a_body_that_was_lost_is_fetched_again(small: Small) -> None:
    site, store, source = small
    store.pull(source)
    article = site.of("en")[3]
    known = store.journal.last_good(source.source_id, site.url + article.path)
    assert known is not None
    (store.archive.root / known.sha256[:2] / f"{known.sha256}.gz").unlink()
    store.pull(source, utc_now() + DAY)
    assert article.headline.encode() in store.archive.get(known.sha256)


def test_old_pages_are_left_out_unless_they_are_asked_for(small: Small) -> None:
    site, store, source = small
    recent = replace(source, max_age_days=0)
    now = utc_now() + 3 * DAY
    assert store.pull(recent, now).asked == 1  # the page that has no date: robots.txt forbids it
    assert store.pull(recent, now, since=(now - 10 * DAY).date()).new == 8
    address = f"{site.url}{site.of('en')[0].path}"
    again = store.pull(recent, now, urls=[address, address + "#x", "https://evil.example/", "nonsense:"])
    assert (again.asked, again.unchanged, again.documents) == (1, 1, 0)
    assert len(again.problems) == 2


def test_a_limit_leaves_the_rest_for_the_next_time(small: Small) -> None:
    _, store, source = small
    first = store.pull(source, limit=3)
    assert (first.asked, first.left) == (3, 6)
    assert store.pull(source).new + first.new == 8


def test_a_site_that_asks_for_a_pause_has_it(small: Small) -> None:
    site, store, source = small
    busy = site.of("en")[1]
    site.replaced[busy.path] = Answer(b"busy", "text/html", utc_now(), 429, {"Retry-After": "90000"})
    pulled = store.pull(source)
    assert pulled.failed["throttled"] == 1
    assert pulled.left == 9 - pulled.asked > 0
    page = store.frontier.page(source.source_id, site.url + busy.path)
    assert page is not None
    assert page.next_due is not None
    assert page.next_due - utc_now() > timedelta(hours=20)


def test_a_sitemap_that_has_not_changed_for_days_is_read_from_the_archive(tmp_path: Path) -> None:
    with (
        loopback_site(per_language=4, newest_at=utc_now() - 3 * DAY) as site,
        open_store(tmp_path / "evidence") as store,
    ):
        source = site_sources(site, tmp_path / "sources")[0]
        only_sitemaps = replace(source, discovery=(source.discovery[2],))
        assert store.pull(only_sitemaps).new == 3
        site.forget_requests()
        again = store.pull(only_sitemaps, utc_now() + DAY)
        assert "/sitemap.xml" in {one.path for one in site.requests()}
        assert not [one for one in site.requests() if one.path.endswith(".gz")]
        assert (again.unchanged, again.problems) == (3, [])


def test_an_interrupt_stops_every_source_and_keeps_what_came(small: Small) -> None:
    _, store, source = small
    told: list[Progress] = []

    def interrupt(progress: Progress) -> None:
        told.append(progress)
        if progress.done == 2:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            time.sleep(0.2)  # until it is heard

    with pytest.raises(KeyboardInterrupt):
        store.pull_all([source], tell=interrupt)
    assert max(one.done for one in told) < 8
    assert store.pull(source).new < 8


def test_it_tells_how_far_it_is(small: Small) -> None:
    _, store, source = small
    told: list[Progress] = []
    store.pull(source, tell=told.append)
    pages = [one for one in told if one.total]
    assert [one.done for one in pages] == list(range(10))
    assert {one.total for one in pages} == {9}


def test_a_pull_that_is_told_to_stop_ends_after_its_page(small: Small) -> None:
    _, store, source = small
    stopping = threading.Event()
    stopped = store.pull(source, stopping=stopping, tell=lambda one: stopping.set() if one.done == 2 else None)
    assert stopped.asked == 3
    assert stopped.left == 6
    assert store.pull(source).new + stopped.new == 8


def test_a_defect_in_one_source_leaves_the_others(small: Small) -> None:
    _, store, source = small
    folder = replace(source, source_id="folder", discovery=())
    bad, good = store.pull_all([folder, source])
    assert "unforeseen ValueError" in str(bad.failure)
    assert good.new == 8


def test_a_disk_that_is_full_is_told_and_ends_the_pull(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    _, store, source = small

    def refuse(*_: Any) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("dx_pipeline.evidence.archive.Archive.put", refuse)
    with pytest.raises(OSError, match="No space"):
        store.pull_all([source])


def test_two_pulls_of_a_source_at_once_are_one(small: Small) -> None:
    _, store, source = small
    with store.frontier.hold(source.source_id):
        refused = store.pull(source)
    assert "another process" in str(refused.failure)
    assert refused.captures.is_empty()


def test_hosts_are_asked_side_by_side(tmp_path: Path) -> None:
    """Of two hosts that want a pause between requests, neither waits for the other to be done."""
    with (
        loopback_site(per_language=6, crawl_delay_seconds=0.05) as one,
        loopback_site(per_language=6, crawl_delay_seconds=0.05) as other,
        open_store(tmp_path / "evidence") as store,
    ):
        sources = [
            replace(site_sources(site, tmp_path / name)[0], source_id=name, discovery=_feed_of(site))
            for name, site in (("one", one), ("other", other))
        ]
        assert [pulled.new for pulled in store.pull_all(sources)] == [6, 6]
        times = [[request.at for request in site.requests(site.page_paths)] for site in (one, other)]
    assert max(map(min, times)) < min(map(max, times))
    pauses = [later - earlier for earlier, later in pairwise(times[0])]
    assert min(pauses) >= 0.05


def _feed_of(site: LoopbackSite) -> tuple[Discovery, ...]:
    return (Discovery(kind="feed", url=f"{site.url}/en/rss.xml"),)


def test_a_pull_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    """Killed in the middle: nothing is lost, nothing is asked for twice but what was under way."""
    with loopback_site(crawl_delay_seconds=0.005) as site:
        sources = write_sources(site, tmp_path / "sources")
        command = [sys.executable, "-m", "dx_pipeline.cli", "fetch", "--sources", str(sources)]
        environment = {**os.environ, "DX_PRIVATE_HOSTS": "127.0.0.1", "DX_WAREHOUSE": str(tmp_path)}
        pull = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while len(site.requests(site.page_paths)) < 80 and pull.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        pull.send_signal(signal.SIGKILL)
        assert pull.wait() == -signal.SIGKILL
        time.sleep(0.05)  # a request that is still in the server is answered
        before = len(site.requests(site.page_paths))
        assert 80 <= before < 200
        with open_store(tmp_path / "evidence") as store:
            kept = page_captures(store.journal.captures(), store.frontier).filter(outcome="ok").height
            assert before - len(LANGUAGES) <= kept <= before
            resumed = store.pull_all(site_sources(site, tmp_path / "sources"))
            assert sum(one.new for one in resumed) == 220 - kept
            assert verify_archive(store.archive, store.journal.captures()).is_clean
            good = page_captures(store.journal.captures(), store.frontier).filter(outcome="ok")
            assert {url.removeprefix(site.url) for url in good["url"]} == site.page_paths
            assert store.frontier.pulls("gazette-en")[1].finished_at is None
        times_asked = Counter(one.path for one in site.requests(site.page_paths) if one.status == 200)
        assert sum(count - 1 for count in times_asked.values()) <= len(LANGUAGES)
