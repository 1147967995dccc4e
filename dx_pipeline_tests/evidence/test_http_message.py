"""Recorded responses: chunks joined, packings undone, and what was cut told."""

import gzip
import zlib

import pytest

from dx_pipeline.evidence.http_message import MessageError, read_body, read_head

PAGE = "<html><p>45 percent of the dịch vụ công</p></html>".encode() * 20
MAX_BYTES = 100_000


def read(block: bytes, max_bytes: int = MAX_BYTES) -> bytes:
    return read_body(read_head(block), block, max_bytes)


def response(body: bytes, *headers: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", *headers, "", ""]).encode() + body


def chunked(body: bytes, size: int = 300) -> bytes:
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x;x=1\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize(
    "block",
    [
        response(PAGE),
        response(PAGE, f"Content-Length: {len(PAGE)}"),
        response(PAGE).replace(b"\r\n", b"\n"),
        response(chunked(PAGE), "Transfer-Encoding: chunked"),
        response(gzip.compress(PAGE), "Content-Encoding: gzip", f"Content-Length: {len(gzip.compress(PAGE))}"),
        response(gzip.compress(PAGE[:50]) + gzip.compress(PAGE[50:]), "Content-Encoding: x-gzip"),
        response(zlib.compress(PAGE), "Content-Encoding: deflate"),
        response(raw_deflate(PAGE), "Content-Encoding: deflate"),
        response(
            chunked(gzip.compress(gzip.compress(PAGE))), "Transfer-Encoding: chunked", "Content-Encoding: gzip, gzip"
        ),
    ],
    ids=[
        "plain",
        "length",
        "line feeds",
        "chunked",
        "gzip",
        "two members",
        "deflate",
        "raw deflate",
        "twice in chunks",
    ],
)
def test_bodies_are_put_together_and_unpacked(block: bytes) -> None:
    assert read(block) == PAGE


@pytest.mark.parametrize(
    "headers",
    [
        ["Transfer-Encoding: chunked"],
        ["Content-Encoding: gzip", "Content-Length: 77777"],
        ["Content-Encoding: deflate"],
        ["Content-Encoding: br", "Content-Length: 77777"],
    ],
)
def test_headers_of_a_packing_that_was_undone_do_no_harm(headers: list[str]) -> None:
    assert read(response(PAGE, *headers)) == PAGE


@pytest.mark.parametrize(
    ("block", "outcome"),
    [
        (response(PAGE[:-1], f"Content-Length: {len(PAGE)}"), "truncated"),
        (response(chunked(PAGE)[:-5], "Transfer-Encoding: chunked"), "truncated"),
        (response(chunked(PAGE)[:100], "Transfer-Encoding: chunked"), "truncated"),
        (response(gzip.compress(PAGE)[:-1], "Content-Encoding: gzip"), "truncated"),
        (response(gzip.compress(PAGE)[:40], "Content-Encoding: gzip"), "truncated"),
        (response(gzip.compress(PAGE)[:-6] + b"oh dear", "Content-Encoding: gzip"), "malformed"),
        (response(b"\x1b\x03\x00\xf8", "Content-Encoding: br"), "malformed"),
        (response(gzip.compress(bytes(MAX_BYTES + 1)), "Content-Encoding: gzip"), "too_large"),
        (response(gzip.compress(bytes(MAX_BYTES)) * 2, "Content-Encoding: gzip"), "too_large"),
        (response(bytes(MAX_BYTES + 1)), "too_large"),
    ],
    ids=[
        "length",
        "no last chunk",
        "in a chunk",
        "no end of gzip",
        "half a gzip",
        "checksum",
        "br",
        "bomb",
        "two",
        "long",
    ],
)
def test_what_was_cut_or_is_damaged_is_told(block: bytes, outcome: str) -> None:
    with pytest.raises(MessageError, match="; ") as caught:
        read(block)
    assert caught.value.outcome == outcome


@pytest.mark.parametrize(
    "block", [b"", b"HTTP/1.1 200 OK\r\nContent-Type: text/html", b"<html>", b"HTTP/1.1 abc OK\r\n\r\n"]
)
def test_what_is_no_response_is_told(block: bytes) -> None:
    with pytest.raises(MessageError, match="does not begin as an HTTP response"):
        read_head(block)


def test_a_head_has_its_status_and_headers() -> None:
    head = read_head(b"HTTP/2 404 \r\nX-One: a\r\n b\r\nx-one: c\r\nno colon\r\n\r\nbody")
    assert (head.status, dict(head.headers)) == (404, {"x-one": "a b"})
    assert read_head(b"HTTP/1.0 200 OK\r\n\r\n").end == 19
