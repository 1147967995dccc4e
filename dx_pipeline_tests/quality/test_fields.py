"""Fields of a row against those of its label: what is right, wrong, missing, surplus or rightly empty."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from dx_pipeline.quality.fields import Comparison, compare_directive, compare_header, compare_indicator

ORDER: dict[str, Any] = {
    "issuer_id": "pm",
    "addressee_ids": ["a", "b"],
    "due_on": date(2025, 1, 1),
    "instrument_ids": ["x", "y"],
    "target_metric_id": "m",
    "target_comparator": ">=",
    "target_value": 80.0,
    "target_change": None,
    "target_unit": "percent",
}
FIGURE: dict[str, Any] = {
    "value": 9.0,
    "value_high": 12.0,
    "unit": "rank",
    "metric_id": "m",
    "period": "2024",
    "area": "VNM",
    "comparator": "=",
    "change": 2.0,
    "change_percent": None,
    "change_since": None,
    "out_of": None,
    "kind": "actual",
}
SAID = {"issuer": "pm", "addressees": ["b", "a"], "due_on": date(2025, 1, 1)}


def verdicts(compared: Iterable[Comparison]) -> dict[str, str]:
    return {one.field: one.verdict for one in compared}


def test_a_directive_as_labelled() -> None:
    entry = SAID | {"instruments": ["x"], "target": {"metric": "m", "value": 80}}
    fields = ("issuer", "addressees", "due_on", "instruments", "target")
    assert verdicts(compare_directive(entry, ORDER)) == dict.fromkeys(fields, "right")


@pytest.mark.parametrize(
    ("said", "found", "field", "verdict"),
    [
        ({}, {"issuer_id": "other"}, "issuer", "wrong"),
        ({}, {"issuer_id": None}, "issuer", "missing"),
        ({"issuer": None}, {}, "issuer", "surplus"),
        ({}, {"addressee_ids": ["a"]}, "addressees", "wrong"),
        ({"addressees": []}, {}, "addressees", "surplus"),
        ({"addressees": []}, {"addressee_ids": []}, "addressees", "empty"),
        ({"due_on": None}, {"due_on": None}, "due_on", "empty"),
        ({"due_on": date(2025, 1, 2)}, {}, "due_on", "wrong"),
        ({"instruments": ["z"]}, {}, "instruments", "wrong"),
        ({"instruments": ["z"]}, {"instrument_ids": []}, "instruments", "missing"),
        ({"target": {"metric": "n", "value": 80}}, {}, "target", "wrong"),
        ({"target": {"metric": "m", "change": 80}}, {}, "target", "wrong"),
        (
            {"target": {"metric": "m", "value": 80}},
            dict.fromkeys(("target_metric_id", "target_comparator", "target_value", "target_unit")),
            "target",
            "missing",
        ),
    ],
)
def test_a_directive_otherwise(said: dict[str, Any], found: dict[str, Any], field: str, verdict: str) -> None:
    assert verdicts(compare_directive(SAID | said, ORDER | found))[field] == verdict


def test_documents_and_targets_are_judged_where_the_label_names_them() -> None:
    assert set(verdicts(compare_directive(SAID, ORDER))) == {"issuer", "addressees", "due_on"}


def test_fields_of_an_indicator_are_judged_where_the_label_speaks() -> None:
    entry = {"value": [9, 12], "unit": "percent", "out_of": 193, "change": 2}
    assert verdicts(compare_indicator(entry, FIGURE)) == {
        "value": "right",
        "kind": "right",
        "unit": "wrong",
        "change": "right",
        "out_of": "missing",
    }


def test_a_figure_that_is_a_change_alone_has_rightly_no_value() -> None:
    found = verdicts(compare_indicator({"change": 2, "kind": "target"}, FIGURE | {"value": None, "value_high": None}))
    assert found == {"value": "empty", "kind": "wrong", "change": "right"}


def test_one_end_of_a_range_is_not_the_range() -> None:
    assert verdicts(compare_indicator({"value": [9, 12]}, FIGURE | {"value_high": None}))["value"] == "wrong"


def test_a_header_is_compared_without_case_and_blanks() -> None:
    header = {"language": "en", "published_on": date(2025, 1, 1), "title": "Lakes  report"}
    article = {"language": "fr", "published_on": None, "title": "LAKES REPORT"}
    assert verdicts(compare_header(header, article)) == {
        "language": "wrong",
        "published_on": "missing",
        "title": "right",
    }
    assert verdicts(compare_header({"language": "fr"}, article)) == {"language": "right"}
