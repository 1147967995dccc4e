from datetime import date
from typing import Any

import polars as pl

from dx_pipeline.facts.repetitions import find_repetitions
from dx_pipeline.identifiers import stable_id
from dx_pipeline.schemas.facts import DirectiveRepetitions, Organisations
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline_tests.findings.builders import Row, directive, directives

MAY, JULY, AUGUST = date(2024, 5, 7), date(2024, 7, 10), date(2024, 8, 12)
STRATEGY = "submit the strategy for the semiconductor industry"


def order(name: str, issued_on: date | None, story: str, **columns: Any) -> Row:
    told: Row = {"action": STRATEGY, "issuer_id": "pm", "story_id": stable_id("sty", story), "issued_on": issued_on}
    return directive(name, **(told | columns))


def found(*orders: Row, organisations: pl.DataFrame | None = None) -> dict[str, Row]:
    frame = DirectiveRepetitions.validate(find_repetitions(directives(*orders), organisations), lazy=True)
    names = {stable_id("dir", name): name for name in ("a", "b", "c")}
    return {names[row["directive_id"]]: row for row in frame.to_dicts()}


def test_an_order_given_again_knows_its_first_day_and_how_far_its_deadline_moved() -> None:
    rows = found(
        order("a", MAY, "s", due_on=date(2024, 5, 31)),
        order("b", JULY, "t", due_on=date(2024, 7, 31)),
        order("c", AUGUST, "u", due_on=date(2024, 8, 30)),
    )
    assert {name: row["repetition"] for name, row in rows.items()} == {"a": 0, "b": 1, "c": 2}
    assert {row["first_issued_on"] for row in rows.values()} == {MAY}
    assert {row["times_repeated"] for row in rows.values()} == {2}
    assert (rows["b"]["slipped_days"], rows["c"]["slipped_days"], rows["c"]["total_slip_days"]) == (61, 30, 91)
    assert rows["b"]["explanation"].endswith("the deadline moved from 2024-05-31 to 2024-07-31, 61 days later.")


def test_across_languages_the_product_tells() -> None:
    vietnamese = order("b", JULY, "t", action="trình chiến lược phát triển công nghiệp bán dẫn", language="vi")
    assert found(order("a", MAY, "s"), vietnamese)["b"]["basis"] == ["product"]


def test_within_one_language_words_tell() -> None:
    words = {"action": "publish quarterly figures about rural broadband coverage"}
    again = words | {"action": "publish quarterly figures about the rural broadband coverage again"}
    assert found(order("a", MAY, "s", **words), order("b", JULY, "t", **again))["b"]["basis"] == ["wording"]


def test_others_who_must_act_or_who_order_make_another_order() -> None:
    assert not found(order("a", MAY, "s"), order("b", JULY, "t", addressee_ids=["vnm-mof"]))
    assert not found(order("a", MAY, "s"), order("b", JULY, "t", issuer_id="minister"))


def test_a_successor_is_asked_for_what_its_predecessor_was() -> None:
    bodies = frame_of(
        Organisations,
        [
            {"organisation_id": "vnm-mic", "kind": "ministry", "name_en": "MIC", "successor_id": "vnm-most"},
            {"organisation_id": "vnm-most", "kind": "ministry", "name_en": "MOST"},
        ],
    )
    orders = order("a", MAY, "s"), order("b", JULY, "t", addressee_ids=["vnm-most"])
    assert not found(*orders)
    assert found(*orders, organisations=bodies)["b"]["kind"] == "repeated"


def test_the_same_order_of_the_same_day_in_another_text_is_told_again_and_not_given_again() -> None:
    rows = found(order("a", MAY, "s"), order("b", MAY, "t"))
    assert {row["kind"] for row in rows.values()} == {"first", "retold"}
    assert {row["times_repeated"] for row in rows.values()} == {0}


def test_one_story_repeats_nothing_and_what_has_no_day_is_left_out() -> None:
    assert not found(order("a", MAY, "s"), order("b", JULY, "s"))
    assert not found(order("a", None, "s"), order("b", JULY, "t"))


def test_years_later_it_is_a_new_order() -> None:
    assert not found(order("a", MAY, "s"), order("b", date(2026, 5, 7), "t"))
