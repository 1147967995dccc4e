"""The journal as WARC: other tools read it, nothing in it is twice, and it reads back as the same captures."""

import contextlib
import hashlib
import io
import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from warcio.checker import Checker

from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.journal import FILE_NAME, Journal
from dx_pipeline.evidence.warc import capture_warc
from dx_pipeline.evidence.warc_export import Exported, export_warc
from dx_pipeline.specs import ArticleSource
from dx_pipeline_tests.evidence.replies import Reply, later
from dx_pipeline_tests.evidence.warcs import read_with_warcio

URL = "https://paper.example/a"
OLD, NEW = "<p>45 phần trăm</p>".encode(), b"<p>54 percent</p>"


class Evidence:
    """An archive with a journal, and the file that it is exported to."""

    def __init__(self, root: Path) -> None:
        self.archive = Archive(root / "evidence")
        self.path = root / "out.warc.gz"

    def record(self, *attempts: tuple[Reply, bool], source_id: str = "paper") -> None:
        with Journal.open(self.archive.root / FILE_NAME) as journal:
            for reply, is_kept in attempts:
                journal.record(
                    source_id, reply, self.archive.put(reply.body) if is_kept and reply.body is not None else None
                )

    def export(self, path: Path | None = None, source_id: str | None = None, since: date | None = None) -> Exported:
        with Journal.open(self.archive.root / FILE_NAME, read_only=True) as journal:
            return export_warc(journal, self.archive, path or self.path, source_id=source_id, since=since)


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    """A page that changed and was asked for five times, another with the same bytes, and two failures."""
    made = Evidence(tmp_path)
    headers = {
        "etag": '"1"',
        "content-language": "vi",
        "content-encoding": "gzip",
        "x-bad name": "x",
        "x-split": "a\r\nb: c",
    }
    made.record(
        (Reply(body=OLD, headers=headers), True),
        (Reply(outcome="not_modified", http_status=304, media_type=None, asked_at=later(24)), True),
        (Reply(body=NEW, asked_at=later(48), final_url="https://paper.example/moved"), True),
        (Reply(outcome="timeout", http_status=None, media_type=None, asked_at=later(72)), True),
        (Reply(url="https://paper.example/b c", body=NEW, asked_at=later(96)), True),
        (Reply(body=OLD, outcome="soft_404", asked_at=later(120)), True),
    )
    return made


def test_other_tools_read_it(evidence: Evidence) -> None:
    exported = evidence.export()
    assert (exported.responses, exported.revisits, exported.without_body, exported.unreadable) == (3, 2, 1, [])
    info, first, unchanged, changed, twin, judged = read_with_warcio(evidence.path)
    assert info["type"] == "warcinfo"
    assert b"format: WARC File Format 1.1" in info["body"]
    assert {record["version"] for record in (info, first, unchanged)} == {"WARC/1.1"}
    assert (first["type"], first["status"], first["body"], first["holds"]) == ("response", "200 OK", OLD, True)
    assert first["headers"] == {
        "content-type": "text/html; charset=utf-8", "etag": '"1"', "content-language": "vi", "x-split": "a  b: c",
        "x-archive-orig-content-encoding": "gzip", "content-length": str(len(OLD)),
    }  # fmt: skip
    assert first["fields"]["WARC-Target-URI"] == URL
    assert first["fields"]["WARC-Date"] == "2025-03-10T12:00:00.000000Z"
    assert first["fields"]["WARC-Payload-Digest"] == f"sha256:{hashlib.sha256(OLD).hexdigest()}"
    assert (unchanged["type"], unchanged["status"], unchanged["body"]) == ("revisit", "304 Not Modified", b"")
    assert unchanged["fields"]["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert unchanged["fields"]["WARC-Refers-To"] == first["fields"]["WARC-Record-ID"]
    assert unchanged["fields"]["WARC-Refers-To-Target-URI"] == URL
    assert unchanged["fields"]["WARC-Refers-To-Date"] == first["fields"]["WARC-Date"]
    assert (changed["body"], changed["fields"]["DX-Final-URI"]) == (NEW, "https://paper.example/moved")
    assert (twin["type"], twin["fields"]["WARC-Target-URI"]) == ("revisit", "https://paper.example/b%20c")
    assert twin["fields"]["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    assert twin["fields"]["WARC-Refers-To-Target-URI"] == URL
    assert (judged["type"], judged["fields"]["DX-Outcome"]) == ("response", "soft_404")


@pytest.mark.parametrize("name", ["out.warc.gz", "out.warc"])
def test_the_common_checker_finds_nothing_wrong(evidence: Evidence, tmp_path: Path, name: str) -> None:
    evidence.export(tmp_path / name)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        checker = Checker(SimpleNamespace(inputs=[str(tmp_path / name)], verbose=True))
        assert checker.process_all() == 0
    assert said.getvalue().count("digest pass") == 4


def test_the_same_journal_gives_the_same_bytes(evidence: Evidence, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    evidence.export()
    evidence.export(tmp_path / "again" / evidence.path.name)
    assert evidence.path.read_bytes() == (tmp_path / "again" / evidence.path.name).read_bytes()


@pytest.mark.parametrize("name", ["out.warc.gz", "out.warc"])
def test_it_reads_back_as_the_same_pages(evidence: Evidence, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    evidence.export(path)
    source = ArticleSource(source_id="paper", name="P", publisher="P", licence="L", folder=path)
    rows = capture_warc(source, Archive(tmp_path / "elsewhere")).to_dicts()
    assert [(row["url"], row["outcome"], row["captured_at"]) for row in rows] == [
        (URL, "ok", later(0)),
        (URL, "ok", later(48)),
        ("https://paper.example/b%20c", "ok", later(96)),
        (URL, "soft_404", later(120)),
    ]
    assert [row["sha256"] for row in rows[:3]] == [hashlib.sha256(body).hexdigest() for body in (OLD, NEW, NEW)]
    assert {row["media_type"] for row in rows} == {"text/html; charset=utf-8"}
    assert rows[0]["etag"] == '"1"'


def test_a_part_holds_all_that_its_revisits_refer_to(evidence: Evidence, tmp_path: Path) -> None:
    evidence.record(
        (Reply(url="https://agency.example/", body=b"<p>other</p>", asked_at=later(30)), True), source_id="agency"
    )
    exported = evidence.export(source_id="paper", since=date(2025, 3, 11))
    assert (exported.responses, exported.revisits) == (3, 2)
    _, original, unchanged, *_ = read_with_warcio(evidence.path)
    assert (original["fields"]["WARC-Date"][:10], original["body"]) == ("2025-03-10", OLD)
    assert unchanged["fields"]["WARC-Refers-To"] == original["fields"]["WARC-Record-ID"]
    exported = evidence.export(tmp_path / "agency.warc", source_id="agency")
    assert (exported.responses, exported.revisits, exported.without_body) == (1, 0, 0)


def test_bodies_that_are_lost_are_told_and_the_rest_is_written(evidence: Evidence) -> None:
    evidence.archive.place(hashlib.sha256(OLD).hexdigest()).unlink()
    exported = evidence.export()
    assert (exported.responses, exported.revisits) == (1, 1)
    assert len(exported.unreadable) == 3
    assert URL in exported.unreadable[0]


def test_what_was_there_is_replaced_as_a_whole_or_not_at_all(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence.path.write_bytes(b"what was there")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("dx_pipeline.evidence.warc_export.os.fsync", full)
        with pytest.raises(OSError, match="No space left"):
            evidence.export()
    assert evidence.path.read_bytes() == b"what was there"
    assert sorted(path.name for path in evidence.path.parent.iterdir()) == ["evidence", "out.warc.gz"]
    evidence.export()
    assert len(read_with_warcio(evidence.path)) == 6


def test_only_names_of_warc_files_are_written(evidence: Evidence, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"let it end in \.warc\.gz or \.warc"):
        evidence.export(tmp_path / "out.zip")


def test_progress_is_told(evidence: Evidence) -> None:
    told: list[tuple[int, int]] = []
    with Journal.open(evidence.archive.root / FILE_NAME, read_only=True) as journal:
        export_warc(journal, evidence.archive, evidence.path, tell=lambda done, total: told.append((done, total)))
        headers = [attempt.headers for attempt in journal.attempts()]
    assert told == [(done, 6) for done in range(1, 7)]
    assert json.loads(headers[0] or "{}")["content-language"] == "vi"
