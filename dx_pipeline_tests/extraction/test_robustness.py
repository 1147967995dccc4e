"""Hostile shapes of text: extraction never fails on them, and its time grows with their length only.

Times are of the processor, and compared with each other: twice the text may take about twice the time,
and would take four times as long if any step were quadratic. What is over at once is not judged.
"""

import time
from collections.abc import Callable

import pytest

from dx_pipeline.extraction.extract import Extracted, extract
from dx_pipeline.extraction.lexicon import Lexicon
from dx_pipeline_tests.builders import DAY
from dx_pipeline_tests.extraction.excerpts import Excerpt, body_blocks, linked_articles

ON_TOPIC = "Digital transformation, VNeID, 5G and databases in Vietnam. "  # else nothing more would be read
LARGE = 60_000
HALF, WHOLE = 5_000, 10_000  # code points of one block
BLOCK = 6_000
MOST_GROWTH = 3.2
AT_ONCE = 0.1  # seconds

NASTY = {
    "digits": "1234567890",
    "numbered": "1.",
    "months": "may june march ",
    "open brackets": "(",
    "commas": ",",
    "orders without an end": "the Prime Minister requested ministries to review and ",
    "blanks": " ",
    "quotes": '"',
    "numbers of documents begun": "a/",
    "combining marks": "\u0301",
}
SHAPES = NASTY | {
    "ones": "1 ",
    "grouped numbers": "1,234 ",
    "decimals": "1,5",
    "ranges": "2 to 3 ",
    "shares": "5% ",
    "amounts": "5 million million ",
    "ranks": "up 5 places to 7 places ",
    "numbers of something": "no. 5 ",
    "days": "15 May 2025 ",
    "dates begun": "12/",
    "decrees begun": "12/2020/",
    "letters of documents": "1/A-A-A-A-",
    "dashes": "1-",
    "stops": ". ",
    "dots": ".",
    "initials": "A. ",
    "lines": "a\n",
    "listed words": "a, ",
    "bodies": "the ministry of finance and ",
    "bodies begun": "ministry of ",
    "bodies without a joint": "MPS ",
    "bodies by commas": "MPS, ",
    "bodies and words": "MPS in ",
    "bodies in brackets": "MPS (MPS), ",
    "who helps": "MPS, together with ",
    "to bodies": "to MPS, ",
    "offices and names": "Prime Minister An Van Binh ",
    "persons by their titles": "Mr. Binh ",
    "capitals": "An Binh ",
    "pronouns and small words": "also they ",
    "orders by office": "MPS asked MPS ",
    "reports": "MPS said that MPS ",
    "formulas": "if needed, ",
    "ordering verbs": "requested ",
    "tasks": "to do it; ",
    "small words": "the ",
    "words joined": "a\u0301",
    "vowels": "oà",
    "goals": "the Prime Minister asked ministries to reach 5% and 6% and ",
    "scales": "million ",
}
STORIES = {
    "orders": "The Prime Minister requested localities to open data before 1 May 2025. ",
    "a role without its body": "The minister asked ministries to open data. ",
    "pronouns": "They must open data by May. ",
    "figures": "About 5% of dossiers were online in 2024, up 2% from 2023. ",
    "bodies": "Ministry of Finance. ",
    "numbers of documents": "Decision 749/QD-TTg. ",
}


def extract_blocks(lexicon: Lexicon, *paragraphs: str) -> Extracted:
    excerpt = Excerpt(text="\n\n".join([ON_TOPIC, *paragraphs]), language="en", published_on=DAY)
    extracted = extract(linked_articles([excerpt]), body_blocks([excerpt]), lexicon)
    assert extracted.articles["relevant"].to_list() == [True]
    return extracted


def seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def assert_grows_with_length(work: Callable[[int], object], half: int, whole: int) -> None:
    """Compare the times of half and whole; a second look is taken where the first one finds too much."""
    for _ in range(2):
        short, long = seconds(lambda: work(half)), seconds(lambda: work(whole))
        if long <= max(AT_ONCE, MOST_GROWTH * short):
            return
    raise AssertionError(f"{half} took {short:.2f} s, {whole} took {long:.2f} s")


def repeated(shape: str, length: int) -> str:
    return (shape * (length // len(shape) + 1))[:length]


@pytest.mark.parametrize("shape", NASTY.values(), ids=NASTY)
def test_a_large_block_is_read_without_failing(lexicon: Lexicon, shape: str) -> None:
    assert extract_blocks(lexicon, repeated(shape, LARGE)).articles.height == 1


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_time_grows_with_the_length_of_a_block(lexicon: Lexicon, shape: str) -> None:
    assert_grows_with_length(lambda length: extract_blocks(lexicon, repeated(shape, length)), HALF, WHOLE)


@pytest.mark.parametrize("sentence", STORIES.values(), ids=STORIES)
def test_time_grows_with_the_number_of_blocks(lexicon: Lexicon, sentence: str) -> None:
    block = repeated(sentence, BLOCK)
    assert_grows_with_length(lambda count: extract_blocks(lexicon, *[block] * count), 4, 8)
