"""What is wrong with a row or a file of statistics, and the quarantine rows that say so.

Only the shape of a problem belongs here; the checks are where the values are read.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.schemas.operations import Quarantine


class RejectionError(ValueError):
    """A value that cannot be used: the rule it breaks, what is wrong, what to do."""

    def __init__(self, check: str, wrong: str, remedy: str) -> None:
        super().__init__(f"{wrong}; {remedy}")
        self.check = check


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A row, or with no line a whole file, that is set aside."""

    source_id: str
    file: str
    line: int | None
    cells: Mapping[str, str]
    check: str
    detail: str


def quarantine(problems: Iterable[Problem], run_id: str) -> pl.DataFrame:
    """Build the ``Quarantine`` frame: the row's cells as JSON with its file and line, the reason, the remedy."""
    return frame_of(
        Quarantine,
        (
            {
                "table_name": "statistics",
                "row": json.dumps({**problem.cells, "_file": problem.file, "_line": problem.line}, ensure_ascii=False),
                "check": problem.check,
                "detail": f"{problem.source_id}, {_place(problem)}: {problem.detail}",
                "run_id": run_id,
            }
            for problem in problems
        ),
    )


def _place(problem: Problem) -> str:
    return problem.file if problem.line is None else f"{problem.file}, line {problem.line}"
