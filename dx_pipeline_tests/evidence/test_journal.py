"""The journal keeps every attempt for ever, whoever writes, and tells what is known of an address."""

import hashlib
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.journal import Journal, JournalError
from dx_pipeline_tests.evidence.replies import NOON, Reply, later

URL = "https://paper.example/a"
OLD, NEW = (hashlib.sha256(body).hexdigest() for body in (b"old", b"new"))
NOT_MODIFIED = Reply(outcome="not_modified", http_status=304, media_type=None, asked_at=later(1))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "evidence" / "journal.sqlite"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    with Journal.open(path) as journal:
        yield journal


def test_every_attempt_is_a_row_in_order_of_time(journal: Journal) -> None:
    late = journal.record("paper", Reply(body=b"new", asked_at=later(2)), NEW)
    early = journal.record("paper", Reply(outcome="timeout", http_status=None, media_type=None, detail="wait"), None)
    other = journal.record("agency", Reply(body=b"old", asked_at=later(1)), OLD)
    captures = journal.captures()
    assert captures["capture_id"].to_list() == [early.capture_id, other.capture_id, late.capture_id]
    assert captures["outcome"].to_list() == ["timeout", "ok", "ok"]
    assert captures["captured_at"].to_list() == [NOON, later(1), later(2)]
    assert journal.captures("agency")["capture_id"].to_list() == [other.capture_id]
    assert journal.captures("nobody").is_empty()
    assert journal.source_ids() == ["agency", "paper"]
    assert list(journal.attempts(since=date(2025, 3, 11))) == []
    assert (journal.count(), journal.count("paper"), journal.count(since=date(2025, 3, 11))) == (3, 2, 0)
    assert [attempt.capture_id for attempt in journal.attempts("paper", since=date(2025, 3, 10))] == [
        early.capture_id, late.capture_id,
    ]  # fmt: skip


def test_what_was_recorded_is_there_for_the_next_process(path: Path) -> None:
    with Journal.open(path) as journal:
        attempt = journal.record("paper", Reply(body=b"new", headers={"etag": '"1"'}), NEW)
    with Journal.open(path) as journal:
        assert list(journal.attempts()) == [attempt]
        known = journal.last_good("paper", URL)
    assert known is not None
    assert (known.sha256, known.etag, known.last_modified, known.captured_at) == (NEW, '"1"', None, NOON)


def test_the_last_good_body_outlives_failures(journal: Journal) -> None:
    assert journal.last_good("paper", URL) is None
    journal.record("paper", Reply(body=b"old", headers={"etag": '"1"'}), OLD)
    journal.record("paper", Reply(outcome="server_error", http_status=500, asked_at=later(1), body=b"oops"), NEW)
    known = journal.last_good("paper", URL)
    assert known is not None
    assert known.sha256 == OLD
    assert journal.last_good("agency", URL) is None, "another source has its own knowledge"


def test_not_modified_names_the_body_that_still_holds(journal: Journal) -> None:
    journal.record("paper", Reply(body=b"old!", headers={"etag": '"1"'}), OLD)
    attempt = journal.record("paper", NOT_MODIFIED, None)
    assert (attempt.sha256, attempt.bytes, attempt.etag) == (OLD, 4, '"1"')
    known = journal.last_good("paper", URL)
    assert known is not None
    assert known.captured_at == later(1), "it was seen to hold then"


def test_not_modified_keeps_to_the_body_that_its_caller_names(journal: Journal) -> None:
    journal.record("paper", Reply(body=b"old!"), OLD)
    journal.record("paper", Reply(body=b"newer", asked_at=later(0.5)), NEW)
    attempt = journal.record("paper", NOT_MODIFIED, OLD)
    assert (attempt.sha256, attempt.bytes) == (OLD, 4)


def test_a_changed_page_is_a_new_version_and_the_old_one_stays(tmp_path: Path, journal: Journal) -> None:
    archive = Archive(tmp_path / "evidence")
    versions = [b"<p>45 percent</p>", b"<p>54 percent</p>", b"<p>45 percent</p>"]
    for hours, body in enumerate(versions):
        journal.record("paper", Reply(body=body, asked_at=later(hours)), archive.put(body))
    kept = journal.captures()
    assert [archive.get(sha256) for sha256 in kept["sha256"]] == versions
    assert kept["sha256"].n_unique() == 2, "the bytes of a version are kept once"
    assert kept["capture_id"].n_unique() == 3
    first = journal.first_with(kept["sha256"][2], "paper", URL)
    assert first is not None
    assert first.captured_at == NOON


def test_bytes_come_first_from_their_own_address(journal: Journal) -> None:
    assert journal.first_with(NEW, "paper", URL) is None
    elsewhere = journal.record("agency", Reply(url="https://agency.example/", body=b"new"), NEW)
    assert journal.first_with(NEW, "paper", URL) == elsewhere
    here = journal.record("paper", Reply(body=b"new", asked_at=later(1)), NEW)
    assert journal.first_with(NEW, "paper", URL) == here


def test_an_attempt_recorded_twice_is_one_row(journal: Journal) -> None:
    first = journal.record("paper", Reply(body=b"new"), NEW)
    assert journal.record("paper", Reply(body=b"new"), NEW) == first
    assert len(list(journal.attempts())) == 1


@pytest.mark.parametrize("statement", ["update attempts set outcome = 'ok'", "delete from attempts"])
def test_rows_are_never_changed(path: Path, journal: Journal, statement: str) -> None:
    journal.record("paper", Reply(outcome="timeout", http_status=None), None)
    with closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.DatabaseError, match="never changed"):
        connection.execute(statement)


def test_threads_share_a_journal(journal: Journal) -> None:
    replies = [Reply(url=f"{URL}/{number}", body=b"new") for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        recorded = list(pool.map(lambda reply: journal.record("paper", reply, NEW), replies))
        found = list(pool.map(lambda reply: journal.last_good("paper", reply.url), replies))
    assert all(found)
    assert {attempt.capture_id for attempt in journal.attempts()} == {attempt.capture_id for attempt in recorded}


def test_processes_open_one_new_journal_at_once(path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from dx_pipeline.evidence.journal import Journal\n"
        "from dx_pipeline_tests.evidence.replies import Reply\n"
        "sys.stdin.readline()\n"
        "with Journal.open(Path(sys.argv[1])) as journal:\n"
        "    for number in range(20): journal.record(sys.argv[2], Reply(url=f'https://a.example/{number}'), None)\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(path), f"source-{number}"], stdin=subprocess.PIPE)
        for number in range(3)
    ]
    for writer in writers:
        writer.communicate(b"go\n")
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    with Journal.open(path, read_only=True) as journal:
        assert len(list(journal.attempts())) == 60


def test_reading_goes_on_while_rows_are_added(journal: Journal) -> None:
    for number in range(3):
        journal.record("paper", Reply(url=f"{URL}/{number}"), None)
    told = []
    for attempt in journal.attempts():
        told.append(attempt.url)
        journal.record("paper", Reply(url=f"{attempt.url}/again", asked_at=later(1)), None)
    assert told == [f"{URL}/{number}" for number in range(3)]


def test_a_journal_that_is_only_read_is_not_made(path: Path) -> None:
    with pytest.raises(JournalError, match=r"journal\.sqlite"), Journal.open(path, read_only=True):
        pass
    assert not path.parent.exists()


def test_a_file_that_is_no_journal_is_told(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database at all, though long enough to be looked at" * 100)
    with pytest.raises(JournalError, match="restore the file from a backup"), Journal.open(path):
        pass
    assert path.read_bytes().startswith(b"no database"), "it is left as it was"


def test_a_journal_of_another_version_is_told(path: Path) -> None:
    with Journal.open(path):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma user_version = 7")
    with pytest.raises(JournalError, match="layout 7"), Journal.open(path):
        pass


def test_damage_inside_the_file_is_found(path: Path) -> None:
    with Journal.open(path) as journal:
        for number in range(200):
            journal.record("paper", Reply(url=f"{URL}/{number}"), None)
        assert journal.find_defects() == []
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size - 4096 * 3)
        file.write(b"\xff" * 4096)
    with Journal.open(path) as journal:
        assert journal.find_defects() != []
