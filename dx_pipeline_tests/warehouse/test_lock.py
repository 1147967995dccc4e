import subprocess
import sys
from pathlib import Path

import pytest

from dx_pipeline.warehouse.lock import RUN_LOCK, LockTimeoutError, find_holder, hold_lock

_HOLDER = """
import sys, time
from pathlib import Path
from dx_pipeline.warehouse.lock import RUN_LOCK, hold_lock
with hold_lock(Path(sys.argv[1]), "run-one", 0, print, RUN_LOCK):
    print("held", flush=True)
    time.sleep(60)
"""


def _never(message: str) -> None:
    raise AssertionError(message)


def test_second_run_names_the_first_and_gives_up(tmp_path: Path) -> None:
    said: list[str] = []
    with (
        hold_lock(tmp_path, "run-one", 0, _never, RUN_LOCK),
        pytest.raises(LockTimeoutError, match=r"process \d+ \(run-one\) since .* has held"),
        hold_lock(tmp_path, "run-two", 0.3, said.append, RUN_LOCK),
    ):
        pytest.fail("two runs held one warehouse")
    assert len(said) == 1
    assert "run-one" in said[0]


def test_lock_is_free_after_a_failed_run(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), hold_lock(tmp_path, "run-one", 0, _never, RUN_LOCK):
        raise ZeroDivisionError
    assert find_holder(tmp_path) is None
    with hold_lock(tmp_path, "run-two", 0, _never, RUN_LOCK):
        assert "run-two" in (find_holder(tmp_path) or "")


def test_lock_is_free_after_kill(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", _HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        assert f"process {process.pid}" in (find_holder(tmp_path) or "")
        process.kill()
        process.wait()
    with hold_lock(tmp_path, "run-two", 0, _never, RUN_LOCK):
        pass


def test_unwritten_holder_is_another_process(tmp_path: Path) -> None:
    with hold_lock(tmp_path, "run-one", 0, _never, RUN_LOCK):
        (tmp_path / RUN_LOCK).write_text("", encoding="utf-8")
        assert find_holder(tmp_path) == "another process"


def test_no_warehouse_has_no_holder(tmp_path: Path) -> None:
    assert find_holder(tmp_path / "nothing") is None
