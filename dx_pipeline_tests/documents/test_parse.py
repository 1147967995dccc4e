"""Captures to articles: one row per document, and a reason for each that is none."""

import json
from itertools import pairwise
from typing import Any

import polars as pl
import pytest

from dx_pipeline.documents.parse import parse_captures
from dx_pipeline.identifiers import stable_id
from dx_pipeline.schemas.evidence import Captures
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline_tests.documents.conftest import captured, parse
from dx_pipeline_tests.documents.dumps import DUMPS

DOCUMENTS = {f"{language}.txt": dump.encode() for language, dump in DUMPS.items()}


def test_each_document_has_one_row_and_the_same_one_each_time() -> None:
    parsed = parse(DOCUMENTS)
    assert parsed.articles.height == len(DOCUMENTS)
    assert parsed.quarantine.is_empty()
    capture = captured("vi.txt", DOCUMENTS["vi.txt"])
    row = parsed.articles.filter(pl.col("url") == "file:///papers/vi.txt").row(0, named=True)
    assert row["article_id"] == stable_id("art", capture["capture_id"])
    assert row["capture_id"] == capture["capture_id"]
    again = parse(dict(reversed(DOCUMENTS.items())))
    assert again.articles.sort("article_id").equals(parsed.articles.sort("article_id"))
    assert again.blocks.sort("article_id", "block_no").equals(parsed.blocks.sort("article_id", "block_no"))


def test_blocks_are_numbered_in_order_and_lie_inside_the_text() -> None:
    parsed = parse(DOCUMENTS)
    lengths = dict(zip(parsed.articles["article_id"], parsed.articles["text"].str.len_chars(), strict=True))
    for (article_id,), blocks in parsed.blocks.group_by("article_id"):
        rows = blocks.rows(named=True)
        assert [row["block_no"] for row in rows] == list(range(len(rows)))
        assert rows[-1]["end_char"] <= lengths[article_id]
        assert all(row["start_char"] < row["end_char"] for row in rows)
        assert all(a["end_char"] <= b["start_char"] for a, b in pairwise(rows))


@pytest.mark.parametrize(
    ("body", "media_type", "check"),
    [
        (b"\0\1\2" * 50, "text/plain", "undecodable"),
        (bytes((i * 7919 + i // 3) % 256 for i in range(5000)), "text/plain", "undecodable"),
        (b" \n\t\n -- ", "text/plain", "no_text"),
        (b"<html><body></body></html>", "text/html", "no_text"),
        (b"no pdf", "application/pdf", "broken_pdf"),
        (b"%PDF-1.7 nothing", "application/pdf", "broken_pdf"),
        (b"PK", "application/zip", "wrong_media_type"),
    ],
)
def test_a_document_that_cannot_be_parsed_is_set_aside_and_the_rest_goes_on(
    body: bytes, media_type: str, check: str
) -> None:
    rows = [captured("bad.bin", body, media_type), captured("good.txt", DOCUMENTS["en.txt"])]
    bodies = {rows[0]["sha256"]: body, rows[1]["sha256"]: DOCUMENTS["en.txt"]}
    parsed = parse_captures(frame_of(Captures, rows), bodies.__getitem__, "run-7")
    assert parsed.articles["url"].to_list() == ["file:///papers/good.txt"]
    (aside,) = parsed.quarantine.to_dicts()
    assert (aside["table_name"], aside["check"], aside["run_id"]) == ("articles", check, "run-7")
    assert aside["detail"].startswith("file:///papers/bad.bin: ")
    assert ";" in aside["detail"], "the remedy is told"
    assert json.loads(aside["row"])["capture_id"] == rows[0]["capture_id"]


@pytest.mark.parametrize(("place", "articles"), [("footer", 1), ("p", 0)])
def test_a_broken_character_counts_only_where_the_page_is_read(place: str, articles: int) -> None:
    story = "<p>The lake towns agreed on Friday to keep one register of permits. The work starts in June.</p>" * 20
    page = f"<html><body><h1>One register</h1><article>{story}<{place}>papieros@</{place}></article></body></html>"
    parsed = parse({"page.html": page.encode().replace(b"@", b"\xc3")}, "text/html")
    assert (parsed.articles.height, parsed.quarantine.height) == (articles, 1 - articles)
    assert "\ufffd" not in "".join(parsed.articles["text"])


def test_failed_captures_are_set_aside_with_their_own_words() -> None:
    detail = "/papers/big.txt: 21000000 bytes are more than 20971520; split the document"
    parsed = parse({"big.txt": b"x"}, outcome="too_large", detail=detail, sha256=None)
    assert parsed.articles.is_empty()
    assert parsed.quarantine["check"].to_list() == ["outcome: too_large"]
    assert detail in parsed.quarantine["detail"][0]


def test_bytes_that_cannot_be_had_set_one_document_aside() -> None:
    def lost(sha256: str) -> bytes:
        raise FileNotFoundError(f"no body under {sha256}")

    frame = frame_of(Captures, [captured("a.txt", b"x")])
    parsed = parse_captures(frame, lost, "run-1")
    assert parsed.quarantine["check"].to_list() == ["body"]


def test_a_defect_in_a_library_sets_one_document_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError("in the library")

    monkeypatch.setattr("dx_pipeline.documents.hypertext.read_page", broken)
    parsed = parse({"a.html": b"<html><p>x</p></html>", "b.txt": DOCUMENTS["en.txt"]})
    assert parsed.articles.height == 1
    assert "ZeroDivisionError" in parsed.quarantine["detail"][0]


def test_nothing_captured_gives_empty_frames(empty_captures: pl.DataFrame) -> None:
    parsed = parse_captures(empty_captures, lambda _: b"", "run-1")
    assert parsed.articles.is_empty()
    assert parsed.blocks.is_empty()
    assert parsed.quarantine.is_empty()


@pytest.mark.parametrize("text", ["word " * 200_000, "[[" * 300_000 + "x", "Photo: " * 150_000, "a\n" * 20_000])
def test_long_text_is_kept_whole(text: str) -> None:
    parsed = parse({"long.txt": text.encode()})
    assert parsed.articles["text"].to_list() == [text]


def test_a_text_beyond_measure_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dx_pipeline.documents.parse.MAX_CHARACTERS", 10)
    assert parse({"long.txt": b"word " * 3}).quarantine["check"].to_list() == ["too_long"]


def test_a_name_from_outside_is_only_data() -> None:
    name = "'; DROP TABLE articles; --<script>.txt"
    parsed = parse({name: DOCUMENTS["en.txt"]})
    assert parsed.articles["url"].to_list() == [f"file:///papers/{name}"]
