"""Sitemaps, news sitemaps and their indexes."""

import gzip

import pytest

from dx_pipeline.evidence import candidates
from dx_pipeline.evidence.sitemaps import read_sitemap
from dx_pipeline_tests.evidence.times import at

BASE = "https://press.example/sitemap.xml"
NAMES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
)


def test_a_news_sitemap() -> None:
    body = f"""<?xml version="1.0" encoding="UTF-8"?><urlset {NAMES}><url><loc>
      https://press.example/a?utm_campaign=x </loc><lastmod>2025-03-13</lastmod><news:news><news:publication>
      <news:name>Press</news:name><news:language>vi</news:language></news:publication>
      <news:publication_date>2025-03-12T09:30:00+07:00</news:publication_date><news:title>A &amp; B</news:title>
      </news:news></url></urlset>""".encode()
    (one,) = read_sitemap(body, None, BASE).candidates.values()
    assert one.url == "https://press.example/a"
    assert (one.published_at, one.modified_at) == (at("2025-03-12 02:30"), at("2025-03-13"))
    assert (one.title, one.language) == ("A & B", "vi")


def test_an_index_leads_to_its_sitemaps() -> None:
    body = b"""<sitemapindex><sitemap><loc>/a.xml.gz</loc><lastmod>2025-03</lastmod></sitemap>
      <sitemap><loc>b.xml</loc></sitemap><sitemap><lastmod>2025-03</lastmod></sitemap></sitemapindex>"""
    found = read_sitemap(gzip.compress(body), "application/gzip", BASE)
    assert [(one.url, one.modified_at) for one in found.branches] == [
        ("https://press.example/a.xml.gz", at("2025-03-01")),
        ("https://press.example/b.xml", None),
    ]
    assert found.problems == ["an entry has no address; passed over"]


def test_a_sitemap_that_is_cut_gives_what_came() -> None:
    found = read_sitemap(b"<urlset><url><loc>/a</loc></url><url><loc>/b", None, BASE)
    assert list(found.candidates) == ["https://press.example/a"]
    assert found.failure is None


@pytest.mark.parametrize("body", [b"<html/>", b"", b"\x1f\x8bx", b"<rss/>"])
def test_what_is_no_sitemap_is_a_failure(body: bytes) -> None:
    assert read_sitemap(body, None, BASE).failure


def test_more_addresses_than_a_sitemap_may_have_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "MAX_CANDIDATES", 3)
    body = "".join(f"<url><loc>/{number}</loc></url>" for number in range(5))
    found = read_sitemap(f"<urlset>{body}</urlset>".encode(), None, BASE)
    assert len(found.candidates) == 3
    assert "the rest was not read" in found.problems[0]
