"""The frontier: what is due, in which order, and what outlives a killed pull."""

import multiprocessing
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dx_pipeline.evidence.candidates import Candidate
from dx_pipeline.evidence.frontier import Frontier, FrontierError, PullUnderWayError, failing_since
from dx_pipeline.evidence.journal import Journal
from dx_pipeline_tests.evidence.times import at

NOW = at("2025-03-20 12:00")
FENCE = at("2025-02-18")
DAY = timedelta(days=1)
COUNTS = {"asked": 1, "new": 1, "changed": 0, "unchanged": 0, "failed": 0}


@pytest.fixture
def frontier(tmp_path: Path) -> Iterator[Frontier]:
    with Frontier.open(tmp_path / "journal.sqlite") as opened:
        yield opened


def page(name: str, days_old: float | None = None, modified_at: datetime | None = None) -> Candidate:
    published_at = None if days_old is None else NOW - days_old * DAY
    return Candidate(url=f"https://press.example/{name}", published_at=published_at, modified_at=modified_at)


def due(frontier: Frontier, now: datetime = NOW, fence: datetime = FENCE, limit: int | None = None) -> list[str]:
    return [one.url.rpartition("/")[2] for one in frontier.due("press", now, fence, limit)]


def settle(frontier: Frontier, name: str, outcome: str, now: datetime = NOW, *, is_unchanged: bool = False) -> None:
    frontier.settle("press", f"https://press.example/{name}", outcome, now, 30, is_unchanged=is_unchanged)


def test_what_is_new_is_due_the_newest_first(frontier: Frontier) -> None:
    assert frontier.offer("press", [page("old", 9), page("new", 1), page("unknown")], NOW) == 3
    assert due(frontier) == ["unknown", "new", "old"]
    assert due(frontier, limit=2) == ["unknown", "new"]


def test_what_is_new_comes_before_what_is_asked_again(frontier: Frontier) -> None:
    frontier.offer("press", [page("known", 1)], NOW)
    settle(frontier, "known", "ok")
    frontier.offer("press", [page("new", 9)], NOW)
    assert due(frontier) == ["new"]
    assert due(frontier, NOW + DAY) == ["new", "known"]


def test_sources_are_apart(frontier: Frontier) -> None:
    frontier.offer("other", [page("a", 1)], NOW)
    assert due(frontier) == []
    assert frontier.pages("press") == []


def test_a_page_offered_again_is_not_new_and_learns(frontier: Frontier) -> None:
    frontier.offer("press", [page("a")], NOW)
    assert frontier.offer("press", [page("a", 3)], NOW + DAY) == 0
    (known,) = frontier.pages("press")
    assert (known.first_seen, known.published_at) == (NOW, NOW - 3 * DAY)


def test_a_backfill_that_was_stopped_goes_on_with_its_own_fence_only(frontier: Frontier) -> None:
    frontier.offer("press", [page("ancient", 400)], NOW)
    assert due(frontier) == []
    assert due(frontier, fence=NOW - 500 * DAY) == ["ancient"]


def test_a_page_from_a_backfill_is_asked_for_once(frontier: Frontier) -> None:
    frontier.offer("press", [page("ancient", 400)], NOW)
    settle(frontier, "ancient", "ok")
    assert frontier.pages("press")[0].next_due is None
    assert due(frontier, NOW + 1000 * DAY, NOW - 500 * DAY) == []


def test_a_page_from_a_backfill_that_failed_is_tried_again(frontier: Frontier) -> None:
    frontier.offer("press", [page("ancient", 400)], NOW)
    settle(frontier, "ancient", "timeout")
    assert due(frontier, NOW + DAY) == ["ancient"]


def test_what_the_site_says_has_changed_is_due_at_once(frontier: Frontier) -> None:
    frontier.offer("press", [page("a", 5)], NOW)
    settle(frontier, "a", "ok")
    later = NOW + timedelta(hours=1)
    frontier.offer("press", [page("a", 5, modified_at=NOW - DAY)], later)
    assert due(frontier, later) == []
    frontier.offer("press", [page("a", 5, modified_at=later)], later)
    assert due(frontier, later) == ["a"]


def test_a_site_that_always_says_changed_is_not_believed_for_ever(frontier: Frontier) -> None:
    frontier.offer("press", [page("a", 5)], NOW)
    asked = 0
    for hour in range(1, 20):
        now = NOW + timedelta(hours=hour)
        frontier.offer("press", [page("a", 5, modified_at=now)], now)
        if due(frontier, now):
            asked += 1
            settle(frontier, "a", "not_modified", now, is_unchanged=True)
    assert asked <= 3


def test_a_page_that_changes_is_asked_for_more_often_again(frontier: Frontier) -> None:
    frontier.offer("press", [page("a", 1)], NOW)
    for _ in range(3):
        settle(frontier, "a", "not_modified", is_unchanged=True)
    slow = frontier.pages("press")[0].next_due
    settle(frontier, "a", "ok")
    fast = frontier.pages("press")[0].next_due
    assert slow is not None
    assert fast is not None
    assert fast < slow


def test_a_pause_that_the_host_asks_for_is_kept(frontier: Frontier) -> None:
    frontier.offer("press", [page("a", 1)], NOW)
    frontier.settle("press", "https://press.example/a", "throttled", NOW, 30, not_before=NOW + 3 * DAY)
    assert frontier.pages("press")[0].next_due == NOW + 3 * DAY


def test_a_page_that_nobody_offered_cannot_be_settled(frontier: Frontier) -> None:
    with pytest.raises(KeyError):
        settle(frontier, "a", "ok")


def test_everything_is_there_when_the_file_is_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "evidence" / "journal.sqlite"
    with Journal.open(path), Frontier.open(path) as frontier:
        frontier.offer("press", [page("a", 1), page("b", 2)], NOW)
        settle(frontier, "a", "ok")
        frontier.know_document("press", "https://press.example/rss")
    with Frontier.open(path, read_only=True) as frontier, Journal.open(path, read_only=True) as journal:
        assert due(frontier) == ["b"]
        assert frontier.documents("press") == {"https://press.example/rss"}
        assert frontier.count_held("press") == 1
        assert journal.captures().is_empty()


def test_before_the_first_pull_nothing_is_known_and_nothing_is_made(tmp_path: Path) -> None:
    with Frontier.open(tmp_path / "journal.sqlite", read_only=True) as frontier:
        assert frontier.pages("press") == []
    assert list(tmp_path.iterdir()) == []
    with Journal.open(tmp_path / "journal.sqlite"):
        pass
    with Frontier.open(tmp_path / "journal.sqlite", read_only=True) as frontier:
        assert frontier.pulls("press") == []


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").write_text("no database, though long enough to look like one" * 9)
    with pytest.raises(FrontierError, match=r"journal\.sqlite"), Frontier.open(tmp_path / "journal.sqlite"):
        pass


def test_a_write_that_fails_leaves_what_was(frontier: Frontier) -> None:
    frontier.offer("press", [page("a", 1)], NOW)
    bad = Candidate(url=None)  # type: ignore[arg-type]
    with pytest.raises(FrontierError):
        frontier.offer("press", [page("b", 1), bad], NOW)
    assert due(frontier) == ["a"]


def test_how_pulls_ended_is_kept(frontier: Frontier) -> None:
    good = frontier.begin_pull("press", NOW)
    frontier.end_pull(good, NOW + timedelta(minutes=1), COUNTS, None)
    for day in (1, 2):
        number = frontier.begin_pull("press", NOW + day * DAY)
        frontier.end_pull(number, NOW + day * DAY, COUNTS | {"new": 0}, "the feed has moved")
    frontier.begin_pull("press", NOW + 3 * DAY)
    killed, last, *_ = pulls = frontier.pulls("press")
    assert killed.finished_at is None
    assert last.failure == "the feed has moved"
    assert failing_since(pulls) == NOW + DAY
    assert failing_since(pulls[3:]) is None
    assert failing_since([]) is None


def _hold(path: Path, held: object, release: object) -> None:
    with Frontier.open(path) as frontier, frontier.hold("press"):
        held.set()  # type: ignore[attr-defined]
        release.wait(20)  # type: ignore[attr-defined]


def test_a_source_is_pulled_by_one_process_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    context = multiprocessing.get_context("spawn")
    held, release = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(path, held, release))
    with Frontier.open(path) as frontier:
        other.start()
        assert held.wait(20)
        with pytest.raises(PullUnderWayError, match="press"), frontier.hold("press"):
            pass
        with frontier.hold("another"):
            pass
        other.kill()
        other.join()
        with frontier.hold("press"):
            pass


def test_the_file_is_a_plain_database(frontier: Frontier) -> None:
    frontier.offer("press", [page("a", 1)], NOW)
    with sqlite3.connect(frontier.path) as other:
        assert other.execute("select url, published_at from frontier_pages").fetchall() == [
            ("https://press.example/a", "2025-03-19T12:00:00")
        ]
    other.close()
