"""The scorer itself: what counts as found, missed, false or neither."""

from datetime import date
from typing import Any

import pytest

from dx_pipeline_tests.extraction.scoring import (
    Score,
    Tally,
    directive_fields,
    indicator_fields,
    is_close,
    match,
    numbers,
    overlap,
)

TEXT = "The minister asked banks to open accounts. Some 12 percent did so, up from 9 percent. Then “all” went home."


def row(quote: str, **columns: Any) -> dict[str, Any]:
    start = TEXT.index(quote)
    unsaid = dict.fromkeys(("value", "value_high", "change", "change_percent", "unit", "metric_id", "period", "area"))
    order: dict[str, Any] = {"issuer_id": None, "addressee_ids": [], "due_on": None, "instrument_ids": []}
    more = {"out_of": None, "comparator": "=", "start_char": start, "end_char": start + len(quote), "quote": quote}
    return unsaid | order | more | columns


def label(**kinds: list[dict[str, Any]]) -> dict[str, Any]:
    return {"directives": [], "indicators": [], **kinds}


def scored(wanted: dict[str, Any], **rows: list[dict[str, Any]]) -> Score:
    score = Score()
    score.add("a.txt", TEXT, wanted, {"directives": [], "indicators": [], **rows})
    return score


def test_a_row_on_the_label_is_a_hit() -> None:
    wanted = label(directives=[{"id": "d1", "quote": "asked banks to open accounts"}])
    score = scored(wanted, directives=[row("banks to open accounts")])
    assert score.tallies["directives"] == Tally(hits=1)
    assert score.figures()["directives.f1"] == 1.0


def test_blanks_quotes_and_case_do_not_part_label_and_text() -> None:
    wanted = label(directives=[{"id": "d1", "quote": 'then  "all"\nwent home'}])
    assert scored(wanted, directives=[row("Then “all” went home")]).tallies["directives"].hits == 1


def test_a_label_without_a_row_is_missed_and_a_row_without_a_label_is_false() -> None:
    wanted = label(directives=[{"id": "d1", "quote": "asked banks to open accounts"}])
    score = scored(wanted, directives=[row("Then “all” went home")])
    assert score.tallies["directives"] == Tally(false_alarms=1, misses=1)
    assert len(score.errors) == 2


def test_an_indicator_must_share_a_number() -> None:
    wanted = label(indicators=[{"id": "i1", "quote": "Some 12 percent did so, up from 9 percent", "value": 12}])
    assert scored(wanted, indicators=[row("Some 12 percent did so", value=12.0)]).tallies["indicators"].hits == 1
    assert scored(wanted, indicators=[row("Some 12 percent did so", value=9.0)]).tallies["indicators"].hits == 0


def test_the_row_with_the_value_is_preferred_to_the_row_with_the_change() -> None:
    entries = [{"id": "i1", "quote": "Some 12 percent did so, up from 9 percent", "value": 12}]
    span = (TEXT.index("Some"), TEXT.index(". Then"))
    rows = [
        row("Some 12 percent did so, up from 9 percent", value=9.0, change=12.0),
        row("Some 12 percent", value=12.0),
    ]
    assert match(entries, [[span]], rows) == ([(0, 1)], [], [0])


def test_an_optional_label_is_neither_missed_nor_false() -> None:
    wanted = label(directives=[{"id": "d1", "quote": "Then “all” went home", "optional": True}])
    assert scored(wanted).tallies["directives"] == Tally()
    assert scored(wanted, directives=[row("Then “all” went home")]).tallies["directives"] == Tally()


def test_a_fact_told_twice_may_be_found_twice() -> None:
    wanted = label(directives=[{"id": "d1", "quote": ["asked banks to open accounts", "Then “all” went home"]}])
    rows = [row("asked banks to open accounts"), row("Then “all” went home")]
    assert scored(wanted, directives=rows).tallies["directives"] == Tally(hits=1)


def test_a_quote_off_its_place_is_counted() -> None:
    moved = row("asked banks") | {"start_char": 1}
    assert scored(label(), directives=[moved]).figures()["quotes.in_place"] == 0.0


def test_fields_of_a_directive() -> None:
    entry = {"issuer": "pm", "addressees": ["b", "a"], "due_on": date(2025, 1, 1), "instruments": ["x"]}
    found = row("asked", issuer_id="pm", addressee_ids=["a", "b"], due_on=None, instrument_ids=["x", "y"])
    assert directive_fields(entry, found) == {"issuer": True, "addressees": True, "due_on": False, "instruments": True}


def test_fields_of_an_indicator_are_judged_where_the_label_speaks() -> None:
    entry = {"value": [9, 12], "unit": "percent", "out_of": 193, "change": 2}
    found = row("asked", value=9.0, value_high=12.0, unit="rank", out_of=None, change=2.0)
    assert indicator_fields(entry, found) == {"value": True, "unit": False, "out_of": False, "change": True}


@pytest.mark.parametrize(("tally", "figures"), [(Tally(), (1, 1, 0)), (Tally(3, 1, 2), (0.75, 0.6, 2 / 3))])
def test_figures_of_a_tally(tally: Tally, figures: tuple[float, float, float]) -> None:
    assert (tally.precision, tally.recall, tally.f1) == pytest.approx(figures)


def test_overlap_wants_a_fair_part_of_both() -> None:
    assert overlap((0, 10), (0, 10)) == 1.0
    assert overlap((0, 10), (10, 20)) == 0.0
    assert overlap((0, 100), (0, 10)) == 0.0


def test_numbers_and_closeness() -> None:
    assert (numbers(None), numbers(3), numbers([1, 2])) == ([], [3.0], [1.0, 2.0])
    assert is_close(158e9, 158_000_000_000)
    assert not is_close(None, 0)
    assert not is_close(0.771, 0.7709)
