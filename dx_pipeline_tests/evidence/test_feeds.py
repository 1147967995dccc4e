"""Feeds of all kinds, as sites write them."""

import pytest

from dx_pipeline.evidence.feeds import read_feed
from dx_pipeline_tests.evidence.times import at

BASE = "https://press.example/rss/all.rss"


def test_rss_2_as_vietnamese_sites_write_it() -> None:
    body = """<?xml version="1.0" encoding="utf-8"?>
    <rss version="2.0"><channel><title>Báo</title><link>https://press.example/</link><language>vi-vn</language>
    <item><title><![CDATA[Cơ sở dữ liệu &amp; định danh]]></title><link>/tin/a-1.htm?utm_source=rss&utm_medium=x</link>
      <guid isPermaLink="false">1</guid><pubDate>Wed, 12 Mar 2025 09:30:00 GMT+7</pubDate></item>
    <item><title>Hai</title><guid>https://press.example/tin/b-2.htm#c</guid></item>
    <item><title>Ba</title><guid isPermaLink="false">3</guid></item>
    <item><title>Bốn</title><link>javascript:alert(1)</link></item>
    </channel></rss>""".encode()
    found = read_feed(body, "application/rss+xml", BASE)
    first, second = found.candidates.values()
    assert first.url == "https://press.example/tin/a-1.htm"
    assert first.title == "Cơ sở dữ liệu & định danh"
    assert first.published_at == at("2025-03-12 02:30")
    assert first.language == "vi-vn"
    assert second.url == "https://press.example/tin/b-2.htm"
    assert len(found.problems) == 2
    assert found.failure is None


@pytest.mark.parametrize("namespace", ["http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/" + "simple/0.9/"])
def test_rss_1_and_0_9(namespace: str) -> None:
    body = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="{namespace}"
      xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://press.example/"/>
      <item rdf:about="https://press.example/a"><title>A</title><dc:date>2025-03-12T09:30+07:00</dc:date>
      <dc:language>en</dc:language></item></rdf:RDF>""".encode()
    (one,) = read_feed(body, None, BASE).candidates.values()
    assert (one.url, one.published_at, one.language) == ("https://press.example/a", at("2025-03-12 02:30"), "en")


def test_rss_0_91_with_its_document_type() -> None:
    body = b"""<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
      "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><language>en</language>
      <item><title>A</title><link>https://press.example/a</link></item></channel></rss>"""
    assert list(read_feed(body, None, BASE).candidates) == ["https://press.example/a"]


def test_atom() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="pl" xml:base="/pl/"><title>x</title>
      <entry><title type="html">Us&amp;#322;ugi &lt;b&gt;publiczne&lt;/b&gt;</title>
        <link rel="self" href="self"/><link rel="alternate" href="a.html"/><id>urn:1</id>
        <published>2025-03-12T09:30:00Z</published><updated>2025-03-13T10:00:00Z</updated></entry></feed>"""
    (one,) = read_feed(body, None, BASE).candidates.values()
    assert one.url == "https://press.example/pl/a.html"
    assert one.title == "Usługi publiczne"
    assert (one.published_at, one.modified_at) == (at("2025-03-12 09:30"), at("2025-03-13 10:00"))
    assert one.language == "pl"


def test_the_original_address_counts_before_that_of_a_counter_of_readers() -> None:
    body = b"""<rss><channel><item><link>https://feeds.example/~r/1</link>
      <f:origLink xmlns:f="http://rssnamespace.org/feedburner/ext/1.0">https://press.example/a</f:origLink>
      </item></channel></rss>"""
    assert list(read_feed(body, None, BASE).candidates) == ["https://press.example/a"]


def test_an_item_without_link_is_known_by_what_it_is_about() -> None:
    body = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><item rdf:about="/a"/></rdf:RDF>"""
    assert list(read_feed(body, None, BASE).candidates) == ["https://press.example/a"]


def test_a_hundred_items_without_address_are_enough() -> None:
    body = b"<rss><channel>" + b"<item/>" * 500 + b"</channel></rss>"
    assert len(read_feed(body, None, BASE).problems) == 100


def test_an_item_told_twice_is_one_candidate_with_all_that_was_said() -> None:
    body = b"""<rss><channel><item><link>/a#x</link></item>
      <item><link>/a?fbclid=1</link><title>A</title><pubDate>2025-03-12</pubDate></item></channel></rss>"""
    (one,) = read_feed(body, None, BASE).candidates.values()
    assert (one.title, one.published_at) == ("A", at("2025-03-12"))


def test_a_feed_that_is_cut_gives_what_came() -> None:
    body = b"<rss><channel><item><link>/a</link></item><item><link>/b</link></item><item><link>/c"
    found = read_feed(body, None, BASE)
    assert [url[-2:] for url in found.candidates] == ["/a", "/b"]
    assert found.failure is None
    assert any("damaged" in problem for problem in found.problems)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<!DOCTYPE html><html><body>moved</body></html>", "<html>"),
        (b"<urlset/>", "<urlset>"),
        (b"", "broken XML"),
        (b"not found", "damaged XML"),
        (b'<!DOCTYPE rss [<!ENTITY a "b">]><rss/>', "declares entities"),
    ],
)
def test_what_is_no_feed_is_a_failure(body: bytes, reason: str) -> None:
    found = read_feed(body, None, BASE)
    assert not found.candidates
    assert reason in str(found.failure)


def test_a_feed_without_items_is_no_failure() -> None:
    assert read_feed(b"<rss><channel><title>x</title></channel></rss>", None, BASE).failure is None
