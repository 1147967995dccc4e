"""The container: every record is given whole or told to be damaged, and what follows is read on."""

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from dx_pipeline.evidence.warc_records import Damage, Record, read_records
from dx_pipeline_tests.evidence.warcs import Crawl

BODIES = [
    b"".join(f"<p>page {number}, {number * row % 97} percent</p>\n".encode() for row in range(60))
    for number in range(6)
]
MAX_BYTES = 100_000
PACKED = pytest.mark.parametrize("packed", [True, False], ids=["packed", "plain"])


def crawl(*, packed: bool) -> tuple[bytes, list[int]]:
    """A file of six pages, and where each of its records begins."""
    made = Crawl(gzip=packed)
    starts = []
    for number, body in enumerate(BODIES):
        starts.append(len(made.file.getvalue()))
        made.response(f"https://paper.example/{number}", body)
    return made.file.getvalue(), starts


def read(path: Path, content: bytes, max_bytes: int = MAX_BYTES) -> tuple[list[Record], list[Damage]]:
    path.write_bytes(content)
    found = list(read_records(path, {"response"}, max_bytes))
    return [one for one in found if isinstance(one, Record)], [one for one in found if isinstance(one, Damage)]


def bodies(records: list[Record]) -> list[bytes]:
    return [record.block.partition(b"\r\n\r\n")[2] for record in records]


@PACKED
def test_whole_files_are_read_whole(tmp_path: Path, packed: bool) -> None:
    content, starts = crawl(packed=packed)
    records, damages = read(tmp_path / "a.warc", content)
    assert bodies(records) == BODIES
    assert damages == []
    assert [record.offset for record in records] == starts
    assert records[2].fields["warc-target-uri"] == "https://paper.example/2"


def test_a_file_packed_as_a_whole_is_read_too(tmp_path: Path) -> None:
    content, _ = crawl(packed=False)
    records, damages = read(tmp_path / "a.warc.gz", gzip.compress(content))
    assert bodies(records) == BODIES
    assert damages == []


def test_records_of_other_types_are_passed_over(tmp_path: Path) -> None:
    made = Crawl(gzip=True)
    made.other("metadata", "https://paper.example/", b"x: y\r\n" * 100_000, "application/warc-fields")
    made.response("https://paper.example/", BODIES[0])
    records, damages = read(tmp_path / "a.warc.gz", made.file.getvalue())
    assert bodies(records) == BODIES[:1]
    assert damages == []


@PACKED
def test_a_file_cut_anywhere_gives_what_is_whole_and_tells_the_rest(tmp_path: Path, packed: bool) -> None:
    content, starts = crawl(packed=packed)
    for end in range(1, len(content), 7 if packed else 37):
        records, damages = read(tmp_path / "a.warc", content[:end])
        last = max(number for number, start in enumerate(starts) if start < end)
        ends = [*starts[1:], len(content)]
        if damages:
            assert bodies(records) == BODIES[:last]
            assert damages[0].offset == starts[last]
        else:
            assert bodies(records) == BODIES[: last + 1], f"cut at {end}: a record was lost without a word"
            assert not content[end : ends[last]].strip(b"\r\n")


@PACKED
def test_a_flipped_bit_is_told_and_only_one_record_is_lost(tmp_path: Path, packed: bool) -> None:
    content, _ = crawl(packed=packed)
    for position in range(0, len(content), 11 if packed else 41):
        damaged = bytearray(content)
        damaged[position] ^= 1 << position % 8
        records, damages = read(tmp_path / ("a.warc.gz" if packed else "a.warc"), bytes(damaged))
        read_bodies = bodies(records)
        assert [body for body in read_bodies if body not in BODIES] == [], (
            f"bit {position}: damaged bytes were given out"
        )
        assert len(read_bodies) >= len(BODIES) - 1
        assert damages or read_bodies == BODIES


@PACKED
@pytest.mark.parametrize(
    "damage",
    [
        lambda record: record[: len(record) // 2],
        lambda record: record[len(record) // 2 :],
        lambda record: b"\0" * len(record),
        lambda record: record[:30] + record[50:],
        lambda record: record[:0],
    ],
    ids=["first half", "second half", "zeros", "hole", "gone"],
)
def test_what_follows_a_damaged_record_is_read(tmp_path: Path, packed: bool, damage: Callable[[bytes], bytes]) -> None:
    content, starts = crawl(packed=packed)
    broken = damage(content[starts[2] : starts[3]])
    records, damages = read(tmp_path / "a.warc", content[: starts[2]] + broken + content[starts[3] :])
    assert bodies(records) == [*BODIES[:2], *BODIES[3:]]
    assert bool(damages) == bool(broken)


@pytest.mark.parametrize("length", ["0", "17", "999999999", "-3", "many", ""])
def test_a_wrong_length_costs_one_record(tmp_path: Path, length: str) -> None:
    content, starts = crawl(packed=False)
    record = content[starts[2] : starts[3]]
    head, _, rest = record.partition(b"Content-Length: ")
    mended = head + b"Content-Length: " + length.encode() + rest[rest.index(b"\r\n") :]
    records, damages = read(tmp_path / "a.warc", content[: starts[2]] + mended + content[starts[3] :])
    assert bodies(records) == [*BODIES[:2], *BODIES[3:]]
    assert [damage.outcome for damage in damages] == ["malformed"]
    assert damages[0].fields["warc-target-uri"] == "https://paper.example/2"


def test_a_wrong_digest_costs_one_record(tmp_path: Path) -> None:
    made = Crawl(gzip=True)
    for number, body in enumerate(BODIES[:3]):
        fields = {"WARC-Block-Digest": "sha256:" + "0" * 64} if number == 1 else None
        made.response(f"https://paper.example/{number}", body, fields=fields)
    records, damages = read(tmp_path / "a.warc.gz", made.file.getvalue())
    assert bodies(records) == [BODIES[0], BODIES[2]]
    assert "WARC-Block-Digest" in damages[0].detail


def test_a_checksum_that_fails_takes_the_record_with_it(tmp_path: Path) -> None:
    """A flipped bit inside a stored block unpacks without complaint; only the checksum at its end tells."""
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>45 percent</p>" + b" " * 70_000
    head = f"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: {len(block)}\r\n\r\n".encode()
    packer = zlib.compressobj(0, wbits=zlib.MAX_WBITS | 16)
    packed = packer.compress(head + block + b"\r\n\r\n") + packer.flush()
    records, damages = read(tmp_path / "a.warc.gz", packed.replace(b"45 percent", b"95 percent"))
    assert records == []
    assert [damage.outcome for damage in damages] == ["malformed"]


@PACKED
def test_a_long_record_is_told_and_not_held(tmp_path: Path, packed: bool) -> None:
    made = Crawl(gzip=packed)
    made.response("https://paper.example/long", bytes(3 * MAX_BYTES))
    made.response("https://paper.example/0", BODIES[0])
    records, damages = read(tmp_path / "a.warc", made.file.getvalue())
    assert bodies(records) == BODIES[:1]
    assert [damage.outcome for damage in damages] == ["too_large"]
    assert damages[0].beginning.startswith(b"HTTP/1.1 200 OK")


def test_a_member_that_never_ends_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dx_pipeline.evidence.warc_records._MEMBER_BYTES", 2_000_000)
    made = Crawl(gzip=True)
    made.response("https://paper.example/bomb", bytes(5_000_000))
    made.response("https://paper.example/0", BODIES[0])
    records, damages = read(tmp_path / "a.warc.gz", made.file.getvalue())
    assert bodies(records) == BODIES[:1]
    assert [damage.outcome for damage in damages] == ["too_large"]


@pytest.mark.parametrize("content", [b"no archive at all", gzip.compress(b"no archive at all"), b"\x1f\x8b\x08 broken"])
def test_a_file_that_is_no_archive_is_told(tmp_path: Path, content: bytes) -> None:
    records, damages = read(tmp_path / "a.warc.gz", content)
    assert records == []
    assert len(damages) == 1


def test_an_endless_header_is_told(tmp_path: Path) -> None:
    content, starts = crawl(packed=False)
    endless = b"WARC/1.0\r\nX: " + b"y" * 200_000 + b"\r\n\r\n"
    records, damages = read(tmp_path / "a.warc", content[: starts[2]] + endless + content[starts[2] :])
    assert bodies(records) == BODIES
    assert [damage.outcome for damage in damages] == ["malformed"]
