"""A well-behaved news site on loopback: a real server of at least 200 pages in five languages, with a log of requests.

It answers conditional requests as the standard has it. What its pages hold is made by ``gazette``.
"""

import hashlib
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from dx_pipeline.specs import ArticleSource, read_article_sources
from dx_pipeline_tests.loopback import gazette
from dx_pipeline_tests.loopback.gazette import Article
from dx_pipeline_tests.loopback.texts import LANGUAGES

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".xml": "application/xml",
    ".gz": "application/x-gzip",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the site's log has it; header names are in lower case, ``body_bytes`` is what was sent back.

    ``at`` is when it was answered, on the monotonic clock.
    """

    path: str
    headers: Mapping[str, str]
    status: int
    body_bytes: int
    at: float = field(default_factory=time.monotonic)

    @property
    def is_conditional(self) -> bool:
        """Whether it asks for what has changed only."""
        return bool({"if-none-match", "if-modified-since"} & set(self.headers))


@dataclass(frozen=True, slots=True)
class Answer:
    """What is served at a path."""

    body: bytes
    media_type: str
    modified_at: datetime
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class LoopbackSite:
    """The site under way; ``articles`` may be changed and removed while it runs."""

    url: str
    articles: list[Article]
    crawl_delay_seconds: float
    log: list[Request] = field(default_factory=list)
    replaced: dict[str, Answer] = field(default_factory=dict)
    _served: dict[str, Answer] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def page_paths(self) -> frozenset[str]:
        """The paths of all articles."""
        return frozenset(one.path for one in self.articles)

    def of(self, language: str) -> list[Article]:
        """Return the articles of a language, the newest first."""
        return [one for one in self.articles if one.language == language]

    def change(self, article: Article, at: datetime | None = None) -> None:
        """Correct an article: its page, its sitemap and its feed change."""
        position = self.articles.index(article)
        self.articles[position] = replace(article, modified_at=(at or _now()))
        self._build()

    def remove(self, article: Article, status: int = 404) -> None:
        """Take an article off the site; what lists it still does."""
        self.replaced[article.path] = Answer(
            b"<html><body>It is not here.</body></html>", _TYPES[".html"], _now(), status
        )

    def requests(self, paths: frozenset[str] | None = None) -> list[Request]:
        """Return the requests so far, of some paths alone where they are given."""
        with self._lock:
            return [one for one in self.log if paths is None or one.path in paths]

    def forget_requests(self) -> None:
        """Begin the log anew."""
        with self._lock:
            self.log.clear()

    def answer(self, path: str, headers: Mapping[str, str]) -> tuple[Answer, dict[str, str]]:
        """Return what is served at a path for these request headers, and the headers that go with it."""
        bare = urlsplit(path).path
        served = self.replaced.get(bare) or self._served.get(bare)
        if served is None:
            return Answer(b"<html><body>There is no such page.</body></html>", _TYPES[".html"], _now(), 404), {}
        etag = f'"{hashlib.sha256(served.body).hexdigest()[:16]}"'
        modified = format_datetime(served.modified_at.replace(tzinfo=UTC), usegmt=True)
        sent = {"ETag": etag, "Last-Modified": modified}
        asked_etag, asked_since = headers.get("if-none-match"), headers.get("if-modified-since")
        is_held = asked_etag == etag if asked_etag else asked_since == modified
        if served.status == 200 and is_held:
            return replace(served, status=304, body=b""), sent
        return served, sent if served.status == 200 else dict(served.headers)

    def keep(self, request: Request) -> None:
        """Add a request to the log."""
        with self._lock:
            self.log.append(request)

    def _build(self) -> None:
        files: dict[str, bytes] = {
            "/robots.txt": _robots(self.crawl_delay_seconds),
            "/news-sitemap.xml": gazette.news_sitemap(self.articles, self.url),
            **gazette.sitemaps(self.articles, self.url),
        }
        for language in LANGUAGES:
            articles = self.of(language)
            files[f"/{language}/rss.xml"] = gazette.feed(language, articles, self.url)
            files |= gazette.listings(language, articles)
            files |= {f"/{language}/news/members/only-for-members.html": b"<html><body>For members.</body></html>"}
        newest = max(one.modified_at for one in self.articles)
        served = {path: Answer(body, _media_type(path), newest) for path, body in files.items()}
        for position, one in enumerate(self.articles):
            body = gazette.article_page(one, self.articles[position + 1 : position + 5])
            served[one.path] = Answer(body, _TYPES[".html"], one.modified_at)
        self._served = served


@contextmanager
def loopback_site(
    *,
    per_language: int = 44,
    hours_apart: float = 3.0,
    crawl_delay_seconds: float = 0.001,
    newest_at: datetime | None = None,
) -> Iterator[LoopbackSite]:
    """Serve the site on a free port of 127.0.0.1 for the length of a ``with`` block.

    Args:
        per_language: Articles in each of the five languages.
        hours_apart: Hours between two articles of a language.
        crawl_delay_seconds: What robots.txt asks for.
        newest_at: When the newest articles came out, in UTC; an hour ago without it.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    articles = gazette.write_articles(newest_at or _now() - timedelta(hours=1), per_language, hours_apart)
    site = LoopbackSite(f"http://127.0.0.1:{server.server_address[1]}", articles, crawl_delay_seconds)
    site._build()
    server.site = site  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def write_sources(site: LoopbackSite, folder: Path) -> Path:
    """Write the site's source files, one a language, as a folder for ``--sources``; return the folder."""
    (folder / "articles").mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        (folder / "articles" / f"gazette-{language}.toml").write_text(_source_file(site, language), encoding="utf-8")
    return folder


def site_sources(site: LoopbackSite, folder: Path) -> list[ArticleSource]:
    """Return the site's sources, one a language."""
    return list(read_article_sources(write_sources(site, folder)))


def _source_file(site: LoopbackSite, language: str) -> str:
    match = f'match = ["/{language}/news/"]'
    return f"""\
name = "Loopback gazette ({language})"
publisher = "Loopback press"
licence = "CC BY 4.0"
url = "{site.url}/{language}/"
languages = ["{language}"]
crawl_delay_seconds = 0
max_age_days = 30

[[discovery]]
kind = "feed"
url = "{site.url}/{language}/rss.xml"
{match}

[[discovery]]
kind = "news_sitemap"
url = "{site.url}/news-sitemap.xml"
{match}

[[discovery]]
kind = "sitemap"
url = "{site.url}/sitemap.xml"
{match}

[[discovery]]
kind = "listing"
url = "{site.url}/{language}/page/1"
links = ".card"
next = "a[rel=next]"
pages = 5
{match}

[[selectors]]
title = "article.story h1"
published = "article.story time"
body = ".story-body"
"""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        site: LoopbackSite = self.server.site  # type: ignore[attr-defined]
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer, sent = site.answer(self.path, headers)
        self.send_response(answer.status)
        for name, value in sent.items():
            self.send_header(name, value)
        if answer.status != 304:
            self.send_header("Content-Type", answer.media_type)
            self.send_header("Content-Length", str(len(answer.body)))
        # before the last byte: whoever has the answer finds it in the log
        site.keep(Request(urlsplit(self.path).path, headers, answer.status, len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_: object) -> None:
        """Say nothing on standard error."""


def _robots(crawl_delay_seconds: float) -> bytes:
    forbidden = "".join(f"Disallow: /{language}/news/members/\n" for language in LANGUAGES)
    return f"User-agent: *\n{forbidden}Crawl-delay: {crawl_delay_seconds}\nSitemap: /sitemap.xml\n".encode()


def _media_type(path: str) -> str:
    return _TYPES.get(Path(path).suffix, _TYPES[".html"])


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
