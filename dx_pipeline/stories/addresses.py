"""Web addresses as evidence: two spellings of one page's address must compare equal.

Only the folding of addresses belongs here; who prints which address is read elsewhere.
"""

import re
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

_LONGEST = 2048  # characters; longer addresses are junk or an attack
_TRACKING = re.compile(
    r"^(?:utm_\w*|fbclid|gclid|dclid|msclkid|igshid|yclid|zarsrc|zclid|mc_[ce]id|ref|ref_src|spm)$", re.IGNORECASE
)
_LANGUAGE = re.compile(r"^[a-z]{2}(?:-[a-z]{2,4})?$", re.IGNORECASE)
_ENDING = re.compile(r"(?:[-_.](?:post|d|i|p|n|t|ar|art)?\d{2,20})?(?:\.[a-z]{2,5})?$", re.IGNORECASE)
_SLUG_WORDS = 5  # fewer words may head another text too
_NAMES_PAGE = re.compile(r"\d|\.(?:html?|php|aspx?|jsp|vnp|chn|tpo|pdf)$|(?:[^-]{1,200}-){3}", re.IGNORECASE)


def site(address: str | None) -> str | None:
    """Return the folded host of a web address, with its port where it is no default; else ``None``.

    >>> site("https://WWW.news.example/")
    'news.example'
    """
    parts = _split(address)
    return _authority(parts) if parts else None


def page_address(address: str | None) -> str | None:
    """Return the folded address of a page, or ``None`` for anything that names no single page.

    Scheme, ``www.``, the host's case, default ports, fragments, tracking parameters, the order of
    the other parameters and a trailing slash are folded. A site's front page and a section are no
    evidence that two articles tell one text, so they give ``None``: the last part of the path must
    hold a digit, a page's file ending or at least four words, or parameters must be left.

    >>> page_address("HTTP://www.News.example/dx/report-123.htm?utm_source=x#top")
    'news.example/dx/report-123.htm'
    >>> page_address("https://news.example/dx/report-123.htm/")
    'news.example/dx/report-123.htm'
    >>> page_address("https://news.example/") is None
    True
    """
    parts = _split(address)
    if parts is None:
        return None
    path = parts.path.rstrip("/")
    parameters = sorted(pair for pair in parse_qsl(parts.query) if not _TRACKING.match(pair[0]))
    if not parameters and not _NAMES_PAGE.search(path.rpartition("/")[2]):
        return None
    return f"{_authority(parts)}{path}" + (f"?{urlencode(parameters)}" if parameters else "")


def slug(address: str | None) -> str | None:
    """Return what names a page whatever its language and site: the words of its address, folded.

    Sites print one page in many languages under one slug (``/vi/…``, ``/en/…``), and aggregators keep the slug of
    the page that they copy. Number and ending behind the words are dropped. A slug of less than five words names
    a page only within its own site; it is given with the site and with its number, without the language.

    >>> slug("https://news.example/pl/pm-chairs-ninth-meeting-on-data-20240710.htm")
    'pm-chairs-ninth-meeting-on-data'
    >>> slug("https://www.news.example/en/data-123.htm"), slug("https://vi.news.example/data-123.htm")
    ('news.example/data-123.htm', 'news.example/data-123.htm')
    >>> slug("https://news.example/en/") is None
    True
    """
    parts = _split(address)
    if parts is None or page_address(address) is None:
        return None
    segments = [segment for segment in parts.path.split("/") if segment and not _LANGUAGE.match(segment)]
    if not segments:
        return None
    words = _ENDING.sub("", segments[-1].casefold()).replace("_", "-").strip("-")
    if len([word for word in words.split("-") if word]) >= _SLUG_WORDS:
        return words
    labels = _authority(parts).split(".")
    host = ".".join(labels[1:] if len(labels) > 2 and _LANGUAGE.match(labels[0]) else labels)
    query = sorted(
        pair for pair in parse_qsl(parts.query) if not _TRACKING.match(pair[0]) and not _LANGUAGE.match(pair[1])
    )
    path = "/".join(segments)
    return f"{host}/{path}" + (f"?{urlencode(query)}" if query else "")


def _split(address: str | None) -> SplitResult | None:
    """Return the parts of a usable web address."""
    if not address or len(address) > _LONGEST:
        return None
    try:
        parts = urlsplit(address.strip())
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a malformed port or bracket
        return None
    return parts if usable else None


def _authority(parts: SplitResult) -> str:
    host = (parts.hostname or "").removeprefix("www.")
    return host if parts.port in {None, 80, 443} else f"{host}:{parts.port}"
