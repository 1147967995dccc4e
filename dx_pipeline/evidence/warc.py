"""Captures of the pages in WARC files: those that ``dx archive export`` writes, and those of other archives.

Only what a record says of a page belongs here; the container is read by ``warc_records.py``, and recorded
HTTP responses by ``http_message.py``.
"""

import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import polars as pl

from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.attempt import utf8_text
from dx_pipeline.evidence.http_message import MessageError, read_body, read_head
from dx_pipeline.evidence.media_types import DOCUMENT_TYPES, MAX_BYTES, UNREAD_DOCUMENTS
from dx_pipeline.evidence.warc_records import Damage, Record, read_records
from dx_pipeline.identifiers import stable_id
from dx_pipeline.schemas.evidence import OUTCOMES, READABLE, Captures
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.specs import ArticleSource

OUTCOME_FIELD = "DX-Outcome"
_ENDINGS = (".warc", ".warc.gz")
_WANTED = ("response", "resource", "revisit")
_BLOCK_BYTES = 2 * MAX_BYTES  # packed pages are shorter than unpacked ones; headers and chunks need room
_SCHEMES = frozenset({"http", "https", "file"})  # others name what archives add of their own: screenshots, texts
_READ = frozenset(DOCUMENT_TYPES.values())
_TOLD = _READ | UNREAD_DOCUMENTS
_STATUS_OUTCOMES = {
    206: "truncated",
    401: "blocked",
    403: "blocked",
    404: "not_found",
    410: "gone",
    429: "throttled",
    451: "blocked",
}
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z")
_NEW_COPY = "get the WARC file anew from where it came"
_REMEDIES = {"too_large": "split the document", "truncated": _NEW_COPY, "malformed": _NEW_COPY}


@dataclass(frozen=True, slots=True)
class WarcFile:
    """A WARC file, and how it is named inside its source."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """What a record holds of a page; without bytes where the attempt did not end well."""

    media_type: str | None
    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    body: bytes = b""
    outcome: str = "ok"
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class _Held:
    """The body of a record to which others may refer; no name where it is one that is passed over."""

    sha256: str | None
    length: int = 0
    media_type: str | None = None


def is_warc(path: Path) -> bool:
    """Return whether a file's name is that of a WARC file.

    >>> is_warc(Path("crawl.WARC.gz")), is_warc(Path("pages.gz"))
    (True, False)
    """
    return path.name.lower().endswith(_ENDINGS)


def capture_warc(source: ArticleSource, archive: Archive) -> pl.DataFrame:
    """Capture the pages of the WARC file that a source's ``folder`` names; see :func:`capture_warcs`.

    Raises:
        ValueError: where the source is a web site.
    """
    if source.folder is None:
        raise ValueError(f"source {source.source_id} has no file: it is asked over the network")
    return capture_warcs(source.source_id, [WarcFile(source.folder, utf8_text(source.folder.name))], archive)


def capture_warcs(source_id: str, files: Iterable[WarcFile], archive: Archive) -> pl.DataFrame:
    """Capture the pages of WARC files: HTML, text and PDF of at most ``MAX_BYTES`` bytes.

    Response and resource records are read, and revisits stand for the page that they refer to, in
    whichever of the files it is. A page found unchanged under one address is one row, of its first
    capture; a changed one is a row for each version. Records of other kinds, pictures, styles and redirects
    are passed over; a page that was not there, was cut, or is damaged has a row that says so.

    Returns:
        A ``Captures`` frame in order of the files and their records. ``url`` is the record's target,
        ``captured_at`` its WARC-Date.
    """
    reading = _Reading(source_id, archive)
    for file in files:
        reading.read(file)
    reading.resolve_revisits()
    rows = (row for _, row in sorted(reading.rows.values(), key=lambda numbered: numbered[0]))
    return Captures.validate(frame_of(Captures, rows), lazy=True)


@dataclass(slots=True)
class _Reading:
    """The reading of a source's files, one after another, and what is known from those before."""

    source_id: str
    archive: Archive
    rows: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    _held: dict[tuple[str, ...], _Held] = field(default_factory=dict)
    _revisits: list[tuple[int, WarcFile, Record, str]] = field(default_factory=list)
    _number: int = 0

    def read(self, file: WarcFile) -> None:
        """Read one file; one that cannot be read is a row."""
        try:
            status = file.path.stat()
            if not stat.S_ISREG(status.st_mode):
                self._note_file(file, "unreachable", "is no readable file; put a readable, regular file in its place")
            elif status.st_size == 0:
                self._note_file(file, "empty", f"holds no bytes; {_NEW_COPY}")
            else:
                for found in read_records(file.path, _WANTED, _BLOCK_BYTES):
                    self._number += 1
                    if isinstance(found, Damage):
                        self._note_damage(file, found)
                    else:
                        self._note_record(file, found)
        except OSError as error:
            reason = f"cannot be read ({error.strerror or error}); make the file readable or remove it"
            self._note_file(file, "unreachable", reason)

    def resolve_revisits(self) -> None:
        """Add a row for every address at which a page was found that another record holds."""
        for number, file, record, url in self._revisits:
            self._number = number
            held = next(filter(None, map(self._held.get, _references(record.fields, url))), None)
            if held is None and _may_be_document(record.fields, record.block):
                detail = "refers to a page that no WARC file here holds; put the file that holds it beside this one"
                self._note_failure(file, record, url, _Page(media_type=None, outcome="unreachable", detail=detail))
            elif held and held.sha256:
                self._note_page(record, url, _Page(media_type=held.media_type, status=200), held)

    def _note_record(self, file: WarcFile, record: Record) -> None:
        url = _address(record.fields)
        if url is None:
            return
        if record.fields["warc-type"].lower() == "revisit":
            self._revisits.append((self._number, file, record, url))
            return
        try:
            page = _read_page(record, url)
        except MessageError as error:
            page = _Page(media_type=None, outcome=error.outcome, detail=str(error))
        if page and page.outcome == "ok":
            held = _Held(self.archive.put(page.body), len(page.body), page.media_type)
            self._note_page(record, url, page, held)
        else:
            held = _Held(None)
        for name in _names(record.fields, url):
            self._held.setdefault(name, held)
        if page and page.outcome != "ok":
            self._note_failure(file, record, url, page)

    def _note_page(self, record: Record, url: str, page: _Page, held: _Held) -> None:
        capture_id = stable_id("cap", self.source_id, url, held.sha256)
        captured_at = _time(record.fields)
        if capture_id in self.rows:
            row = self.rows[capture_id][1]
            row["captured_at"] = min(filter(None, (captured_at, row["captured_at"])), default=None)
            return
        row = self._row(capture_id, url, captured_at, page) | {"bytes": held.length, "sha256": held.sha256}
        self.rows[capture_id] = (self._number, row)

    def _note_failure(self, file: WarcFile, found: Record | Damage, url: str, page: _Page) -> None:
        capture_id = stable_id("cap", self.source_id, file.name, found.offset, page.outcome)
        row = self._row(capture_id, url, _time(found.fields), page)
        detail = f"{url}: {page.detail} ({file.name}, the record at byte {found.offset})"
        self.rows[capture_id] = (self._number, row | {"detail": detail, "bytes": len(page.body) or None})

    def _note_damage(self, file: WarcFile, damage: Damage) -> None:
        is_page = damage.fields.get("warc-type", "").lower() in _WANTED
        url = _address(damage.fields) if is_page else None
        if is_page and (url is None or not _may_be_document(damage.fields, damage.beginning)):
            return
        detail = f"{damage.detail}; {_REMEDIES[damage.outcome]}"
        page = _Page(media_type=None, outcome=damage.outcome, detail=detail)
        self._note_failure(file, damage, url or file.path.absolute().as_uri(), page)

    def _note_file(self, file: WarcFile, outcome: str, detail: str) -> None:
        self._number += 1
        url = file.path.absolute().as_uri()
        capture_id = stable_id("cap", self.source_id, file.name, outcome)
        row = self._row(capture_id, url, None, _Page(media_type="application/warc", outcome=outcome))
        self.rows[capture_id] = (self._number, row | {"detail": f"{utf8_text(str(file.path))}: {detail}"})

    def _row(self, capture_id: str, url: str, captured_at: datetime | None, page: _Page) -> dict[str, Any]:
        return {
            "capture_id": capture_id,
            "source_id": self.source_id,
            "url": url,
            "captured_at": captured_at,
            "outcome": page.outcome,
            "http_status": page.status,
            "media_type": page.media_type,
            "etag": page.etag,
            "last_modified": page.last_modified,
        }


def _read_page(record: Record, url: str) -> _Page | None:
    """Read what a record holds of a page; ``None`` where it is none, or one that nobody would look for as text.

    Raises:
        MessageError: where what was recorded cannot be read.
    """
    page = _read_message(record) if _is_http(record.fields) else _read_resource(record)
    if page is None or (url.endswith("/robots.txt") and urlsplit(url).path == "/robots.txt"):
        return None
    judged = record.fields.get(OUTCOME_FIELD.lower(), "ok")
    if judged in OUTCOMES - set(READABLE):
        return _failed(page, judged, f"was judged to be {judged} when it was captured; capture the page again")
    if page.outcome != "ok":
        return page
    if "warc-truncated" in record.fields or record.fields.get("warc-segment-number", "1") != "1":
        return _failed(page, "truncated", "was not recorded whole; capture the page again")
    if _kind(page.media_type) not in _READ:
        return _failed(page, "wrong_media_type", f"{page.media_type} is not read; capture it as HTML, text or PDF")
    return page if page.body else _failed(page, "empty", "holds no bytes; capture the page again")


def _read_message(record: Record) -> _Page | None:
    head = read_head(record.block)
    media_type = head.headers.get("content-type") or _sniff(record.block[head.end :])
    if _kind(media_type) not in _TOLD or 300 <= head.status < 400:
        return None
    page = _Page(
        media_type=media_type,
        status=head.status,
        etag=head.headers.get("etag"),
        last_modified=head.headers.get("last-modified"),
    )
    if not 200 <= head.status < 300 or head.status in _STATUS_OUTCOMES:
        outcome = _STATUS_OUTCOMES.get(head.status, "server_error" if head.status >= 500 else "unreachable")
        return _failed(page, outcome, f"the site answered with status {head.status}; capture the page again")
    try:
        body = read_body(head, record.block, MAX_BYTES)
    except MessageError as error:
        return _failed(page, error.outcome, str(error))
    return replace(page, body=body)


def _read_resource(record: Record) -> _Page | None:
    media_type = record.fields.get("content-type") or _sniff(record.block)
    if _kind(media_type) not in _TOLD:
        return None
    page = _Page(media_type=media_type)
    if len(record.block) > MAX_BYTES:
        return _failed(page, "too_large", f"is longer than {MAX_BYTES} bytes; split the document")
    return replace(page, body=record.block)


def _may_be_document(fields: Mapping[str, str], beginning: bytes) -> bool:
    """Return whether a record that cannot be read holds a page, as far as its beginning tells."""
    if not _is_http(fields):
        return _kind(fields.get("content-type")) in _TOLD
    try:
        head = read_head(beginning)
    except MessageError:
        return True
    return _kind(head.headers.get("content-type") or "text/html") in _TOLD


def _is_http(fields: Mapping[str, str]) -> bool:
    is_resource = fields.get("warc-type", "").lower() == "resource"
    return not is_resource and _kind(fields.get("content-type") or "application/http") == "application/http"


def _names(fields: Mapping[str, str], url: str) -> list[tuple[str, ...]]:
    """What other records may call this one by."""
    digest, record_id = fields.get("warc-payload-digest"), fields.get("warc-record-id")
    names = [("address", url, fields.get("warc-date", "")), ("address", url)]
    names += [("digest", digest.lower())] if digest else []
    return names + ([("record", record_id)] if record_id else [])


def _references(fields: Mapping[str, str], url: str) -> list[tuple[str, ...]]:
    """What a revisit calls the record by that it refers to, the surest first."""
    digest, record_id = fields.get("warc-payload-digest"), fields.get("warc-refers-to")
    target, day = fields.get("warc-refers-to-target-uri"), fields.get("warc-refers-to-date")
    names: list[tuple[str, ...]] = [("record", record_id)] if record_id else []
    names += [("address", _bare(target), day)] if target and day else []
    names += [("digest", digest.lower())] if digest else []
    return names or [("address", url)]


def _address(fields: Mapping[str, str]) -> str | None:
    """The record's target where it is an address of a page."""
    url = _bare(fields.get("warc-target-uri", ""))
    try:
        scheme = urlsplit(url).scheme.lower()
    except ValueError:
        return None
    return url if scheme in _SCHEMES else None


def _bare(uri: str) -> str:
    """A target without the brackets that the first edition of the standard put around it by mistake."""
    uri = uri.strip()
    bare = uri[1:-1] if uri.startswith("<") and uri.endswith(">") else uri
    return "".join(character if character.isprintable() else "%20" for character in bare).replace(" ", "%20")


def _time(fields: Mapping[str, str]) -> datetime | None:
    found = _DATE.fullmatch(fields.get("warc-date", "").strip())
    if not found:
        return None
    year, month, day, hour, minute, second = (int(found.group(number)) for number in range(1, 7))
    microsecond = int((found.group(7) or "")[:6].ljust(6, "0"))
    try:
        return datetime(year, month, day, hour, minute, second, microsecond, UTC).replace(tzinfo=None)
    except ValueError:
        return None


def _kind(media_type: str | None) -> str:
    return (media_type or "").partition(";")[0].strip().lower()


def _sniff(body: bytes) -> str | None:
    """What a body is whose kind nobody told."""
    beginning = body[:256].lstrip(b"\xef\xbb\xbf \t\r\n")
    if beginning.startswith(b"%PDF-"):
        return "application/pdf"
    return "text/html" if beginning.startswith(b"<") else None


def _failed(page: _Page, outcome: str, detail: str) -> _Page:
    return replace(page, outcome=outcome, detail=detail)
