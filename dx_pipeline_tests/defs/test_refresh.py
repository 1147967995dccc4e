"""The whole job in real Dagster, on a few pages: what a second run reads, keeps and tells."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from dx_pipeline.defs import articles, quality
from dx_pipeline.defs.build import build_definitions
from dx_pipeline.defs.refresh import Outcome, Progress, run_refresh
from dx_pipeline.defs.reuse import Work
from dx_pipeline.settings import CATALOGUE, Settings
from dx_pipeline_tests.defs.history import data_versions

_ABOUT = "The digital transformation programme covers digital government, digital economy and online public services."
_PAGES = {
    "orders": f"Hospitals are to be connected\n\n10 March 2025\n\n{_ABOUT}\n\n"
    "The Prime Minister requested the Ministry of Health to connect 64 hospitals to the data platform by May.\n",
    "figures": f"Figures of the year\n\n{_ABOUT}\n\n"
    "The share of online public services processed fully online reached 56 percent in 2024.\n",
    "lake": "Lakeside\n\nThe ministry counts its digital services.\n",
    "empty": "",
}


@pytest.fixture(scope="module", autouse=True)
def _quality() -> Iterator[None]:
    """Measure no labelled sets: that takes long and is no matter here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quality, "shipped_sets", lambda _: ())
        yield


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Outcome]:
    """A run in a new warehouse; tests take copies of it."""
    root = tmp_path_factory.mktemp("first")
    (root / "press").mkdir()
    for name, text in _PAGES.items():
        (root / "press" / f"{name}.txt").write_text(text, encoding="utf-8")
    settings = Settings(warehouse=root / "warehouse", articles=root / "press", as_of=date(2025, 7, 31))
    return settings, run_refresh(settings, lambda _: None)


@pytest.fixture
def copy(first: tuple[Settings, Outcome], tmp_path: Path) -> Settings:
    """The settings of that run, in a copy of its warehouse and on its own pages."""
    settings, _ = first
    return replace(settings, warehouse=shutil.copytree(settings.warehouse, tmp_path / "warehouse", symlinks=True))


@pytest.fixture
def press(copy: Settings) -> Iterator[Path]:
    """The pages, which are put back when a test has changed them."""
    assert copy.articles is not None
    before = {path: (path.read_text(encoding="utf-8"), path.stat()) for path in copy.articles.iterdir()}
    yield copy.articles
    shutil.rmtree(copy.articles)
    copy.articles.mkdir()
    for path, (text, status) in before.items():
        path.write_text(text, encoding="utf-8")
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def tables(settings: Settings) -> dict[str, pl.DataFrame]:
    """Every table between assets; ids of runs differ by nature."""
    paths = sorted(path for path in settings.stage.rglob("*.parquet") if "kept" not in path.parts)
    frames = {path.relative_to(settings.stage).as_posix(): pl.read_parquet(path) for path in paths}
    return {name: frame.drop("run_id", strict=False) for name, frame in frames.items()}


def assert_same_tables(one: Settings, other: Settings) -> None:
    expected, found = tables(other), tables(one)
    assert found.keys() == expected.keys()
    for name, frame in expected.items():
        assert_frame_equal(found[name], frame)


def test_a_first_run_reads_everything(first: tuple[Settings, Outcome]) -> None:
    settings, outcome = first
    assert outcome.succeeded
    assert outcome.parsed == Work(anew=4, kept=0)
    assert outcome.extracted == Work(anew=3, kept=0)
    assert tables(settings)["extraction/directives.parquet"].height
    assert tables(settings)["extraction/indicators.parquet"].height


def test_a_run_with_nothing_new_reads_nothing_and_says_so(
    first: tuple[Settings, Outcome], copy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Any:
        raise AssertionError("nothing is new")

    for stage in ("read_pages", "extract", "load_lexicon"):
        monkeypatch.setattr(articles, stage, refuse)
    told: list[Progress] = []
    outcome = run_refresh(copy, told.append)
    assert outcome.parsed == Work(anew=0, kept=4)
    assert outcome.extracted == Work(anew=0, kept=3)
    assert not outcome.is_new
    assert not any("anew" in (one.message or "") for one in told)
    assert_same_tables(copy, first[0])
    before, after = data_versions(first[0].dagster_home), data_versions(copy.dagster_home)
    assert {key for key in before if before[key] != after[key]} == set()


def test_a_run_gives_what_a_run_in_a_new_warehouse_gives(copy: Settings, press: Path, tmp_path: Path) -> None:
    (press / "orders.txt").write_text(_PAGES["orders"].replace("64", "65"), encoding="utf-8")
    (press / "lake.txt").unlink()
    (press / "news.txt").write_text(_PAGES["orders"].replace("May", "June"), encoding="utf-8")
    copy.database.unlink()  # a story keeps the id that the release before gave it, and a new warehouse has none
    outcome = run_refresh(copy, lambda _: None)
    assert outcome.parsed == Work(anew=2, kept=2)
    assert outcome.extracted == Work(anew=2, kept=1)
    new = replace(copy, warehouse=tmp_path / "new")
    assert run_refresh(new, lambda _: None).extracted == Work(anew=3, kept=0)
    stages = ("documents", "stories", "extraction", "review", "facts", "quarantine")
    for name, frame in tables(new).items():
        if name.startswith(stages):
            assert_frame_equal(tables(copy)[name], frame)


def test_a_changed_rule_reads_stored_text_alone(
    first: tuple[Settings, Outcome], copy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Any:
        raise AssertionError("no document has changed")

    monkeypatch.setattr(articles, "extractor_version", lambda _: "another")
    monkeypatch.setattr(articles, "read_pages", refuse)
    outcome = run_refresh(copy, lambda _: None)
    assert outcome.parsed == Work(anew=0, kept=4)
    assert outcome.extracted == Work(anew=3, kept=0)
    assert_same_tables(copy, first[0])


def test_what_was_kept_and_is_damaged_is_told_and_made_anew(copy: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    path = copy.stage / "kept" / "documents" / "articles.parquet"
    path.write_bytes(path.read_bytes()[:-100])
    before = tables(copy)
    job = build_definitions(copy).resolve_job_def("refresh")
    result = job.execute_in_process(asset_selection=[articles.PARSED.key, articles.BLOCKS.key])
    (event,) = [one for one in result.get_asset_materialization_events() if one.asset_key == articles.PARSED.key]
    assert event.materialization.metadata["anew"].value == 4
    (warning,) = [line for line in capfd.readouterr().err.splitlines() if "WARNING" in line]
    assert "read anew" in warning
    assert "articles.parquet" in warning
    for name, frame in before.items():
        assert_frame_equal(tables(copy)[name], frame)


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ("\nout_off = ", "nb.toml: field 'indicators.out_of' is missing; write out_of = "),
        ("\nout_of = = ", "nb.toml: no valid TOML ("),
    ],
    ids=["a key", "no TOML"],
)
def test_a_broken_pack_is_told_with_its_file_and_remedy(
    copy: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, new: str, told: str
) -> None:
    """An error of ours that rests on one of Python's is told, not the one that it rests on."""
    catalogue = shutil.copytree(CATALOGUE, tmp_path / "catalogue", ignore=shutil.ignore_patterns("sample", "labelled"))
    pack = catalogue / "languages" / "nb.toml"
    text = pack.read_text(encoding="utf-8").replace('["day"', "['day'")
    assert "\nout_of = " in text
    pack.write_text(text.replace("\nout_of = ", new, 1), encoding="utf-8")
    monkeypatch.setattr(articles, "CATALOGUE", catalogue)

    outcome = run_refresh(copy, lambda _: None)

    assert not outcome.succeeded
    (failure,) = outcome.failures
    assert str(pack) in failure
    assert told in failure
    assert "mend" in failure or "write" in failure
    assert "dx_pipeline.specs" not in failure
