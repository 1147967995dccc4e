"""Who wrote a page, where it stands on its site, and how many of its places agree on its day."""

from collections.abc import Callable
from typing import Any

import pytest

LEAD = "The lake towns agreed on Friday to keep one register of permits. The work starts in June."
BODY = f"<p>{LEAD}</p><p>{LEAD.replace('June', 'July')}</p>"


def page(head: str = "", above: str = "", below: str = "") -> str:
    return f"<html><head>{head}</head><body><h1>One register for all</h1>{above}<div>{BODY}</div>{below}</body></html>"


def ld(content: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", {content}}}</script>'


@pytest.mark.parametrize(
    ("source", "author"),
    [
        (page(ld('"author": {"@type": "Person", "name": "Anna Berg"}')), "Anna Berg"),
        (
            page(ld('"author": [{"name": "Anna Berg"}, {"name": "Ola Vik"}, {"name": "Anna Berg"}]')),
            "Anna Berg, Ola Vik",
        ),
        (page(ld('"author": "Anna Berg"')), "Anna Berg"),
        (page(ld('"author": {"name": "Lake Gazette"}, "publisher": {"name": "Lake Gazette"}')), None),
        (page('<meta name="author" content="Anna Berg">'), "Anna Berg"),
        (page('<meta property="article:author" content="https://social.example/lake">'), None),
        (page(above='<p class="author">Lê Vân</p>'), "Lê Vân"),
        (page(above='<p class="source">Lake Agency</p>'), None),
        (page(above='<p class="author">Updated an hour ago</p>'), None),
        (page(above="<p>By Anna Berg</p>"), "Anna Berg"),
        (page(below="<p>Tekst: Kari Vik</p>"), None),
        (f"One register for all\n\nBy Anna Berg\n\n12 April 2025\n\n{LEAD}\n", "Anna Berg"),
        (f"One register for all\n\n12 April 2025\n\n{LEAD}\n\nTekst: Kari Vik\n", "Kari Vik"),
        (f"One register for all\n\n12 April 2025\n\n{LEAD}\n\nBy the lake of the towns\n", None),
        (f"---\ntitle: One register\nauthor: Anna Berg\nsection: Towns\n---\n\n{LEAD}\n", "Anna Berg"),
        (page(), None),
    ],
)
def test_the_author_is_whom_the_page_names(article: Callable[..., Any], source: str, author: str | None) -> None:
    row, _ = article(source, "text/html" if source.startswith("<") else "text/plain")
    assert row["author"] == author


@pytest.mark.parametrize(
    ("head", "section"),
    [
        (ld('"articleSection": "Towns"'), "Towns"),
        (ld('"articleSection": ["Towns", "Lakes"]'), "Towns"),
        ('<meta property="article:section" content="Towns &amp; lakes">', "Towns & lakes"),
        (ld('"articleSection": 7'), None),
        ("", None),
    ],
)
def test_the_section_is_what_the_page_declares(article: Callable[..., Any], head: str, section: str | None) -> None:
    assert article(page(head), "text/html")[0]["section"] == section


def test_places_that_tell_the_day_are_counted_and_those_that_agree(article: Callable[..., Any]) -> None:
    head = ld('"datePublished": "2025-04-12T08:00:00+07:00"') + '<meta name="pubdate" content="2025-04-13">'
    row, _ = article(page(head, '<p class="date">12 April 2025</p>'), url="https://a.example/x-20250412081500123.htm")
    assert (row["published_on"].isoformat(), row["published_on_source"]) == ("2025-04-12", "json-ld")
    assert (row["published_on_agreeing"], row["published_on_sources"]) == (3, 4)


def test_a_day_to_come_and_a_number_of_a_document_tell_nothing(article: Callable[..., Any]) -> None:
    head = ld('"datePublished": "2031-01-01"') + '<meta name="pubdate" content="2031-01-01">'
    above = "<p>Decision 15/03/2024/QĐ-TTg</p><p>Quyết định 749/QĐ-TTg ngày 03/06/2020</p>"
    row, _ = article(page(head, above), url="https://a.example/quyet-dinh-2020-06-03-qd-ttg.htm")
    assert (row["published_on"], row["published_on_source"], row["published_on_sources"]) == (None, None, 0)
