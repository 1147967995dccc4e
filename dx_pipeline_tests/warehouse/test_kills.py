"""Publishes killed at random moments, before every system call, and two at once: readers never see a broken release."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dx_pipeline_tests.warehouse.killing import TRACING_FORBIDDEN

SHARES = 2


class Trials:
    """A process that makes trials in a warehouse of its own."""

    def __init__(self, root: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dx_pipeline_tests.warehouse.killing", *arguments[:1], str(root), *arguments[1:]],
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
        "calls": [
            Trials(root / f"calls {share}", "calls", "--share", str(share), "--shares", str(SHARES))
            for share in range(SHARES)
        ],
        "random": [Trials(root / "random", "random", "--count", "20")],
        "pairs": [Trials(root / "pairs", "pairs", "--count", "12")],
    }
    yield started
    for trial in (trial for several in started.values() for trial in several):
        trial.process.kill()
        trial.process.communicate()


def test_kills_at_random_moments_break_nothing(trials: dict[str, list[Trials]]) -> None:
    [tally] = [trial.tally() for trial in trials["random"]]
    assert tally["broken"] == []
    assert tally["kills"] == 20
    assert tally["old"] + tally["new"] == 20


def test_two_publishes_at_once_follow_one_another(trials: dict[str, list[Trials]]) -> None:
    [tally] = [trial.tally() for trial in trials["pairs"]]
    assert tally["broken"] == []
    assert tally["waits"] >= 1


def test_kills_before_every_system_call_break_nothing(trials: dict[str, list[Trials]]) -> None:
    """Between two calls that change files all moments are alike, so that one kill stands for them."""
    tallies = [trial.tally() for trial in trials["calls"]]
    assert [line for tally in tallies for line in tally["broken"]] == []
    assert all(tally["old"] and tally["new"] for tally in tallies)
    calls = sum((Counter(tally["calls"]) for tally in tallies), Counter[str]())
    assert calls.total() > 150
    assert sum(tally["missed"] for tally in tallies) < calls.total() / 20
    for family in ("open", "write", "pwrite", "fsync", "rename", "symlink", "mkdir", "unlink"):
        assert any(name.startswith(family) for name in calls), family
