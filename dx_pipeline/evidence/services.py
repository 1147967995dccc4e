"""Statistics services asked over the network: sheet by sheet and part by part, where the last pull left off.

Only the asking belongs here. What there is to ask is data (``dx_pipeline/services.py``), what an answer is worth tells
``service_answers.py``, and what its figures are by the stage ``statistics``. Every answer is archived and every
attempt recorded before the next one is made, so that a pull may be killed at any moment.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import polars as pl

from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.fetch import Fetcher, Reply
from dx_pipeline.evidence.forms import find_link, read_form
from dx_pipeline.evidence.journal import Journal
from dx_pipeline.evidence.media import Accept
from dx_pipeline.evidence.service_answers import PAGE, Judged, is_markup, judge_answer
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
_NEXT_COOKIE = re.compile(r",\s*(?=[A-Za-z0-9_.$-]{1,80}=)")
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


@dataclass(frozen=True, slots=True)
class _Step:
    """One thing to ask: recorded at ``address``, or beside it where it is a page and but a step on the way."""

    request: Request
    address: str
    asked: str | None = None
    data: bytes | None = None
    content_type: str = _FORM_TYPE
    cookie: str | None = None
    accept: Accept = Accept.DATA
    may_be_page: bool = False

    @property
    def url(self) -> str:
        """The address that is asked."""
        return (self.asked or self.address).partition("#")[0]


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
        try:
            is_broken_off = parts_missing(sheet.request, answers)
        except AnswerError:
            return []  # what cannot be read is asked anew
        if is_broken_off:
            return answers if self.now - begun < _RESUMED_WITHIN else []
        hours = float(self.source.settings.get("rhythm_hours", _DEFAULT_RHYTHM_HOURS))
        return None if self.now - begun < timedelta(hours=hours) else []

    def _part(self, sheet: Sheet, answers: list[bytes]) -> _Answer:
        request, number = sheet.request, len(answers)
        skipped = sum(row_count(request, body) for body in answers) if request.paging == "skip" else 0
        address = sheet.address(number, skipped)
        if request.flow == "form":
            return self._posted_form(sheet, address)
        step = _Step(request, address)
        if request.flow == "pxweb" and number > 0:
            query = {"query": pxweb_batches(answers[0], request)[number - 1], "response": {"format": "json"}}
            step = replace(step, data=json.dumps(query, ensure_ascii=False).encode(), content_type=_JSON_TYPE)
        if request.flow == "post":
            step = replace(step, data=urlencode(sheet.fields()).encode())
        return self._ask(step)

    def _posted_form(self, sheet: Sheet, address: str) -> _Answer:
        """Read the page, post its form back with our choice, and follow the download where the answer is a page."""
        request, url = sheet.request, sheet.url()
        first = self._ask(_Step(replace(request, format=PAGE), f"{url}#{PAGE}", accept=Accept.PAGE))
        if first.body is None:
            return first
        form = read_form(first.body, first.final_url)
        if form is None:
            return _failed("malformed", "the page has no form to post back; look at it and mend the request")
        data = urlencode(form.filled(sheet.fields(), choose_all=request.choose_all)).encode()
        step = _Step(request, address, asked=form.action, data=data, cookie=first.cookie)
        posted = self._ask(replace(step, may_be_page=request.link is not None))
        if posted.body is None or request.link is None or not is_markup(posted.body):
            return posted
        wanted = sheet.fill(request.link)
        found = find_link(posted.body, posted.final_url, wanted)
        if found is None:
            return _failed("not_found", f"the page offers no {wanted}: it is not published yet, or is called otherwise")
        return self._ask(_Step(request, address, asked=found, cookie=posted.cookie or first.cookie))

    def _ask(self, step: _Step) -> _Answer:
        """Ask up to three times, keep and record each answer; the body is ``None`` where there is nothing to read."""
        number = 1
        while True:
            reply = self._exchange(step, number)
            on_the_way = step.may_be_page and reply.body is not None and is_markup(reply.body)
            judged = judge_answer(replace(step.request, format=PAGE) if on_the_way else step.request, reply)
            kept = self.archive.put(reply.body) if reply.body else None
            place = f"{step.url}#posted" if on_the_way else step.address
            told = replace(reply, url=place, outcome=judged.outcome, detail=judged.detail or reply.detail)
            recorded = self.journal.record(self.source.source_id, told, kept)
            self.tell(f"{self.source.source_id}: {place}: {judged.outcome}")
            if not judged.again or number == _TRIES:
                break
            number += 1
        sha256 = recorded.sha256 if judged.outcome in READABLE else None
        body = None if sha256 is None else self.archive.get(sha256)
        return _Answer(replace(judged, detail=told.detail), body, reply.final_url, _cookie(reply))

    def _exchange(self, step: _Step, number: int) -> Reply:
        delay = float(self.source.settings.get("delay_seconds", _DEFAULT_DELAY_SECONDS)) * 2 ** (number - 1)
        hosts = frozenset({urlsplit(step.url).hostname or ""})
        if step.data is not None:
            return self.fetcher.post(
                step.url,
                data=step.data,
                content_type=step.content_type,
                headers={"Cookie": step.cookie} if step.cookie else {},
                delay_seconds=delay,
                accept=step.accept,
                allowed_hosts=hosts,
            )
        known = self.journal.last_good(self.source.source_id, step.address)
        is_kept = known is not None and known.sha256 in self.archive
        return self.fetcher.get(
            step.url,
            etag=known.etag if known and is_kept else None,
            last_modified=known.last_modified if known and is_kept else None,
            delay_seconds=delay,
            accept=step.accept,
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
    pull = _Pull(source, fetcher, archive, journal, now, tell, history=list(history.iter_rows(named=True)))
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
    """Return what a site wants to be told back in the next step, without attributes; several are parted by commas."""
    pairs = [one.partition(";")[0].strip() for one in _NEXT_COOKIE.split(reply.cookie or "")]
    return "; ".join(pair for pair in pairs if "=" in pair) or None
