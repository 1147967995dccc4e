"""Pauses before another try."""

import pytest

from dx_pipeline.evidence.retries import backoff_seconds, retry_after_seconds

DATE = "Wed, 21 Oct 2015 07:28:00 GMT"


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        ("120", DATE, 120.0),
        ("0", DATE, 0.0),
        ("1000000000", DATE, 1e9),
        ("Wed, 21 Oct 2015 07:30:00 GMT", DATE, 120.0),
        ("Wed, 21 Oct 2015 07:00:00 GMT", DATE, 0.0),
        ("Wed, 21 Oct 2015 09:30:00 +0200", DATE, 120.0),
        ("Wed, 21 Oct 2015 07:30:00 GMT", None, 0.0),  # long ago by this machine's clock
        ("-1", DATE, None),
        ("1.5", DATE, None),
        ("soon", DATE, None),
        ("٣", DATE, None),
        ("", DATE, None),
        ("Wed, 99 Oct 99999 07:30:00 GMT", DATE, None),
    ],
)
def test_a_pause_is_read_from_seconds_or_a_date(value: str, date: str | None, seconds: float | None) -> None:
    headers = {"retry-after": value} | ({"date": date} if date else {})
    assert retry_after_seconds(headers) == seconds


def test_a_pause_unasked_doubles_with_jitter_up_to_the_longest() -> None:
    for tries, most in ((1, 1.0), (2, 2.0), (3, 4.0), (9, 60.0), (5000, 60.0)):
        found = {backoff_seconds(tries, 1.0, 60.0) for _ in range(50)}
        assert most / 2 <= min(found) <= max(found) <= most
        assert len(found) > 10
