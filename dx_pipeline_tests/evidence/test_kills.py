"""Pulls killed at random moments and before every system call: no evidence is lost, none is half-written."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.journal import FILE_NAME, Journal
from dx_pipeline_tests.evidence.killed_pulls import SOURCE, examine, page
from dx_pipeline_tests.evidence.replies import Reply, later
from dx_pipeline_tests.warehouse.killing import TRACING_FORBIDDEN

SHARES = 2


class Trials:
    """A process that makes trials on an archive of its own."""

    def __init__(self, root: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "dx_pipeline_tests.evidence.killed_pulls",
                *arguments[:1],
                str(root),
                *arguments[1:],
            ],
            env=os.environ | {"POLARS_MAX_THREADS": "1", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def tally(self) -> dict[str, Any]:
        output, errors = self.process.communicate()
        if self.process.returncode == TRACING_FORBIDDEN:
            pytest.skip(errors.strip())
        assert self.process.returncode == 0, errors
        tally: dict[str, Any] = json.loads(output)
        return tally


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[Trials]]]:
    """All trials, started together: each test waits for its own while the others go on."""
    root = tmp_path_factory.mktemp("kills")
    started = {
        "random": [Trials(root / "random", "random", "--count", "20")],
        "calls": [
            Trials(root / f"calls {share}", "calls", "--share", str(share), "--shares", str(SHARES))
            for share in range(SHARES)
        ],
    }
    yield started
    for trial in (trial for several in started.values() for trial in several):
        trial.process.terminate()  # it takes its site with it
        trial.process.communicate()


def test_kills_at_random_moments_lose_nothing(trials: dict[str, list[Trials]]) -> None:
    [tally] = [trial.tally() for trial in trials["random"]]
    assert tally["broken"] == []
    assert tally["kills"] == 20
    assert tally["acknowledged"] > 0


def test_kills_before_every_system_call_lose_nothing(trials: dict[str, list[Trials]]) -> None:
    """Between two calls that change files all moments are alike, so that one kill stands for them."""
    tallies = [trial.tally() for trial in trials["calls"]]
    assert [line for tally in tallies for line in tally["broken"]] == []
    assert sum(tally["kills"] for tally in tallies) > 40
    calls = {name for tally in tallies for name in tally["calls"]}
    for family in ("open", "write", "pwrite", "rename", "link", "mkdir", "unlink"):
        assert any(name.startswith(family) for name in calls), family


def _record(root: Path, address: str, sha256: str) -> str:
    with Journal.open(root / FILE_NAME) as journal:
        return journal.record(SOURCE, Reply(url=address, body=page(address), asked_at=later(1)), sha256).capture_id


def test_an_attempt_without_its_body_would_be_noticed(tmp_path: Path) -> None:
    sha256 = Archive(tmp_path).put(page("/0/1"))
    _record(tmp_path, "/0/1", sha256)
    assert examine(tmp_path, [])["wrong"] == []
    Archive(tmp_path).place(sha256).unlink()
    assert len(examine(tmp_path, [])["wrong"]) == 1


def test_a_half_written_body_would_be_noticed(tmp_path: Path) -> None:
    path = Archive(tmp_path).place(Archive(tmp_path).put(page("/0/1")))
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-20])
    assert len(examine(tmp_path, [])["wrong"]) == 1


def test_a_lost_attempt_would_be_noticed(tmp_path: Path) -> None:
    sha256 = Archive(tmp_path).put(page("/0/1"))
    capture_id = _record(tmp_path, "/0/1", sha256)
    assert examine(tmp_path, [[capture_id, sha256, "/0/1"]])["wrong"] == []
    assert len(examine(tmp_path, [["cap-0123456789abcdef", sha256, "/0/1"]])["wrong"]) == 1


def test_other_bytes_than_those_served_would_be_noticed(tmp_path: Path) -> None:
    _record(tmp_path, "/0/1", Archive(tmp_path).put(page("/0/2")))
    assert any("other bytes than were served" in line for line in examine(tmp_path, [])["wrong"])
