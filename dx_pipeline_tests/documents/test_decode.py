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


@pytest.mark.parametrize(
    ("declared", "inside", "encoding"),
    [
        ("iso-8859-1", "windows-1250", "windows-1250"),  # a server's default beside what the author wrote
        ("windows-1250", "iso-8859-1", "windows-1250"),
        ("iso-8859-1", "utf-8", "windows-1250"),  # both wrong
        ("utf-8", "utf-16", "iso-8859-2"),
        ("no-such-charset", "iso-8859-2", "iso-8859-2"),
    ],
)
def test_of_declarations_that_differ_the_one_that_gives_an_alphabet_counts(
    declared: str, inside: str, encoding: str
) -> None:
    page = f'<meta charset="{inside}"><p>{POLISH}'
    assert decode(page.encode(encoding), f"text/html; charset={declared}") == page


def test_old_vietnamese_pages_are_read_whatever_they_declare() -> None:
    plain = "Ủy ban nhân dân tỉnh yêu cầu các sở hoàn thành số hóa trước ngày 30 tháng 6"
    marks = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}  # windows-1258 writes tones apart from their letters
    parts = (unicodedata.normalize("NFD", letter) for letter in plain)
    body = "".join(
        unicodedata.normalize("NFC", "".join(c for c in part if c not in marks))
        + "".join(c for c in part if c in marks)
        for part in parts
    ).encode("windows-1258")
    for media_type in (None, "text/plain; charset=windows-1258", "text/plain; charset=iso-8859-1"):
        assert decode(body, media_type) == plain


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_told_by_its_nulls(encoding: str) -> None:
    assert decode(VIETNAMESE.encode(encoding)) == VIETNAMESE


def test_a_mark_goes_before_every_declaration() -> None:
    page = f'<meta charset="iso-8859-1"><p>{VIETNAMESE}'
    assert decode(page.encode("utf-8-sig"), "text/html; charset=windows-1252") == page


def test_labels_mean_what_browsers_take_them_for() -> None:
    text = "数字化转型㐀"
    assert decode(text.encode("gb18030"), "text/plain; charset=gb2312") == text


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


@pytest.mark.parametrize("label", ["punycode", "idna", "unicode_escape", "uu", "no-such"])
def test_an_encoding_that_no_document_is_in_is_not_tried(label: str) -> None:
    with pytest.raises(UnreadableError, match="no encoding decodes"):
        decode(b"abc-\xff\xfe\xfd", f"text/plain; charset={label}")
