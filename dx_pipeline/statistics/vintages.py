"""Several rows for one observation: true duplicates are set aside, vintages are kept and the newest marked.

Only the comparison of observations with each other belongs here.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

import polars as pl

from dx_pipeline.statistics.observations import Observation
from dx_pipeline.statistics.problems import Problem

_OBSERVATION = ("series_id", "ref_area", "time_period")
_ORDER = [*_OBSERVATION, "vintage_on", "edition"]


def separate_duplicates(observations: Iterable[Observation]) -> tuple[list[Observation], list[Problem]]:
    """Split off rows that repeat series, area, period, edition and vintage.

    Rows that agree are one observation: the first stays. Of rows that disagree none can be trusted,
    and all are set aside.
    """
    groups: dict[tuple[str, str, str, str, date | None], list[Observation]] = defaultdict(list)
    for one in observations:
        groups[one.series_id, one.ref_area, one.time_period, one.edition, one.vintage_on].append(one)
    kept: list[Observation] = []
    problems: list[Problem] = []
    for first, *repeats in groups.values():
        if all(one.obs_value == first.obs_value for one in repeats):
            kept.append(first)
            problems += [_repeated(one, first) for one in repeats]
        else:
            problems += [_contradicted(one, [first, *repeats]) for one in (first, *repeats)]
    return kept, problems


def mark_latest(observations: pl.DataFrame) -> pl.DataFrame:
    """Sort observations and add ``is_latest``: true for the newest vintage of each series, area and period.

    A vintage of unknown day counts as the oldest; of two of one day, the one whose edition sorts last.
    """
    ordered = observations.sort(_ORDER, nulls_last=False)
    return ordered.with_columns(is_latest=pl.struct(_OBSERVATION).is_last_distinct())


def _repeated(one: Observation, first: Observation) -> Problem:
    return _problem(one, f"the same observation as in {_place(first)}; remove one of the two rows")


def _contradicted(one: Observation, group: list[Observation]) -> Problem:
    said = ", ".join(f"{other.obs_value} in {_place(other)}" for other in group)
    return _problem(one, f"one observation with several values ({said}); find the publisher's and remove the others")


def _problem(one: Observation, detail: str) -> Problem:
    return Problem(
        source_id=one.source_id,
        file=one.file.path,
        line=one.row.line,
        cells=one.row.cells,
        check=f"{one.series_id}: duplicate",
        detail=detail,
    )


def _place(one: Observation) -> str:
    return f"{one.file.path}, line {one.row.line}"
