"""The journal and its bodies as a WARC file, which other archives' tools read.

Only writing belongs here; what is written reads back with ``warc.py``.
"""

import hashlib
import json
import os
import re
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from dx_pipeline.evidence.archive import Archive, sync_directory
from dx_pipeline.evidence.attempt import Attempt
from dx_pipeline.evidence.journal import Journal
from dx_pipeline.evidence.warc import OUTCOME_FIELD, is_warc
from dx_pipeline.schemas.evidence import READABLE

Tell = Callable[[int, int], None]
_IDS = uuid.uuid5(uuid.NAMESPACE_URL, "https://dx-pipeline.invalid/captures")
_SAME_BYTES = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_UNDONE = {"content-encoding", "content-length", "transfer-encoding"}  # bodies are kept unpacked
_CUT = {"truncated": "disconnect", "too_large": "length", "timeout": "time"}
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}")


@dataclass(slots=True, kw_only=True)
class Exported:
    """What was written: pages with their bytes, and revisits that refer to them; and what was not.

    ``without_body`` counts attempts that brought no bytes; ``unreadable`` names bodies that the archive
    cannot give back.
    """

    responses: int = 0
    revisits: int = 0
    without_body: int = 0
    unreadable: list[str] = field(default_factory=list)


def export_warc(
    journal: Journal,
    archive: Archive,
    path: Path,
    *,
    source_id: str | None = None,
    since: date | None = None,
    software: str = "dx-pipeline",
    tell: Tell = lambda _done, _total: None,
) -> Exported:
    """Write the attempts that brought bytes as a WARC 1.1 file, in order of time.

    A page is a response record with its status, the headers that were kept and its body, unpacked. Bytes that
    are in the file already are not written again: a revisit refers to them. Where a page was found
    unchanged, what it was then is written too, though it be from before ``since``. The same journal gives the
    same bytes.

    Args:
        journal: the attempts.
        archive: their bodies.
        path: the file, packed record by record where its name ends in ``.gz``. It is written aside and
            renamed: one that is there is replaced as a whole, or not at all.
        source_id: only attempts at this source.
        since: only attempts on this day (UTC) or later.
        software: who writes, for the file's first record.
        tell: is told how many attempts of how many are done.

    Raises:
        ValueError: where the name is not that of a WARC file.
        OSError: where the file cannot be written, or the journal cannot be read.
    """
    if not is_warc(path):
        raise ValueError(f"{path}: is no name of a WARC file; let it end in .warc.gz or .warc")
    total = journal.count(source_id, since)
    with _whole_file(path) as file:
        writing = _Writing(
            journal, archive, WARCWriter(file, gzip=path.name.lower().endswith(".gz"), warc_version="1.1")
        )
        for done, attempt in enumerate(journal.attempts(source_id, since), 1):
            if done == 1:
                writing.write_info(
                    path.name, attempt, software, f"source {source_id or 'all'}, since {since or 'ever'}"
                )
            writing.write(attempt)
            tell(done, total)
    return writing.exported


@contextmanager
def _whole_file(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write into that takes its name once it is whole and on the disk."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).rename(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


class _Writing:
    """The writing of one file, and which bytes are in it already."""

    def __init__(self, journal: Journal, archive: Archive, writer: WARCWriter) -> None:
        self._journal, self._archive, self._writer = journal, archive, writer
        self._written: dict[tuple[str, bool], Attempt] = {}
        self.exported = Exported()

    def write_info(self, name: str, first: Attempt, software: str, description: str) -> None:
        """Write the record that says what the file is; its time is that of the first attempt in it."""
        about = {
            "software": software,
            "format": "WARC File Format 1.1",
            "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "description": f"attempts kept by dx-pipeline: {description}",
        }
        record = self._writer.create_warcinfo_record(_one_line(name), about)
        record.rec_headers.replace_header("WARC-Record-ID", _record_id(f"{name} {first.capture_id}"))
        record.rec_headers.replace_header("WARC-Date", _time(first.captured_at))
        self._writer.write_record(record)

    def write(self, attempt: Attempt) -> None:
        """Write one attempt: its bytes, or a reference to where the file has them."""
        if attempt.sha256 is None:
            self.exported.without_body += 1
            return
        held = self._written.get(_key(attempt))
        if held is None and attempt.outcome == "not_modified":
            held = self._write_original(attempt.sha256, attempt)
        if held is not None:
            self._write_revisit(attempt, held)
        elif attempt.outcome != "not_modified":
            self._write_response(attempt, attempt.sha256)

    def _write_original(self, sha256: str, attempt: Attempt) -> Attempt | None:
        """Write what a page was when it was found unchanged."""
        original = self._journal.first_with(sha256, attempt.source_id, attempt.url)
        if original is None:
            self.exported.unreadable.append(f"{attempt.url}: no attempt brought the bytes that it says are unchanged")
            return None
        return original if self._write_response(original, sha256) else None

    def _write_response(self, attempt: Attempt, sha256: str) -> bool:
        try:
            body = self._archive.get(sha256)
        except OSError as error:
            self.exported.unreadable.append(f"{attempt.url}: {error}")
            return False
        head = _head(attempt, len(body))
        fields = _fields(attempt, head.headers_buff + body) | {"WARC-Payload-Digest": f"sha256:{sha256}"}
        self._writer.write_record(
            self._writer.create_warc_record(
                _address(attempt.url),
                "response",
                payload=BytesIO(body),
                length=len(body),
                http_headers=head,
                warc_headers_dict=fields,
            )
        )
        self._written[_key(attempt)] = attempt
        self.exported.responses += 1
        return True

    def _write_revisit(self, attempt: Attempt, held: Attempt) -> None:
        head = _head(attempt, None)
        record = self._writer.create_revisit_record(
            _address(attempt.url),
            f"sha256:{attempt.sha256}",
            _address(held.url),
            _time(held.captured_at),
            http_headers=head,
            warc_headers_dict=_fields(attempt, head.headers_buff)
            | {"WARC-Refers-To": _record_id(held.capture_id), "WARC-Truncated": "length"},
        )
        profile = _NOT_MODIFIED if attempt.http_status == HTTPStatus.NOT_MODIFIED else _SAME_BYTES
        record.rec_headers.replace_header("WARC-Profile", profile)
        self._writer.write_record(record)
        self.exported.revisits += 1


def _key(attempt: Attempt) -> tuple[str, bool]:
    """What is judged to be no page is never referred to by one that is."""
    return attempt.sha256 or "", attempt.outcome in READABLE


def _head(attempt: Attempt, length: int | None) -> StatusAndHeaders:
    """The status line and headers that were recorded; lengths and packings are those of the body as it is kept."""
    others: dict[str, str] = json.loads(attempt.headers) if attempt.headers else {}
    named = {"content-type": attempt.media_type, "etag": attempt.etag, "last-modified": attempt.last_modified} | others
    headers = [
        (f"x-archive-orig-{name}" if name in _UNDONE else name, _one_line(value))
        for name, value in named.items()
        if value is not None and _TOKEN.fullmatch(name)
    ]
    if length is not None:
        headers.append(("content-length", str(length)))
    status = attempt.http_status or HTTPStatus.OK
    reason = HTTPStatus(status).phrase if status in set(HTTPStatus) else ""
    head = StatusAndHeaders(f"{int(status)} {reason}".rstrip(), headers, protocol="HTTP/1.1")
    head.compute_headers_buffer()
    return head


def _fields(attempt: Attempt, block: bytes) -> dict[str, str]:
    fields = {
        "WARC-Record-ID": _record_id(attempt.capture_id),
        "WARC-Date": _time(attempt.captured_at),
        "WARC-Block-Digest": f"sha256:{hashlib.sha256(block).hexdigest()}",
        "DX-Capture-ID": attempt.capture_id,
        "DX-Source-ID": _one_line(attempt.source_id),
        OUTCOME_FIELD: attempt.outcome,
    }
    if attempt.outcome in _CUT:
        fields["WARC-Truncated"] = _CUT[attempt.outcome]
    return fields | ({"DX-Final-URI": _address(attempt.final_url)} if attempt.final_url else {})


def _record_id(name: str) -> str:
    return f"<{uuid.uuid5(_IDS, name).urn}>"


def _time(moment: datetime) -> str:
    return f"{moment.isoformat(timespec='microseconds')}Z"


def _one_line(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


def _address(url: str) -> str:
    return "".join(character if character.isprintable() and character != " " else "%20" for character in url)
