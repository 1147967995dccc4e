"""Names of persons: who was introduced with an office, and where the name alone stands for it."""

import time
from collections.abc import Sequence

import pytest

from dx_pipeline.extraction.lexicon import Lexicon
from dx_pipeline.extraction.names import find_names
from dx_pipeline_tests.builders import DAY
from dx_pipeline_tests.extraction.excerpts import Excerpt, read

OFFICES = ("Prime Minister", "Minister of Finance", "Chairman")
LARGE = 1_000_000  # code points
MOST_GROWTH = 3.2
AT_ONCE = 0.2  # seconds


def spans_of(text: str, *words: str) -> list[tuple[int, int]]:
    """Return where words stand in a text, in order of place."""
    found = []
    for word in words:
        at = text.find(word)
        while at >= 0:
            found.append((at, at + len(word)))
            at = text.find(word, at + len(word))
    return sorted(found)


def named(text: str, told: Sequence[tuple[int, int]] | None = None) -> list[tuple[str, str]]:
    """Return the names found in a text, each with the words of its office, in order of place."""
    offices, titles = spans_of(text, *OFFICES), spans_of(text, "Mr.", "Ms.")
    found = sorted(find_names(text, offices, titles, told or [(0, len(text))]))
    return [(text[start:end], text[slice(*offices[index])]) for start, end, index in found]


@pytest.mark.parametrize(
    "text",
    [
        "Prime Minister An Van Binh spoke. Later An Van Binh asked for more.",
        "the Prime Minister An Van Binh spoke. Later An Van Binh asked for more.",
    ],
)
def test_a_name_behind_its_office_stands_for_it_later(text: str) -> None:
    assert named(text) == [("An Van Binh", "Prime Minister")]


@pytest.mark.parametrize("lead", ["", "Yesterday they met. ", "In the hall, ", "They met:\n\n"])
def test_a_name_ahead_of_its_office_stands_for_it_later(lead: str) -> None:
    assert named(f"{lead}An Binh, the Prime Minister, spoke. An Binh asked for more.") == [
        ("An Binh", "Prime Minister")
    ]


def test_a_place_ahead_of_an_office_is_no_name() -> None:
    assert named("On Monday, in Ho Chi Minh City, the Prime Minister spoke. Ho Chi Minh City grew.") == []


def test_a_name_repeated_behind_its_office_is_no_second_body() -> None:
    assert named("Prime Minister An Binh spoke. Prime Minister An Binh asked.") == []


def test_mister_and_a_last_name_stand_for_who_was_introduced_in_full() -> None:
    text = "Prime Minister An Van Binh and Minister of Finance Cao Thi Dung met. Mr. Binh asked Ms. Dung; Mr. Ho left."
    assert named(text) == [("Mr. Binh", "Prime Minister"), ("Ms. Dung", "Minister of Finance")]


def test_mister_and_a_full_name_are_found_once() -> None:
    text = "Prime Minister An Van Binh spoke. Mr. An Van Binh asked."
    assert named(text) == [("Mr. An Van Binh", "Prime Minister")]


def test_a_last_name_that_two_share_is_nobodys() -> None:
    text = "Prime Minister An Van Binh and Minister of Finance Cao Thi Binh met. Mr. Binh asked."
    assert named(text) == []


def test_a_name_given_to_two_offices_is_nobodys() -> None:
    text = "Prime Minister An Van Binh spoke. Minister of Finance An Van Binh spoke. An Van Binh asked. Mr. Binh left."
    assert named(text) == []


def test_a_name_is_not_found_inside_words() -> None:
    assert named("Prime Minister An Binh spoke. Hoan Binh, An Binhh and An Binh2 came; An Binh's car did.") == [
        ("An Binh", "Prime Minister")
    ]


def test_one_word_behind_an_office_is_no_name() -> None:
    assert named("Prime Minister Binh spoke. Binh asked. Mr. Binh left.") == []


def test_a_name_is_sought_only_where_the_story_is_told() -> None:
    text = "Prime Minister An Binh spoke. An Binh asked. An Binh left."
    assert len(named(text)) == 2
    assert len(named(text, [(0, text.index("asked"))])) == 1


def test_a_name_stands_for_the_office_that_orders(lexicon: Lexicon) -> None:
    text = (
        "Prime Minister An Van Binh spoke of digital transformation, digital government and open data. "
        "The hall was full.\n\nMr. Binh asked the Ministry of Finance to open its databases."
    )
    rows = read([Excerpt(text=text, language="en", published_on=DAY)], lexicon).directives
    assert rows.select("issuer_id", "issuer_text").rows() == [("vnm-prime-minister", "Mr. Binh")]


SHAPES = {
    "capitals": "An ",
    "letters": "A ",
    "one word": "A",
    "names and commas": "An Binh, ",
    "offices": "Prime Minister ",
    "offices and names": "Prime Minister An Binh ",
    "offices ahead of a long word": "Prime Minister An AnAnAnAnAnAnAnAnAnAnAnAnAnAnAnAn",
    "titles": "Mr. ",
    "titles and names": "Mr. Binh ",
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_time_grows_with_the_length_of_the_text(shape: str) -> None:
    def seconds(length: int) -> float:
        lead = "Prime Minister An Binh spoke. "
        text = (lead + shape * (length // len(shape) + 1))[:length]
        offices, titles = spans_of(text, *OFFICES), spans_of(text, "Mr.")
        started = time.process_time()
        assert all(0 <= start < end <= length for start, end, _ in find_names(text, offices, titles, [(0, length)]))
        return time.process_time() - started

    for _ in range(2):  # a second look where the first one finds too much
        short, long = seconds(LARGE // 2), seconds(LARGE)
        if long <= max(AT_ONCE, MOST_GROWTH * short):
            return
    raise AssertionError(f"{LARGE // 2} took {short:.2f} s, {LARGE} took {long:.2f} s")


def test_time_grows_with_the_length_of_a_page_of_capitals(lexicon: Lexicon) -> None:
    def seconds(length: int) -> float:
        lead = "Prime Minister An Van Binh spoke of digital transformation, digital government and open data.\n\n"
        paragraph = ("An Van Binh Mr. Binh " * 300).strip() + "\n\n"
        text = (lead + paragraph * (length // len(paragraph) + 1))[:length]
        started = time.process_time()
        read([Excerpt(text=text, language="en", published_on=DAY)], lexicon)
        return time.process_time() - started

    short, long = seconds(100_000), seconds(200_000)
    assert long <= max(AT_ONCE, MOST_GROWTH * short)
