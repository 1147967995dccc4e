"""Every body is hashed again and every named one looked for; each fault comes with its remedy."""

import gzip
import os
import threading
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.journal import FILE_NAME, Journal
from dx_pipeline.evidence.verification import Verification, faults_of_journal, verify_archive
from dx_pipeline.schemas.evidence import Captures
from dx_pipeline.schemas.frames import empty_frame
from dx_pipeline_tests.evidence.replies import Reply, later

BODIES = [f"<p>page {number}</p>".encode() * 500 for number in range(6)]
SETTLED = 0.0


class Evidence:
    """An archive and a journal of six pages, the last of them captured twice."""

    def __init__(self, root: Path) -> None:
        self.archive = Archive(root)
        self.names = [self.archive.put(body) for body in BODIES]
        with Journal.open(root / FILE_NAME) as journal:
            for number, (name, body) in enumerate(zip(self.names, BODIES, strict=True)):
                journal.record("paper", Reply(url=f"https://paper.example/{number}", body=body), name)
            journal.record(
                "paper", Reply(url="https://paper.example/5", outcome="not_modified", asked_at=later(1)), None
            )
            journal.record("paper", Reply(url="https://paper.example/6", outcome="timeout", http_status=None), None)
            self.captures = journal.captures()

    def place(self, number: int) -> Path:
        return self.archive.place(self.names[number])

    def overwrite(self, number: int, content: bytes) -> None:
        self.place(number).chmod(0o644)
        self.place(number).write_bytes(content)

    def verify(self, settled: float = SETTLED) -> Verification:
        return verify_archive(self.archive, self.captures, settled=settled)


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    return Evidence(tmp_path / "evidence")


def test_whole_evidence_is_clean(evidence: Evidence) -> None:
    told: list[tuple[int, int]] = []
    found = verify_archive(evidence.archive, evidence.captures, lambda done, total: told.append((done, total)))
    assert found.is_clean
    assert (found.bodies, found.bytes, found.attempts) == (6, sum(map(len, BODIES)), 7)
    assert (found.unnamed, found.leftovers, found.foreign, found.arriving) == ([], [], [], 0)
    assert told == [(done, 6) for done in range(1, 7)]


def test_nothing_at_all_is_clean(tmp_path: Path) -> None:
    assert verify_archive(Archive(tmp_path / "none"), empty_frame(Captures)).is_clean


@pytest.mark.parametrize(
    "damage",
    [
        lambda packed: packed[:-5],
        lambda packed: packed[: len(packed) // 2],
        lambda packed: packed[:30] + bytes([packed[30] ^ 1]) + packed[31:],
        lambda _: b"",
        lambda _: gzip.compress(b"another page"),
        lambda packed: packed + b"more",
    ],
    ids=["cut by 5", "cut in half", "a bit", "emptied", "another page", "grown"],
)
def test_damaged_bodies_are_named(evidence: Evidence, damage: Callable[[bytes], bytes]) -> None:
    evidence.overwrite(2, damage(evidence.place(2).read_bytes()))
    [fault] = evidence.verify().faults
    assert (fault.kind, fault.sha256, fault.path) == ("corrupt", evidence.names[2], evidence.place(2))
    assert "https://paper.example/2" in fault.detail
    assert "capture paper again" in fault.remedy


def test_missing_bodies_are_named(evidence: Evidence) -> None:
    evidence.place(5).unlink()
    [fault] = evidence.verify().faults
    assert (fault.kind, fault.sha256) == ("missing", evidence.names[5])
    assert "https://paper.example/5 and 1 more names it" in fault.detail
    assert "backup" in fault.remedy


def test_a_length_that_differs_from_the_one_told_is_a_fault(evidence: Evidence) -> None:
    evidence.captures = evidence.captures.with_columns(
        bytes=pl.when(pl.col("url").str.ends_with("/0")).then(7).otherwise(pl.col("bytes"))
    )
    [fault] = evidence.verify().faults
    assert fault.kind == "length"
    assert f"holds {len(BODIES[0])} bytes, and attempts tell of 7" in fault.detail


def test_a_body_that_cannot_be_read_is_a_fault(evidence: Evidence) -> None:
    evidence.place(1).unlink()
    evidence.place(1).mkdir()
    [fault] = evidence.verify().faults
    assert (fault.kind, fault.remedy) == ("unreadable", "make the file readable, then verify again")


def test_what_no_attempt_names_is_told_and_no_fault(evidence: Evidence) -> None:
    unnamed = evidence.archive.place(evidence.archive.put(b"left by a kill"))
    leftover = evidence.place(0).parent / ".tmp-x1"
    foreign = evidence.place(0).parent / "notes.txt"
    for path in (leftover, foreign):
        path.write_bytes(b"x")
    found = evidence.verify()
    assert found.is_clean
    assert (found.unnamed, found.leftovers, found.foreign) == ([unnamed], [leftover], [foreign])
    found = evidence.verify(settled=600)
    assert (found.unnamed, found.leftovers, found.foreign, found.arriving) == ([], [], [], 3)


def test_a_damaged_body_that_no_attempt_names_may_be_deleted(evidence: Evidence) -> None:
    path = evidence.archive.place(evidence.archive.put(b"left by a kill"))
    path.chmod(0o644)
    path.write_bytes(b"")
    [fault] = evidence.verify().faults
    assert fault.remedy == f"delete {path}: no attempt names it"


def test_it_is_clean_while_a_pull_goes_on(tmp_path: Path) -> None:
    evidence = Evidence(tmp_path / "evidence")
    stop = threading.Event()

    def pull() -> None:
        with Journal.open(evidence.archive.root / FILE_NAME) as journal:
            for number in range(100_000):
                body = f"page {number}".encode()
                journal.record(
                    "live", Reply(url=f"https://live.example/{number}", body=body), evidence.archive.put(body)
                )
                if stop.is_set():
                    return

    puller = threading.Thread(target=pull)
    puller.start()
    try:
        for _ in range(5):
            with Journal.open(evidence.archive.root / FILE_NAME, read_only=True) as journal:
                captures = journal.captures()
            found = verify_archive(evidence.archive, captures)
            assert found.faults == []
            assert (found.unnamed, found.leftovers) == ([], [])
    finally:
        stop.set()
        puller.join()


def test_a_large_body_is_never_whole_in_memory(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.put(os.urandom(64) * (20 * 1024 * 1024 // 64))
    tracemalloc.start()
    try:
        found = verify_archive(archive, empty_frame(Captures), settled=SETTLED)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.bytes == 20 * 1024 * 1024
    assert peak < 6 * 1024 * 1024


def test_a_journal_s_defects_are_faults(tmp_path: Path) -> None:
    [fault] = faults_of_journal(tmp_path / FILE_NAME, ["database disk image is malformed"])
    assert fault.kind == "journal"
    assert "malformed" in fault.detail
    assert "backup" in fault.remedy
