"""`dx run --live` end to end, against a real site on loopback: what is asked, parsed, kept and told."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import polars as pl
import pytest

from dx_pipeline.defs import quality, web
from dx_pipeline.defs.refresh import Outcome, run_refresh
from dx_pipeline.defs.reuse import Work
from dx_pipeline.settings import Settings
from dx_pipeline_tests.loopback.site import LoopbackSite, loopback_site, write_sources
from dx_pipeline_tests.loopback.statistics_server import write_recorded_sources
from dx_pipeline_tests.loopback.texts import LANGUAGES


@dataclass(slots=True)
class World:
    """A site, the settings that ask it, and how the runs so far ended."""

    site: LoopbackSite
    settings: Settings

    def run(self) -> Outcome:
        self.site.forget_requests()
        return run_refresh(self.settings, lambda _: None)

    def table(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.settings.stage / f"{name}.parquet")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    root = tmp_path_factory.mktemp("live")
    with loopback_site() as site, pytest.MonkeyPatch.context() as patch:
        patch.setattr(quality, "shipped_sets", lambda _: ())  # which takes long and is no matter here
        patch.setattr(web, "RETRY_SECONDS", (0, 0))
        settings = Settings(
            warehouse=root / "warehouse",
            as_of=date(2026, 1, 1),
            live=True,
            sources=write_recorded_sources(write_sources(site, root / "sources")),
            private_hosts=frozenset({urlsplit(site.url).netloc}),
        )
        yield World(site, settings)


@pytest.fixture(scope="module")
def first(world: World) -> Outcome:
    return world.run()


@pytest.fixture(scope="module")
def second(world: World, first: Outcome) -> Outcome:
    assert first.succeeded
    with pytest.MonkeyPatch.context() as patch:
        _make_all_due(world, patch)
        return world.run()


def _make_all_due(world: World, patch: pytest.MonkeyPatch) -> None:
    """Let every page be due, as it is some hours later."""
    import sqlite3

    with sqlite3.connect(world.settings.evidence / "journal.sqlite") as connection:
        connection.execute("update frontier_pages set next_due = '2000-01-01T00:00:00.000000'")
    connection.close()


def counted(outcome: Outcome, name: str) -> int:
    return sum(numbers[name] for numbers in outcome.pulled.values())


def test_the_site_is_pulled_whole(world: World, first: Outcome) -> None:
    assert first.succeeded, first.failures
    assert len(world.site.articles) >= 200
    assert {red.check for red in first.red_checks} <= {"editions"}, first.red_checks
    assert counted(first, "pages_new") == len(world.site.articles)
    assert first.parsed == Work(anew=len(world.site.articles), kept=0)
    articles = world.table("documents/articles")
    assert set(articles["url"]) == {f"{world.site.url}{path}" for path in world.site.page_paths}
    assert set(articles["language"]) == set(LANGUAGES)
    assert articles["published_on"].null_count() == 0
    assert first.quarantined_rows == 0
    listed = world.table("evidence/sources").filter(pl.col("source_id").str.starts_with("gazette"))
    assert set(listed["last_outcome"]) <= {"ok", "not_modified"}


def test_the_second_pull_asks_conditionally_and_reads_nothing(world: World, second: Outcome) -> None:
    assert second.succeeded, second.failures
    assert {request.status for request in world.site.requests(world.site.page_paths)} == {304}
    assert all(request.is_conditional for request in world.site.requests(world.site.page_paths))
    assert counted(second, "pages_unchanged") == len(world.site.articles)
    assert counted(second, "pages_new") == counted(second, "pages_changed") == 0
    assert second.parsed == Work(anew=0, kept=len(world.site.articles))
    assert second.extracted is not None
    assert second.extracted.anew == 0


def test_one_changed_page_costs_one(world: World, second: Outcome) -> None:
    assert second.succeeded
    changed = world.site.of("fr")[3]
    world.site.change(changed)
    outcome = world.run()
    assert counted(outcome, "pages_changed") == 1
    assert counted(outcome, "pages_new") == 0
    bodies = [one for one in world.site.requests(world.site.page_paths) if one.status == 200]
    assert [one.path for one in bodies] == [changed.path]
    assert outcome.parsed == Work(anew=1, kept=len(world.site.articles))
    assert outcome.extracted is not None
    assert outcome.extracted.anew == 1
    versions = world.table("documents/articles").filter(pl.col("url").str.ends_with(changed.path)).sort("version_no")
    assert versions["is_latest"].to_list() == [False, True]


def test_a_failing_site_keeps_what_it_gave_and_stops_no_other(world: World, second: Outcome, tmp_path: Path) -> None:
    assert second.succeeded
    before = world.table("documents/articles")
    copy = shutil.copytree(world.settings.sources or tmp_path, tmp_path / "sources")
    polish = copy / "articles" / "gazette-pl.toml"
    polish.write_text(polish.read_text(encoding="utf-8").replace(world.site.url, "http://127.0.0.1:9"), "utf-8")
    world.settings.sources, kept = copy, world.settings.sources  # type: ignore[misc]
    try:
        outcome = world.run()
    finally:
        world.settings.sources = kept  # type: ignore[misc]
    assert outcome.succeeded
