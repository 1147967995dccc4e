"""WARC files become captures: pages with their address and time, and what is wrong with the others."""

import gzip
import os
import threading
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dx_pipeline.evidence import warc
from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.folder import capture_folder
from dx_pipeline.evidence.warc import WarcFile, capture_warc, capture_warcs
from dx_pipeline.identifiers import stable_id
from dx_pipeline.specs import ArticleSource
from dx_pipeline_tests.evidence.warcs import DATE, Crawl

URL = "https://paper.example/a"
PAGE = "<html><p>Tỉnh hoàn thành 45 dịch vụ.</p></html>".encode()
NOON = datetime(2025, 3, 10, 12)  # noqa: DTZ001 (times are UTC, without a zone)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def source(folder: Path | None) -> ArticleSource:
    return ArticleSource(source_id="papers", name="Papers", publisher="P", licence="L", folder=folder)


def capture(path: Path, archive: Archive) -> list[dict[str, Any]]:
    return capture_warc(source(path), archive).to_dicts()


def told(rows: Iterable[dict[str, Any]]) -> dict[str, str]:
    return {row["url"].rsplit("/", 1)[-1]: row["outcome"] for row in rows}


def test_a_page_is_a_capture(tmp_path: Path, archive: Archive) -> None:
    crawl = Crawl()
    crawl.response(
        URL, PAGE, headers={"ETag": '"1"', "Last-Modified": "Mon"}, fields={"WARC-Date": "2025-03-10T12:00:00.5Z"}
    )
    [row] = capture(crawl.write(tmp_path / "crawl.warc.gz"), archive)
    assert archive.get(row["sha256"]) == PAGE
    assert row == {
        "capture_id": stable_id("cap", "papers", URL, row["sha256"]),
        "source_id": "papers", "url": URL, "captured_at": NOON.replace(microsecond=500_000), "outcome": "ok",
        "http_status": 200, "media_type": "text/html; charset=utf-8", "bytes": len(PAGE), "sha256": row["sha256"],
        "etag": '"1"', "last_modified": "Mon", "final_url": None, "headers": None, "elapsed_ms": None,
        "requests": None, "detail": None,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_packed_and_plain_files_give_the_same(tmp_path: Path, archive: Archive, name: str) -> None:
    crawl = Crawl(gzip=name.endswith(".gz"))
    crawl.response(URL, gzip.compress(PAGE), headers={"Content-Encoding": "gzip"})
    crawl.response(URL + "/2", b"%x\r\n%s\r\n0\r\n\r\n" % (len(PAGE), PAGE), headers={"Transfer-Encoding": "chunked"})
    first, second = capture(crawl.write(tmp_path / name), archive)
    assert archive.get(first["sha256"]) == archive.get(second["sha256"]) == PAGE


def test_text_and_pdf_are_read_and_pictures_passed_over(tmp_path: Path, archive: Archive) -> None:
    crawl = Crawl()
    kinds = {
        "text": "text/plain", "pdf": "application/pdf", "picture": "image/png", "style": "text/css",
        "feed": "application/rss+xml", "data": "application/json", "word": "application/msword",
        "xhtml": "application/xhtml+xml",
    }  # fmt: skip
    for name, kind in kinds.items():
        crawl.response(f"https://paper.example/{name}", PAGE, headers={"Content-Type": kind})
    crawl.response("https://paper.example/robots.txt", b"User-agent: *", headers={"Content-Type": "text/plain"})
    crawl.response("https://paper.example/untold", PAGE, headers={"Content-Type": ""})
    crawl.response("https://paper.example/unclear", b"\x89PNG", headers={"Content-Type": ""})
    crawl.response("https://paper.example/untold.pdf", b"%PDF-1.7", headers={"Content-Type": ""})
    rows = capture(crawl.write(tmp_path / "a.warc.gz"), archive)
    assert told(rows) == {
        "text": "ok", "pdf": "ok", "word": "wrong_media_type", "xhtml": "wrong_media_type", "untold": "ok",
        "untold.pdf": "ok",
    }  # fmt: skip
    assert "application/msword is not read" in rows[2]["detail"]


def test_resources_are_read_and_what_archives_add_is_not(tmp_path: Path, archive: Archive) -> None:
    crawl = Crawl()
    crawl.other("resource", "file:///press/a.html", PAGE, "text/html")
    crawl.other("resource", "https://paper.example/b", PAGE, "text/plain")
    crawl.other("resource", f"urn:text:{URL}", PAGE, "text/plain")
    crawl.other("resource", f"https://paper.example/c?{URL}", b"\x89PNG", "image/png")
    crawl.other("response", "dns:paper.example", b"20250310 paper.example. A 192.0.2.1", "text/dns")
    crawl.other("metadata", URL, b"via: x", "application/warc-fields")
    crawl.other("conversion", URL, PAGE, "text/html")
    rows = capture(crawl.write(tmp_path / "a.warc.gz"), archive)
    assert [(row["url"], row["media_type"], row["http_status"]) for row in rows] == [
        ("file:///press/a.html", "text/html", None),
        ("https://paper.example/b", "text/plain", None),
    ]


def test_how_the_site_answered_is_told(tmp_path: Path, archive: Archive) -> None:
    crawl = Crawl()
    statuses = [
        "206 Partial",
        "301 Moved",
        "304 Same",
        "401 No",
        "403 No",
        "404 No",
        "410 Gone",
        "418 Tea",
        "429 Slow",
        "503 Ill",
    ]
    for status in statuses:
        crawl.response(f"https://paper.example/{status[:3]}", PAGE, status=status)
    rows = capture(crawl.write(tmp_path / "a.warc.gz"), archive)
    assert told(rows) == {
        "206": "truncated", "401": "blocked", "403": "blocked", "404": "not_found", "410": "gone", "418": "unreachable",
        "429": "throttled", "503": "server_error",
    }  # fmt: skip
    assert all(row["sha256"] is None and row["http_status"] for row in rows)
    assert "status 404" in rows[3]["detail"]


def test_what_was_cut_or_is_damaged_is_a_row_and_the_rest_goes_on(tmp_path: Path, archive: Archive) -> None:
    crawl = Crawl()
    crawl.response("https://paper.example/flagged", PAGE, fields={"WARC-Truncated": "length"})
    crawl.response("https://paper.example/segment", PAGE, fields={"WARC-Segment-Number": "2"})
    crawl.response("https://paper.example/short", PAGE, headers={"Content-Length": "9999"})
    crawl.response("https://paper.example/packed", gzip.compress(PAGE)[:-9], headers={"Content-Encoding": "gzip"})
    crawl.response("https://paper.example/empty", b"")
    crawl.response("https://paper.example/digest", PAGE, fields={"WARC-Block-Digest": "sha1:" + "A" * 32})
    crawl.response(
        "https://paper.example/digest.png",
        PAGE,
        headers={"Content-Type": "image/png"},
        fields={"WARC-Block-Digest": "sha1:" + "A" * 32},
    )
    crawl.response("https://paper.example/none", PAGE, status="no status")
    crawl.response("https://paper.example/whole", PAGE)
    crawl.response("https://paper.example/last", PAGE * 50)
    path = crawl.write(tmp_path / "a.warc.gz")
    path.write_bytes(path.read_bytes()[:-40])
    rows = capture(path, archive)
    assert told(rows) == {
        "flagged": "truncated", "segment": "truncated", "short": "truncated", "packed": "truncated", "empty": "empty",
        "digest": "malformed", "none": "malformed", "whole": "ok", "last": "truncated",
    }  # fmt: skip
    for row in rows:
        assert (row["detail"] is None) == (row["outcome"] == "ok")
        assert row["outcome"] == "ok" or ("a.warc.gz, the record at byte" in row["detail"] and ";" in row["detail"])


def test_long_pages_are_told(tmp_path: Path, archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc, "MAX_BYTES", 1000)
    monkeypatch.setattr(warc, "_BLOCK_BYTES", 2000)
    crawl = Crawl()
    crawl.response("https://paper.example/bomb", gzip.compress(bytes(50_000)), headers={"Content-Encoding": "gzip"})
    crawl.response("https://paper.example/page", bytes(1500))
    crawl.response("https://paper.example/block", bytes(5000))
    crawl.response("https://paper.example/film", bytes(5000), headers={"Content-Type": "video/mp4"})
    crawl.other("resource", "https://paper.example/resource", bytes(1500), "text/html")
    crawl.response("https://paper.example/fits", bytes(1000))
    rows = capture(crawl.write(tmp_path / "a.warc.gz"), archive)
    assert told(rows) == dict.fromkeys(("bomb", "page", "block", "resource"), "too_large") | {"fits": "ok"}


def test_an_unchanged_page_is_one_row_and_a_changed_one_two(tmp_path: Path, archive: Archive) -> None:
    crawl = Crawl()
    for day, body in (("12", PAGE), ("11", PAGE), ("13", PAGE + b"<p>more</p>")):
        crawl.response(URL, body, fields={"WARC-Date": f"2025-03-{day}T12:00:00Z"})
    rows = capture(crawl.write(tmp_path / "a.warc.gz"), archive)
    assert [row["captured_at"].day for row in rows] == [11, 13]
    assert len({row["sha256"] for row in rows}) == 2


def test_revisits_stand_for_the_page_that_they_refer_to(tmp_path: Path, archive: Archive) -> None:
    crawl = Crawl()
    crawl.revisit("https://paper.example/by-digest", WARC_Payload_Digest="sha256:abc")
    identity = crawl.response(URL, PAGE, fields={"WARC-Payload-Digest": "sha256:abc"})
    crawl.revisit(URL, WARC_Refers_To=identity, WARC_Date="2025-03-11T12:00:00Z")
    crawl.revisit(URL, WARC_Profile="http://netpreserve.org/warc/1.1/revisit/server-not-modified")
    crawl.revisit("https://paper.example/by-id", WARC_Refers_To=identity)
    crawl.revisit("https://paper.example/by-address", WARC_Refers_To_Target_URI=URL, WARC_Refers_To_Date=DATE)
    crawl.revisit("https://paper.example/lost", WARC_Payload_Digest="sha256:other")
    picture = crawl.response("https://paper.example/p.png", b"\x89PNG", headers={"Content-Type": "image/png"})
    crawl.revisit("https://paper.example/again.png", WARC_Refers_To=picture)
    rows = capture(crawl.write(tmp_path / "a.warc.gz"), archive)
    assert told(rows) == {
        "by-digest": "ok", "a": "ok", "by-id": "ok", "by-address": "ok", "lost": "unreachable",
    }  # fmt: skip
    assert {row["sha256"] for row in rows if row["outcome"] == "ok"} == {rows[1]["sha256"]}
    assert "no WARC file here holds" in rows[-1]["detail"]


def test_a_revisit_may_refer_to_a_later_file(tmp_path: Path, archive: Archive) -> None:
    crawl, again = Crawl(), Crawl()
    identity = crawl.response(URL, PAGE)
    again.revisit("https://paper.example/b", WARC_Refers_To=identity)
    files = [WarcFile(again.write(tmp_path / "1.warc"), "1"), WarcFile(crawl.write(tmp_path / "2.warc"), "2")]
    assert told(capture_warcs("papers", files, archive).to_dicts()) == {"b": "ok", "a": "ok"}


@pytest.mark.parametrize(
    ("target", "url"),
    [
        (f"<{URL}>", URL),
        ("https://paper.example/a b\tc", "https://paper.example/a%20b%20c"),
        ("javascript:alert(1)", None),
        ("https://[::1", None),
        ("", None),
    ],
)
def test_targets_are_addresses(tmp_path: Path, archive: Archive, target: str, url: str | None) -> None:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {target}\r\nContent-Length: {len(block)}\r\n\r\n"
    path = tmp_path / "a.warc"
    path.write_bytes(head.encode() + block + b"\r\n\r\n")
    assert [row["url"] for row in capture(path, archive)] == ([url] if url else [])


@pytest.mark.parametrize("day", ["2025-13-10T12:00:00Z", "yesterday", "20250310120000"])
def test_a_time_that_is_none_is_left_open(tmp_path: Path, archive: Archive, day: str) -> None:
    crawl = Crawl()
    crawl.response(URL, PAGE, fields={"WARC-Date": day})
    assert [row["captured_at"] for row in capture(crawl.write(tmp_path / "a.warc.gz"), archive)] == [None]


def test_files_that_cannot_be_read_are_rows(tmp_path: Path, archive: Archive) -> None:
    (tmp_path / "empty.warc").write_bytes(b"")
    (tmp_path / "text.warc.gz").write_bytes(b"no archive at all")
    (tmp_path / "folder.warc").mkdir()
    files = [WarcFile(tmp_path / name, name) for name in ("empty.warc", "text.warc.gz", "folder.warc", "gone.warc")]
    rows = capture_warcs("papers", files, archive).to_dicts()
    assert told(rows) == {
        "empty.warc": "empty", "text.warc.gz": "malformed", "folder.warc": "unreachable", "gone.warc": "unreachable",
    }  # fmt: skip
    assert all(row["url"].startswith("file://") and row["url"].rsplit("/")[-1] in row["detail"] for row in rows)


def test_warc_files_in_a_folder_are_read_beside_the_others(tmp_path: Path, archive: Archive) -> None:
    folder = tmp_path / "press"
    (folder / "old").mkdir(parents=True)
    (folder / "z.html").write_bytes(b"<p>a file</p>")
    (folder / "web.wacz").write_bytes(b"PK")
    for name in ("a.warc.gz", "old/b.warc"):
        crawl = Crawl(gzip=name.endswith("gz"))
        crawl.response(f"https://paper.example/{name}", PAGE)
        crawl.response(URL, PAGE)
        crawl.write(folder / name)
    (tmp_path / "outside.warc").write_bytes(b"WARC/1.0")
    (folder / "link.warc").symlink_to(tmp_path / "outside.warc")
    os.mkfifo(folder / "pipe.warc")
    frame = capture_folder(source(folder), archive)
    assert told(frame.to_dicts()) == {
        "link.warc": "unreachable", "web.wacz": "wrong_media_type", "z.html": "ok", "a.warc.gz": "ok", "a": "ok",
        "b.warc": "ok", "pipe.warc": "unreachable",
    }  # fmt: skip
    assert frame["capture_id"].is_unique().all()


def test_a_warc_file_may_stand_for_the_folder(tmp_path: Path, archive: Archive) -> None:
    crawl = Crawl()
    crawl.response(URL, PAGE)
    path = crawl.write(tmp_path / "a.warc.gz")
    assert capture_folder(source(path), archive).equals(capture_warc(source(path), archive))
    assert capture_folder(source(tmp_path / "gone.warc"), archive)["outcome"].to_list() == ["unreachable"]


def test_a_web_site_has_no_file(archive: Archive) -> None:
    with pytest.raises(ValueError, match="asked over the network"):
        capture_warc(source(None), archive)


def test_files_can_be_captured_side_by_side(tmp_path: Path, archive: Archive) -> None:
    crawl = Crawl()
    for number in range(30):
        crawl.response(f"https://paper.example/{number}", PAGE + bytes([number]))
    path = crawl.write(tmp_path / "a.warc.gz")
    frames: list[pl.DataFrame] = []
    readers = [threading.Thread(target=lambda: frames.append(capture_warc(source(path), archive))) for _ in range(3)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert frames[0].height == 30
    assert all(frame.equals(frames[0]) for frame in frames)
