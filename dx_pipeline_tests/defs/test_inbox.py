import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from dx_pipeline.defs.build import build_definitions
from dx_pipeline.defs.evidence import list_sources
from dx_pipeline.defs.inbox import inbox_sensor, look
from dx_pipeline.defs.sources import Sources
from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.folder import capture_folder
from dx_pipeline.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(warehouse=tmp_path, as_of=date(2025, 6, 30))


@pytest.fixture
def inbox(settings: Settings) -> Path:
    settings.inbox.mkdir()
    return settings.inbox


def looks(inbox: Path, cursor: str | None = None, times: int = 3) -> tuple[list[str], str | None]:
    """The keys of the runs that some looks ask for, and the cursor after them."""
    keys = []
    for _ in range(times):
        result = look(inbox, cursor)
        cursor = result.cursor
        keys += [str(request.run_key) for request in result.run_requests or []]
    return keys, cursor


def test_an_empty_inbox_starts_nothing(settings: Settings, inbox: Path) -> None:
    assert looks(inbox)[0] == []
    assert looks(settings.warehouse / "not-there")[0] == []


def test_a_file_starts_one_run_once_it_is_whole(inbox: Path) -> None:
    (inbox / "page.txt").write_text("half")
    assert look(inbox, None).run_requests == []
    cursor = look(inbox, None).cursor
    (inbox / "page.txt").write_text("half and the other half")
    assert looks(inbox, cursor, times=1)[0] == []
    keys, cursor = looks(inbox, cursor)
    assert len(keys) == 1
    assert looks(inbox, cursor)[0] == []


def test_a_change_and_a_removal_start_a_run_each_and_so_does_what_comes_back(inbox: Path) -> None:
    page = inbox / "page.txt"
    keys: list[str] = []
    cursor = None
    for content in ("one", "two", None, "one"):
        if content is None:
            page.unlink()
        else:
            page.write_text(content)
        asked, cursor = looks(inbox, cursor)
        assert len(asked) == 1, content
        keys += asked
    assert len(set(keys)) == 4


def test_a_file_that_was_only_touched_starts_nothing(inbox: Path) -> None:
    (inbox / "page.txt").write_text("one")
    keys, cursor = looks(inbox)
    assert keys
    os.utime(inbox / "page.txt", (1, 1))
    assert looks(inbox, cursor)[0] == []


def test_hidden_files_and_links_are_passed_over(inbox: Path, tmp_path: Path) -> None:
    (inbox / ".part").write_text("one")
    (inbox / ".folder").mkdir()
    (inbox / ".folder" / "page.txt").write_text("one")
    (tmp_path / "secret.txt").write_text("one")
    (inbox / "link.txt").symlink_to(tmp_path / "secret.txt")
    assert looks(inbox)[0] == []


def test_files_in_folders_count_and_odd_names_are_no_matter(inbox: Path) -> None:
    (inbox / "more").mkdir()
    (inbox / "more" / "page.txt").write_text("one")
    Path(os.fsdecode(os.fsencode(inbox) + b"/\xff.txt")).write_text("one")
    assert len(looks(inbox)[0]) == 1


def test_a_cursor_that_cannot_be_read_begins_anew(inbox: Path) -> None:
    (inbox / "page.txt").write_text("one")
    assert len(looks(inbox, "no cursor")[0]) == 1


def test_dagster_sees_the_sensor_and_what_it_asks_for(settings: Settings, inbox: Path) -> None:
    (inbox / "page.txt").write_text("one")
    sensor = inbox_sensor(settings)
    cursor = look(inbox, None).cursor
    with dg.instance_for_test() as instance:
        context = dg.build_sensor_context(
            instance=instance, cursor=cursor, definitions=build_definitions(settings), sensor_name="inbox"
        )
        data = sensor.evaluate_tick(context)
    assert len(data.run_requests or []) == 1
    assert sensor.job_name == "refresh"


@pytest.mark.parametrize(("running", "status"), [(False, "STOPPED"), (True, "RUNNING")])
def test_the_sensor_is_on_where_the_schedule_is(settings: Settings, running: bool, status: str) -> None:
    sensor = inbox_sensor(replace(settings, schedule_running=running))
    assert sensor.default_status == dg.DefaultSensorStatus[status]


def test_an_inbox_is_a_source_once_it_holds_something(settings: Settings, inbox: Path) -> None:
    sources = Sources.read(settings)
    (source,) = [one for one in sources.folders if one.source_id == "inbox"]
    archive = Archive(settings.evidence)
    empty = capture_folder(source, archive)
    assert empty.is_empty()
    assert "inbox" not in list_sources(sources, empty)["source_id"]
    (inbox / "page.txt").write_text("one")
    assert "inbox" in list_sources(sources, capture_folder(source, archive))["source_id"]
