from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dx_pipeline.cli import board
from dx_pipeline.findings.status import judge_directives
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import read_statistics_sources
from dx_pipeline.statistics.editions import method_breaks
from dx_pipeline.warehouse.publish import publish
from dx_pipeline_tests.warehouse.examples import edition, run_record


def test_another_day_is_judged_with_the_breaks_of_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(edition("A"), tmp_path, run_record("r1"), 5)
    given: list[pl.DataFrame] = []

    def judge(*frames: Any, breaks: pl.DataFrame, **proofs: Any) -> pl.DataFrame:
        given.append(breaks)
        return judge_directives(*frames, breaks=breaks, **proofs)

    monkeypatch.setattr(board, "judge_directives", judge)
    board.read_board(tmp_path, date(2025, 7, 31))
    (breaks,) = given
    assert breaks.equals(method_breaks(read_statistics_sources(CATALOGUE)))
    assert "discontinued" in breaks["kind"].to_list()
