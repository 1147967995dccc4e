"""Addresses of the web: made whole and brought to one form, told whether they belong to a source.

Everything that reads or changes an address before it is asked belongs here. Addresses come from pages and are
hostile: what is no plain HTTP address is dropped, never mended.
"""

import re
from datetime import date, datetime
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

from dx_pipeline.specs import ArticleSource

MAX_LENGTH = 2_000
_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9._-]+")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
# What newsletters, social networks and advertisers hang on to an address: the page is the same without it.
_TRACKING = frozenset(
    {
        "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "ttclid", "igshid", "igsh",
        "mc_cid", "mc_eid", "zarsrc", "_ga", "_gl", "_hsenc", "_hsmi", "mkt_tok", "ref_src", "ref_url", "cmpid", "ocid",
        "spm", "at_medium", "at_campaign",
    }
)  # fmt: skip
# Whole segments of the path, or a time at its end, with or without milliseconds: a day in a slug is part of its words.
_DAY = re.compile(
    r"/(20\d\d)([/_-]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?=/)"
    r"|-(20\d\d)()(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])[0-2]\d[0-5]\d[0-5]\d(?:\d{3})?(?=[./]|$)"
)
_MONTH = re.compile(r"(?<!\d)(20\d\d)[/_-]?(0?[1-9]|1[0-2])(?![\d])")
_MONTH_FIRST = re.compile(r"(?<!\d)(0[1-9]|1[0-2])[_-](20\d\d)(?!\d)")


def clean_address(text: str, base: str | None = None) -> str | None:
    """Return an address whole and in one form, or nothing where it is none that can be asked.

    It is resolved against ``base``; scheme and host are in lower case, the usual port, the fragment and what
    only tracks readers are dropped, other than ASCII is percent-encoded. Addresses that are not HTTP, name a
    user, hold controls or are longer than ``MAX_LENGTH`` are none.

    >>> clean_address("../b.html?utm_source=x&id=7#top", "HTTPS://News.Example:443/a/c/")
    'https://news.example/a/b.html?id=7'
    >>> clean_address("javascript:alert(1)", "https://news.example/") is None
    True
    """
    try:
        joined = urljoin(base, text.strip()) if base else text.strip()
        parts = urlsplit(joined)
        host, port = parts.hostname, parts.port
    except ValueError:  # a port that is no number, a bracket without its other
        return None
    if parts.scheme not in _PORTS or not host or parts.username is not None or _CONTROLS.search(text.strip()):
        return None
    name = _ascii_host(host)
    if name is None:
        return None
    place = name if port in {None, _PORTS[parts.scheme]} else f"{name}:{port}"
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    whole = urlunsplit((parts.scheme, place, path, _without_tracking(parts.query), ""))
    return whole if len(whole) <= MAX_LENGTH else None


def host_of(url: str) -> str:
    """Return the host of an address in lower case, without its port; an address that is broken has none.

    >>> host_of("https://www.News.example:8443/a")
    'www.news.example'
    """
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def source_hosts(source: ArticleSource) -> frozenset[str]:
    """Return the hosts whose pages are those of the source: that of its ``url`` and its ``hosts``.

    A site that answers with and without ``www.`` is one site, so that both are among them.
    """
    named = {host_of(source.url or ""), *(_bare(host) for host in source.hosts)} - {""}
    roots = {name.removeprefix("www.") for name in named}
    return frozenset(named | roots | {f"www.{root}" for root in roots if not root.replace(".", "").isdigit()})


def day_in_address(url: str) -> datetime | None:
    """Return the day that an address has in its path, as midnight.

    >>> day_in_address("https://a.example/news/2025/03/12/data.html")
    datetime.datetime(2025, 3, 12, 0, 0)
    >>> day_in_address("https://a.example/news/data-20250312101112.htm")
    datetime.datetime(2025, 3, 12, 0, 0)
    >>> day_in_address("https://a.example/news/data-20250312101112345.htm")
    datetime.datetime(2025, 3, 12, 0, 0)
    >>> day_in_address("https://a.example/circular-13-2025-tt.html") is None
    True
    """
    for found in _DAY.finditer(urlsplit(url).path):
        year, _, month, day = (part for part in found.groups() if part is not None)
        try:
            return datetime(int(year), int(month), int(day))  # noqa: DTZ001 (naive times are UTC here)
        except ValueError:
            continue
    return None


def month_in_address(url: str) -> date | None:
    """Return the last day of the month that a sitemap's address names: nothing in it is younger.

    Where it can be read as one month or another, it is the later one.

    >>> month_in_address("https://a.example/sitemaps/news-2024-2.xml.gz")
    datetime.date(2024, 2, 29)
    >>> month_in_address("https://a.example/sitemap-202412.xml")
    datetime.date(2024, 12, 31)
    >>> month_in_address("https://a.example/sitemap-article-07-2026-01.xml")
    datetime.date(2026, 7, 31)
    >>> month_in_address("https://a.example/sitemap-17.xml") is None
    True
    """
    path = urlsplit(url).path
    months = [(int(year), int(month)) for year, month in _MONTH.findall(path)[-1:]]
    months += [(int(year), int(month)) for month, year in _MONTH_FIRST.findall(path)[-1:]]
    if not months:
        return None
    year, month = max(months)
    following = date(year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


def readable_path(url: str) -> str:
    """Return path and query of an address, decoded: what its slug says.

    >>> readable_path("https://a.example/tin/chuy%E1%BB%83n-%C4%91%E1%BB%95i?id=3")
    '/tin/chuyển-đổi?id=3'
    """
    parts = urlsplit(url)
    return unquote(parts.path) + (f"?{unquote(parts.query)}" if parts.query else "")


def _ascii_host(host: str) -> str | None:
    if ":" in host:
        return f"[{host}]"
    if host.isascii():
        return host if _HOST.fullmatch(host) else None
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return None


def _without_tracking(query: str) -> str:
    if not query:
        return ""
    pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=None)
    kept = [(key, value) for key, value in pairs if not _tracks(key)]
    if len(kept) == len(pairs):  # as it was written: some sites read their own order and signs
        return quote(query, safe="/%:@!$&'()*+,;=~-._?[]")
    return urlencode(kept)


def _tracks(key: str) -> bool:
    return key.lower() in _TRACKING or key.lower().startswith("utm_")


def _bare(host: str) -> str:
    return host_of(f"//{host.strip().lower()}")
