"""Folding keeps every offset and makes one of what printers write in several ways."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dx_pipeline.extraction.folding import fold


@given(st.text(max_size=200))
@example("İstanbul")
@example("ẞ ﬁ ŉ Ǆ")
@example("e\u0301a\u0308 \u200b\u00a0\u202f")
@example("\U0001f600 \ud7a3 𝐀")
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="Thanh Hoá Quý Thuỷ oà", max_size=20), st.text(alphabet=" .,-", min_size=1, max_size=3))
def test_a_part_folds_as_it_does_in_the_whole(text: str, mark: str) -> None:
    assert fold(text + mark + text) == fold(text) + fold(mark) + fold(text)


@pytest.mark.parametrize(
    ("printed", "folded"),
    [
        ("“Project 06” – d’ici", '"project 06" - d\'ici'),
        ("«\u00a0numérique\u00a0»", '" numérique "'),
        ("1\u202f013", "1 013"),
        ("a\tb\nc", "a b c"),
        ("ĐỀ ÁN", "đề án"),
    ],
)
def test_typography_is_folded(printed: str, folded: str) -> None:
    assert fold(printed) == folded


@pytest.mark.parametrize(
    ("newer", "older"),
    [("Thanh Hoá", "Thanh Hóa"), ("uỷ ban", "ủy ban"), ("Thuý Quỳnh", "Thúy Quỳnh"), ("khoẻ", "khỏe")],
)
def test_both_places_of_a_vietnamese_tone_are_one(newer: str, older: str) -> None:
    assert fold(newer) == fold(older)


@pytest.mark.parametrize("word", ["quý", "quỳ", "hoàn", "toàn", "thuyền"])
def test_a_tone_with_one_place_only_stays(word: str) -> None:
    assert fold(word) == word
