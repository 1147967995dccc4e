"""Bytes to text: never a replacement character, always NFC with line feeds."""

import unicodedata

import pytest

from dx_pipeline.documents import decode as decoding
from dx_pipeline.documents.cues import read_page_cues
from dx_pipeline.documents.document import UnreadableError


def decode(body: bytes, media_type: str | None = None) -> str:
    return decoding.decode(body, media_type, read_page_cues())


VIETNAMESE = "Ủy ban nhân dân tỉnh yêu cầu các sở hoàn thành trước ngày 30 tháng 6."
POLISH = "Każda gmina złoży sprawozdanie z wdrożenia usług cyfrowych. Źródło: własne."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_marked_and_plain_unicode_is_read(encoding: str) -> None:
    assert decode(VIETNAMESE.encode(encoding)) == VIETNAMESE


@pytest.mark.parametrize("encoding", ["iso-8859-2", "windows-1250"])
def test_a_declared_charset_is_heeded(encoding: str) -> None:
    page = f'<meta charset="{encoding}"><p>{POLISH}'
    assert decode(page.encode(encoding)) == page
    assert decode(POLISH.encode(encoding), f"text/plain; charset={encoding}") == POLISH


def test_utf_8_goes_before_a_wrong_declaration() -> None:
    page = f'<meta charset="iso-8859-1"><p>{VIETNAMESE}'
    assert decode(page.encode()) == page


def test_latin_1_is_read_as_browsers_do() -> None:
    page = '<meta charset="iso-8859-1"><p>Un “plan” pour l’année — déjà prêt'
    assert decode(page.encode("cp1252")) == page


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1250", POLISH),
        ("iso-8859-2", POLISH),
        ("cp1252", "L’année prochaine, les communes « pilotes » seront reliées au réseau à très haut débit."),
        ("cp1252", "Små kommuner får støtte til å fornye løsningene sine før påske."),
    ],
)
def test_an_undeclared_charset_is_told_by_its_alphabet(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_a_charset_that_stays_open_is_refused() -> None:
    with pytest.raises(UnreadableError):
        decode(b"the letter \xe6 may be Norwegian or Polish")


def test_bytes_of_no_encoding_are_refused() -> None:
    with pytest.raises(UnreadableError, match="save the document as UTF-8") as caught:
        decode(bytes((i * 7919 + i // 3) % 256 for i in range(5000)))
    assert caught.value.check == "undecodable"


def test_text_is_composed_and_line_ends_are_line_feeds() -> None:
    decomposed = unicodedata.normalize("NFD", VIETNAMESE)
    assert decode(decomposed.encode()) == VIETNAMESE
    assert decode(b"a\r\nb\rc\nd\xe2\x80\xa8e") == "a\nb\nc\nd\ne"
