"""The code location as Dagster sees it: it loads, it is whole, and every asset's page says what it must."""

import ast
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from dx_pipeline.defs.build import build_definitions
from dx_pipeline.schemas.tables import PUBLISHED
from dx_pipeline.settings import CATALOGUE, Settings
from dx_pipeline.specs import read_article_sources, read_statistics_sources

ROOT = Path(__file__).parent.parent
GROUPS = [
    "0_publishers",
    "1_evidence",
    "2_documents",
    "3_stories",
    "4_extraction",
    "4_quality",
    "5_statistics",
    "6_registry",
    "6_review",
    "7_facts",
    "8_findings",
    "9_published",
]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(warehouse=tmp_path_factory.mktemp("warehouse"), as_of=date(2025, 6, 30))


@pytest.fixture(scope="module")
def definitions(settings: Settings) -> dg.Definitions:
    return build_definitions(settings)


@pytest.fixture(scope="module")
def specs(definitions: dg.Definitions) -> list[dg.AssetSpec]:
    return [spec for spec in definitions.resolve_all_asset_specs() if spec.group_name != GROUPS[0]]


def test_definitions_load(definitions: dg.Definitions) -> None:
    dg.Definitions.validate_loadable(definitions)
    assert definitions.executor is dg.in_process_executor


@pytest.mark.parametrize("is_live", [False, True])
def test_every_source_of_the_catalogue_is_an_asset(settings: Settings, is_live: bool) -> None:
    """The embedded edition is read offline, web sites and services live, recorded statistics and the inbox always."""
    expected = {one.source_id for one in read_article_sources(CATALOGUE) if bool(one.discovery) is is_live}
    expected |= _statistics_sources(is_live=is_live)
    definitions = build_definitions(replace(settings, live=is_live))
    keys = [spec.key.path for spec in definitions.resolve_all_asset_specs()]
    assert {key[1] for key in keys if key[0] == "evidence"} == expected | {"captures", "sources", "inbox"}


def test_every_published_table_is_made_once(specs: list[dg.AssetSpec]) -> None:
    names = [spec.metadata["dagster/table_name"] for spec in specs if "dagster/table_name" in spec.metadata]
    written_by_publish = {"runs"}
    expected = {f"dx.main.{table.name}" for table in PUBLISHED} - {f"dx.main.{name}" for name in written_by_publish}
    assert sorted(names) == sorted(expected)


def test_every_page_says_what_it_must(specs: list[dg.AssetSpec]) -> None:
    for spec in specs:
        place = spec.key.to_user_string()
        assert spec.description, place
        assert spec.owners, place
        assert spec.kinds, place
        assert spec.code_version, place
        assert spec.tags["domain"] == spec.key.path[0], place
        (reference,) = spec.metadata["dagster/code_references"].code_references
        assert Path(reference.file_path).is_file(), place
        if spec.key not in {dg.AssetKey(["warehouse", "release"]), dg.AssetKey(["report", "page"])}:
            assert spec.metadata["dagster/column_schema"].columns, place


def test_groups_read_in_order_of_the_flow(definitions: dg.Definitions) -> None:
    every = list(definitions.resolve_all_asset_specs())
    group = {spec.key: GROUPS.index(spec.group_name or "") for spec in every}
    assert set(group.values()) == set(range(len(GROUPS)))
    for spec in every:
        for dep in spec.deps:
            assert group[dep.asset_key] <= group[spec.key], f"{spec.key} flows back to {dep.asset_key}"


def test_publishers_stand_outside(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    publishers = [key for key in graph.get_all_asset_keys() if key.path[0] == "publishers"]
    assert publishers
    assert all(graph.get(key).is_external for key in publishers)


def test_what_is_published_must_be_fresh(specs: list[dg.AssetSpec]) -> None:
    fresh = {spec.key.path[-1] for spec in specs if spec.freshness_policy is not None}
    assert fresh >= {"release", "page", "directives", "indicators"}


@pytest.mark.parametrize(("running", "status"), [(False, "STOPPED"), (True, "RUNNING")])
def test_schedule_runs_by_the_clock_of_viet_nam(tmp_path: Path, running: bool, status: str) -> None:
    definitions = build_definitions(Settings(warehouse=tmp_path, as_of=date(2025, 6, 30), schedule_running=running))
    schedule = definitions.resolve_schedule_def("daily")
    assert schedule.execution_timezone == "Asia/Ho_Chi_Minh"
    assert schedule.default_status == dg.DefaultScheduleStatus[status]
    assert schedule.job_name == "refresh"


def test_a_folder_stands_in_for_the_article_sources(tmp_path: Path) -> None:
    definitions = build_definitions(
        Settings(warehouse=tmp_path / "w", articles=tmp_path / "press", as_of=date(2025, 6, 30))
    )
    keys = {spec.key.path[1] for spec in definitions.resolve_all_asset_specs() if spec.key.path[0] == "evidence"}
    assert keys == {"folder", "captures", "sources"} | _statistics_sources(is_live=False)


def _statistics_sources(*, is_live: bool) -> set[str]:
    return {one.source_id for one in read_statistics_sources(CATALOGUE) if is_live or one.settings.get("files")}


def test_nothing_is_written_by_loading(settings: Settings, definitions: dg.Definitions) -> None:
    assert definitions.resolve_job_def("refresh")
    assert list(settings.warehouse.iterdir()) == []


def test_both_ways_in_name_one_location() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["dg"]["project"]
    workspace = (ROOT / "workspace.yaml").read_text(encoding="utf-8")
    assert f"module_name: {project['code_location_target_module']}\n" in workspace
    assert f"location_name: {project['code_location_name']}\n" in workspace


def test_no_postponed_annotations_where_dagster_reads_them() -> None:
    for path in [*(ROOT / "dx_pipeline" / "defs").glob("*.py"), ROOT / "dx_pipeline" / "definitions.py"]:
        imports = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
        assert "__future__" not in {node.module for node in imports}, path
