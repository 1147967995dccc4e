"""Which row tells which label: what counts as found, missing, surplus or neither."""

from typing import Any

from dx_pipeline.quality.matching import Matched, SqueezedText, is_close, match, numbers, overlap

TEXT = "The minister asked banks to open accounts. Some 12 percent did so, up from 9 percent. Then “all” went home."
ASKED: dict[str, Any] = {"id": "d1", "quote": "asked banks to open accounts"}
HOME: dict[str, Any] = {"id": "d2", "quote": 'then  "all"\nwent home'}
SHARE: dict[str, Any] = {"id": "i1", "quote": "Some 12 percent did so, up from 9 percent", "value": 12}


def row(quote: str, **columns: float) -> dict[str, Any]:
    start = TEXT.index(quote)
    return {"quote": quote, "start_char": start, "end_char": start + len(quote), **columns}


def matched(entries: list[dict[str, Any]], *rows: dict[str, Any]) -> Matched:
    return match(entries, SqueezedText(TEXT), rows)


def test_a_row_on_the_label_is_a_pair() -> None:
    assert matched([ASKED], row("banks to open accounts")) == Matched([(0, 0)], [], [])


def test_blanks_quotes_and_case_do_not_part_label_and_text() -> None:
    assert matched([HOME], row("Then “all” went home")).pairs == [(0, 0)]


def test_a_label_without_a_row_is_missing_and_a_row_without_a_label_surplus() -> None:
    assert matched([ASKED], row("Then “all” went home")) == Matched([], [0], [0])


def test_a_second_row_on_a_label_is_surplus() -> None:
    assert matched([ASKED], row("asked banks to open accounts"), row("open accounts")) == Matched([(0, 0)], [], [1])


def test_an_indicator_must_share_a_number() -> None:
    assert matched([SHARE], row("Some 12 percent did so", value=12.0)).pairs == [(0, 0)]
    assert matched([SHARE], row("Some 12 percent did so", value=9.0)) == Matched([], [0], [0])


def test_the_row_with_the_value_is_preferred_to_the_row_with_the_change() -> None:
    change = row("Some 12 percent did so, up from 9 percent", value=9.0, change=12.0)
    assert matched([SHARE], change, row("Some 12 percent", value=12.0)) == Matched([(0, 1)], [], [0])


def test_an_optional_label_is_neither_missing_nor_surplus() -> None:
    assert matched([HOME | {"optional": True}]) == Matched([], [], [])
    assert matched([HOME | {"optional": True}], row("Then “all” went home")) == Matched([], [], [])


def test_a_required_label_goes_before_an_optional_one() -> None:
    entries = [ASKED | {"optional": True}, ASKED | {"id": "d3"}]
    assert matched(entries, row("asked banks to open accounts")) == Matched([(1, 0)], [], [])


def test_a_fact_told_twice_may_be_found_twice() -> None:
    twice = {"id": "d1", "quote": [ASKED["quote"], HOME["quote"]]}
    assert matched([twice], row("asked banks to open accounts"), row("Then “all” went home")) == Matched(
        [(0, 0)], [], []
    )


def test_overlap_wants_a_fair_part_of_both() -> None:
    assert overlap((0, 10), (0, 10)) == 1.0
    assert overlap((0, 10), (10, 20)) == 0.0
    assert overlap((0, 100), (0, 10)) == 0.0


def test_an_empty_quote_stands_nowhere() -> None:
    assert list(SqueezedText(TEXT).spans(" ")) == []


def test_numbers_and_closeness() -> None:
    assert (numbers(None), numbers(3), numbers([1, 2])) == ([], [3.0], [1.0, 2.0])
    assert is_close(158e9, 158_000_000_000)
    assert not is_close(None, 0)
    assert not is_close(0.771, 0.7709)
