"""Content codings: what is whole, what is cut, what is too much."""

import gzip
import zlib

import pytest

from dx_pipeline.evidence.inflate import CorruptError, IncompleteError, Inflater

TEXT = b"Registers go online. " * 5_000
RAW = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
PACKED = {
    "": TEXT,
    "identity": TEXT,
    "gzip": gzip.compress(TEXT),
    "X-GZIP": gzip.compress(TEXT),
    "deflate": zlib.compress(TEXT),
    " deflate ": RAW.compress(TEXT) + RAW.flush(),
}


@pytest.mark.parametrize("coding", PACKED)
@pytest.mark.parametrize("size", [1, 7, 1000, 1_000_000])
def test_a_body_comes_out_whole_however_it_is_cut_up(coding: str, size: int) -> None:
    inflater, packed = Inflater(coding, 1_000_000), PACKED[coding]
    for start in range(0, len(packed), size):
        inflater.feed(packed[start : start + size])
    assert inflater.finish() == TEXT
    assert not inflater.full


def test_members_and_padding_after_each_other_are_one_body() -> None:
    inflater = Inflater("gzip", 1000)
    inflater.feed(gzip.compress(b"a") + b"\0\0\0" + gzip.compress(b"b") + b"\0")
    assert inflater.finish() == b"ab"


def test_a_body_of_the_very_limit_is_not_too_much() -> None:
    for size, full in ((100_000, False), (100_001, True)):
        inflater = Inflater("gzip", 100_000)
        inflater.feed(gzip.compress(b"x" * size))
        assert inflater.full is full


def test_nothing_unpacked_is_nothing() -> None:
    assert Inflater("gzip", 10).finish() == b""


@pytest.mark.parametrize("kept", [5, 20, -1, -8])
def test_half_a_coding_is_incomplete(kept: int) -> None:
    inflater = Inflater("gzip", 1_000_000)
    inflater.feed(PACKED["gzip"][:kept])
    with pytest.raises(IncompleteError):
        inflater.finish()


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", b"<html></html>"),
        ("gzip", gzip.compress(b"a") + b"<html>"),
        ("gzip", gzip.compress(TEXT)[:-8] + b"\1\2\3\4\5\6\7\x08"),
        ("deflate", b"\xff\xff\xff\xff"),
        ("gzip", gzip.compress(b"") * 1_001),
    ],
)
def test_bytes_of_another_coding_are_corrupt(coding: str, packed: bytes) -> None:
    inflater = Inflater(coding, 1_000_000)
    with pytest.raises(CorruptError):
        inflater.feed(packed)


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "compress", "x" * 1000])
def test_a_coding_that_was_not_asked_for_is_refused(coding: str) -> None:
    with pytest.raises(CorruptError, match="was not asked for"):
        Inflater(coding, 10)


def test_no_more_than_the_limit_is_kept_of_a_bomb() -> None:
    inflater = Inflater("gzip", 1_000)
    inflater.feed(gzip.compress(b"\0" * 50_000_000))
    assert inflater.full
    assert inflater.beginning() == b"\0" * 1_000
