"""Numbers as each language writes them: separators, scale words, ranges, number words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dx_pipeline.extraction.folding import fold
from dx_pipeline.extraction.numbers import Number, NumberRecogniser, read_digits
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import read_toml

RECOGNISERS = {
    path.stem: NumberRecogniser(read_toml(path)["numbers"]) for path in (CATALOGUE / "languages").glob("*.toml")
}
GROUPED = {"en": ",", "vi": ".", "fr": " ", "pl": " ", "nb": " "}


def numbers(code: str, text: str) -> list[Number]:
    return list(RECOGNISERS[code].find(fold(text), 0, len(text)))


def values(code: str, text: str) -> list[float]:
    return [number.value for number in numbers(code, text)]


@pytest.mark.parametrize(
    ("code", "text", "value"),
    [
        ("en", "1,013 services", 1013),
        ("en", "2,450,000 cards", 2_450_000),
        ("en", "12.5 points", 12.5),
        ("en", "0.7709", 0.7709),
        ("vi", "1.013 dịch vụ", 1013),
        ("vi", "2.450.000 thẻ", 2_450_000),
        ("vi", "12,5 điểm", 12.5),
        ("vi", "93.53%", 93.53),
        ("fr", "1 013 services", 1013),
        ("fr", "2 450 000 cartes", 2_450_000),
        ("fr", "1\u00a0013 services", 1013),
        ("fr", "1\u202f013 services", 1013),
        ("fr", "12,5 points", 12.5),
        ("pl", "1 013 usług", 1013),
        ("pl", "2 450 000 kart", 2_450_000),
        ("pl", "12,5 punktu", 12.5),
        ("nb", "1 013 tjenester", 1013),
        ("nb", "2 450 000 kort", 2_450_000),
        ("nb", "2.450.000 kort", 2_450_000),
        ("nb", "12,5 poeng", 12.5),
    ],
)
def test_separators_follow_the_language(code: str, text: str, value: float) -> None:
    assert values(code, text) == [value]


@pytest.mark.parametrize(
    ("code", "text", "values"),
    [
        ("en", "2.990 wards, or 12,5% of all", [2990, 12.5]),
        ("en", "1.234.567 accounts in 2.990 wards", [1_234_567, 2990]),
        ("fr", "1,013 services, soit 93.5 %", [1013, 93.5]),
        ("pl", "1,013.5 punktów w 2,990 gminach", [1013.5, 2990]),
        ("nb", "1,9 % av 2,990 kommuner", [1.9, 2.99]),
        ("vi", "1,234,567 tài khoản tại 2,990 xã", [1_234_567, 2990]),
        ("en", "93.5% here and 12,5% there, in 2.990 wards", [93.5, 12.5, 2.99]),
    ],
)
def test_separators_are_those_that_the_text_itself_shows(code: str, text: str, values: list[float]) -> None:
    recogniser, folded = RECOGNISERS[code], fold(text)
    sniffed = recogniser.sniff(folded, [(0, len(text))])
    assert [number.value for number in recogniser.find(folded, 0, len(text), sniffed)] == values


@pytest.mark.parametrize(
    ("code", "text", "value"),
    [
        ("en", "61.5 million accounts", 61_500_000),
        ("en", "US$158 billion", 158_000_000_000),
        ("en", "2 thousand", 2000),
        ("en", "1.5 trillion", 1_500_000_000_000),
        ("en", "3 thousand billion dong", 3_000_000_000_000),
        ("vi", "61,5 triệu tài khoản", 61_500_000),
        ("vi", "158 tỷ USD", 158_000_000_000),
        ("vi", "158 tỉ USD", 158_000_000_000),
        ("vi", "12,5 nghìn tỷ đồng", 12_500_000_000_000),
        ("fr", "61,5 millions de comptes", 61_500_000),
        ("fr", "158 milliards de dollars", 158_000_000_000),
        ("fr", "3 000 milliards", 3_000_000_000_000),
        ("pl", "61,5 mln kont", 61_500_000),
        ("pl", "158 mld dolarów", 158_000_000_000),
        ("pl", "74 tys. firm", 74_000),
        ("pl", "5 milionów", 5_000_000),
        ("nb", "61,5 millioner kontoer", 61_500_000),
        ("nb", "158 milliarder dollar", 158_000_000_000),
        ("nb", "2 tusen", 2000),
    ],
)
def test_scale_words_are_multiplied_in(code: str, text: str, value: float) -> None:
    assert values(code, text) == [value]


@pytest.mark.parametrize(
    ("code", "text", "low", "high"),
    [
        ("en", "40 to 45 percent", 40, 45),
        ("en", "40-45%", 40, 45),
        ("en", "40%–45%", 40, 45),
        ("en", "2 to 3 million", 2_000_000, 3_000_000),
        ("en", "between 40 and 45 percent", 40, 45),
        ("vi", "40 đến 45%", 40, 45),
        ("vi", "40 - 45%", 40, 45),
        ("fr", "40 à 45 %", 40, 45),
        ("pl", "40 do 45 procent", 40, 45),
        ("nb", "40 til 45 prosent", 40, 45),
        ("nb", "40–45 prosent", 40, 45),
    ],
)
def test_a_range_is_one_number(code: str, text: str, low: float, high: float) -> None:
    (number,) = numbers(code, text)
    assert (number.value, number.high) == (low, high)


@pytest.mark.parametrize(
    ("code", "text", "found"),
    [
        ("en", "45 to 40 percent", [45, 40]),  # falling: two numbers
        ("en", "1 to 2,000,000", [1, 2_000_000]),  # too far apart to be one range
        ("en", "58,000 firms, 74,000 shops", [58_000, 74_000]),
        ("fr", "12 sur 15", [12, 15]),
    ],
)
def test_numbers_side_by_side_are_no_range(code: str, text: str, found: list[float]) -> None:
    read = numbers(code, text)
    assert [number.value for number in read] == found
    assert all(number.high is None for number in read)


@pytest.mark.parametrize(
    ("code", "text", "value"),
    [
        ("en", "two million cards", 2_000_000),
        ("en", "Twelve tasks", 12),
        ("en", "twenty-five agencies", 25),
        ("vi", "hai mươi tỉnh", 20),
        ("fr", "deux millions de cartes", 2_000_000),
        ("pl", "dwóch milionów kart", 2_000_000),
        ("nb", "to millioner kort", 2_000_000),
    ],
)
def test_number_words_are_numbers(code: str, text: str, value: float) -> None:
    (number,) = numbers(code, text)
    assert number.value == value


@pytest.mark.parametrize("text", ["weight", "often", "attend", "someone", "tenth"])
def test_a_number_word_inside_a_word_is_none(text: str) -> None:
    assert values("en", text) == []


@pytest.mark.parametrize("text", ["B2", "covid19", "A_5"])
def test_digits_behind_a_letter_are_no_number(text: str) -> None:
    assert values("en", text) == []


@pytest.mark.parametrize(
    ("text", "group", "decimal", "expected"),
    [
        ("1,234,567", [","], ["."], (9, 1_234_567.0, 0)),
        ("1,23", [","], ["."], (4, 1.23, 2)),  # two digits are no group
        ("1,2345", [","], ["."], (6, 1.2345, 4)),
        ("1.5.2024", ["."], [","], (1, 1.0, 0)),  # a date is no decimal number
        ("0,500", ["."], [","], (5, 0.5, 3)),
        ("0.500", ["."], [","], (1, 0.0, 0)),
        ("2024 100", [" "], [","], (4, 2024.0, 0)),  # four digits open no group
        ("7,", [","], ["."], (1, 7.0, 0)),
        ("7.", [","], ["."], (1, 7.0, 0)),
    ],
)
def test_a_separator_is_judged_by_the_digits_behind_it(
    text: str, group: list[str], decimal: list[str], expected: tuple[int, float, int]
) -> None:
    assert read_digits(text, 0, len(text), group, decimal) == expected


@given(st.integers(min_value=0, max_value=10**15 - 1), st.sampled_from(sorted(GROUPED)))
def test_a_grouped_whole_number_is_read_back(whole: int, code: str) -> None:
    assert values(code, f"{whole:,}".replace(",", GROUPED[code])) == [whole]


@given(st.text(alphabet="0123456789.,'- %/amo\u00a0", max_size=60), st.sampled_from(sorted(GROUPED)))
def test_numbers_stand_in_order_and_inside_the_text(text: str, code: str) -> None:
    at = 0
    for number in numbers(code, text):
        assert at <= number.start < number.end <= len(text)
        assert number.high is None or number.high > number.value
        at = number.end
