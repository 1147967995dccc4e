"""``dx archive``: damage is named with its remedy, and what is exported is read again as the same articles."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from dx_pipeline.cli.main import app
from dx_pipeline.documents.parse import parse_captures
from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.folder import capture_folder
from dx_pipeline.evidence.journal import FILE_NAME, Journal
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import ArticleSource
from dx_pipeline.warehouse.read import read_tables
from dx_pipeline_tests.evidence.replies import Reply, later

SAMPLE = CATALOGUE / "sample" / "articles"
TYPES = {".html": "text/html; charset=utf-8", ".txt": "text/plain; charset=utf-8"}


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


class Pulled:
    """A warehouse whose journal has pages of the sample, as if a site had served them."""

    def __init__(self, root: Path) -> None:
        self.warehouse = root / "warehouse"
        self.archive = Archive(self.warehouse / "evidence")
        self.press = root / "press"
        self.press.mkdir()
        for path in sorted(SAMPLE.rglob("*.*"))[:6]:
            if path.suffix in TYPES:
                (self.press / path.name).write_bytes(path.read_bytes())
        with Journal.open(self.archive.root / FILE_NAME) as journal:
            for page in sorted(self.press.iterdir()):
                body, url = page.read_bytes(), f"https://paper.example/{page.name}"
                reply = Reply(url=url, body=body, media_type=TYPES[page.suffix])
                journal.record("paper", reply, self.archive.put(body))
                again = Reply(url=url, outcome="not_modified", http_status=304, media_type=None, asked_at=later(24))
                journal.record("paper", again, None)
            journal.record("agency", Reply(url="https://agency.example/", outcome="timeout", http_status=None), None)

    def invoke(self, *arguments: object) -> Result:
        return invoke("archive", *arguments, "--warehouse", self.warehouse)

    def verify(self, code: int) -> dict[str, Any]:
        result = self.invoke("verify", "--json")
        assert result.exit_code == code, result.output
        account: dict[str, Any] = json.loads(result.stdout)
        assert account["exit_code"] == code
        return account

    def bodies(self) -> list[Path]:
        return sorted(path for path, sha256 in self.archive.files() if sha256)


@pytest.fixture
def pulled(tmp_path: Path) -> Pulled:
    return Pulled(tmp_path)


def test_whole_evidence_is_said_to_be_whole(pulled: Pulled) -> None:
    account = pulled.verify(0)
    assert account["is_clean"]
    pages = len(pulled.bodies())
    assert pages >= 3
    assert (account["bodies"], account["attempts"], account["faults"]) == (pages, 2 * pages, [])
    shown = pulled.invoke("verify")
    assert shown.exit_code == 0
    assert "all is whole" in shown.stdout


def test_damage_is_named_with_its_remedy(pulled: Pulled) -> None:
    corrupt, missing, *_ = pulled.bodies()
    corrupt.chmod(0o644)
    corrupt.write_bytes(corrupt.read_bytes()[:-9])
    missing.unlink()
    account = pulled.verify(1)
    assert {(fault["kind"], fault["path"]) for fault in account["faults"]} == {
        ("corrupt", str(corrupt)), ("missing", str(missing)),
    }  # fmt: skip
    assert all("capture paper again" in fault["remedy"] for fault in account["faults"])
    shown = pulled.invoke("verify")
    assert shown.exit_code == 1
    assert "2 faults" in shown.stdout
    assert "corrupt" in shown.stdout


def test_what_a_killed_pull_left_is_told_and_does_no_harm(pulled: Pulled, monkeypatch: pytest.MonkeyPatch) -> None:
    unnamed = pulled.archive.place(pulled.archive.put(b"no attempt names this"))
    leftover = unnamed.parent / ".tmp-x"
    stray = unnamed.parent / "notes.txt"
    for path in (leftover, stray):
        path.write_bytes(b"x")
    assert pulled.verify(0)["arriving"] == 3
    shown = pulled.invoke("verify")
    assert "younger than ten minutes" in shown.stderr
    monkeypatch.setattr("dx_pipeline.evidence.verification._SETTLED_SECONDS", 0)
    shown = pulled.invoke("verify")
    assert shown.exit_code == 0
    for told, path in (("named by no attempt", unnamed), ("process that was killed", leftover), ("none of", stray)):
        assert [line for line in shown.stderr.splitlines() if told in line and str(path) in line]


def test_a_damaged_journal_is_a_fault(pulled: Pulled) -> None:
    path = pulled.archive.root / FILE_NAME
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size - 4096)
        file.write(os.urandom(4096))
    account = pulled.verify(1)
    assert {fault["kind"] for fault in account["faults"]} == {"journal"}


def test_a_file_that_is_no_journal_ends_with_a_clear_error(pulled: Pulled) -> None:
    (pulled.archive.root / FILE_NAME).write_bytes(b"no journal" * 500)
    result = pulled.invoke("verify")
    assert result.exit_code == 3
    assert "restore the file from a backup" in result.stderr


def test_nothing_archived_is_whole(tmp_path: Path) -> None:
    result = invoke("archive", "verify", "--json", "--warehouse", tmp_path / "none")
    assert (result.exit_code, json.loads(result.stdout)["bodies"]) == (0, 0)
    assert not (tmp_path / "none").exists()


def test_export_writes_what_was_asked_for(pulled: Pulled, tmp_path: Path) -> None:
    path = tmp_path / "out.warc.gz"
    pages = len(pulled.bodies())
    account = json.loads(pulled.invoke("export", "--warc", path, "--source", "paper", "--json").stdout)
    assert account == {
        "exit_code": 0, "file": str(path), "bytes": path.stat().st_size, "responses": pages, "revisits": pages,
        "without_body": 0, "unreadable": [],
    }  # fmt: skip
    again = pulled.invoke("export", "--warc", path)
    assert again.exit_code == 2
    assert "--force" in again.stderr
    forced = pulled.invoke("export", "--warc", path, "--force", "--since", "2025-03-11")
    assert forced.exit_code == 0
    assert "revisits" in forced.stdout


def test_export_says_what_is_wrong(pulled: Pulled, tmp_path: Path) -> None:
    path = tmp_path / "out.warc.gz"
    assert pulled.invoke("export", "--warc", tmp_path / "out.zip").exit_code == 2
    nobody = pulled.invoke("export", "--warc", path, "--source", "nobody")
    assert nobody.exit_code == 3
    assert "agency, paper" in nobody.stderr
    assert invoke("archive", "export", "--warc", path, "--warehouse", tmp_path / "none").exit_code == 3
    assert not path.exists()
    pulled.bodies()[0].unlink()
    lost = pulled.invoke("export", "--warc", path)
    assert lost.exit_code == 1
    assert "2 attempts were left out" in lost.stderr
    assert path.exists()


def test_what_was_exported_is_read_again_as_the_same_articles(pulled: Pulled, tmp_path: Path) -> None:
    warc, elsewhere = tmp_path / "out.warc.gz", tmp_path / "elsewhere"
    assert pulled.invoke("export", "--warc", warc).exit_code == 0
    result = invoke("run", "--articles", warc, "--warehouse", elsewhere, "--as-of", "2025-07-31", "--json")
    assert result.exit_code == 0, result.output
    articles = read_tables(elsewhere, ["articles"])["articles"]
    source = ArticleSource(source_id="folder", name="F", publisher="P", licence="L", folder=pulled.press)
    kept = Archive(tmp_path / "kept")
    parsed = parse_captures(capture_folder(source, kept), kept.get, "run-1")
    assert sorted(articles["text"]) == sorted(parsed.articles["text"])
    assert {url.rpartition("/")[0] for url in articles["url"]} == {"https://paper.example"}
    found = json.loads(invoke("archive", "verify", "--json", "--warehouse", elsewhere).stdout)
    assert (found["faults"], found["unnamed"], found["arriving"]) == ([], [], 0), "the release names its bodies"


def test_articles_are_a_folder_or_a_web_archive(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK")
    result = invoke("run", "--articles", tmp_path / "a.zip", "--warehouse", tmp_path / "w")
    assert result.exit_code == 2
    assert "give a folder of documents, or a .warc or .warc.gz file" in " ".join(result.stderr.replace("│", "").split())
