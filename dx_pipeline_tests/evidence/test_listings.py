"""Pages that list links, and lists of addresses."""

import gzip

import pytest

from dx_pipeline.evidence import candidates
from dx_pipeline.evidence.listings import read_addresses, read_listing
from dx_pipeline_tests.evidence.times import at

BASE = "https://press.example/news?page=1"
PAGE = """<html><head><meta charset="utf-8"></head><body><nav><a href="/about">About</a></nav>
<div class="card"><a href="/news/a-1.html"><img></a><h3><a href="/news/a-1.html#top">Chuyển đổi số</a></h3>
  <time datetime="2025-03-12T09:30:00+07:00">12/3</time></div>
<div class="card"><a href="javascript:void(0)">x</a></div>
<div class="card"><p>no link</p></div>
<div class="card"><a href="b-2.html?utm_source=x" title="Two"></a></div>
<a rel="next" href="?page=2">more</a></body></html>"""


def test_cards_give_link_headline_and_time() -> None:
    found = read_listing(PAGE.encode(), "text/html", BASE, ".card", "a[rel=next]")
    first, second = found.candidates.values()
    assert (first.url, first.title) == ("https://press.example/news/a-1.html", "Chuyển đổi số")
    assert first.published_at == at("2025-03-12 02:30")
    assert (second.url, second.title) == ("https://press.example/b-2.html", "Two")
    assert found.next_url == "https://press.example/news?page=2"
    assert found.failure is None


def test_links_are_taken_as_they_are() -> None:
    found = read_listing(PAGE.encode(), None, BASE, "h3 a", None)
    assert list(found.candidates) == ["https://press.example/news/a-1.html"]
    assert found.next_url is None


def test_the_page_may_name_its_base_and_its_encoding() -> None:
    body = '<html><head><meta charset="iso-8859-2"><base href="/pl/"></head><a href="a">Łódź</a>'.encode("iso-8859-2")
    (one,) = read_listing(body, "text/html", BASE, "a").candidates.values()
    assert (one.url, one.title) == ("https://press.example/pl/a", "Łódź")


def test_a_selector_that_finds_nothing_is_a_failure() -> None:
    assert "layout" in str(read_listing(PAGE.encode(), None, BASE, ".gone a").failure)


def test_a_selector_that_cannot_be_read_is_a_failure() -> None:
    assert "selector" in str(read_listing(PAGE.encode(), None, BASE, "a[[").failure)


def test_a_list_of_addresses() -> None:
    text = (
        "\ufeff# pages\r\nhttps://press.example/a  first\n\n/b\nhttps://press.example/a#again\nftp://press.example/c\n"
    )
    found = read_addresses(text.encode(), "text/plain", BASE)
    assert list(found.candidates) == ["https://press.example/a", "https://press.example/b"]
    assert found.problems == ["line 6 is no address; passed over"]


def test_more_links_than_bearable_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "MAX_CANDIDATES", 2)
    links = "".join(f'<a href="/{number}">A</a>' for number in range(5))
    for found in (read_listing(links.encode(), None, BASE, "a"), read_addresses(b"/1\n/2\n/3", None, BASE)):
        assert len(found.candidates) == 2
        assert "the rest was not read" in found.problems[0]


def test_a_list_may_be_packed() -> None:
    assert list(read_addresses(gzip.compress(b"/a"), None, BASE).candidates) == ["https://press.example/a"]
    assert read_addresses(b"\x1f\x8bno gzip at all", None, BASE).failure


def test_a_page_of_errors_is_no_list() -> None:
    assert read_addresses(b"<html><body>nothing</body></html>", "text/html", BASE).failure
