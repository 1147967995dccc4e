"""When pages are asked for again."""

from datetime import timedelta

import pytest

from dx_pipeline.evidence.schedule import next_due
from dx_pipeline.schemas.evidence import OUTCOMES
from dx_pipeline_tests.evidence.times import at

NOW = at("2025-03-20 12:00")
DAY = timedelta(days=1)


def rest(outcome: str, *, age: timedelta = DAY, unchanged: int = 0, failures: int = 0) -> timedelta | None:
    due = next_due(outcome=outcome, now=NOW, born_at=NOW - age, unchanged=unchanged, failures=failures, max_age_days=30)
    return due - NOW if due else None


def test_the_rest_widens_with_age() -> None:
    rests = [rest("ok", age=age * DAY) for age in (0, 1, 4, 10)]
    assert all(one is not None for one in rests)
    assert rests == sorted(rests)  # type: ignore[type-var]
    assert rests[0] < rests[-1]  # type: ignore[operator]


def test_the_rest_widens_with_every_time_that_nothing_changed() -> None:
    rests = [rest("not_modified", unchanged=times) for times in (1, 2, 3)]
    assert rests == sorted(set(rests))  # type: ignore[type-var]
    assert rest("not_modified", unchanged=50) == rests[-1]


def test_a_pull_at_the_same_hour_every_day_finds_the_page_of_this_week_due() -> None:
    assert rest("ok", age=4 * DAY) < DAY  # type: ignore[operator]


@pytest.mark.parametrize("outcome", sorted(OUTCOMES))
def test_nothing_is_asked_for_beyond_its_age(outcome: str) -> None:
    assert rest(outcome, age=30 * DAY, failures=1) is None


def test_a_page_that_is_gone_is_asked_for_once_more_and_then_never() -> None:
    assert rest("gone", failures=1) == 7 * DAY
    assert rest("gone", failures=2) is None


def test_a_page_that_is_not_found_is_asked_for_seldom_and_then_never() -> None:
    assert [rest("not_found", failures=number) for number in (1, 2)] == [DAY, 7 * DAY]
    assert rest("not_found", failures=4) is None


def test_failures_back_off() -> None:
    assert [rest("timeout", failures=number) for number in (1, 2, 3, 9)] == [
        timedelta(hours=1), timedelta(hours=2), timedelta(hours=4), 2 * DAY
    ]  # fmt: skip
    assert [rest("paywall", failures=number) for number in (1, 2, 9)] == [DAY, 2 * DAY, 14 * DAY]
