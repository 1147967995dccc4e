"""Addresses from pages: one form for one page, nothing that is no page."""

import pytest

from dx_pipeline.evidence.page_addresses import clean_address, day_in_address, host_of, month_in_address, source_hosts
from dx_pipeline.specs import ArticleSource

BASE = "https://press.example/news/"


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        (" a.html\n", "https://press.example/news/a.html"),
        ("//Press.Example:443/x", "https://press.example/x"),
        ("http://press.example:80", "http://press.example/"),
        ("https://press.example:8443/x", "https://press.example:8443/x"),
        ("/a?b=1&utm_source=x&UTM_id=2&c=&fbclid=3", "https://press.example/a?b=1&c="),
        ("/a?b=1&amp;c=2", "https://press.example/a?b=1&amp;c=2"),
        ("/chuyển đổi?q=số", "https://press.example/chuy%E1%BB%83n%20%C4%91%E1%BB%95i?q=s%E1%BB%91"),
        ("/a%20b", "https://press.example/a%20b"),
        ("https://báo.example/a", "https://xn--bo-mia.example/a"),
        ("/a#b", "https://press.example/a"),
        ("https://[2001:db8::1]/a", "https://[2001:db8::1]/a"),
    ],
)
def test_one_form(written: str, clean: str) -> None:
    assert clean_address(written, BASE) == clean


@pytest.mark.parametrize(
    "written",
    [
        "mailto:a@press.example", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://press.example/",
        "https://user:secret@press.example/", "https://press.example:port/", "https://[::1", "/a\x00b",
        "/" + "a" * 3_000, "https://exa mple/", "https://press.example:99999/",
    ],
)  # fmt: skip
def test_what_is_no_page(written: str) -> None:
    assert clean_address(written, BASE) is None


def test_hosts_of_a_source_with_and_without_www() -> None:
    source = ArticleSource(
        source_id="a",
        name="A",
        publisher="A",
        licence="A",
        url="https://www.press.example/en",
        hosts=("cdn.example:8443",),
    )
    assert {"press.example", "www.press.example", "cdn.example"} <= source_hosts(source)
    assert "evil.example" not in source_hosts(source)


def test_an_address_literal_is_given_no_www() -> None:
    source = ArticleSource(source_id="a", name="A", publisher="A", licence="A", url="http://127.0.0.1:80/")
    assert source_hosts(source) == {"127.0.0.1"}


@pytest.mark.parametrize("path", ["/a/2025/13/12/", "/plan-2025-10-12-final.html", "/a/20250230/", "/1202503121/"])
def test_numbers_that_are_no_day(path: str) -> None:
    assert day_in_address(f"https://press.example{path}") is None


@pytest.mark.parametrize("path", ["/sitemap.xml", "/post-sitemap12.xml", "/sitemap-2025.xml", "/sitemap-20250.xml"])
def test_numbers_that_are_no_month(path: str) -> None:
    assert month_in_address(f"https://press.example{path}") is None


def test_a_broken_address_has_no_host() -> None:
    assert host_of("https://[::1") == ""
