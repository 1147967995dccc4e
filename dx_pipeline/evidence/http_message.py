"""An HTTP response as an archive recorded it: status, headers, and its body without its packing.

Only what a recorded response says belongs here; nothing is asked over the network.
"""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from dx_pipeline.evidence.warc_records import parse_fields

_STATUS_LINE = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]{1,8}(\d{3})(?:[ \t][^\r\n]{0,4000})?\r?\n")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_CHUNK_SIZE = re.compile(rb"[ \t]{0,8}([0-9A-Fa-f]{1,8})[ \t]{0,8}(?:;[^\r\n]{0,4000})?\r?\n")
_LENGTH = re.compile(r"\d{1,15}")
_UNREAD_PACKINGS = {"br", "zstd", "compress", "x-compress"}
_GZIP = b"\x1f\x8b"


class MessageError(ValueError):
    """A recorded response that cannot be read; ``outcome`` is one of ``OUTCOMES``, the message has the remedy."""

    def __init__(self, outcome: str, detail: str) -> None:
        super().__init__(detail)
        self.outcome = outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The beginning of a response: its status, its headers (names in lower case), where its body begins."""

    status: int
    headers: Mapping[str, str]
    end: int


def read_head(block: bytes) -> Head:
    """Read the status line and the headers of a recorded response.

    Raises:
        MessageError: where it does not begin as one.
    """
    line = _STATUS_LINE.match(block)
    end = _HEAD_END.search(block, line.end() - 2 if line else 0)
    if not line or not end:
        raise MessageError("malformed", "it does not begin as an HTTP response; capture the page again")
    return Head(status=int(line.group(1)), headers=parse_fields(block[: end.end()]), end=end.end())


def read_body(head: Head, block: bytes, max_bytes: int) -> bytes:
    """Return the body of a recorded response, put together and unpacked.

    Archives often keep the headers of a packing that they have undone: a body that is not packed as
    its headers say is taken as it is.

    Raises:
        MessageError: where it was cut, is damaged, is packed in a way that is not read, or is longer than
            ``max_bytes`` bytes.
    """
    body = block[head.end :]
    if "chunked" in head.headers.get("transfer-encoding", "").lower():
        body = _join_chunks(body)
    elif _LENGTH.fullmatch(declared := head.headers.get("content-length", "")) and len(body) < int(declared):
        packings = head.headers.get("content-encoding", "identity").lower()
        if packings == "identity" or _is_packed(body, packings):
            raise MessageError(
                "truncated", f"{len(body)} of its {declared} bytes were recorded; capture the page again"
            )
    for packing in reversed(head.headers.get("content-encoding", "").lower().split(",")):
        body = _unpack(body, packing.strip(), max_bytes)
    if len(body) > max_bytes:
        raise _too_large(max_bytes)
    return body


def _join_chunks(body: bytes) -> bytes:
    if not _CHUNK_SIZE.match(body):
        return body  # joined by whoever recorded it
    joined, position = bytearray(), 0
    while size := _CHUNK_SIZE.match(body, position):
        length, start = int(size.group(1), 16), size.end()
        if length == 0:
            return bytes(joined)
        joined += body[start : start + length]
        position = start + length
        position += 2 if body[position : position + 2] == b"\r\n" else 1
    raise MessageError("truncated", f"it ends in the middle of its chunks, after {len(joined)} bytes; capture it again")


def _is_packed(body: bytes, packings: str) -> bool:
    last = packings.rpartition(",")[2].strip()
    if last in {"gzip", "x-gzip"}:
        return body.startswith(_GZIP)
    if last == "deflate":
        return not _is_markup(body) and _window(body) is not None
    return last in _UNREAD_PACKINGS and not _is_markup(body)


def _unpack(body: bytes, packing: str, max_bytes: int) -> bytes:
    if not body or not _is_packed(body, packing):
        return body
    if packing in _UNREAD_PACKINGS:
        detail = f"its body is packed as {packing}, which is not read; capture the page with gzip"
        raise MessageError("malformed", detail)
    return _inflate(body, packing, max_bytes)


def _inflate(body: bytes, packing: str, max_bytes: int) -> bytes:
    bits = zlib.MAX_WBITS | 16 if packing != "deflate" else _window(body)
    unpacked, rest = bytearray(), body
    while rest:
        unpacker = zlib.decompressobj(bits or -zlib.MAX_WBITS)
        try:
            unpacked += unpacker.decompress(rest, max_bytes + 1 - len(unpacked))
        except zlib.error as error:
            raise MessageError("malformed", f"its body cannot be unpacked ({error}); capture the page again") from error
        if len(unpacked) > max_bytes:
            raise _too_large(max_bytes)
        if not unpacker.eof:
            raise MessageError("truncated", f"its packed body ends after {len(unpacked)} bytes; capture the page again")
        rest = unpacker.unused_data if unpacker.unused_data.startswith(_GZIP) else b""
    return bytes(unpacked)


def _window(body: bytes) -> int | None:
    """How a deflated body begins: with a header of zlib or, as some sites send it, without; ``None`` for neither."""
    for bits in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        try:
            if zlib.decompressobj(bits).decompress(body[:4096], 64):
                return bits
        except zlib.error:
            continue
    return None


def _is_markup(body: bytes) -> bool:
    return body[:256].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _too_large(max_bytes: int) -> MessageError:
    return MessageError("too_large", f"its body is longer than {max_bytes} bytes; split the document")
