"""What publishers say over time: revisions, older releases that come late, figures that come back."""

from datetime import date, datetime
from typing import Any

import pytest

from dx_pipeline.statistics.observations import Observation
from dx_pipeline.statistics.tables import Row
from dx_pipeline.statistics.vintages import Chronicle, Statement, write_chronicle

DAYS = [datetime(2026, 1, day, 12) for day in range(1, 8)]  # noqa: DTZ001 - UTC, without a zone


def _said(value: float | None, release: date | None = None, **others: Any) -> Observation:
    told: dict[str, Any] = {
        "series_id": "s", "metric_id": None, "ref_area": "VNM", "time_period": "2024", "obs_value": value,
        "unit_measure": "percent", "unit_mult": None, "obs_status": "A" if value is not None else "M",
        "source_id": "office", "edition": f"release {release}", "vintage_on": release, "capture_id": "cap",
        "out_of": None, "note": None, "origin": None, "place": "answer", "row": Row(1, {}),
    }  # fmt: skip
    return Observation(**told | others)


def _heard(*rounds: list[Observation], recorded: list[Observation] | None = None, whole: bool = True) -> Chronicle:
    statements = [
        Statement(sheet="one", seen_at=when, ended_at=when, observations=said, is_whole=whole)
        for when, said in zip(DAYS, rounds, strict=False)
    ]
    if recorded is not None:
        statements.append(Statement(sheet="files", seen_at=None, observations=recorded))
    return write_chronicle(reversed(statements))


def _known(chronicle: Chronicle) -> list[tuple[float | None, date | None]]:
    return [(one.obs_value, one.vintage_on) for one in chronicle.observations]


def test_a_restatement_tells_nothing_new() -> None:
    january, march = date(2025, 1, 1), date(2025, 3, 1)
    assert _known(_heard([_said(1.0, january)], [_said(1.0, march)])) == [(1.0, january)]


def test_a_figure_that_goes_and_comes_back_has_three_rows() -> None:
    releases = [date(2025, month, 1) for month in (1, 2, 3)]
    chronicle = _heard(*[[_said(value, day)] for value, day in zip((1.0, 2.0, 1.0), releases, strict=True)])
    assert _known(chronicle) == list(zip((1.0, 2.0, 1.0), releases, strict=True))


def test_an_older_release_that_comes_late_is_kept_as_one() -> None:
    old, new = date(2025, 1, 1), date(2025, 3, 1)
    chronicle = _heard([_said(2.0, old)], recorded=[_said(1.0, new)])
    assert sorted(_known(chronicle)) == [(1.0, new), (2.0, old)]


def test_a_release_without_a_day_is_of_the_day_on_which_it_was_seen() -> None:
    assert _known(_heard([_said(1.0)], [_said(1.0)], [_said(2.0)])) == [
        (1.0, date(2026, 1, 1)),
        (2.0, date(2026, 1, 3)),
    ]


def test_a_change_of_status_alone_is_a_revision() -> None:
    chronicle = _heard([_said(1.0, obs_status="P")], [_said(1.0)])
    assert [one.obs_status for one in chronicle.observations] == ["P", "A"]


@pytest.mark.parametrize(
    ("recorded", "live", "rows"), [(94.55, 94.5516, 1), (94.5, 94.5516, 2), (4.7639e11, 476388230307.0, 1)]
)
def test_a_fuller_figure_is_no_revision_of_a_rounded_one(recorded: float, live: float, rows: int) -> None:
    day = date(2025, 1, 1)
    assert len(_known(_heard([_said(live, date(2025, 2, 1))], recorded=[_said(recorded, day)]))) == rows


def test_rows_of_one_answer_that_disagree_are_not_believed() -> None:
    chronicle = _heard([_said(1.0), _said(2.0)])
    assert chronicle.observations == []
    assert len(chronicle.problems) == 2


def test_only_a_whole_answer_takes_away() -> None:
    both = [_said(1.0), _said(5.0, time_period="2023")]
    assert _heard(both, [_said(1.0)], whole=False).withdrawn == {}
    gone = _heard(both, [_said(1.0)], [_said(1.0)])
    assert gone.withdrawn == {("s", "VNM", "2023"): date(2026, 1, 2)}  # the day on which it was missed first
    assert len(gone.observations) == 2
    assert _heard(both, [_said(1.0)], both).withdrawn == {}


def test_an_empty_figure_revises_nothing() -> None:
    chronicle = _heard([_said(1.0)], [_said(None)])
    assert _known(chronicle) == [(1.0, date(2026, 1, 1))]
    assert chronicle.withdrawn == {("s", "VNM", "2024"): date(2026, 1, 2)}
    first = _heard([_said(None)], [_said(1.0)])
    assert [one.obs_value for one in first.observations] == [None, 1.0]
    assert first.withdrawn == {}
