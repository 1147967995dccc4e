"""Entries of a file of corrections for tests, and the ids that they may point at."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from dx_pipeline.review.correction_file import read_corrections
from dx_pipeline.review.fields import KnownIds
from dx_pipeline.review.writing import append_entry
from dx_pipeline_tests.builders import Row

KNOWN = KnownIds(
    organisations=frozenset({"vnm-prime-minister", "vnm-mof"}),
    metrics=frozenset({"un-egdi-rank"}),
    instruments=frozenset({"vnm-project-06"}),
)

HEADER = """\
[[correction]]
mention_id = "men-0123456789abcdef"
decision = "confirm"
author = "N. Ha"
decided_on = 2026-11-25
reason = "read in the gazette"
"""


def write(folder: Path, *entries: Row) -> Path:
    """Write a file of corrections as ``dx review`` does; an entry says only what a test is about."""
    path = folder / "corrections.toml"
    for entry in entries:
        usual: dict[str, Any] = {"author": "N. Ha", "decided_on": date(2026, 11, 25), "reason": "read in the gazette"}
        append_entry(path, usual | entry)
    return path


def read(folder: Path, *entries: Row) -> pl.DataFrame:
    """Return the ``CorrectionEntries`` of entries written to a file; none of them may be refused."""
    reading = read_corrections(write(folder, *entries), KNOWN, "r1")
    assert reading.quarantine.is_empty(), reading.quarantine["detail"].to_list()
    return reading.entries
