"""Single cells: numbers, periods, areas."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dx_pipeline.statistics.areas import read_areas
from dx_pipeline.statistics.problems import RejectionError
from dx_pipeline.statistics.values import parse_day, parse_number, parse_period


@pytest.mark.parametrize("text", ["1,234", "1 234", "12%", "٣", "0x1f", "1e999", "1" * 50, "inf", "1.2.3", "--1"])
def test_what_could_be_read_in_two_ways_or_none_is_refused(text: str) -> None:
    with pytest.raises(RejectionError, match="no number"):
        parse_number(text)


def test_a_point_beside_a_decimal_comma_is_refused() -> None:
    assert parse_number("1234,5", decimal=",") == 1234.5
    with pytest.raises(RejectionError, match="no number"):
        parse_number("1.234,5", decimal=",")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_number_survives(number: float) -> None:
    assert parse_number(repr(number)) == number


@given(st.text(max_size=60))
def test_any_text_is_a_number_nothing_or_refused(text: str) -> None:
    for parse in (parse_number, parse_period, parse_day):
        with contextlib.suppress(RejectionError):
            parse(text)


@pytest.mark.parametrize(
    "text", ["", "24", "2024-00", "2024-13", "2024-Q5", "2024-H3", "2024.5", "2024/25", "２０２４"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(RejectionError, match="no period"):
        parse_period(text)


def test_periods_of_every_length_are_read() -> None:
    assert [parse_period(t) for t in ("2024", "2024-12", "2024-Q4", "2024-H1", "2024.0")] == [
        "2024", "2024-12", "2024-Q4", "2024-H1", "2024",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("VNM", "VNM"), ("VN", "VNM"), ("704", "VNM"), ("Viet Nam ", "VNM"), ("Vietnam", "VNM"),
        ("Türkiye", "TUR"), ("Tu\u0308rkiye", "TUR"), ("Turkey", "TUR"), ("Korea, Rep.", "KOR"),
        ("Côte d’Ivoire", "CIV"), ("Namibia", "NAM"), ("004", "AFG"), ("", None), ("WLD", None), ("VIE", None),
    ],
)  # fmt: skip
def test_areas_are_known_by_code_and_by_name(text: str, code: str | None) -> None:
    assert read_areas().resolve(text) == code
