"""What is not ordered, what is forbidden, what is only supposed, and which figures are said not to hold."""

import pytest

from dx_pipeline.extraction.lexicon import Lexicon
from dx_pipeline_tests.builders import DAY
from dx_pipeline_tests.extraction.excerpts import Excerpt, read

TOPICS = "The Prime Minister spoke of digital transformation, digital government and open data. "


def actions(lexicon: Lexicon, text: str) -> list[str]:
    extracted = read([Excerpt(text=TOPICS + text, language="en", published_on=DAY)], lexicon)
    return extracted.directives["action"].to_list()


def values(lexicon: Lexicon, text: str) -> list[float]:
    extracted = read([Excerpt(text=TOPICS + text, language="en", published_on=DAY)], lexicon)
    return extracted.indicators["value"].to_list()


@pytest.mark.parametrize(
    "text",
    [
        "The Ministry of Finance does not have to open its databases before 1 May 2025.",
        "The Ministry of Finance need not open its databases before 1 May 2025.",
        "The Ministry of Finance is no longer obliged to open its databases before 1 May 2025.",
        "The Prime Minister has not asked the Ministry of Finance to open its databases; to publish its data.",
        "If the Prime Minister asked the Ministry of Finance to open its databases before 1 May 2025, it was well.",
    ],
)
def test_an_order_that_is_taken_back_or_supposed_is_none(lexicon: Lexicon, text: str) -> None:
    assert actions(lexicon, text) == []


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("The Ministry of Finance must not close its databases.", "must not close its databases"),
        ("The Ministry of Finance should not close its databases.", "not close its databases"),
        ("The Prime Minister asked the Ministry of Finance not to close its databases.", "not to close its databases"),
        ("If needed, the Ministry of Finance must open its databases.", "open its databases"),
    ],
)
def test_the_task_of_a_ban_is_told_with_what_forbids_it(lexicon: Lexicon, text: str, action: str) -> None:
    assert actions(lexicon, text) == [action]


def test_an_order_beside_one_that_is_taken_back_stays(lexicon: Lexicon) -> None:
    text = "The Ministry of Finance need not move, but the Ministry of Health must open its databases."
    assert actions(lexicon, text) == ["open its databases"]


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ("made up 20% of GDP in 2024", [20.0]),
        ("did not make up 20% of GDP in 2024", []),
        ("was not quite 20% of GDP in 2024", []),
        ("made up no less than 20% of GDP in 2024", [20.0]),
    ],
)
def test_a_figure_that_is_denied_is_none(lexicon: Lexicon, told: str, found: list[float]) -> None:
    assert values(lexicon, f"Vietnam's digital economy {told}.") == found
