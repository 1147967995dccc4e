"""`dx run --live` end to end, against a real site on loopback: what is asked, parsed, kept and told.

Three runs, each of which is looked at by several tests: the site is pulled whole; nothing has changed; one page has
changed while another language's site is down.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dagster as dg
import polars as pl
import pytest
from typer.testing import CliRunner

from dx_pipeline.cli.main import app
from dx_pipeline.defs import quality, web
from dx_pipeline.defs.build import build_definitions
from dx_pipeline.evidence.fetch import Fetcher, Limits
from dx_pipeline.settings import Settings
from dx_pipeline_tests.defs.history import data_versions
from dx_pipeline_tests.loopback.gazette import Article
from dx_pipeline_tests.loopback.site import LoopbackSite, Request, loopback_site, write_sources
from dx_pipeline_tests.loopback.statistics_server import write_recorded_sources
from dx_pipeline_tests.loopback.texts import LANGUAGES

_CLOSED = "127.0.0.1:9"  # the port of a service that nobody runs any more


@dataclass(frozen=True, slots=True)
class Run:
    """What a run told a program, which pages it asked for, and the tables that it left."""

    told: dict[str, Any]
    requests: list[Request]
    articles: pl.DataFrame
    captures: pl.DataFrame
    directives: pl.DataFrame
    data_versions: dict[str, str | None]
    feeds: Counter[str]
    retries: int

    def total(self, name: str) -> int:
        return sum(int(numbers[name]) for numbers in self.told["pulled"].values())

    def red(self, check: str) -> list[dict[str, Any]]:
        return [one for one in self.told["red_checks"] if one["check"] == check]


@dataclass(frozen=True, slots=True)
class World:
    site: LoopbackSite
    sources: Path
    warehouse: Path

    @property
    def environment(self) -> dict[str, str]:
        hosts = f"{urlsplit(self.site.url).netloc}, {_CLOSED}"
        return {"DX_SOURCES": str(self.sources), "DX_PRIVATE_HOSTS": hosts}

    def run(self) -> Run:
        self.site.forget_requests()
        command = ["run", "--live", "--json", "--warehouse", str(self.warehouse), "--as-of", "2026-01-01"]
        result = CliRunner().invoke(app, command, env=self.environment, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        articles, captures, directives = (
            pl.read_parquet(self.warehouse / "stage" / f"{name}.parquet")
            for name in ("documents/articles", "evidence/captures", "facts/directives")
        )
        told, home = json.loads(result.stdout), self.warehouse / "dagster_home"
        with dg.DagsterInstance.from_config(str(home)) as instance:
            retries = len(instance.all_logs(told["run_id"], of_type=dg.DagsterEventType.STEP_UP_FOR_RETRY))
        return Run(
            told=told,
            requests=self.site.requests(self.site.page_paths),
            articles=articles,
            captures=captures,
            directives=directives,
            data_versions=data_versions(home),
            feeds=Counter(one.path for one in self.site.requests() if one.path.endswith("rss.xml")),
            retries=retries,
        )

    def pull_alone(self, source_id: str) -> list[Request]:
        """Materialise one site alone, and return what was asked for."""
        self.site.forget_requests()
        settings = Settings.read({"DX_WAREHOUSE": str(self.warehouse), "DX_LIVE": "1", **self.environment})
        job = build_definitions(settings).resolve_job_def("refresh")
        result = job.execute_in_process(asset_selection=[dg.AssetKey(["evidence", source_id])])
        made = {event.asset_key for event in result.get_asset_materialization_events()}
        assert made == {dg.AssetKey(["evidence", source_id])}
        return self.site.requests()

    def let_time_pass(self) -> None:
        """Let every page be due again, as it is some hours later."""
        with closing(sqlite3.connect(self.warehouse / "evidence" / "journal.sqlite")) as connection, connection:
            connection.execute("update frontier_pages set next_due = '2000-01-01T00:00:00'")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    root = tmp_path_factory.mktemp("live")
    hasty = partial(Fetcher, limits=Limits(backoff_seconds=0.001))
    with loopback_site() as site, pytest.MonkeyPatch.context() as patch:
        patch.setattr(quality, "shipped_sets", lambda _: ())  # measuring takes long and is no matter here
        patch.setattr(web, "RETRY_SECONDS", (0, 0))
        patch.setattr(web, "Fetcher", hasty)
        write_recorded_sources(root / "sources")
        yield World(site, write_sources(site, root / "sources"), root / "warehouse")


@pytest.fixture(scope="module")
def first(world: World) -> Run:
    return world.run()


@pytest.fixture(scope="module")
def second(world: World, first: Run) -> Run:
    assert first.told["release"] == 1
    world.let_time_pass()
    return world.run()


@pytest.fixture(scope="module")
def corrected(world: World) -> Article:
    return world.site.of("fr")[3]


@pytest.fixture(scope="module")
def third(world: World, second: Run, corrected: Article) -> Run:
    assert second.told["release"] == 2
    world.site.change(corrected)
    polish = world.sources / "articles" / "gazette-pl.toml"
    file = polish.read_text(encoding="utf-8")
    polish.write_text(file.replace(urlsplit(world.site.url).netloc, _CLOSED), encoding="utf-8")
    return world.run()


def test_a_site_is_pulled_whole(world: World, first: Run) -> None:
    count = len(world.site.articles)
    assert count >= 200
    assert first.total("pages_new") == count
    assert first.told["parsed"] == {"anew": count, "kept": 0}
    assert first.told["extracted"] == {"anew": count, "kept": 0}
    assert set(first.articles["url"]) == {f"{world.site.url}{path}" for path in world.site.page_paths}
    assert set(first.articles["language"]) == set(LANGUAGES)
    assert first.articles["published_on"].null_count() == 0
    assert first.directives.height
    assert first.told["quarantined"] == []


def test_selectors_are_judged_on_the_newest_pages(world: World, first: Run) -> None:
    assert first.red("fits") == []
    templates = pl.read_parquet(world.warehouse / "stage" / "documents" / "templates.parquet")
    assert set(templates["source_id"]) == {f"gazette-{language}" for language in LANGUAGES}
    assert not templates["drifted"].any()


def test_the_numbers_of_a_pull_are_those_of_the_site(first: Run) -> None:
    asked = first.captures.filter(~pl.col("url").str.starts_with("file:"))
    assert first.total("bodies") == asked.filter(pl.col("outcome") == "ok").height
    assert first.total("requests") >= first.total("bodies")
    assert first.total("body_bytes") > 0
    assert all(numbers["latency_p95_ms"] >= numbers["latency_p50_ms"] for numbers in first.told["pulled"].values())
    assert first.total("is_failed") == 0


def test_the_second_pull_asks_conditionally_and_reads_nothing(world: World, second: Run) -> None:
    count = len(world.site.articles)
    assert len(second.requests) == count
    assert all(request.is_conditional and request.status == 304 for request in second.requests)
    assert second.total("pages_unchanged") == count
    assert second.total("pages_new") == second.total("pages_changed") == 0
    assert second.told["parsed"] == {"anew": 0, "kept": count}
    assert second.told["extracted"] == {"anew": 0, "kept": count}


def test_what_has_not_changed_is_the_same_to_dagster(first: Run, second: Run, third: Run) -> None:
    assert second.articles.equals(first.articles)
    assert second.directives.equals(first.directives)
    assert len(second.data_versions) > 30
    assert second.data_versions == first.data_versions
    changed = {key for key, version in third.data_versions.items() if version != second.data_versions[key]}
    assert {key for key in changed if key.startswith("evidence/gazette")} == {"evidence/gazette-fr"}
    assert "extraction/directives" in changed


def test_one_changed_page_costs_one(world: World, third: Run, corrected: Article) -> None:
    count = len(world.site.articles)
    assert [request.path for request in third.requests if request.status == 200] == [corrected.path]
    assert third.total("pages_changed") == 1
    assert third.told["parsed"] == {"anew": 1, "kept": count}
    assert third.told["extracted"] == {"anew": 1, "kept": count - 1}
    versions = third.articles.filter(pl.col("url").str.ends_with(corrected.path)).sort("version_no")
    assert versions["is_latest"].to_list() == [False, True]


def test_a_site_that_fails_keeps_what_it_gave(second: Run, third: Run) -> None:
    polish = pl.col("source_id") == "gazette-pl"
    assert third.articles.filter(polish).equals(second.articles.filter(polish))
    assert third.articles.filter(polish).height >= 40
    assert third.captures.filter(polish, pl.col("outcome") == "unreachable").height


def test_the_failing_site_is_named_with_reason_and_remedy(third: Run) -> None:
    (red,) = third.red("answers")
    assert red["asset"] == "evidence/gazette-pl"
    assert red["is_error"] is False
    assert "fails since" in red["description"]
    assert "unreachable" in red["description"]
    assert "dx sources check gazette-pl" in red["description"]


def test_the_network_is_tried_again_and_no_site_that_answered_is(second: Run, third: Run) -> None:
    assert second.retries == 0
    assert third.retries == len(web.RETRY_SECONDS)
    assert third.feeds == {f"/{language}/rss.xml": 1 for language in LANGUAGES if language != "pl"}


def test_a_site_can_be_pulled_alone(world: World, third: Run) -> None:
    assert third.told["parsed"]
    paths = {request.path for request in world.pull_alone("gazette-en")}
    assert "/en/rss.xml" in paths
    assert not any(path.startswith(("/fr/", "/vi/", "/nb/")) for path in paths)


def test_the_others_go_on(third: Run) -> None:
    failed = {source_id for source_id, numbers in third.told["pulled"].items() if numbers["is_failed"]}
    assert failed == {"gazette-pl"}
    assert third.total("is_failed") == 1
