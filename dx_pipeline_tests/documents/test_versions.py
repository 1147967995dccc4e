"""Versions of a page: one article for each text that an address has shown, and the one that it shows now."""

import random
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from dx_pipeline.documents.parse import Parsed, compare_pages, parse_captures, read_pages
from dx_pipeline.documents.versions import choose_captures
from dx_pipeline.identifiers import stable_id
from dx_pipeline.schemas.evidence import Captures
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline_tests.documents.conftest import CAPTURED_AT, captured

URL = "https://papers.example/one"
STORY = "The lake towns agreed on Friday to keep one register of permits. The work starts in June."
CHANGED = STORY.replace("June", "July")


def _page(story: str, tail: str = "") -> bytes:
    return f"<html><body><h1>One register</h1><article><p>{story}</p></article>{tail}</body></html>".encode()


A, REORDERED, B = _page(STORY), _page(STORY, "<footer>Ads</footer>"), _page(CHANGED)


def _attempts(*bodies: bytes | str | None, url: str = URL) -> tuple[pl.DataFrame, dict[str, bytes]]:
    """Return a day's attempt for each body; a text is the outcome of a failed one, None says not modified."""
    rows: list[dict[str, Any]] = []
    kept: dict[str, bytes] = {}
    for day, body in enumerate(bodies):
        last = rows[-1]["sha256"] if rows else None
        told = body if isinstance(body, bytes) else b""
        row = captured(str(day), told, "text/html", url=url, captured_at=CAPTURED_AT + timedelta(days=day))
        if body is None:
            row |= {"outcome": "not_modified", "sha256": last}
        elif isinstance(body, str):
            row |= {"outcome": body, "sha256": None, "detail": f"{url}: {body}; ask again"}
        else:
            kept[row["sha256"]] = body
        rows.append(row | {"capture_id": stable_id("cap", url, day)})
    return frame_of(Captures, rows), kept


def _parse(*bodies: bytes | str | None) -> Parsed:
    captures, kept = _attempts(*bodies)
    return parse_captures(captures, kept.__getitem__, "run-1")


def _versions(parsed: Parsed) -> list[tuple[str, int, bool]]:
    rows = parsed.articles.sort("version_no").iter_rows(named=True)
    return [("B" if CHANGED in row["text"] else "A", row["version_no"], row["is_latest"]) for row in rows]


def test_a_changed_text_is_a_new_version_and_the_last_one_is_the_latest() -> None:
    parsed = _parse(A, B)
    assert _versions(parsed) == [("A", 1, False), ("B", 2, True)]
    assert set(parsed.blocks["article_id"]) == set(parsed.articles["article_id"])


def test_the_same_bytes_give_one_article_whenever_they_come() -> None:
    parsed = _parse(A, None, A, A)
    assert _versions(parsed) == [("A", 1, True)]
    assert parsed.articles["capture_id"].to_list() == [stable_id("cap", URL, 0)]
    assert parsed.articles["article_id"].to_list() == _parse(A).articles["article_id"].to_list()
    assert parsed.quarantine.is_empty()


def test_bytes_that_changed_around_the_same_text_are_no_version() -> None:
    parsed = _parse(A, REORDERED, B)
    assert _versions(parsed) == [("A", 1, False), ("B", 2, True)]
    assert set(parsed.blocks["article_id"]) == set(parsed.articles["article_id"])


def test_a_page_that_goes_back_shows_its_earlier_version_again() -> None:
    assert _versions(_parse(A, B, A)) == [("A", 1, True), ("B", 2, False)]
    assert _versions(_parse(A, B, REORDERED)) == [("A", 1, True), ("B", 2, False)]
    assert _versions(_parse(A, B, A, None, B)) == [("A", 1, False), ("B", 2, True)]


def test_a_failed_attempt_leaves_the_text_and_is_told_until_one_ends_well() -> None:
    failed = _parse(A, "timeout", "blocked")
    assert _versions(failed) == [("A", 1, True)]
    assert failed.quarantine["check"].to_list() == ["outcome: blocked"]
    assert _parse("timeout", A).quarantine.is_empty()
    assert _parse(A, "timeout", None).quarantine.is_empty()


def test_each_address_and_each_source_has_versions_of_its_own() -> None:
    one, kept = _attempts(A, B)
    two, more = _attempts(B, url=f"{URL}/two")
    other = one.with_columns(
        pl.lit("others").alias("source_id"),
        pl.concat_str(pl.lit("cap-aaaaaaaaaaaaaaa"), pl.int_range(pl.len()).cast(pl.String)).alias("capture_id"),
    )
    parsed = parse_captures(pl.concat([one, two, other]), (kept | more).__getitem__, "run-1")
    found = parsed.articles.group_by("source_id", "url").agg(pl.col("version_no").sort(), pl.col("is_latest").sum())
    assert sorted(found.rows()) == [
        ("others", URL, [1, 2], 1), ("papers", URL, [1, 2], 1), ("papers", f"{URL}/two", [1], 1)
    ]  # fmt: skip
    assert parsed.articles["article_id"].is_unique().all()


def test_what_is_read_in_several_runs_is_what_is_read_in_one() -> None:
    captures, kept = _attempts(A, REORDERED, "timeout", B, None, A)
    whole = parse_captures(captures, kept.__getitem__, "run-1")
    chosen = choose_captures(captures)
    parts = [read_pages(chosen[n : n + 1], kept.__getitem__, "run-1") for n in range(chosen.height)]
    random.Random(1).shuffle(parts)  # noqa: S311 - no secrets
    joined = Parsed(*(pl.concat([getattr(p, name) for p in parts]) for name in ("articles", "blocks", "quarantine")))
    compared = compare_pages(joined, captures)
    assert compared.articles.sort("article_id").equals(whole.articles.sort("article_id"))
    key = ["article_id", "block_no"]
    assert compared.blocks.sort(key).equals(whole.blocks.sort(key))


def test_the_id_of_a_file_s_article_is_that_of_its_capture() -> None:
    row = captured("a.html", A, "text/html", captured_at=datetime(2025, 1, 1))  # noqa: DTZ001 (column is UTC, no zone)
    parsed = parse_captures(frame_of(Captures, [row]), lambda _: A, "run-1")
    assert parsed.articles["article_id"].to_list() == [stable_id("art", row["capture_id"])]
