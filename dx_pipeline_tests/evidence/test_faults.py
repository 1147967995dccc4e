"""Every fault of the table against a real server: the outcome that must be recorded, and the page that tells of it."""

import json
import re
import subprocess
import sys

import pytest

from dx_pipeline.schemas.evidence import OUTCOMES
from dx_pipeline_tests import faults
from dx_pipeline_tests.faults import PAGE, Result, render, try_all
from dx_pipeline_tests.loopback.bench import HASTY
from dx_pipeline_tests.loopback.faults import FAULTS
from dx_pipeline_tests.loopback.server import LoopbackServer
from dx_pipeline_tests.loopback.wire import gzip_bomb, many_members

ROWS = {"H1", "H2", "H3", "H4", "H5", "H6", "H7", "H8", "H9", "H10", "H12"}  # H11 is about the text of pages
MEBIBYTE = 1024 * 1024
MOST_MEMORY = 64 * MEBIBYTE

# Peak memory is that of a process of its own. Linux can forget the peak of the imports before; elsewhere it counts too.
_ASK = """
import json, pathlib, re, resource, sys, time
from dx_pipeline.evidence.fetch import Fetcher, Limits

def peak_bytes():
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\\s+(\\d+) kB", status.read_text()).group(1)) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

host = sys.argv[1]
limits = Limits(tries=1, total_seconds=30.0)
with Fetcher(contact=None, private_hosts=frozenset({host}), limits=limits) as fetcher:
    fetcher.get(f"http://{host}/small", obey_robots=False)
    forget = pathlib.Path("/proc/self/clear_refs")
    if forget.exists():
        forget.write_text("5")
    before, started = peak_bytes(), time.monotonic()
    reply = fetcher.get(f"http://{host}/bomb", obey_robots=False)
    seconds, after = time.monotonic() - started, peak_bytes()
json.dump([reply.outcome, after - before, seconds], sys.stdout)
"""


@pytest.fixture(scope="module")
def results() -> list[Result]:
    return try_all()


def test_every_fault_is_recorded_as_what_it_is(results: list[Result]) -> None:
    wrong = [f"{one.fault.served}: {one.reply.outcome}, {one.reply.detail}" for one in results if not one.is_expected]
    assert wrong == []


def test_no_faulty_body_is_taken_for_a_good_one(results: list[Result]) -> None:
    accepted = [one.fault.served for one in results if one.fault.outcome != "ok" and one.reply.outcome == "ok"]
    assert accepted == []
    cut = {"truncated", "too_large", "timeout"}
    assert not [one.fault.served for one in results if one.reply.outcome in cut and one.reply.body is not None]


def test_every_outcome_and_every_row_has_a_fault() -> None:
    assert {fault.outcome for fault in FAULTS} == OUTCOMES
    assert {fault.row for fault in FAULTS} >= ROWS


def test_what_never_changes_is_not_tried_again(results: list[Result]) -> None:
    lasting = {"tls_failure", "not_found", "gone", "blocked", "refused", "too_large", "malformed", "redirect_loop"}
    assert not [
        one.fault.served for one in results if one.fault.outcome in lasting and "tries)" in (one.reply.detail or "")
    ]


def test_a_slow_server_takes_no_longer_than_its_limit(results: list[Result]) -> None:
    slow = [one for one in results if one.fault.row == "H1"]
    assert len(slow) >= 5
    assert max(one.reply.elapsed_ms for one in slow) <= (HASTY.total_seconds + 1.0) * 1000


def test_the_page_in_the_docs_is_what_comes_out(results: list[Result]) -> None:
    assert PAGE.read_text(encoding="utf-8") == render(results), "run python -m dx_pipeline_tests.faults"


def test_the_page_tells_what_went_wrong(
    results: list[Result], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = [Result(FAULTS[0], results[-1].reply), *results[1:]]
    monkeypatch.setattr(faults, "try_all", lambda: wrong)
    assert faults.main(["--check"]) == 1
    assert re.search(r"status 503 twice.*: server_error, not ok\n.* is not what came out", capsys.readouterr().err)


@pytest.mark.parametrize(("bomb", "outcome"), [(gzip_bomb(10), "too_large"), (many_members(), "malformed")])
def test_a_bomb_costs_little_memory_and_little_time(bomb: object, outcome: str) -> None:
    with LoopbackServer({"/bomb": [bomb]}) as server:  # type: ignore[list-item]
        done = subprocess.run(
            [sys.executable, "-c", _ASK, f"127.0.0.1:{server.port}"],
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
    found, memory, seconds = json.loads(done.stdout)
    assert found == outcome
    assert memory <= MOST_MEMORY
    assert seconds < 30
