"""Several statements of one observation: duplicates, vintages, revisions and what a publisher has taken away.

Only the comparison of observations with each other belongs here. Nothing that was once read is lost: a revision is a
further row, and a figure that its publisher no longer gives stays, marked.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import polars as pl

from dx_pipeline.statistics.observations import Observation
from dx_pipeline.statistics.problems import Problem

_OBSERVATION = ("series_id", "ref_area", "time_period")
_ORDER = [*_OBSERVATION, "vintage_on", "edition"]
_FEWEST_DIGITS = 4  # of a recorded figure that a fuller one may round to

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a publisher said at one time: the observations of a sheet.

    ``seen_at`` is the time of its first capture and ``ended_at`` that of its last, both ``None`` for recorded files,
    which tell their vintages themselves. ``sheet`` names what was asked for. ``is_whole`` tells whether all its parts
    came, so that what is not in it is gone.
    """

    sheet: str
    seen_at: datetime | None
    observations: Sequence[Observation]
    ended_at: datetime | None = None
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Chronicle:
    """The observations that told something new, the day on which each that is gone was missed, and the problems."""

    observations: list[Observation]
    withdrawn: dict[Key, date]
    problems: list[Problem]


def write_chronicle(statements: Iterable[Statement]) -> Chronicle:
    """Go through what a publisher said, in order of time, and keep what was new in it.

    Recorded files come first: their rows are kept as they are. Of a later statement an observation is kept where it
    differs in value or status from the one in force on its vintage's day. A figure of an edition that was changed
    without a new one being named gets the day on which that was seen as its vintage, and a name of its own.

    A figure that an earlier whole answer held and a later one does not, or gives as empty, is withdrawn: it is kept and
    marked until a figure comes again.
    """
    course = _Course()
    ordered = sorted(statements, key=lambda one: (one.ended_at or datetime.min, one.sheet))  # noqa: DTZ901 - UTC, no zone
    for statement in ordered:
        kept, repeated = separate_duplicates(statement.observations)
        course.problems += repeated
        if statement.seen_at is None:
            for one in kept:
                course.add(one)
        else:
            course.hear(statement, kept, statement.seen_at)
    return Chronicle([one for known in course.known.values() for one in known], course.withdrawn, course.problems)


class _Course:
    """What is known so far, by observation."""

    def __init__(self) -> None:
        self.known: dict[Key, list[Observation]] = defaultdict(list)
        self.recorded: set[tuple[Key, str, date | None]] = set()
        self.withdrawn: dict[Key, date] = {}
        self.held: dict[str, set[Key]] = {}
        self.problems: list[Problem] = []

    def add(self, one: Observation) -> None:
        """Keep what a recorded file says; of two files that agree the first."""
        same = [o for o in self.known[one.key] if (o.edition, o.vintage_on) == (one.edition, one.vintage_on)]
        if not same:
            self.known[one.key].append(one)
            self.recorded.add((one.key, one.edition, one.vintage_on))

    def hear(self, statement: Statement, kept: Sequence[Observation], seen_at: datetime) -> None:
        """Take in a captured statement."""
        told = {one.key for one in kept if one.obs_value is not None}
        for one in kept:
            if one.obs_value is None and any(o.obs_value is not None for o in self.known[one.key]):
                continue  # taken away, not revised: see below
            self._revise(one, seen_at)
        for key in told:
            self.withdrawn.pop(key, None)
        if statement.is_whole:
            for key in sorted(self.held.get(statement.sheet, set()) - told):
                self.withdrawn.setdefault(key, seen_at.date())
            self.held[statement.sheet] = told | self.held.get(statement.sheet, set())

    def _revise(self, one: Observation, seen_at: datetime) -> None:
        known = self.known[one.key]
        dated = one if one.vintage_on is not None else replace(one, vintage_on=seen_at.date())
        if self._is_in_force(dated):
            return
        if any((o.edition, o.vintage_on) == (dated.edition, dated.vintage_on) for o in known):
            dated = replace(
                dated,
                vintage_on=seen_at.date(),
                edition=f"{one.edition}, revised {seen_at:%Y-%m-%d %H:%M}",
                note="; ".join(filter(None, [one.note, f"changed by the publisher, seen on {seen_at:%Y-%m-%d}"])),
            )
            if self._is_in_force(dated):
                return
        known.append(dated)

    def _is_in_force(self, one: Observation) -> bool:
        """Tell whether the figure known on an observation's day is the same."""
        earlier = [o for o in self.known[one.key] if (o.vintage_on or date.min) <= (one.vintage_on or date.min)]
        if not earlier:
            return False
        newest = max(earlier, key=lambda o: (o.vintage_on or date.min, o.edition))
        if newest.figure == one.figure:
            return True
        is_recorded = (newest.key, newest.edition, newest.vintage_on) in self.recorded
        return is_recorded and newest.obs_status == one.obs_status and _rounds_to(one.obs_value, newest.obs_value)


def separate_duplicates(observations: Iterable[Observation]) -> tuple[list[Observation], list[Problem]]:
    """Split off rows that repeat series, area, period, edition and vintage.

    Rows that agree are one observation: the first stays. Of rows that disagree none can be trusted,
    and all are set aside.
    """
    groups: dict[tuple[str, str, str, str, date | None], list[Observation]] = defaultdict(list)
    for one in observations:
        groups[*one.key, one.edition, one.vintage_on].append(one)
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


def find_withdrawn(statistics: pl.DataFrame) -> pl.DataFrame:
    """Return the figures that their publishers no longer give, with the day on which they were missed."""
    return statistics.filter(pl.col("withdrawn_on").is_not_null()).select(
        "source_id", "series_id", "ref_area", "time_period", "obs_value", "edition", "withdrawn_on"
    )


def _rounds_to(fuller: float | None, recorded: float | None) -> bool:
    """Tell whether a figure is what a recorded one was rounded from.

    >>> _rounds_to(94.5516, 94.55), _rounds_to(71.2, 71.0)
    (True, False)
    """
    if fuller is None or recorded is None:
        return False
    digits = len(f"{recorded:.15g}".lstrip("-0.").replace(".", "").partition("e")[0].rstrip("0"))
    return digits >= _FEWEST_DIGITS and float(f"{fuller:.{digits}g}") == recorded


def _repeated(one: Observation, first: Observation) -> Problem:
    return one.problem("duplicate", f"the same observation as in {_place(first)}; remove one of the two rows")


def _contradicted(one: Observation, group: list[Observation]) -> Problem:
    said = ", ".join(f"{other.obs_value} in {_place(other)}" for other in group)
    remedy = "find the publisher's and remove the others"
    return one.problem("duplicate", f"one observation with several values ({said}); {remedy}")


def _place(one: Observation) -> str:
    return f"{one.place}, line {one.row.line}"
