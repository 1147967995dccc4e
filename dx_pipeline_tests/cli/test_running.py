import pytest

from dx_pipeline.cli.exits import Exit
from dx_pipeline.cli.running import exit_code
from dx_pipeline.defs.refresh import Outcome, RedCheck


def outcome(*, succeeded: bool = True, is_locked: bool = False, rows: int = 0, is_error: bool | None = None) -> Outcome:
    red = () if is_error is None else (RedCheck(asset="a", check="c", is_error=is_error, description=""),)
    return Outcome(
        run_id="r", seconds=1.0, succeeded=succeeded, is_locked=is_locked, quarantined_rows=rows, red_checks=red
    )


@pytest.mark.parametrize(
    ("ended", "code"),
    [
        (outcome(), Exit.OK),
        (outcome(is_error=False), Exit.OK),
        (outcome(is_error=True), Exit.NOT_CLEAN),
        (outcome(rows=1), Exit.NOT_CLEAN),
        (outcome(succeeded=False, is_error=True), Exit.FAILED),
        (outcome(succeeded=False, is_locked=True), Exit.LOCKED),
    ],
)
def test_exit_code_says_how_it_ended(ended: Outcome, code: Exit) -> None:
    assert exit_code(ended) == code
