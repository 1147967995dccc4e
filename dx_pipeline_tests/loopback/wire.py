"""Answers that are wrong on the wire: late, cut, endless, packed, or no HTTP at all."""

import gzip
import zlib
from collections.abc import Iterator

from dx_pipeline_tests.loopback.bench import ARTICLE
from dx_pipeline_tests.loopback.server import Act, Line, answer

BODY = ARTICLE.encode()
GZIP = (("Content-Encoding", "gzip"),)


def raw(data: bytes) -> Act:
    """Send bytes as they are and end the connection."""
    return lambda line: line.send(data)


def hang(data: bytes = b"") -> Act:
    """Send bytes, then nothing, without an end."""

    def act(line: Line) -> None:
        line.send(data)
        line.wait(30)

    return act


def drip(first: bytes, rest: bytes) -> Act:
    """Send the first bytes at once and the rest one by one, each in less than a read's limit."""

    def act(line: Line) -> None:
        line.send(first)
        line.drip(rest, 0.05)

    return act


def reset(data: bytes) -> Act:
    """Send bytes, then reset the connection."""

    def act(line: Line) -> None:
        line.send(data)
        line.wait(0.05)  # so that the bytes arrive before the reset discards them
        line.reset()

    return act


def chunked(body: bytes, *, ended: bool = True, head: bytes | None = None) -> bytes:
    """Return an answer in chunks, with or without the last one."""
    head = answer(length=None, headers=(("Transfer-Encoding", "chunked"),)) if head is None else head
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in _parts(body, 500))
    return head + chunks + (b"0\r\n\r\n" if ended else b"")


def endless(head: bytes, block: bytes, times: int) -> Act:
    """Send a block many times over, until whoever asked hangs up."""

    def act(line: Line) -> None:
        line.send(head)
        for _ in range(times):
            line.send(block)

    return act


def gzip_bomb(gigabytes: int) -> Act:
    """Send so many gigabytes of zeros as one stream of gzip, a thousandth of that on the wire."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    packer.compress(b"\0" * 1024)
    packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b"\0" * 10_000_000) + packer.flush(zlib.Z_FULL_FLUSH)  # repeats, as it refers to nothing
    head = gzip.compress(b"", mtime=0)[:10]
    return endless(answer(length=None, headers=GZIP) + head, block, gigabytes * 100)


def many_members() -> Act:
    """Send empty members of gzip without an end: nothing comes out, however much comes in."""
    return endless(answer(length=None, headers=GZIP), gzip.compress(b"", mtime=0) * 1000, 100_000)


def _parts(body: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]
