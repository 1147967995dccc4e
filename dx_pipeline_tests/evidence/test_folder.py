"""A folder becomes captures: one row per file, the unreadable ones too."""

import os
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dx_pipeline.evidence import folder
from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.folder import capture_files, capture_folder
from dx_pipeline.identifiers import stable_id
from dx_pipeline.specs import ArticleSource


def _source(root: Path, captured_on: date | None = None) -> ArticleSource:
    return ArticleSource(
        source_id="papers", name="Papers", publisher="P", licence="L", folder=root, captured_on=captured_on
    )


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    root = tmp_path / "articles"
    root.mkdir()
    return root


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def _by_name(frame: pl.DataFrame) -> dict[str, dict[str, Any]]:
    return {row["url"].rsplit("/", 1)[-1]: row for row in frame.iter_rows(named=True)}


def test_documents_are_captured_in_order_of_path(articles: Path, archive: Archive) -> None:
    (articles / "b").mkdir()
    for name in ("z.TXT", "b/y.html", "a.md", "c.pdf", "d.htm"):
        (articles / name).write_text(name, encoding="utf-8")
    frame = capture_folder(_source(articles), archive)
    assert [Path(url).name for url in frame["url"]] == ["a.md", "y.html", "c.pdf", "d.htm", "z.TXT"]
    assert frame["outcome"].unique().to_list() == ["ok"]
    assert frame["media_type"].to_list() == [
        "text/markdown", "text/html", "application/pdf", "text/html", "text/plain",
    ]  # fmt: skip
    assert archive.get(frame["sha256"][0]) == b"a.md"
    assert frame["url"][0] == (articles / "a.md").as_uri()
    assert capture_folder(_source(articles), archive).equals(frame)


def test_ids_do_not_depend_on_where_the_folder_lies(tmp_path: Path, archive: Archive) -> None:
    ids = []
    for name in ("here", "there"):
        root = tmp_path / name
        root.mkdir()
        (root / "a.txt").write_bytes(b"text")
        frame = capture_folder(_source(root), archive)
        assert frame["capture_id"][0] == stable_id("cap", "papers", "a.txt", frame["sha256"][0])
        ids.append(frame["capture_id"][0])
    assert ids[0] == ids[1]


def test_time_is_the_edition_s_day_or_the_file_s(articles: Path, archive: Archive) -> None:
    for name, seconds in (("a.txt", 1_700_000_000), ("old.txt", 0)):
        (articles / name).write_bytes(b"text")
        os.utime(articles / name, (seconds, seconds))
    rows = _by_name(capture_folder(_source(articles), archive))
    assert rows["a.txt"]["captured_at"].isoformat() == "2023-11-14T22:13:20"
    assert rows["old.txt"]["captured_at"] is None, "a time that archivers write in place of none says nothing"
    dated = _by_name(capture_folder(_source(articles, date(2025, 3, 1)), archive))
    assert dated["old.txt"]["captured_at"].isoformat() == "2025-03-01T00:00:00"


def test_what_cannot_be_read_has_a_row_that_says_so(
    articles: Path, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "MAX_BYTES", 10)
    (articles / "big.txt").write_bytes(b"x" * 11)
    (articles / "fits.txt").write_bytes(b"x" * 10)
    (articles / "empty.html").write_bytes(b"")
    (articles / "memo.docx").write_bytes(b"PK")
    (articles / "gone.txt").symlink_to(articles / "nowhere.txt")
    (articles / "loop.txt").symlink_to(articles / "loop.txt")
    (articles / "folder.txt").mkdir()
    os.mkfifo(articles / "pipe.txt")
    rows = _by_name(capture_folder(_source(articles), archive))
    assert {name: row["outcome"] for name, row in rows.items()} == {
        "big.txt": "too_large", "fits.txt": "ok", "empty.html": "empty", "memo.docx": "wrong_media_type",
        "gone.txt": "unreachable", "loop.txt": "unreachable", "pipe.txt": "unreachable",
    }  # fmt: skip
    for name, row in rows.items():
        assert (row["detail"] is None) == (row["outcome"] == "ok")
        assert row["outcome"] == "ok" or (name in row["detail"] and ";" in row["detail"])
    assert rows["big.txt"]["sha256"] is None
    assert rows["big.txt"]["bytes"] == 11


def test_hidden_files_and_pictures_are_passed_over(articles: Path, archive: Archive) -> None:
    (articles / ".git").mkdir()
    for name in (".hidden.txt", ".git/config.txt", "photo.jpg", "style.css", "LICENSE"):
        (articles / name).write_bytes(b"x")
    assert capture_folder(_source(articles), archive).is_empty()


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path, articles: Path, archive: Archive) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key.txt").write_bytes(b"secret")
    (articles / "link.txt").symlink_to(secret / "key.txt")
    (articles / "folder").symlink_to(secret)
    (articles / "real.txt").write_bytes(b"public")
    (articles / "inside.txt").symlink_to(articles / "real.txt")
    rows = _by_name(capture_folder(_source(articles), archive))
    assert {name: row["outcome"] for name, row in rows.items()} == {
        "folder": "unreachable", "inside.txt": "ok", "link.txt": "unreachable", "real.txt": "ok",
    }  # fmt: skip
    assert "copy it into the folder" in rows["link.txt"]["detail"]


def test_a_name_that_is_no_utf_8_is_kept_readable(articles: Path, archive: Archive) -> None:
    Path(os.fsdecode(os.fsencode(articles) + b"/caf\xe9.txt")).write_bytes(b"text")
    frame = capture_folder(_source(articles), archive)
    assert frame["url"][0].endswith("/caf%E9.txt")


def test_a_missing_folder_is_one_row(tmp_path: Path, archive: Archive) -> None:
    frame = capture_folder(_source(tmp_path / "absent"), archive)
    assert frame["outcome"].to_list() == ["unreachable"]
    assert "absent" in frame["detail"][0]


def test_named_files_of_any_kind_are_captured_once(articles: Path, archive: Archive) -> None:
    (articles / "sub").mkdir()
    (articles / "sub" / "gdp.csv").write_bytes(b"year,value\n2024,1\n")
    (articles / "book.xlsx").write_bytes(b"PK")
    paths = [Path("sub/gdp.csv"), articles / "book.xlsx", Path("sub/../sub/gdp.csv"), Path("absent.csv")]
    frame = capture_files("statistics", paths, articles, date(2025, 1, 2), archive)
    assert frame["outcome"].to_list() == ["ok", "ok", "unreachable"]
    assert frame["media_type"][0] == "text/csv"
    assert frame["capture_id"][0] == stable_id("cap", "statistics", "sub/gdp.csv", frame["sha256"][0])


def test_named_files_outside_the_root_are_refused(tmp_path: Path, articles: Path, archive: Archive) -> None:
    (tmp_path / "outside.csv").write_bytes(b"x")
    frame = capture_files("statistics", [Path("../outside.csv")], articles, None, archive)
    assert frame["outcome"].to_list() == ["unreachable"]
    assert frame["sha256"][0] is None
