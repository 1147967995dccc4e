from collections import Counter
from datetime import datetime, timedelta

import polars as pl
import pytest

from dx_pipeline.defs.source_health import is_passing_failure, judge_answers, judge_pages, pull_numbers
from dx_pipeline.evidence.frontier import PullRecord
from dx_pipeline.evidence.pull import Pulled
from dx_pipeline.identifiers import stable_id
from dx_pipeline.schemas.evidence import Captures
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.specs import ArticleSource, Expectation

NOW = datetime(2025, 3, 20, 7, 30)  # noqa: DTZ001 (times are in UTC, and have no zone)


def source(least: int = 0, most: int = 100, rhythm_hours: float = 24) -> ArticleSource:
    expect = Expectation(pages_a_day=(least, most), rhythm_hours=rhythm_hours)
    return ArticleSource(source_id="gazette", name="Gazette", publisher="Press", licence="CC0", expect=expect)


def captures(*days_ago: float, outcome: str = "ok", elapsed_ms: int | None = None) -> pl.DataFrame:
    """Attempts at different pages, so many days ago."""
    rows = [
        {
            "capture_id": stable_id("cap", number),
            "source_id": "gazette",
            "url": f"https://gazette.test/{number}",
            "captured_at": NOW - timedelta(days=days),
            "outcome": outcome,
            "elapsed_ms": None if elapsed_ms is None else elapsed_ms * (number + 1),
            "requests": 1,
        }
        for number, days in enumerate(days_ago)
    ]
    return Captures.validate(frame_of(Captures, rows))


def failed(outcome: str = "timeout") -> Pulled:
    attempts = captures(0, outcome=outcome)
    return Pulled(source_id="gazette", started_at=NOW, failure=f"gazette: {outcome}: no answer", captures=attempts)


def record(days_ago: float, failure: str | None, *, is_finished: bool = True) -> PullRecord:
    at = NOW - timedelta(days=days_ago)
    return PullRecord(
        source_id="gazette",
        started_at=at,
        finished_at=at if is_finished else None,
        asked=0,
        new=0,
        changed=0,
        unchanged=0,
        failed=1,
        failure=failure,
    )


@pytest.mark.parametrize(
    "outcome",
    ["timeout", "dns_failure", "unreachable", "server_error", "blocked", "throttled", "refused", "tls_failure"],
)
def test_only_what_may_be_over_in_a_minute_is_tried_again(outcome: str) -> None:
    may_pass = outcome in {"timeout", "dns_failure", "unreachable", "server_error"}
    assert is_passing_failure(failed(outcome)) is may_pass


def test_a_source_that_answered_is_not_tried_again() -> None:
    assert not is_passing_failure(Pulled(source_id="gazette", started_at=NOW, captures=captures(0, outcome="timeout")))


def test_a_failure_tells_since_when_why_and_what_to_do() -> None:
    pulls = [record(0, "x"), record(1, "x"), record(1.5, None, is_finished=False), record(2, None), record(3, "x")]
    verdict = judge_answers(source(), failed(), pulls, NOW)
    assert not verdict.passed
    assert not verdict.is_error
    assert "fails since 2025-03-19 07:30 UTC (24 hours): gazette: timeout: no answer" in verdict.words
    assert "`dx sources check gazette`" in verdict.words


@pytest.mark.parametrize(("rhythm_hours", "is_error"), [(24, True), (24 * 7, False)])
def test_a_failure_of_three_rhythms_is_an_error(rhythm_hours: float, is_error: bool) -> None:
    pulls = [record(days, "x") for days in range(6)]
    assert judge_answers(source(rhythm_hours=rhythm_hours), failed(), pulls, NOW).is_error is is_error


def test_a_source_that_answered_with_pages_that_failed_passes_and_tells_them() -> None:
    pulled = Pulled(source_id="gazette", started_at=NOW, new=3, unchanged=1, failed=Counter(not_found=2))
    verdict = judge_answers(source(), pulled, [], NOW)
    assert verdict.passed
    assert verdict.words == "4 pages answered, 2 failed"


@pytest.mark.parametrize(
    ("least", "most", "days_ago", "passed", "told"),
    [
        (1, 5, [8, *[0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5]], True, "1.0 new pages a day"),
        (2, 5, [8, *[0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5]], False, "expected are 2 to 5"),
        (0, 1, [8, *[0.5] * 14], False, "2.0 new pages a day"),
        (0, 5, [40], True, "0.0 new pages a day"),
        (1, 5, [8, *[4.5] * 7], False, "no new page for 4 days"),
        (2, 5, [0.5], True, "less than a week"),
        (0, 5, [], False, "has given no page yet"),
    ],
)
def test_pages_are_held_against_what_is_expected(
    least: int, most: int, days_ago: list[float], passed: bool, told: str
) -> None:
    verdict = judge_pages(source(least, most), captures(*days_ago), NOW)
    assert told in verdict.words
    assert verdict.passed is passed


def test_a_page_that_is_asked_again_is_no_new_one() -> None:
    again = captures(8, 8, 8).with_columns(
        captured_at=pl.lit(NOW), capture_id=pl.col("capture_id").str.replace("cap_.", "cap_0")
    )
    verdict = judge_pages(source(0, 5), pl.concat([captures(8, 8, 8), again]), NOW)
    assert "0.0 new pages" in verdict.words


def test_the_numbers_are_always_the_same_ones() -> None:
    quiet = pull_numbers(Pulled(source_id="gazette", started_at=NOW))
    busy = pull_numbers(
        Pulled(
            source_id="gazette",
            started_at=NOW,
            new=4,
            failed=Counter(gone=2),
            captures=captures(0, 0, 0, elapsed_ms=100),
        )
    )
    assert quiet.keys() == busy.keys()
    assert quiet["latency_p95_ms"] == 0
    assert (busy["latency_p50_ms"], busy["latency_p95_ms"]) == (200, 300)
    assert (busy["pages_failed"], busy["requests"], busy["is_failed"]) == (2, 3, 0)
