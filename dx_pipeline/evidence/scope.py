"""Which candidates are pages of a source: hosts, addresses, languages, age and topic, each with its reason.

Only judging what discovery says belongs here; nothing is asked for.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from urllib.parse import unquote, urlsplit

from dx_pipeline.evidence.candidates import Candidate
from dx_pipeline.evidence.page_addresses import clean_address, day_in_address, host_of, readable_path, source_hosts
from dx_pipeline.specs import ArticleSource, Discovery

_CLOCKS_DIFFER = timedelta(days=1)  # a time zone that was left out makes a page as much as 14 hours too young
_STEM_LENGTH = 5
_SLUG_WORDS = 3
_WORD = re.compile(r"[^\W_]+")
_LETTERS = str.maketrans({"đ": "d", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "ð": "d", "þ": "th", "ı": "i"})
_SAME_LANGUAGE = {"no": "nb", "nn": "nb", "iw": "he", "in": "id"}  # what sites write for the tag in use


@dataclass(frozen=True)
class Scope:
    """What is a page of a source on one day; pages from before ``fence`` are out where their time is known."""

    source: ArticleSource
    fence: datetime
    now: datetime

    def tidy(self, candidate: Candidate) -> Candidate:
        """Return the candidate with the day in its address where none is told, and without times to come."""
        published_at = self._credible(candidate.published_at) or self._credible(day_in_address(candidate.url))
        return replace(candidate, published_at=published_at, modified_at=self._credible(candidate.modified_at))

    def why_out(self, candidate: Candidate, discovery: Discovery) -> str | None:
        """Return why a candidate is no page to ask for, or nothing where it is one; it has been tidied."""
        return self._not_ours(candidate.url, discovery) or self._not_wanted(candidate, discovery)

    def _not_ours(self, url: str, discovery: Discovery) -> str | None:
        if host_of(url) not in self._hosts:
            return f"host {host_of(url)} is not of the source; add it to 'hosts' where it is"
        if url in self._documents:
            return "it is a document of discovery itself"
        path = readable_path(url).casefold()
        if discovery.match and not any(unquote(part).casefold() in path for part in discovery.match):
            return f"the address has none of {', '.join(discovery.match)}"
        return None

    def _not_wanted(self, candidate: Candidate, discovery: Discovery) -> str | None:
        language = candidate.language or discovery.language
        if language and self._languages and _primary(language) not in self._languages:
            return f"language {language} is none of {', '.join(self.source.languages)}"
        newest_at = candidate.newest_at
        if newest_at is not None and newest_at < self.fence:
            return f"of {newest_at:%Y-%m-%d}, before {self.fence:%Y-%m-%d}"
        if not self._is_on_topic(candidate):
            return "neither title nor address has a word of the topic"
        return None

    @cached_property
    def _hosts(self) -> frozenset[str]:
        return source_hosts(self.source)

    @cached_property
    def _languages(self) -> frozenset[str]:
        return frozenset(map(_primary, self.source.languages))

    @cached_property
    def _documents(self) -> frozenset[str]:
        return frozenset(filter(None, (clean_address(one.url) for one in self.source.discovery)))

    @cached_property
    def _topic(self) -> re.Pattern[str] | None:
        return topic_pattern(self.source.topic)

    def _credible(self, time: datetime | None) -> datetime | None:
        return time if time is None or time <= self.now + _CLOCKS_DIFFER else None

    def _is_on_topic(self, candidate: Candidate) -> bool:
        if self._topic is None:
            return True
        slug = fold_words(readable_path(candidate.url))
        if self._topic.search(f" {fold_words(candidate.title or '')} ") or self._topic.search(f" {slug} "):
            return True
        return candidate.title is None and not says_something(candidate.url)


def oldest_day(now: datetime, max_age_days: int, since: date | None = None) -> datetime:
    """Return the midnight before which pages are too old: that of ``since`` where it is given.

    >>> oldest_day(datetime(2025, 3, 12, 9), 2)
    datetime.datetime(2025, 3, 10, 0, 0)
    """
    day = since or (now - timedelta(days=max_age_days)).date()
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 (naive times are UTC here)


def topic_pattern(words: Iterable[str]) -> re.Pattern[str] | None:
    """Return the pattern that finds a topic's words in text from ``fold_words``, or nothing for an empty topic.

    A word or phrase is matched whole; a last word of five letters or more may go on, so that stems can be given.

    >>> pattern = topic_pattern(["số hóa", "cyfryzac"])
    >>> [bool(pattern.search(f" {fold_words(text)} ")) for text in ("Số hoá dữ liệu", "Cyfryzacja", "Một số hoạt động")]
    [True, True, False]
    """
    phrases = sorted({fold_words(word) for word in words} - {""})
    stems = (re.escape(one) + (r"\w*" if len(one.split()[-1]) >= _STEM_LENGTH else "") for one in phrases)
    return re.compile(f" (?:{'|'.join(stems)}) ") if phrases else None


def fold_words(text: str) -> str:
    """Return the words of a text or an address in lower case, without accents, parted by single blanks.

    >>> fold_words("/tin/Chuyển-đổi_số.html"), fold_words("Łódź")
    ('tin chuyen doi so html', 'lodz')
    """
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return " ".join(_WORD.findall("".join(char for char in plain if not unicodedata.combining(char))))


def says_something(url: str) -> bool:
    """Return whether the last part of an address is a slug of words, from which a topic could be told.

    >>> [says_something(f"https://a.example/{end}") for end in ("new-data-law-12.html", "article-12.html", "a?id=12")]
    [True, False, False]
    """
    parts = urlsplit(url)
    slug = fold_words(readable_path(parts.path).rstrip("/").rpartition("/")[2].rpartition(".")[0] or parts.path)
    return not parts.query and sum(len(word) > 1 and word.isalpha() for word in slug.split()) >= _SLUG_WORDS


def _primary(tag: str) -> str:
    subtag = tag.strip().lower().replace("_", "-").partition("-")[0]
    return _SAME_LANGUAGE.get(subtag, subtag)
