"""``dx review`` on a small folder: what is decided holds from run to run, and is taken back by taking it out."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pytest
from click.testing import Result
from typer.testing import CliRunner

from dx_pipeline.cli.main import app
from dx_pipeline.settings import Settings
from dx_pipeline.warehouse.manifest import VOLATILE
from dx_pipeline.warehouse.read import read_tables
from dx_pipeline.warehouse.releases import current_release

DOCUMENT = """\
Lakeside districts count their digital services

Source: https://lakeside.example/news/digital-services
Published: 12 March 2025

The share of online public services reached 45 percent in 2024, according to the report on digital transformation.
The Minister of Science and Technology asked the provinces to put every public service online before 30 June 2025.
The Prime Minister asked the Ministry of Finance to publish its data by 31 May 2025, according to Resolution 57-NQ/TW.
"""
ENTRIES = dg.AssetKey(["review", "entries"])


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


class Desk:
    """A folder of articles with its warehouse, and the commands on it."""

    def __init__(self, folder: Path) -> None:
        self.press, self.warehouse, self.kept = folder / "press", folder / "warehouse", folder / "kept"
        self.file = self.warehouse / "corrections.toml"
        self.press.mkdir()
        self.document = self.press / "lakeside.txt"
        self.document.write_text(DOCUMENT, encoding="utf-8")
        self.written_ns = self.document.stat().st_mtime_ns

    def run(self, code: int = 0) -> dict[str, Any]:
        options = ("--warehouse", str(self.warehouse), "--as-of", "2025-07-31", "--json")
        result = invoke("run", "--articles", str(self.press), *options)
        assert result.exit_code == code, result.output
        account: dict[str, Any] = json.loads(result.stdout)
        return account

    def clean(self) -> None:
        """Put the warehouse back to what one run without corrections made; that run takes seconds, so it is kept."""
        self.document.write_text(DOCUMENT, encoding="utf-8")
        os.utime(self.document, ns=(self.written_ns, self.written_ns))  # `captures` tells when a file was changed
        if not self.kept.exists():
            self.run()
            shutil.copytree(self.warehouse, self.kept, symlinks=True)
            return
        shutil.rmtree(self.warehouse)
        shutil.copytree(self.kept, self.warehouse, symlinks=True)

    def review(self, *arguments: str, author: str = "N. Ha") -> Result:
        return invoke("review", *arguments, "--warehouse", str(self.warehouse), "--author", author, "--reason", "seen")

    def listed(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = json.loads(
            invoke("review", "list", "--warehouse", str(self.warehouse), "--json").stdout
        )
        return listed

    def table(self, name: str) -> pl.DataFrame:
        return read_tables(self.warehouse, [name])[name]

    def mention(self, kind: str, column: str, value: object) -> str:
        rows = self.table(f"{kind}_mentions").filter(pl.col(column) == value)
        return str(rows["mention_id"][0])

    def content(self) -> dict[str, bytes]:
        """The bytes of every table that does not differ from run to run."""
        release = current_release(self.warehouse)
        assert release is not None
        paths = sorted((release.folder / "parquet").glob("*.parquet"))
        return {path.stem: path.read_bytes() for path in paths if path.stem not in {*VOLATILE, "release"}}

    def data_version(self, key: dg.AssetKey) -> str:
        with dg.DagsterInstance.from_config(str(self.warehouse / "dagster_home")) as instance:
            event = instance.get_latest_materialization_event(key)
            assert event is not None
            assert event.asset_materialization is not None
            return str((event.asset_materialization.tags or {})["dagster/data_version"])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def clean(desk: Desk) -> Desk:
    desk.clean()
    return desk


def test_help_shows_examples() -> None:
    for command in ("list", "confirm", "reject", "amend"):
        assert f"dx review {command}" in invoke("review", command, "--help").stdout


def test_nothing_can_be_reviewed_before_a_run(tmp_path: Path) -> None:
    where = ("--warehouse", str(tmp_path / "none"))
    result = invoke("review", "confirm", "men-0000000000000000", "--author", "A", "--reason", "r", *where)
    assert (result.exit_code, "run `dx run` first" in result.stderr) == (3, True)
    assert invoke("review", "list", *where).exit_code == 0
    assert not (tmp_path / "none").exists()


def test_what_a_run_would_refuse_is_not_written(clean: Desk) -> None:
    mention = clean.mention("directive", "issuer_id", "vnm-prime-minister")
    directive = clean.table("directives")["directive_id"][0]
    document = clean.table("instrument_mentions")["mention_id"][0]
    for arguments, told in (
        (("confirm", "men-0000000000000000"), "no published statement has the id 'men-0000000000000000'; ids are in"),
        (("confirm", mention[:-1]), f"did you mean {mention}"),
        (("confirm", "\udcff"), "no published statement has the id '?'"),
        (("confirm", directive), f"{directive} is a directive; review its statements one by one: men-"),
        (("confirm", document), "names a document; only statements of directives and indicators"),
        (("amend", mention, "--set", "due_on=June"), "fields.due_on: 'June' is no day"),
        (("amend", mention, "--set", "issuer_id=nobody"), "'nobody' is no organisation of the registry"),
        (("amend", mention, "--set", "modality=orders"), "modality is 'orders'; the rule is isin"),
        (("amend", mention, "--set", "value=4"), "value: no column of directives"),
        (("amend", mention, "--set", "quote=x"), "fields.quote: cannot be set"),
        (("amend", mention, "--set", "due_on"), "give each column once, as FIELD=VALUE"),
        (("amend", mention, "--set", "action=a", "--set", "action=b"), "give each column once"),
        (("amend", mention, "--set", "action=\udcff"), "holds control characters"),
    ):
        result = clean.review(*arguments)
        assert result.exit_code == 2, result.output
        assert told in result.stderr
        assert result.stdout == ""
    assert not clean.file.exists()
    assert clean.review("confirm", mention).exit_code == 0
    for arguments, told in (
        (("confirm", mention), "says exactly that already"),
        (("reject", mention), "reject contradicts confirm by N. Ha in corrections.toml, correction 1 (line 4)"),
    ):
        result = clean.review(*arguments)
        assert result.exit_code == 2
        assert told in result.stderr
    assert clean.file.read_text(encoding="utf-8").count("[[correction]]\n") == 1


def test_author_and_file_come_from_the_environment(
    clean: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mention = clean.mention("directive", "issuer_id", "vnm-prime-minister")
    where = ("--warehouse", str(clean.warehouse))
    nobody = invoke("review", "confirm", mention, "--reason", "seen", *where)
    assert (nobody.exit_code, nobody.stderr) == (2, "dx: who decides? give --author, or set DX_AUTHOR\n")
    monkeypatch.setenv("DX_AUTHOR", "Q. Minh")
    monkeypatch.setenv("DX_CORRECTIONS", str(tmp_path / "ours.toml"))
    failed = invoke("run", "--articles", str(clean.press), *where)
    assert failed.exit_code == 3
    assert f"{tmp_path / 'ours.toml'}: the file of corrections is not there; restore it" in failed.stderr
    assert clean.table("directives").height == 2
    assert invoke("review", "confirm", mention, "--reason", "seen", "--on", "2025-08-01", *where).exit_code == 0
    text = (tmp_path / "ours.toml").read_text(encoding="utf-8")
    assert 'author = "Q. Minh"\ndecided_on = 2025-08-01\n' in text
    assert not clean.file.exists()
    assert Settings.read().corrections_file == tmp_path / "ours.toml"


def test_decisions_survive_and_are_taken_back(clean: Desk) -> None:
    before = clean.content()
    versions = clean.data_version(ENTRIES), clean.data_version(dg.AssetKey(["extraction", "directives"]))
    amended = clean.mention("directive", "issuer_id", "vnm-prime-minister")
    rejected = next(key for key in clean.table("directive_mentions")["mention_id"] if key != amended)
    confirmed = clean.mention("indicator", "value", 45.0)
    assert clean.review("amend", amended, "--set", "due_on=2025-12-31", "--set", "issuer_id=").exit_code == 0
    assert clean.review("reject", rejected).exit_code == 0
    assert clean.review("confirm", confirmed, author="P. Lan").exit_code == 0
    assert [one["state"] for one in clean.listed()] == ["new: the next run heeds it"] * 3

    account = clean.run()
    assert account["is_new"]
    assert account["corrections"] == {"applied": 3, "stale": 0}
    assert [one["state"] for one in clean.listed()] == ["applied"] * 3
    assert clean.table("corrections")["applied"].to_list() == [True] * 3
    (directive,) = clean.table("directives").to_dicts()
    assert (directive["issuer_id"], str(directive["due_on"]), directive["review"]) == (None, "2025-12-31", "amended")
    assert clean.table("directive_status")["status"].to_list() == ["open"]
    (figure,) = clean.table("indicators").filter(pl.col("mention_id") == confirmed).to_dicts()
    assert (figure["review"], figure["confidence"]) == ("confirmed", 1.0)
    assert clean.table("indicator_mentions").filter(pl.col("review") == "confirmed")["reviewed_by"][0] == "P. Lan"
    page = (clean.warehouse / "report" / "index.html").read_text(encoding="utf-8")
    assert "corrected by a person" in page
    assert "checked by a person" in page

    version, inputs = clean.data_version(ENTRIES), clean.table("runs")["input_sha256"].n_unique()
    clean.file.write_text("# asked Lan\n" + clean.file.read_text(encoding="utf-8"), encoding="utf-8")
    assert not clean.run()["is_new"]
    assert clean.data_version(ENTRIES) == version != versions[0]
    assert clean.data_version(dg.AssetKey(["extraction", "directives"])) == versions[1]
    assert inputs == 2

    clean.file.unlink()
    assert [one["state"] for one in clean.listed()] == ["removed: the next run takes it back"] * 3
    clean.run()
    assert clean.content() == before


def test_a_bad_entry_is_told_and_the_good_hold(clean: Desk) -> None:
    rejected = clean.mention("directive", "issuer_id", "vnm-prime-minister")
    assert clean.review("reject", rejected).exit_code == 0
    good = clean.file.read_text(encoding="utf-8")
    contrary = good.replace('"reject"', '"confirm"').replace("N. Ha", "P. Lan")
    clean.file.write_text(f"{good}\n{contrary}\n[[correction]]\nreason = oh\n", encoding="utf-8")
    account = clean.run(code=1)
    assert account["corrections"] == {"applied": 1, "stale": 0}
    assert {row["table_name"] for row in account["quarantined"]} == {"corrections"}
    states = [one["state"] for one in clean.listed()]
    assert states[0] == "applied"
    assert states[1].startswith("cannot be used: correction 2 (line ")
    assert "confirm contradicts reject by N. Ha" in states[1]
    assert "no valid TOML" in states[2]
    assert invoke("review", "list", "--warehouse", str(clean.warehouse)).exit_code == 1
    assert "no valid TOML" in invoke("doctor", "--warehouse", str(clean.warehouse), "--json").stdout
    refused = clean.review("confirm", rejected)
    assert refused.exit_code == 2
    assert "was rejected by N. Ha on " in refused.stderr


def test_a_correction_outlives_its_id(clean: Desk) -> None:
    rejected = clean.mention("directive", "issuer_id", "vnm-prime-minister")
    lost = clean.mention("directive", "issuer_id", "vnm-most")
    assert clean.review("reject", rejected).exit_code == 0
    assert clean.review("reject", lost).exit_code == 0
    changed = DOCUMENT.replace("45 percent", "46 percent").replace("put every public service", "bring all services")
    (clean.press / "lakeside.txt").write_text(changed, encoding="utf-8")
    account = clean.run()
    told = {row["mention_id"]: row for row in clean.table("corrections").to_dicts()}
    assert told[rejected]["applied"]
    assert told[rejected]["applied_to"] != rejected
    assert "found again by its quote" in told[rejected]["detail"]
    assert clean.table("directives")["issuer_id"].to_list() == ["vnm-most"]

    (red,) = [check for check in account["red_checks"] if check["asset"] == "review/corrections"]
    assert (red["check"], red["is_error"]) == ("applied", False)
    assert f"mention_id {lost}, decision reject, author N. Ha, detail stale: " in red["description"]
    assert not told[lost]["applied"]
    assert "put every public service" in told[lost]["quote"]
