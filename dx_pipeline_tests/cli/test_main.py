"""The commands on a small folder: one whole run, then everything that reads what it published."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import Result
from typer.testing import CliRunner

from dx_pipeline.cli.main import app
from dx_pipeline.cli.summary import QUERIES

DOCUMENT = """\
Lakeside districts count their digital services

Source: https://lakeside.example/news/digital-services
Published: 12 March 2025

The Minister of Science and Technology asked the provinces to put every public service online before 30 June 2025.
The share of online public services reached 45 percent in 2024, according to the report on digital transformation.
"""


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("press")
    (folder / "lakeside.txt").write_text(DOCUMENT, encoding="utf-8")
    (folder / "empty.html").write_bytes(b"")
    return folder


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("warehouse")


@pytest.fixture(scope="module")
def first(press: Path, warehouse: Path) -> dict[str, Any]:
    result = invoke("run", "--articles", str(press), "--warehouse", str(warehouse), "--as-of", "2025-07-31", "--json")
    assert result.exit_code == 1, result.output
    account: dict[str, Any] = json.loads(result.stdout)
    return account


def test_run_publishes_the_good_and_tells_of_the_bad(first: dict[str, Any], warehouse: Path) -> None:
    assert first["exit_code"] == 1
    assert first["release"] == 1
    assert first["is_new"]
    assert first["failures"] == []
    assert first["articles_by_language"] == {"en": 1}
    (unread,) = first["unreadable"]
    assert unread["outcome"] == "empty"
    assert unread["url"].endswith("/empty.html")
    assert {(red["asset"], red["check"]) for red in first["red_checks"]} == {
        ("evidence/captures", "readable"),
        ("documents/articles", "schema_valid"),
    }
    (aside,) = first["quarantined"]
    assert (aside["table_name"], aside["rows"]) == ("articles", 1)
    assert "empty" in aside["check"]
    assert Path(first["files"]["database"]) == warehouse / "dx.duckdb"
    assert Path(first["files"]["report"]).is_file()
    assert (Path(first["files"]["parquet"]) / "articles.parquet").is_file()


@pytest.mark.usefixtures("first")
def test_history_is_kept_and_quiet(warehouse: Path) -> None:
    home = warehouse / "dagster_home"
    assert "enabled: false" in (home / "dagster.yaml").read_text(encoding="utf-8")
    assert list((home / "history" / "runs").glob("*.db"))


def test_nothing_new_makes_no_release(first: dict[str, Any], press: Path, warehouse: Path) -> None:
    result = invoke("run", "--articles", str(press), "--warehouse", str(warehouse), "--as-of", "2025-07-31")
    assert result.exit_code == 1, result.output
    assert f"Release {first['release']} (nothing is new" in result.stdout
    assert [entry.name for entry in (warehouse / "releases").iterdir()] == ["000001"]
    assert "empty" in result.stdout


@pytest.mark.usefixtures("first")
@pytest.mark.parametrize("query", QUERIES)
def test_queries_to_begin_with_run(query: str, warehouse: Path) -> None:
    result = invoke("sql", query, "--warehouse", str(warehouse))
    assert result.exit_code == 0, result.output


@pytest.mark.usefixtures("first")
def test_sql_in_three_forms(warehouse: Path) -> None:
    query = "select 'a|b' as text, 2 as n, ['x', 'y'] as list union all select null, 3, null order by n"
    as_json = invoke("sql", query, "--json", "--warehouse", str(warehouse))
    assert json.loads(as_json.stdout) == [
        {"text": "a|b", "n": 2, "list": ["x", "y"]},
        {"text": None, "n": 3, "list": None},
    ]
    as_csv = invoke("sql", query, "--csv", "--warehouse", str(warehouse))
    assert as_csv.stdout.splitlines() == ["text,n,list", 'a|b,2,"[""x"", ""y""]"', ",3,"]
    as_table = invoke("sql", query, "--limit", "1", "--warehouse", str(warehouse))
    assert "a|b" in as_table.stdout
    assert "only the first 1 rows" in as_table.stderr


@pytest.mark.usefixtures("first")
@pytest.mark.parametrize("statement", ["drop table articles", "select nothing from nowhere", "select 1; select 2"])
def test_sql_only_reads(statement: str, warehouse: Path) -> None:
    result = invoke("sql", statement, "--warehouse", str(warehouse))
    assert result.exit_code == 2
    assert result.stderr.startswith("dx: ")
    assert result.stdout == ""


@pytest.mark.usefixtures("first")
def test_terminal_escapes_are_not_obeyed(warehouse: Path) -> None:
    result = invoke("sql", "select chr(27) || '[31mred[/]' as text", "--warehouse", str(warehouse))
    assert "\x1b" not in result.stdout
    assert "[31mred[/]" in result.stdout


@pytest.mark.usefixtures("first")
def test_board_is_judged_on_the_day_asked_for(warehouse: Path) -> None:
    published = json.loads(invoke("status", "--json", "--warehouse", str(warehouse)).stdout)
    earlier = json.loads(invoke("status", "--as-of", "2025-06-01", "--json", "--warehouse", str(warehouse)).stdout)
    assert {row["as_of"] for row in published} <= {"2025-07-31"}
    assert {row["as_of"] for row in earlier} <= {"2025-06-01"}
    assert {row["directive_id"] for row in published} == {row["directive_id"] for row in earlier}
    assert invoke("status", "--warehouse", str(warehouse)).exit_code == 0


@pytest.mark.usefixtures("first")
def test_releases_are_listed_and_chosen(warehouse: Path) -> None:
    (release,) = json.loads(invoke("release", "list", "--json", "--warehouse", str(warehouse)).stdout)
    assert (release["number"], release["is_current"]) == (1, True)
    assert invoke("release", "use", "1", "--warehouse", str(warehouse)).exit_code == 0
    missing = invoke("release", "use", "7", "--warehouse", str(warehouse))
    assert missing.exit_code == 3
    assert "7" in missing.stderr


@pytest.mark.usefixtures("first")
def test_doctor_finds_a_run_warehouse_well(warehouse: Path) -> None:
    found = json.loads(invoke("doctor", "--json", "--warehouse", str(warehouse)).stdout)
    assert [one for one in found if one["remedy"]] == []
    assert any("1 is current" in one["found"] for one in found)


@pytest.mark.usefixtures("first")
def test_report_is_found(warehouse: Path) -> None:
    assert invoke("report", "--warehouse", str(warehouse)).stdout.strip() == str(warehouse / "report" / "index.html")


def test_published_database_is_not_written_by_reading(first: dict[str, Any]) -> None:
    with duckdb.connect(first["files"]["database"], read_only=True) as connection:
        assert connection.execute("select count(*) from articles").fetchone() == (1,)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["sql", "select 1"], 3),
        (["status"], 3),
        (["report"], 3),
        (["release", "use", "1"], 3),
        (["release", "list"], 0),
        (["doctor"], 0),
    ],
)
def test_commands_on_an_empty_warehouse_say_so(arguments: list[str], code: int, tmp_path: Path) -> None:
    result = invoke(*arguments, "--warehouse", str(tmp_path / "none"))
    assert result.exit_code == code, result.output
    if code:
        assert result.stderr.startswith("dx: ")
        assert result.stdout == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "--articles", "/no/such/folder"],
        ["run", "--as-of", "June"],
        ["sql", "select 1", "--csv", "--json"],
        ["release", "use", "one"],
        ["frobnicate"],
    ],
)
def test_what_is_not_understood_is_usage(arguments: list[str]) -> None:
    assert invoke(*arguments).exit_code == 2


def test_wrong_environment_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DX_AS_OF", "June")
    result = invoke("doctor")
    assert result.exit_code == 2
    assert "DX_AS_OF is 'June'" in result.stderr


def test_help_is_there_at_once_and_tells_exit_codes() -> None:
    started = time.monotonic()
    result = subprocess.run(
        [sys.executable, "-m", "dx_pipeline.cli", "--help"], capture_output=True, text=True, check=True
    )
    assert time.monotonic() - started < 2
    assert "4  another run holds the warehouse" in result.stdout
    assert "dx run --articles" in invoke("run", "--help").stdout


def test_help_imports_neither_dagster_nor_polars() -> None:
    code = "import sys, dx_pipeline.cli.main; sys.exit(bool({'dagster', 'polars', 'duckdb'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
