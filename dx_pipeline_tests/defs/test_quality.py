"""The figures as an asset: measured once, not again while nothing changes, and told where a label is wrong."""

import shutil
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from dx_pipeline.defs import quality
from dx_pipeline.defs.quality import QUALITY, SETS, quality_assets
from dx_pipeline.defs.stage_tables import StageTables
from dx_pipeline.quality.measure import measure_sets
from dx_pipeline.settings import CATALOGUE
from dx_pipeline_tests.quality.examples import write_set


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalogue whose only labelled set is a small one; every measuring leaves a mark."""
    copy = shutil.copytree(
        CATALOGUE, tmp_path / "catalogue", ignore=shutil.ignore_patterns("sample", "labelled", "statistics")
    )
    write_set(copy / "labelled" / "small")
    monkeypatch.setattr(quality, "CATALOGUE", copy)
    return copy


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each time that sets are measured."""
    times: list[int] = []

    def counted(*arguments: object) -> object:
        times.append(1)
        return measure_sets(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(quality, "measure_sets", counted)
    return times


def run(root: Path) -> tuple[StageTables, dict[str, bool]]:
    stage = StageTables(warehouse=str(root), stage=str(root / "stage"), wait_seconds=0)
    result = dg.materialize(quality_assets(stage), resources={"stage": stage})
    return stage, {check.asset_key.path[-1]: check.passed for check in result.get_asset_check_evaluations()}


def test_a_second_run_measures_only_what_is_missing_or_new(
    tmp_path: Path, measured: list[int], catalogue: Path
) -> None:
    stage, checks = run(tmp_path / "w")
    first = stage.read_table(QUALITY.key)
    assert checks == {"labelled_sets": True, "extraction_quality": True}
    whole = first.filter(pl.col("kind") == "directives", pl.col("field").is_null(), pl.col("rule_id").is_null())
    assert whole["hits"].to_list() == [1, 1]  # all languages, and English

    assert run(tmp_path / "w")[0].read_table(QUALITY.key).equals(first)
    assert len(measured) == 1

    label = catalogue / "labelled" / "small" / "gold" / "orders.yaml"
    label.write_text(label.read_text(encoding="utf-8").replace("value: 45", "value: 46"), encoding="utf-8")
    again = run(tmp_path / "w")[0].read_table(QUALITY.key)
    assert len(measured) == 2
    assert again["misses"].sum() > first["misses"].sum()
    assert set(again["gold_sha256"]) == set(stage.read_table(SETS.key)["gold_sha256"])

    stage.table_path(QUALITY.key).write_bytes(b"no Parquet")
    assert run(tmp_path / "w")[0].read_table(QUALITY.key).equals(again)
    assert len(measured) == 3


def test_a_wrong_label_file_is_in_quarantine_in_every_run(tmp_path: Path, measured: list[int], catalogue: Path) -> None:
    (catalogue / "labelled" / "small" / "gold" / "orders.yaml").write_text("file: [", encoding="utf-8")
    for times in (1, 2):
        stage, checks = run(tmp_path / "w")
        assert not checks["extraction_quality"]
        (row,) = stage.read_quarantine([QUALITY.key]).to_dicts()
        assert (row["table_name"], row["check"]) == ("extraction_quality", "labels")
        assert "orders.yaml" in row["detail"]
        assert len(measured) == times
    assert set(stage.read_table(QUALITY.key)["kind"]) == {"headers", "indicators", "quotes"}
