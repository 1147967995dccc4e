"""What is kept of an attempt: the fetcher's reply, with what a reply of 304 leaves out."""

import json
from datetime import UTC, datetime

import pytest

from dx_pipeline.evidence.attempt import attempt_of
from dx_pipeline.identifiers import stable_id
from dx_pipeline_tests.evidence.replies import NOON, Reply, later

SHA256 = "a" * 64


def test_validators_have_columns_and_the_other_headers_are_json() -> None:
    headers = {"etag": '"1"', "last-modified": "yesterday", "x-b": "2", "x-a": "é"}
    attempt = attempt_of("paper", Reply(headers=headers, body=b"text"), SHA256)
    assert (attempt.etag, attempt.last_modified, attempt.bytes) == ('"1"', "yesterday", 4)
    assert json.loads(attempt.headers or "") == {"x-a": "é", "x-b": "2"}
    assert attempt.capture_id == stable_id("cap", "paper", "https://paper.example/a", SHA256, NOON.isoformat())


def test_the_address_that_answered_is_kept_where_it_is_another_one() -> None:
    assert attempt_of("paper", Reply(final_url="https://paper.example/a"), None).final_url is None
    assert attempt_of("paper", Reply(final_url="https://paper.example/b"), None).final_url == "https://paper.example/b"


def test_not_modified_takes_from_the_body_that_holds_what_the_reply_leaves_out() -> None:
    held = attempt_of("paper", Reply(headers={"etag": '"1"', "last-modified": "then"}, body=b"text"), SHA256)
    reply = Reply(
        outcome="not_modified", http_status=304, media_type=None, body=b"", headers={"etag": '"2"'}, asked_at=later(1)
    )
    attempt = attempt_of("paper", reply, None, held)
    assert (attempt.sha256, attempt.bytes, attempt.media_type) == (SHA256, 4, "text/html; charset=utf-8")
    assert (attempt.etag, attempt.last_modified) == ('"2"', "then")


def test_an_attempt_without_bytes_is_named_by_its_outcome() -> None:
    attempt = attempt_of("paper", Reply(outcome="timeout", http_status=None, media_type=None), None)
    assert attempt.capture_id == stable_id("cap", "paper", attempt.url, "timeout", NOON.isoformat())
    assert (attempt.bytes, attempt.sha256, attempt.headers) == (None, None, None)


def test_text_that_is_no_utf_8_is_kept_readable() -> None:
    attempt = attempt_of("paper", Reply(url="https://paper.example/\udcff", detail="caf\udce9"), None)
    assert attempt.url == "https://paper.example/\\udcff"
    assert attempt.detail == "caf\\udce9"


def test_unknown_outcomes_and_times_with_a_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="'fine' is no outcome"):
        attempt_of("paper", Reply(outcome="fine"), None)
    with pytest.raises(ValueError, match="without a zone"):
        attempt_of("paper", Reply(asked_at=datetime(2025, 3, 1, tzinfo=UTC)), None)
