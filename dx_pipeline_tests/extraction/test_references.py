"""Document numbers in the spellings that printers use, and whom and what they tell."""

import pytest

from dx_pipeline.extraction.lexicon import Lexicon
from dx_pipeline.extraction.references import issuer_of, kind_of


def ids(lexicon: Lexicon, text: str) -> list[str]:
    return [reference.instrument_id for reference in lexicon.references.find_numbers(text, 0, len(text))]


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("749/QĐ-TTg", "decision"),
        ("749/QD-TTg", "decision"),
        ("749/qđ-ttg", "decision"),
        ("57-NQ/TW", "resolution"),
        ("73/2019/NĐ-CP", "decree"),
        ("73/2019/ND-CP", "decree"),
        ("34/CT-TTg", "directive"),
        ("56/TB-VPCP", "notice"),
        ("12/CĐ-TTg", "telegram"),
        ("12/CD-TTg", "telegram"),
        ("10/2024/TT-BTTTT", "circular"),
        ("8/KH-UBND", "plan"),
        ("4321/VPCP-KSTT", None),
    ],
)
def test_letters_tell_the_kind(number: str, kind: str | None) -> None:
    assert kind_of(number) == kind


@pytest.mark.parametrize(
    ("number", "issuer"),
    [
        ("749/QĐ-TTg", "vnm-prime-minister"),
        ("73/2019/NĐ-CP", "vnm-government"),
        ("57-NQ/TW", "vnm-politburo"),
        ("56/TB-VPCP", "vnm-government-office"),
        ("10/2024/TT-BTTTT", None),
    ],
)
def test_letters_tell_who_signs(number: str, issuer: str | None) -> None:
    assert issuer_of(number) == issuer


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
