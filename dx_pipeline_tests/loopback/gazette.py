"""What the loopback site serves: articles with all that stands around them, feeds, sitemaps, listings.

Everything is a pure function of the articles; serving is in ``site``.
"""

import gzip
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from itertools import groupby

from dx_pipeline_tests.loopback.texts import LANGUAGES, PROVINCES, WORDINGS

PER_PAGE = 10
IN_FEED = 12


@dataclass(frozen=True, slots=True)
class Article:
    """One article: which of its language, when it came out (UTC), and whether it was corrected since."""

    language: str
    number: int
    published_at: datetime
    modified_at: datetime

    @property
    def headline(self) -> str:
        """Its headline, which no other of its language has."""
        headlines = WORDINGS[self.language].headlines
        return headlines[self.number % len(headlines)].format(**self.values)

    @property
    def path(self) -> str:
        """Its address on the site."""
        return f"/{self.language}/news/{slug(self.headline)}-{self.number:03d}.html"

    @property
    def values(self) -> dict[str, object]:
        """What fills its templates."""
        return {
            "province": PROVINCES[self.number % len(PROVINCES)],
            "share": 30 + self.number,
            "count": 100 + 7 * self.number,
            "year": self.published_at.year,
        }

    @property
    def in_sitemap(self) -> bool:
        """Whether the sitemaps have it; listings have the others, and some of these."""
        return self.number % 4 != 0

    @property
    def in_listing(self) -> bool:
        """Whether the listings have it."""
        return self.number % 2 == 0


def write_articles(newest_at: datetime, per_language: int, hours_apart: float) -> list[Article]:
    """Return the site's articles in all languages, the newest of each language first."""
    times = [newest_at - timedelta(hours=hours_apart * number) for number in range(per_language)]
    return [Article(language, number, at, at) for language in LANGUAGES for number, at in enumerate(times)]


def slug(headline: str) -> str:
    """Return a headline as an address has it."""
    plain = unicodedata.normalize("NFKD", headline.lower().replace("đ", "d").replace("ł", "l").replace("ø", "o"))
    letters = [char if char.isascii() and char.isalnum() else " " for char in plain if not unicodedata.combining(char)]
    return "-".join("".join(letters).split())


def article_page(article: Article, others: Sequence[Article]) -> bytes:
    """Return an article's page: menu, headline, date, paragraphs, picture with caption, related links, footer."""
    wording = WORDINGS[article.language]
    texts = [one.format(**article.values) for one in wording.sentences]
    texts += [f"{texts[(article.number + 1) % 5]} {texts[(article.number + 3) % 5]}"]
    if article.modified_at != article.published_at:
        texts.append(wording.correction)
    paragraphs = "\n".join(f"<p>{escape(text)}</p>" for text in texts)
    menu = "".join(f'<li><a href="/{article.language}/page/1">{escape(name)}</a></li>' for name in wording.menu)
    links = "".join(f'<li><a href="{one.path}">{escape(one.headline)}</a></li>' for one in others[:4])
    stamp = f"{article.published_at.isoformat()}Z"
    date = f'<time datetime="{stamp}">{article.published_at:%d/%m/%Y}</time>'
    caption = escape(wording.caption.format(**article.values))
    html = f"""<!DOCTYPE html>
<html lang="{article.language}"><head><meta charset="utf-8"><title>{escape(article.headline)} | Gazette</title>
<meta property="og:type" content="article"><meta property="og:title" content="{escape(article.headline)}">
<meta property="article:published_time" content="{stamp}"></head>
<body><nav class="menu"><ul>{menu}</ul></nav>
<article class="story"><h1>{escape(article.headline)}</h1>{date}
<div class="story-body">
{paragraphs}
<figure><img src="/img/{article.number}.jpg" alt=""><figcaption>{caption}</figcaption></figure>
</div></article>
<aside class="related"><h2>{escape(wording.related)}</h2><ul>{links}</ul></aside>
<footer>{escape(wording.footer)}</footer></body></html>
"""
    return html.encode()


def feed(language: str, articles: Sequence[Article], site: str) -> bytes:
    """Return a language's feed: RSS 2.0, but RSS 1.0 in French, and Atom in Polish and Norwegian."""
    newest = articles[:IN_FEED]
    make = {"fr": _rss_1, "pl": _atom, "nb": _atom}.get(language, _rss_2)
    return make(language, newest, site).encode()


def news_sitemap(articles: Sequence[Article], site: str) -> bytes:
    """Return the news sitemap: the articles of the last two days in all languages."""
    newest = max(one.published_at for one in articles)
    entries = "".join(
        f"<url><loc>{site}{one.path}?utm_source=news</loc><news:news><news:publication><news:name>Gazette</news:name>"
        f"<news:language>{'no' if one.language == 'nb' else one.language}</news:language></news:publication>"
        f"<news:publication_date>{one.published_at.isoformat()}+00:00</news:publication_date>"
        f"<news:title>{escape(one.headline)}</news:title></news:news></url>"
        for one in articles
        if newest - one.published_at <= timedelta(days=2)
    )
    names = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {names}>{entries}</urlset>'.encode()


def sitemaps(articles: Sequence[Article], site: str) -> dict[str, bytes]:
    """Return the index of sitemaps and the packed sitemap of each month, by path."""
    listed = sorted((one for one in articles if one.in_sitemap), key=lambda one: one.published_at)
    months = {month: list(those) for month, those in groupby(listed, key=lambda one: f"{one.published_at:%Y-%m}")}
    made = {}
    index = []
    for month, those in months.items():
        entries = "".join(
            f"<url><loc>{site}{one.path}</loc><lastmod>{one.modified_at.isoformat()}Z</lastmod></url>" for one in those
        )
        path = f"/sitemaps/{month}.xml.gz"
        made[path] = gzip.compress(f"<urlset>{entries}</urlset>".encode(), mtime=0)
        changed = max(one.modified_at for one in those)
        index.append(f"<sitemap><loc>{site}{path}</loc><lastmod>{changed.isoformat()}Z</lastmod></sitemap>")
    index.append(f"<sitemap><loc>{site}/sitemaps/2001-01.xml.gz</loc></sitemap>")
    names = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    return made | {"/sitemap.xml": f"<sitemapindex {names}>{''.join(index)}</sitemapindex>".encode()}


def listings(language: str, articles: Sequence[Article]) -> dict[str, bytes]:
    """Return a language's listing pages by path; the first has a link into the folder that robots.txt forbids."""
    listed = [one for one in articles if one.in_listing]
    pages = [listed[start : start + PER_PAGE] for start in range(0, len(listed), PER_PAGE)]
    made = {}
    for number, those in enumerate(pages, start=1):
        cards = "".join(
            f'<div class="card"><a href="{one.path}#top">{escape(one.headline)}</a>'
            f'<time datetime="{one.published_at.isoformat()}Z"></time></div>'
            for one in those
        )
        if number == 1:
            cards += f'<div class="card"><a href="/{language}/news/members/only-for-members.html">members</a></div>'
        following = f'<a rel="next" href="/{language}/page/{number + 1}">→</a>' if number < len(pages) else ""
        menu = "".join(f'<a href="/{language}/page/1">{escape(name)}</a>' for name in WORDINGS[language].menu)
        made[f"/{language}/page/{number}"] = (
            f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>Gazette</title></head>'
            f"<body><nav>{menu}</nav>{cards}{following}<footer>{WORDINGS[language].footer}</footer></body></html>"
        ).encode()
    return made


def _rss_2(language: str, articles: Sequence[Article], site: str) -> str:
    items = "".join(
        f"<item><title><![CDATA[{one.headline}]]></title><link>{site}{one.path}?utm_source=rss&amp;utm_medium=feed</link>"
        f"<pubDate>{format_datetime(one.published_at)}</pubDate></item>"
        for one in articles
    )
    return f'<rss version="2.0"><channel><title>Gazette</title><language>{language}</language>{items}</channel></rss>'


def _rss_1(language: str, articles: Sequence[Article], site: str) -> str:
    items = "".join(
        f'<item rdf:about="{site}{one.path}"><title>{escape(one.headline)}</title><link>{site}{one.path}</link>'
        f"<dc:date>{one.published_at.isoformat()}Z</dc:date><dc:language>{language}</dc:language></item>"
        for one in articles
    )
    names = (
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    )
    return f'<rdf:RDF {names}><channel rdf:about="{site}/"><title>Gazette</title></channel>{items}</rdf:RDF>'


def _atom(language: str, articles: Sequence[Article], site: str) -> str:
    entries = "".join(
        f'<entry><title>{escape(one.headline)}</title><link href="{one.path}"/><id>urn:{one.number}</id>'
        f"<published>{one.published_at.isoformat()}Z</published><updated>{one.modified_at.isoformat()}Z</updated></entry>"
        for one in articles
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language}" xml:base="{site}/">{entries}</feed>'
