from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import dagster as dg
import pytest

from dx_pipeline.defs.backfill import backfill_job
from dx_pipeline.evidence.journal import FILE_NAME, Journal
from dx_pipeline.settings import Settings
from dx_pipeline_tests.loopback.site import LoopbackSite, loopback_site, write_sources


@dataclass(frozen=True, slots=True)
class World:
    site: LoopbackSite
    settings: Settings

    def run(self, month: str, *source_ids: str) -> dg.ExecuteInProcessResult:
        self.site.forget_requests()
        config = {"ops": {"pull_month": {"config": {"sources": list(source_ids)}}}}
        return backfill_job(self.settings).execute_in_process(
            partition_key=month, run_config=config, raise_on_error=False
        )


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    root = tmp_path_factory.mktemp("backfill")
    newest_at = datetime(2025, 3, 31, 12)  # noqa: DTZ001 (UTC, no zone)
    with loopback_site(per_language=14, hours_apart=72, newest_at=newest_at) as site:
        settings = Settings(
            warehouse=root / "warehouse",
            as_of=date(2025, 6, 30),
            sources=write_sources(site, root / "sources"),
            private_hosts=frozenset({urlsplit(site.url).netloc}),
        )
        yield World(site, settings)


def test_a_month_is_pulled_and_nothing_else(world: World) -> None:
    result = world.run("2025-02-01", "gazette-en", "gazette-fr")
    assert result.success
    february = {one.path for one in world.site.articles if one.published_at.month == 2}
    expected = {path for path in february if path.startswith(("/en/", "/fr/"))}
    assert len(expected) == 6
    assert {request.path for request in world.site.requests(world.site.page_paths)} == expected
    with Journal.open(world.settings.evidence / FILE_NAME) as journal:
        urls = set(journal.captures("gazette-en")["url"])
    assert len({url for url in urls if "/en/news/" in url}) == 3


def test_what_is_kept_is_not_asked_for_again(world: World) -> None:
    assert world.run("2025-02-01", "gazette-pl").success
    assert len(world.site.requests(world.site.page_paths)) == 3
    assert world.run("2025-02-01", "gazette-pl").success
    assert world.site.requests(world.site.page_paths) == []


def test_an_unknown_site_is_told_with_those_that_are_known(world: World) -> None:
    result = world.run("2025-02-01", "gazette-de")
    assert not result.success
    failure = result.failure_data_for_node("pull_month")
    assert failure is not None
    assert "no web site is called gazette-de; they are gazette-en" in str(failure.user_failure_data)
    assert world.site.requests() == []


def test_a_month_before_the_first_is_no_partition(tmp_path: Path) -> None:
    job = backfill_job(Settings(warehouse=tmp_path, as_of=date(2025, 6, 30)))
    assert job.partitions_def is not None
    keys = job.partitions_def.get_partition_keys()
    assert keys[0] == "2020-01-01"
    assert f"{datetime.now():%Y-%m}-01" in keys  # noqa: DTZ005
