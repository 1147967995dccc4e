"""WARC files for tests, written by the library that other archives use."""

from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

DATE = "2025-03-10T12:00:00Z"


class Crawl:
    """A WARC file in the making."""

    def __init__(self, *, gzip: bool = True, version: str = "1.0") -> None:
        self.file = BytesIO()
        self._writer = WARCWriter(self.file, gzip=gzip, warc_version=version)

    def response(
        self,
        url: str,
        body: bytes,
        *,
        status: str = "200 OK",
        headers: Mapping[str, str] | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> str:
        """Add a response as a crawler records it, and return its record's id."""
        all_headers = {"Content-Type": "text/html; charset=utf-8"} | dict(headers or {})
        record = self._writer.create_warc_record(
            url,
            "response",
            payload=BytesIO(body),
            length=len(body),
            http_headers=StatusAndHeaders(status, list(all_headers.items()), protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": DATE} | dict(fields or {}),
        )
        self._writer.write_record(record)
        return str(record.rec_headers.get_header("WARC-Record-ID"))

    def other(self, kind: str, url: str, block: bytes, content_type: str, **fields: str) -> None:
        """Add a record that is no HTTP response."""
        named = {"WARC-Date": DATE} | {name.replace("_", "-"): value for name, value in fields.items()}
        self._writer.write_record(
            self._writer.create_warc_record(
                url,
                kind,
                payload=BytesIO(block),
                length=len(block),
                warc_content_type=content_type,
                warc_headers_dict=named,
            )
        )

    def revisit(self, url: str, **fields: str) -> None:
        """Add a revisit record."""
        self.other("revisit", url, b"", "application/http; msgtype=response", **fields)

    def write(self, path: Path) -> Path:
        """Write the file and return its path."""
        path.write_bytes(self.file.getvalue())
        return path


def read_with_warcio(path: Path) -> list[dict[str, Any]]:
    """Return what the library reads: fields, headers, body, and whether its digests hold."""
    with path.open("rb") as file:
        return list(_read(ArchiveIterator(file, check_digests=True)))


def _read(records: Iterable[Any]) -> Iterable[dict[str, Any]]:
    for record in records:
        body = record.content_stream().read()
        yield {
            "type": record.rec_type,
            "fields": dict(record.rec_headers.headers),
            "version": record.rec_headers.protocol,
            "status": record.http_headers.statusline if record.http_headers else None,
            "headers": dict(record.http_headers.headers) if record.http_headers else {},
            "body": body,
            "holds": record.digest_checker.passed,
        }
