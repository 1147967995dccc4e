"""Statistics services asked over the network: sheet by sheet and part by part, where the last pull left off.

Only the asking belongs here. What there is to ask is data (``dx_pipeline/services.py``), what an answer is worth tells
``service_answers.py``, and what its figures are by the stage ``statistics``. Every answer is archived and every
attempt recorded before the next one is made, so that a pull may be killed at any moment.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import polars as pl

from dx_pipeline.evidence.service_answers import PAGE, Judged, is_markup, judge_answer
from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.fetch import Fetcher, Reply
from dx_pipeline.evidence.forms import find_link, read_form
from dx_pipeline.evidence.journal import Journal
from dx_pipeline.evidence.media import Accept
from dx_pipeline.schemas.evidence import READABLE
from dx_pipeline.services import (
    AnswerError,
    Request,
    Sheet,
    parts_missing,
    pxweb_batches,
    read_requests,
    read_sheets,
    rounds_of,
    row_count,
    version_of,
)
from dx_pipeline.specs import StatisticsSource

_TRIES = 3
_MOST_PARTS = 2_000  # of one sheet: a service that never ends is left
_HOST_IS_DOWN = frozenset({"blocked", "dns_failure", "tls_failure", "unreachable", "throttled", "timeout"})
_DEFAULT_DELAY_SECONDS = 1.0
_DEFAULT_RHYTHM_HOURS = 20.0
_RESUMED_WITHIN = timedelta(hours=24)  # an older round is begun anew: its parts would not fit together
_JSON_TYPE, _FORM_TYPE = "application/json", "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What a pull of one source did.

    ``captures`` is all that was ever asked of the source (``Captures``). ``whole`` counts the sheets that came whole,
    ``fresh`` those that were not asked since they came a short time ago, ``failed`` tells of each other one its
    request, outcome and reason.
    """

    captures: pl.DataFrame
    whole: int
    fresh: int
    failed: tuple[tuple[str, str, str], ...]


@dataclass(slots=True)
class _Answer:
    """What came of asking for one part: its bytes where there are any to read."""

    judged: Judged
    body: bytes | None
    final_url: str
    cookie: str | None = None


@dataclass(slots=True)
class _Pull:
    """A pull of one source under way."""

    source: StatisticsSource
    fetcher: Fetcher
    archive: Archive
    journal: Journal
    now: datetime
    tell: Callable[[str], None]
    down: dict[str, Judged] = field(default_factory=dict)
    history: list[Mapping[str, Any]] = field(default_factory=list)

    def sheet(self, sheet: Sheet) -> Judged | None:
        """Ask for a sheet until it is whole; ``None`` where it came a short time ago."""
        try:
            return self._sheet(sheet)
        except AnswerError as error:
            return Judged("malformed", f"{error}; look at the answer in the archive and mend the request")

    def _sheet(self, sheet: Sheet) -> Judged | None:
        answers = self._begun(sheet)
        if answers is None:
            return None
        restarted = False
        while parts_missing(sheet.request, answers) and len(answers) < _MOST_PARTS:
            host = urlsplit(sheet.url()).netloc
            if host in self.down:
                return replace(
                    self.down[host], detail=f"not asked: the host has just failed ({self.down[host].outcome})"
                )
            answer = self._part(sheet, answers)
            if answer.body is None:
                if answer.judged.outcome in _HOST_IS_DOWN:
                    self.down[host] = answer.judged
                return answer.judged
            if answers and not restarted and _is_newer(sheet.request, answers[0], answer.body):
                answers, restarted = [], True
                continue
            answers.append(answer.body)
        return Judged("ok")

    def _begun(self, sheet: Sheet) -> list[bytes] | None:
        """Return the parts that a round under way already has; none to begin one, ``None`` where it is not time yet."""
        rounds = rounds_of(sheet, self.history)
        if not rounds or not all(part["sha256"] in self.archive for part in rounds[-1]):
            return []
        answers = [self.archive.get(part["sha256"]) for part in rounds[-1]]
        begun: datetime = rounds[-1][0]["captured_at"]
        if parts_missing(sheet.request, answers):
            return answers if self.now - begun < _RESUMED_WITHIN else []
        hours = float(self.source.settings.get("rhythm_hours", _DEFAULT_RHYTHM_HOURS))
        return None if self.now - begun < timedelta(hours=hours) else []

    def _part(self, sheet: Sheet, answers: list[bytes]) -> _Answer:
        request, number = sheet.request, len(answers)
        skipped = sum(row_count(request, body) for body in answers) if request.paging == "skip" else 0
        address = sheet.address(number, skipped)
        if request.flow == "form":
            return self._posted_form(sheet, address)
        if request.flow == "pxweb" and number > 0:
            query = {"query": pxweb_batches(answers[0], request)[number - 1], "response": {"format": "json"}}
            return self._ask(request, address, json.dumps(query, ensure_ascii=False).encode(), _JSON_TYPE)
        if request.flow == "post":
            return self._ask(request, address, urlencode(sheet.fields()).encode(), _FORM_TYPE)
        return self._ask(request, address)

    def _posted_form(self, sheet: Sheet, address: str) -> _Answer:
        """Read the page, post its form back with our choice, and follow the download where the answer is a page."""
        url, page = sheet.url(), replace(sheet.request, format=PAGE)
        first = self._ask(page, f"{url}#{PAGE}", accept=Accept.PAGE)
        if first.body is None:
            return first
        form = read_form(first.body, first.final_url)
        if form is None:
            return _failed("malformed", "the page has no form to post back; look at it and mend the request")
        filled = urlencode(form.filled(sheet.fields(), choose_all=sheet.request.choose_all)).encode()
        posted = self._ask(
            sheet.request,
            address,
            filled,
            _FORM_TYPE,
            asked=form.action,
            cookie=first.cookie,
            may_be_page=bool(sheet.request.link),
        )
        if posted.body is None or sheet.request.link is None or not is_markup(posted.body):
            return posted
        wanted = sheet.fill(sheet.request.link)
        found = find_link(posted.body, posted.final_url, wanted)
        if found is None:
            return _failed("not_found", f"the page offers no {wanted}: it is not published yet, or is called otherwise")
        return self._ask(sheet.request, address, asked=found, cookie=posted.cookie or first.cookie)

    def _ask(
        self,
        request: Request,
        address: str,
        data: bytes | None = None,
        content_type: str = "",
        *,
        asked: str | None = None,
        cookie: str | None = None,
        accept: Accept = Accept.DATA,
        may_be_page: bool = False,
    ) -> _Answer:
        """Ask up to three times, keep and record each answer; the body is ``None`` where there is nothing to read.

        An answer is recorded at ``address``; a page that is but a step on the way (``may_be_page``) beside it.
        """
        url = asked or address.partition("#")[0]
        for attempt in range(_TRIES):
            reply = self._exchange(url, address, data, content_type, cookie, accept, attempt)
            is_step = may_be_page and reply.body is not None and is_markup(reply.body)
            expected = replace(request, format=PAGE) if is_step else request
            judged = judge_answer(expected, reply.outcome, reply.http_status, reply.body)
            kept = self.archive.put(reply.body) if reply.body else None
            place = f"{url.partition('#')[0]}#posted" if is_step else address
            told = replace(reply, url=place, outcome=judged.outcome, detail=judged.detail or reply.detail)
            recorded = self.journal.record(self.source.source_id, told, kept)
            self.tell(f"{self.source.source_id}: {place}: {judged.outcome}")
            if not judged.again:
                break
        readable = judged.outcome in READABLE and recorded.sha256 is not None
        body = self.archive.get(recorded.sha256) if readable and recorded.sha256 else None
        return _Answer(replace(judged, detail=told.detail), body, reply.final_url or url, _cookie(reply))

    def _exchange(
        self,
        url: str,
        address: str,
        data: bytes | None,
        content_type: str,
        cookie: str | None,
        accept: Accept,
        attempt: int,
    ) -> Reply:
        delay = float(self.source.settings.get("delay_seconds", _DEFAULT_DELAY_SECONDS)) * 2**attempt
        hosts = frozenset({urlsplit(url).hostname or ""})
        headers = {"Cookie": cookie} if cookie else {}
        if data is not None:
            return self.fetcher.post(
                url,
                data=data,
                content_type=content_type,
                headers=headers,
                delay_seconds=delay,
                accept=accept,
                allowed_hosts=hosts,
            )
        known = self.journal.last_good(self.source.source_id, address)
        if known is None or known.sha256 not in self.archive:
            return self.fetcher.get(url, delay_seconds=delay, accept=accept, allowed_hosts=hosts)
        return self.fetcher.get(
            url,
            etag=known.etag,
            last_modified=known.last_modified,
            delay_seconds=delay,
            accept=accept,
            allowed_hosts=hosts,
        )


def pull_statistics(
    source: StatisticsSource,
    fetcher: Fetcher,
    archive: Archive,
    journal: Journal,
    *,
    now: datetime,
    tell: Callable[[str], None] = lambda _text: None,
) -> Pulled:
    """Ask a source's services for all that its requests describe, from where the last pull left off.

    A sheet that came whole within the source's ``rhythm_hours`` is not asked again; one that was broken off is taken up
    at its next part. A host that does not answer, or blocks us, is not asked again in this pull: what was read from it
    before stays.

    Args:
        source: with ``requests`` among its settings; without any, nothing is asked.
        fetcher: asks politely.
        archive: keeps the bytes.
        journal: keeps the attempts.
        now: the time of the pull in UTC, without a zone.
        tell: hears of each attempt.

    Raises:
        CatalogueError: where a request cannot be asked as described.
        OSError: where archive or journal cannot be written.
    """
    history = journal.captures(source.source_id).filter(
        pl.col("outcome").is_in(READABLE), pl.col("sha256").is_not_null()
    )
    pull = _Pull(source, fetcher, archive, journal, now, tell, history=history.to_dicts())
    whole, fresh = set(), 0
    failed: list[tuple[str, str, str]] = []
    for request in read_requests(source):
        if request.unless in whole:
            continue
        outcomes = [(sheet, pull.sheet(sheet)) for sheet in read_sheets(source, request, now.date())]
        fresh += sum(judged is None for _, judged in outcomes)
        bad = [(sheet, judged) for sheet, judged in outcomes if judged is not None and judged.outcome != "ok"]
        failed += [(request.name, judged.outcome, judged.detail or "") for _, judged in bad]
        if not bad:
            whole.add(request.name)
    return Pulled(captures=journal.captures(source.source_id), whole=len(whole), fresh=fresh, failed=tuple(failed))


def _is_newer(request: Request, first: bytes, later: bytes) -> bool:
    return version_of(request, first) != version_of(request, later)


def _failed(outcome: str, detail: str) -> _Answer:
    return _Answer(Judged(outcome, detail), None, "")


def _cookie(reply: Reply) -> str | None:
    """Return what a site wants to be told back, without its attributes; only within one form's steps."""
    told = reply.headers.get("set-cookie")
    return told.partition(";")[0].strip() or None if told else None
