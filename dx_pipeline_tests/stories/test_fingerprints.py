import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dx_pipeline.stories.fingerprints import heavy_values, number_overlap, number_similarity, read_numbers


@pytest.mark.parametrize("printed", ["12,345", "12.345", "12 345", "12\u00a0345", "12\u202f345", "12'345", "12345"])
def test_grouping_is_folded_whatever_separates(printed: str) -> None:
    assert read_numbers(f"In all {printed} files.") == {"12345"}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1.234.567,8 dong", {"1234567.8"}),
        ("1,234,567.80 dong", {"1234567.8"}),
        ("0,70 or 0.7", {"0.7"}),
        ("0.125 point", {"0.125"}),
        ("from 46 to 2022-2023", {"46", "2022", "2023"}),
        ("about 3-6%", {"3", "6"}),
        ("on 19/08/2026 at 14:30", {"19", "8", "2026", "14", "30"}),
        ("2026-08-19", {"2026", "8", "19"}),
        ("the 83rd place, 83e rang", {"83"}),
        ("A4 paper and Q3", set()),
        ("call 12345678901234567890", set()),
        ("see https://news.example/report-778899.htm for it", set()),
        ("", set()),
    ],
)
def test_numbers_are_read_as_printed(text: str, numbers: set[str]) -> None:
    assert read_numbers(text) == numbers


def test_document_numbers_stay_whole_and_fold_their_spelling() -> None:
    assert read_numbers("Quyết định 0131/QĐ-TTg") == read_numbers("Decision 131/QD-TTg") == {"131/QD/TTG"}
    assert read_numbers("decree 12/2031/ND-CP") == {"12/2031/ND/CP"}


def test_years_and_small_numbers_are_light_and_documents_weigh_double() -> None:
    assert heavy_values({"12", "2031", "13", "1.5", "9/QD/TTG"}) == {"13", "1.5", "9/QD/TTG"}
    assert number_similarity({"9/QD/TTG", "5"}, {"9/QD/TTG"}) == pytest.approx(2 / 2.2)
    assert number_similarity(set(), set()) == 0
    assert number_overlap({"13", "14"}, {"13"}) == 1
    assert number_overlap(set(), {"13"}) == 0


@given(st.sets(st.integers(13, 10**9).map(str)), st.sets(st.integers(13, 10**9).map(str)))
def test_similarity_is_symmetric_and_bounded(left: set[str], right: set[str]) -> None:
    assert number_similarity(left, right) == number_similarity(right, left)
    assert 0 <= number_similarity(left, right) <= number_overlap(left, right) <= 1 or not (left and right)


@pytest.mark.parametrize("hostile", ["1" * 200_000, "1 " * 100_000, "1.234" * 40_000, "1/" * 100_000, "9-A" * 60_000])
def test_hostile_text_costs_linear_time(hostile: str) -> None:
    started = time.process_time()
    read_numbers(hostile)
    assert time.process_time() - started < 2
