"""The commands that begin a language and tell how far it is."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from dx_pipeline.cli.main import app
from dx_pipeline.settings import CATALOGUE


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["language", *arguments])


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    for part in ("languages", "pages", "rules", "registry"):
        shutil.copytree(CATALOGUE / part, tmp_path / part)
    return tmp_path


def test_a_language_is_begun_and_looked_at(catalogue: Path) -> None:
    place = ("--catalogue", str(catalogue))
    made = invoke("new", "de", *place)
    assert made.exit_code == 0, made.output
    assert made.stdout.splitlines() == [str(catalogue / part / "de.toml") for part in ("languages", "pages")]
    assert "dx: CLDR filled " in made.stderr

    again = invoke("new", "de", *place)
    assert again.exit_code == 3
    assert "is there already" in again.stderr
    assert invoke("new", "de", "--force", *place).exit_code == 0

    looked = invoke("check", "de", *place)
    assert looked.exit_code == 1
    assert "EMPTY    languages/de.toml: topics" in looked.stdout
    assert "registry with words in de: organisations 0 of " in looked.stdout
    report = json.loads(invoke("check", "de", "--json", *place).stdout)
    assert report["is_ready"] is False
    assert "languages/de.toml: topics" in report["empty"]
    assert report["coverage"][0]["named"] == 0

    pack = catalogue / "languages" / "de.toml"
    pack.write_text(pack.read_text(encoding="utf-8").replace("\nout_of =", "\noutof ="), encoding="utf-8")
    broken = invoke("check", "de", *place)
    assert broken.exit_code == 3
    assert "BROKEN " in broken.stdout


def test_a_finished_language_ends_well() -> None:
    result = invoke("check", "nb")
    assert result.exit_code == 0, result.output
    assert result.stdout.endswith("nb is ready\n")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["new", "german"], 2, "no tag of BCP 47"),
        (["new", "../de"], 2, "no tag of BCP 47"),
        (["new", "xx"], 2, "no language that CLDR knows"),
        (["new", "no"], 2, "no text is ever found to be in 'no'"),
        (["new", "de", "--catalogue", "/no/such/folder"], 2, "does not exist"),
        (["check", "it"], 3, "make it with `dx language new it`"),
    ],
)
def test_what_cannot_be_done_is_told(arguments: list[str], code: int, told: str) -> None:
    result = invoke(*arguments)
    assert result.exit_code == code
    assert told in result.stderr
    assert result.stdout == ""


def test_a_folder_that_is_no_catalogue_is_told(tmp_path: Path) -> None:
    result = invoke("new", "de", "--catalogue", str(tmp_path))
    assert result.exit_code == 3
    assert "en.toml: cannot be read" in result.stderr
    assert not list(tmp_path.iterdir())


def test_what_is_no_toml_is_told(catalogue: Path) -> None:
    (catalogue / "languages" / "de.toml").write_text("language = \n", encoding="utf-8")
    result = invoke("check", "de", "--catalogue", str(catalogue))
    assert result.exit_code == 3
    assert "de.toml: no valid TOML" in result.stderr


def test_neither_dagster_nor_the_database_is_imported() -> None:
    code = (
        "import sys, dx_pipeline.packs.check, dx_pipeline.packs.skeleton; "
        "sys.exit(bool({'dagster', 'duckdb', 'requests'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
