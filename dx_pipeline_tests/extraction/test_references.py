"""Document numbers in the spellings that printers use, and what is none."""

import pytest

from dx_pipeline.extraction.lexicon import Lexicon


def ids(lexicon: Lexicon, text: str) -> list[str]:
    return [reference.instrument_id for reference in lexicon.references.find_numbers(text, 0, len(text))]


def test_a_number_without_the_stroke_names_the_same_document(lexicon: Lexicon) -> None:
    with_stroke, without = ids(lexicon, "Decision 749/QĐ-TTg"), ids(lexicon, "Decision 749/QD-TTg")
    assert with_stroke == without
    assert with_stroke[0] in lexicon.instruments


def test_a_document_that_nobody_registered_is_named_by_kind_and_number(lexicon: Lexicon) -> None:
    assert ids(lexicon, "under Decision 98765/QĐ-TTg, which") == ["decision:98765/QĐ-TTg"]
    assert ids(lexicon, "document 4321/XYZ-ABC") == ["document:4321/XYZ-ABC"]


@pytest.mark.parametrize(
    "text",
    [
        "24/7 service",
        "15/5/2025",
        "A749/QĐ-TTg",
        "1/x749/QĐ-TTg",
        "http://example.org/749/QĐ-TTg",
        "50-60 km/h",
        "3/4 of the people",
    ],
)
def test_what_is_no_document_number(lexicon: Lexicon, text: str) -> None:
    assert ids(lexicon, text) == []


def test_a_number_is_read_inside_its_span_only(lexicon: Lexicon) -> None:
    text = "749/QĐ-TTg"
    assert list(lexicon.references.find_numbers(text, 0, 5)) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [("73/2019, which", "73/2019"), ("505.", "505"), ("505, and", "505"), ("of 2019", None), ("1,505", None)],
)
def test_a_short_number_ends_where_its_digits_do(lexicon: Lexicon, text: str, number: str | None) -> None:
    reference = lexicon.references.read_short(text, 0, len(text), "decree")
    assert (reference.number if reference else None) == number
