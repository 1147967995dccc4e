"""Where a sentence ends, and the stops that only look like an end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dx_pipeline.extraction.lexicon import Lexicon
from dx_pipeline.extraction.sentences import split_sentences


def split(text: str, abbreviations: frozenset[str] = frozenset()) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text, 0, len(text), abbreviations)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three? Four…", ["One.", "Two!", "Three?", "Four…"]),
        ("He said: “Do it now.” Then he left.", ["He said: “Do it now.”", "Then he left."]),
        ("(Done in May.) More follows.", ["(Done in May.)", "More follows."]),
        ("Really?! Yes.", ["Really?!", "Yes."]),
        ("A line\nand another", ["A line", "and another"]),
        ("A line\n\n\nand another", ["A line", "and another"]),
        ("  blanks around. \t Gone.  ", ["blanks around.", "Gone."]),
        ("No stop at the end", ["No stop at the end"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_what_ends_a_sentence(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


@pytest.mark.parametrize(
    "text",
    [
        "Pham M. Chinh spoke.",
        "It grew by 12.5 percent to 3.4 points.",
        "Open example.gov.vn and see.",
        "Den 1. juli kom den.",
        "The text goes on ... after a pause.",
        "At 5 p.m. today it ends.",
    ],
)
def test_what_ends_none(text: str) -> None:
    assert split(text) == [text]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "Dr. Nguyen and Mr. Tran met under Decision No. 749 there."),
        ("vi", "Lễ ký tại TP. Hồ Chí Minh có TS. Nguyễn Văn An dự."),
        ("pl", "Zgodnie z decyzją nr. 749 prof. Nowak i tow. Nguyen pracują."),
        ("nb", "Vedtaket har nr. 749 og gjelder nå."),
    ],
)
def test_a_pack_knows_its_abbreviations(lexicon: Lexicon, code: str, text: str) -> None:
    assert split(text, lexicon.languages[code].abbreviations) == [text]


@given(st.text(alphabet="aB1 .!?…\n\"')”»", max_size=80))
def test_sentences_lose_nothing_but_blanks(text: str) -> None:
    spans = split_sentences(text, 0, len(text), frozenset())
    at, kept = 0, []
    for start, end in spans:
        assert at <= start < end <= len(text)
        assert text[at:start].strip() == ""
        kept.append(text[start:end])
        at = end
    assert text[at:].strip() == ""
    assert all(sentence == sentence.strip() for sentence in kept)


def test_a_part_of_a_text_is_split_within_its_bounds() -> None:
    text = "Before. Inside one. Inside two. After."
    assert [text[s:e] for s, e in split_sentences(text, 8, 31, frozenset())] == ["Inside one.", "Inside two."]
