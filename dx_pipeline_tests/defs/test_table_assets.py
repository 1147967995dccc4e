"""The gate on a small graph of two tables: what is written, what is set aside, what the checks say."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import pandera.polars as pa
import polars as pl
from dagster import AssetCheckEvaluation

from dx_pipeline.defs.stage_tables import StageTables
from dx_pipeline.defs.table_assets import SET_ASIDE, Frames, StageTable, Step, published_table, table_assets
from dx_pipeline.schemas.frames import empty_frame, frame_of
from dx_pipeline.schemas.operations import Quarantine
from dx_pipeline.schemas.types import Texts, column


class Towns(pa.DataFrameModel):
    """Towns, one row each."""

    town: str = column("Name of the town.", unique=True)
    people: pl.Int64 = column("Who lives there.", unit="code points", ge=0)
    names: Texts = column("Other names.")

    class Config:
        strict = True


TOWNS = StageTable(stage="maps", name="towns", model=Towns, table_name="towns")
COPIES = StageTable(stage="maps", name="copies", model=Towns, table_name="town_copies")


def towns_of(people: list[int]) -> pl.DataFrame:
    return frame_of(Towns, [{"town": f"T{n}", "people": count, "names": []} for n, count in enumerate(people)])


def graph(produce: Callable[[], Frames], **more: Any) -> list[dg.AssetsDefinition]:
    @table_assets(Step(group="maps", tables=[TOWNS], calls=towns_of, reads=["identifiers.py"], ins={}, **more))
    def towns(_run_id: str) -> Frames:
        return produce()

    @table_assets(
        Step(group="maps", tables=[COPIES], calls=towns_of, reads=["identifiers.py"], ins={"towns": TOWNS.key})
    )
    def copies(_run_id: str, towns: pl.DataFrame) -> Frames:
        return {"copies": towns}

    return [towns, copies]


def run(root: Path, assets: list[dg.AssetsDefinition]) -> dg.ExecuteInProcessResult:
    return dg.materialize(assets, resources={"stage": stage(root)}, raise_on_error=False)


def stage(root: Path) -> StageTables:
    return StageTables(warehouse=str(root), stage=str(root / "stage"), wait_seconds=0)


def verdicts(result: dg.ExecuteInProcessResult) -> dict[str, AssetCheckEvaluation]:
    return {check.asset_key.path[-1]: check for check in result.get_asset_check_evaluations()}


def test_bad_row_is_set_aside_and_the_rest_goes_on(tmp_path: Path) -> None:
    result = run(tmp_path, graph(lambda: {"towns": towns_of([5, -1, 7])}))
    assert result.success
    assert pl.read_parquet(tmp_path / "stage/maps/copies.parquet")["town"].to_list() == ["T0", "T2"]
    quarantine = stage(tmp_path).read_quarantine([TOWNS.key, COPIES.key])
    assert quarantine["table_name"].to_list() == ["towns"]
    assert '"town": "T1"' in quarantine["row"][0]
    assert "-1" in quarantine["detail"][0]
    checks = verdicts(result)
    assert not checks["towns"].passed
    assert checks["towns"].severity == dg.AssetCheckSeverity.ERROR
    assert "T1" in str(checks["towns"].metadata["failing_rows"].value)
    assert checks["copies"].passed


def test_wrong_shape_writes_nothing_and_keeps_the_last_good_table(tmp_path: Path) -> None:
    assert run(tmp_path, graph(lambda: {"towns": towns_of([5])})).success
    result = run(tmp_path, graph(lambda: {"towns": towns_of([6]).drop("people")}))
    assert not result.success
    assert pl.read_parquet(tmp_path / "stage/maps/towns.parquet")["people"].to_list() == [5]
    assert not verdicts(result)["towns"].passed
    assert "copies" not in verdicts(result)
    message = result.failure_data_for_node("maps__towns")
    assert message is not None
    assert "people" in str(message.error)


def test_wrong_type_is_refused(tmp_path: Path) -> None:
    result = run(tmp_path, graph(lambda: {"towns": towns_of([6]).with_columns(pl.col("people").cast(pl.String))}))
    assert not result.success
    assert not (tmp_path / "stage/maps/towns.parquet").exists()


def test_empty_table_comes_back_typed(tmp_path: Path) -> None:
    assert run(tmp_path, graph(lambda: {"towns": empty_frame(Towns)})).success
    frame = pl.read_parquet(tmp_path / "stage/maps/copies.parquet")
    assert frame.schema == empty_frame(Towns).schema
    assert [path.name for path in (tmp_path / "stage/maps").iterdir() if path.name.startswith(".")] == []


def test_rows_that_the_stage_sets_aside_turn_the_check_red(tmp_path: Path) -> None:
    aside = frame_of(
        Quarantine, [{"table_name": "maps", "row": "{}", "check": "a rule", "detail": "why", "run_id": "r"}]
    )
    result = run(tmp_path, graph(lambda: {"towns": towns_of([1]), SET_ASIDE: aside}))
    assert result.success
    assert not verdicts(result)["towns"].passed
    assert stage(tmp_path).read_quarantine([TOWNS.key])["check"].to_list() == ["a rule"]


def test_rows_that_break_a_rule_between_tables_are_set_aside(tmp_path: Path) -> None:
    def prove(frames: Frames, run_id: str) -> Frames:
        towns = frames["towns"]
        aside = [{"table_name": "towns", "row": "{}", "check": "small", "detail": "too small", "run_id": run_id}]
        return {"towns": towns.filter(pl.col("people") > 1), SET_ASIDE: frame_of(Quarantine, aside)}

    result = run(tmp_path, graph(lambda: {"towns": towns_of([1, 2, -1])}, prove=prove))
    assert result.success
    assert pl.read_parquet(tmp_path / "stage/maps/copies.parquet")["people"].to_list() == [2]
    assert set(stage(tmp_path).read_quarantine([TOWNS.key])["run_id"]) == {result.run_id}
    assert verdicts(result)["towns"].metadata["quarantined_rows"].value == 2


def test_quarantine_of_a_mended_table_is_emptied(tmp_path: Path) -> None:
    run(tmp_path, graph(lambda: {"towns": towns_of([-1])}))
    run(tmp_path, graph(lambda: {"towns": towns_of([1])}))
    assert stage(tmp_path).read_quarantine([TOWNS.key, COPIES.key]).is_empty()


def test_metadata_of_every_materialisation_plots(tmp_path: Path) -> None:
    result = run(tmp_path, graph(lambda: {"towns": towns_of([5, 7])}))
    (event,) = result.asset_materializations_for_node("maps__towns")
    numbers = {key: value.value for key, value in event.metadata.items() if isinstance(value.value, int | float)}
    assert numbers.keys() >= {"dagster/row_count", "quarantined_rows", "null_share", "seconds", "bytes"}
    assert numbers["dagster/row_count"] == 2
    assert "| T0 | 5 |" in str(event.metadata["preview"].value)


def test_missing_table_names_the_remedy(tmp_path: Path) -> None:
    towns, copies = graph(dict)
    result = dg.materialize(
        [towns, copies], resources={"stage": stage(tmp_path)}, selection=[COPIES.key], raise_on_error=False
    )
    assert not result.success
    assert "materialise maps/towns first" in str(result.failure_data_for_node("maps__copies"))


def test_a_published_table_carries_its_sql_name() -> None:
    @table_assets(
        Step(
            group="maps",
            tables=[published_table("stories", "stories")],
            calls=towns_of,
            reads=["identifiers.py"],
            ins={},
        )
    )
    def stories(_run_id: str) -> Frames:
        return {}

    (spec,) = stories.specs
    assert spec.metadata["dagster/table_name"] == "dx.main.stories"
    assert spec.freshness_policy is not None
    schema = spec.metadata["dagster/column_schema"]
    by_name = {entry.name: entry for entry in schema.columns}
    assert by_name["article_count"].tags == {"unit": "articles"}
    assert str(by_name["article_count"].description).startswith("Articles in it")
    assert not by_name["article_count"].constraints.nullable
    assert schema.constraints.other == ["one row per story_id"]


def test_second_run_in_one_warehouse_is_refused(tmp_path: Path) -> None:
    def produce() -> Frames:
        inner = run(tmp_path, graph(lambda: {"towns": towns_of([1])}))
        assert not inner.success
        return {"towns": towns_of([2])}

    assert run(tmp_path, graph(produce)).success
    assert pl.read_parquet(tmp_path / "stage/maps/towns.parquet")["people"].to_list() == [2]
