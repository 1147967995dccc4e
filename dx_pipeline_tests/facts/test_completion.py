from datetime import date
from typing import Any

import pytest

from dx_pipeline.facts.completion import find_evidence_of_completion
from dx_pipeline.identifiers import stable_id
from dx_pipeline.schemas.documents import Blocks
from dx_pipeline.schemas.facts import DirectiveEvidence, Instruments
from dx_pipeline.schemas.frames import empty_frame, frame_of
from dx_pipeline.schemas.mentions import DirectiveMentions, InstrumentMentions
from dx_pipeline_tests.builders import Row, article, article_id, articles
from dx_pipeline_tests.findings.builders import directive, directives

DUE = date(2024, 5, 9)
LATER = date(2025, 2, 25)
COMMITTEES = {"action": "have their steering committees up and running before May 10, 2024", "due_on": DUE}
DECREE = "decree:82/2024/NĐ-CP"


def evidence(text: str, *, order: Row | None = None, kind: str = "body", **columns: Any) -> list[Row]:
    """Look in one later article for evidence on an order to set up steering committees, or on another one."""
    told = article("later", story="later") | {"text": text, "published_on": LATER} | columns
    block = {"article_id": article_id("later"), "block_no": 0, "kind": kind, "start_char": 0, "end_char": len(text)}
    frame = find_evidence_of_completion(
        directives(order or directive("committees", **COMMITTEES)),
        articles=articles(told),
        blocks=frame_of(Blocks, [block]),
        mentions=empty_frame(DirectiveMentions),
        instruments=frame_of(InstrumentMentions, []),
        documents=empty_frame(Instruments),
    )
    rows = DirectiveEvidence.validate(frame, lazy=True).to_dicts()
    assert all(text[row["start_char"] : row["end_char"]] == row["quote"] for row in rows)
    return rows


def test_a_sentence_that_says_so_is_quoted() -> None:
    (row,) = evidence("Much was said. Steering committees have been set up everywhere. Then it rained.")
    assert (row["says"], row["quote"]) == ("completed", "Steering committees have been set up everywhere.")
    assert (row["stated_on"], row["completed_on"]) == (LATER, None)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ban chỉ đạo đã được thành lập ở mọi nơi.", "vi"),
        ("Les comités de pilotage ont été créés partout.", "fr"),
        ("Komitety sterujące zostały powołane w każdym urzędzie.", "pl"),
        ("Styringskomiteer er opprettet overalt.", "nb"),
        ("Los comités de dirección han sido creados en todas partes.", "es"),
    ],
)
def test_so_is_one_in_another_language(text: str, language: str) -> None:
    assert [row["says"] for row in evidence(text, language=language)] == ["completed"]


@pytest.mark.parametrize(
    "text",
    [
        "Steering committees have not been set up.",
        "Steering committees will be set up once the plan has been approved by 2026, it is expected.",
        "Ministries must see that steering committees are in place.",
        "Only 14 steering committees have been set up.",
        "Roads have been completed.",
        "The steering committee met on Monday.",
    ],
)
def test_a_sentence_that_denies_it_wants_it_or_is_about_something_else_says_nothing(text: str) -> None:
    assert evidence(text) == []


def test_a_missed_day_must_be_the_orders_own() -> None:
    (row,) = evidence("Several steering committees are overdue since 9/5.")
    assert row["says"] == "missed"
    assert evidence("Several steering committees are overdue since 9/6.") == []
    assert evidence("Several steering committees are overdue.") == []


def test_comments_and_menus_prove_nothing() -> None:
    text = "Steering committees have been set up everywhere."
    assert evidence(text)
    assert evidence(text, kind="comment") == evidence(text, kind="menu") == []


def test_what_was_published_before_the_order_or_in_its_own_story_proves_nothing() -> None:
    text = "Steering committees have been set up everywhere."
    assert evidence(text, published_on=date(2024, 5, 6)) == []
    own = directive("committees", **COMMITTEES, story_id=stable_id("sty", "later"))
    assert evidence(text, order=own) == []


def test_a_duty_that_returns_is_never_done() -> None:
    again = directive("committees", **COMMITTEES, recurrence="R/P1M")
    assert evidence("Steering committees have been set up everywhere.", order=again) == []


def document(dated: date, published_on: date = LATER) -> list[Row]:
    text = "Out at last. Decree 82/2024 was signed in July, the office said. Nobody clapped."
    start = text.index("Decree 82/2024")
    mention = {
        "mention_id": stable_id("men", "decree"), "article_id": article_id("later"),
        "story_id": stable_id("sty", "later"),
        "quote": "Decree 82/2024", "start_char": start, "end_char": start + 14, "language": "en", "confidence": 1.0,
        "rule_id": "r", "extractor_version": "v", "instrument_id": DECREE, "kind": "decree", "role": "mention",
    }  # fmt: skip
    registered = {"instrument_id": DECREE, "kind": "decree", "date": dated, "mention_count": 1}
    frame = find_evidence_of_completion(
        directives(directive("amend", action="amend Decree 73/2019", due_on=DUE)),
        articles=articles(article("later", story="later", text=text, published_on=published_on)),
        blocks=empty_frame(Blocks),
        mentions=empty_frame(DirectiveMentions),
        instruments=frame_of(InstrumentMentions, [mention]),
        documents=frame_of(Instruments, [registered]),
    )
    rows = DirectiveEvidence.validate(frame, lazy=True).to_dicts()
    assert all(text[row["start_char"] : row["end_char"]] == row["quote"] for row in rows)
    return rows


def test_a_document_that_delivers_counts_with_its_own_day_and_the_sentence_that_names_it() -> None:
    (row,) = document(date(2024, 7, 10))
    assert (row["kind"], row["instrument_id"], row["completed_on"]) == ("document", DECREE, date(2024, 7, 10))
    assert row["quote"] == "Decree 82/2024 was signed in July, the office said."


def test_a_document_from_before_the_order_or_after_the_article_delivers_nothing() -> None:
    assert document(date(2024, 5, 1)) == []
    assert document(date(2024, 7, 10), published_on=date(2024, 7, 9)) == []
