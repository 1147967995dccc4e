"""``dx quality`` as people and scripts run it: its figures, its errors, its floors, and how it ends."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import Result

from dx_pipeline.cli import quality
from dx_pipeline.extraction.confidence import FILE
from dx_pipeline.quality.floors import read_floors
from dx_pipeline.quality.sets import LabelledSet
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import read_toml
from dx_pipeline_tests.cli.test_main import invoke
from dx_pipeline_tests.quality.examples import write_set


@pytest.fixture
def own(tmp_path: Path) -> LabelledSet:
    return write_set(tmp_path)


def measure(own: LabelledSet, *arguments: str) -> Result:
    return invoke("quality", "--gold", str(own.gold), "--articles", str(own.articles), *arguments)


def spoil(own: LabelledSet, old: str, new: str) -> None:
    path = own.gold / "orders.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_without_options_the_sets_that_ship_are_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = invoke("quality")
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    for said in ("By kind", "blind", "sample", "blind, directives by field", "due_on"):
        assert said in result.stdout
    assert list(tmp_path.iterdir()) == []


def test_tables_tell_shares_with_their_counts(own: LabelledSet) -> None:
    result = measure(own, "--by", "kind", "--by", "rule", "--by", "language", "--by", "document")
    assert result.exit_code == 0, result.output
    assert "given │ indicators │ 1.000 2/2 │ 1.000 2/2 │ 1.000" in result.stdout
    assert "directive.active │ 1.000 1/1" in result.stdout
    assert "orders.txt" in result.stdout


def test_errors_are_listed_with_their_quotes(own: LabelledSet) -> None:
    spoil(own, "issuer: vnm-most", "issuer: vnm-mof")
    spoil(own, "value: 45", "value: 46")
    result = measure(own, "--errors")
    assert result.exit_code == 0
    assert (
        "given orders.txt d01: directives issuer wrong: wanted vnm-mof, found vnm-most\n    asked the" in result.stdout
    )
    assert "given orders.txt i01: indicators missing\n    45 percent" in result.stdout
    assert "given orders.txt: indicators surplus\n" in result.stdout


def test_json_is_one_value_with_all_of_it(own: LabelledSet) -> None:
    spoil(own, "value: 45", "value: 46")
    told = json.loads(measure(own, "--errors", "--by", "kind", "--json").stdout)
    assert [one["name"] for one in told["sets"]] == ["given"]
    (figures,) = (row for row in told["figures"]["kind"] if row["kind"] == "indicators")
    assert (figures["hits"], figures["false_alarms"], figures["misses"], figures["precision"]) == (1, 1, 1, 0.5)
    assert {(row["kind"], row["verdict"]) for row in told["errors"]} == {
        ("indicators", "missing"),
        ("indicators", "surplus"),
    }
    assert told["problems"] == told["below_floor"] == []


def test_a_wrong_label_file_is_told_and_the_rest_measured(own: LabelledSet) -> None:
    spoil(own, "issuer:", "isuer:")
    result = measure(own, "--json", "--by", "kind")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"dx: {own.gold / 'orders.yaml'}: directives.d01.isuer: unknown")
    told = json.loads(result.stdout)
    assert {row["kind"] for row in told["figures"]["kind"]} == {"headers", "indicators", "quotes"}
    assert [problem["place"] for problem in told["problems"]] == ["directives.d01.isuer"]


def test_where_nothing_can_be_measured_it_fails(own: LabelledSet) -> None:
    for path in own.gold.iterdir():
        path.write_text("file: [", encoding="utf-8")
    assert measure(own).exit_code == 3


def test_escapes_in_a_label_file_are_not_obeyed(own: LabelledSet) -> None:
    spoil(own, "issuer:", '"\\e[31misuer":')
    assert "\x1b" not in measure(own).stderr


def test_floors_are_made_held_and_only_raised(own: LabelledSet, tmp_path: Path) -> None:
    floors = str(tmp_path / "floors.toml")
    assert measure(own, "--floors", floors).exit_code == 3  # it is not there
    assert measure(own, "--floors", floors, "--raise-floors").exit_code == 0
    high = read_floors(Path(floors))
    assert high["given"]["indicators.precision"] == 0.99
    assert measure(own, "--floors", floors).exit_code == 0

    spoil(own, "value: 45", "value: 46")
    fallen = measure(own, "--floors", floors)
    assert fallen.exit_code == 1
    assert "dx: given indicators.precision is 0.500, below its floor 0.990" in fallen.stderr
    assert measure(own, "--floors", floors, "--raise-floors").exit_code == 1
    assert read_floors(Path(floors)) == high


def test_floors_are_not_raised_on_part_of_the_labels(own: LabelledSet, tmp_path: Path) -> None:
    spoil(own, "issuer:", "isuer:")
    result = measure(own, "--floors", str(tmp_path / "floors.toml"), "--raise-floors")
    assert result.exit_code == 1
    assert "nothing was written" in result.stderr
    assert not (tmp_path / "floors.toml").exists()


def test_confidence_is_written_for_all_sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = shutil.copytree(CATALOGUE, tmp_path / "catalogue")
    (copy / FILE).unlink()
    monkeypatch.setattr(quality, "CATALOGUE", copy)
    result = invoke("quality", "--write-confidence", "--by", "kind")
    assert result.exit_code == 0, result.output
    assert read_toml(copy / FILE)["sets"] == ["blind", "fourth", "sample", "second", "third"]
    assert set(read_toml(copy / FILE)["rules"]) >= {"directive.active", "indicator.share"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--gold", "labels"], "give --gold and --articles together"),
        (["--articles", "press"], "give --gold and --articles together"),
        (["--gold", "a", "--articles", "b", "--set", "blind"], "not both"),
        (["--set", "none"], "no set is called 'none'; there are blind, fourth, sample, second, third"),
        (["--raise-floors"], "give --floors FILE"),
        (["--write-confidence", "--set", "blind"], "leave out --set and --gold"),
        (["--by", "moon"], "'moon'"),
    ],
)
def test_what_is_not_understood_is_usage(arguments: list[str], told: str) -> None:
    result = invoke("quality", *arguments)
    assert result.exit_code == 2
    assert told in result.stderr
    assert result.stdout == ""


def test_folders_that_are_not_there_are_told(tmp_path: Path) -> None:
    result = invoke("quality", "--gold", str(tmp_path), "--articles", str(tmp_path / "none"))
    assert result.exit_code == 3
    assert "is no folder" in result.stderr
