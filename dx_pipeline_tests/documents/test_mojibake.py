"""Text that decodes and means nothing: made readable where a language then shows, and left alone otherwise."""

from pathlib import Path

import pytest

from dx_pipeline.documents import decode as decoding
from dx_pipeline.documents.cues import read_page_cues
from dx_pipeline.documents.mojibake import Font, mend, read_fonts
from dx_pipeline.specs import CatalogueError

VIETNAMESE = (
    "Ủy ban nhân dân tỉnh yêu cầu các sở hoàn thành trước ngày 30 tháng 6. Đường truyền của các xã phải ổn định, và "
    "người dân được hướng dẫn nộp hồ sơ qua mạng."
)
OTHERS = {
    "fr": "Le Premier ministre a demandé à chaque ministère d’achever la numérisation des procédures avant l’été.",
    "nb": "Regjeringen ba kommunene om å gjøre ferdig de digitale løsningene før påske, og å måle hva de fører til.",
    "de": "Die Maßnahmen für Städte müssen größer werden, während die Gemeinden über höhere Gebühren entscheiden.",
    "pt": "Não há soluções fáceis para a questão da educação e da saúde, disse o ministro português à comissão.",
}


def written(text: str, font: Font) -> str:
    """Return a text as it was typed for a font."""
    signs = {letter: sign for sign, letter in font.signs.items()}
    return "".join(signs.get(letter, letter) for letter in text)


@pytest.mark.parametrize("font", read_fonts(), ids=lambda font: font.name)
def test_a_text_for_a_font_is_read_through_it(font: Font) -> None:
    lower = VIETNAMESE[1:].replace("Đ", "đ")  # TCVN3 had a font of its own for most capitals
    assert mend(written(lower, font)) == lower
    page = f"<html><head><title>x</title><script>var a = 1 < 2;</script></head><body><p>{lower}</p></body></html>"
    assert mend(written(page, font)) == page
    body = written(lower, font).encode("latin-1")
    assert decoding.decode(body, None, read_page_cues()) == lower
    assert decoding.decode(body, "text/html; charset=iso-8859-1", read_page_cues()) == lower


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
@pytest.mark.parametrize("text", [VIETNAMESE, *OTHERS.values()], ids=["vi", *OTHERS])
def test_what_was_encoded_twice_is_encoded_once(text: str, encoding: str) -> None:
    try:
        twice = (text * 3).encode().decode(encoding)
    except UnicodeDecodeError:
        return  # windows-1252 leaves five bytes open, which browsers read as Latin 1 does
    assert mend(twice) == text * 3


@pytest.mark.parametrize("text", [VIETNAMESE, *OTHERS.values(), "µ¸¶·¹¨»¾¼½Æ", "é" * 50, ""])
def test_what_can_be_read_or_says_nothing_stays_as_it_is(text: str) -> None:
    assert mend(text) == text


def test_hostile_markup_is_searched_in_no_time() -> None:
    typed = written(VIETNAMESE[1:], read_fonts()[0])
    for hostile in ("<script ", "</style", "<" * 9, "<p ", "\u00ad"):
        mend(typed + hostile * 30_000)


def test_an_entry_that_does_not_match_is_told(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "fonts.toml").write_text('[x]\nlanguage = "vi"\nletters = [["ab", "c"]]\npairs = []\n')
    with pytest.raises(CatalogueError, match=r"fonts\.toml: \[x\] has 'ab' for 'c'; give a letter for each sign"):
        read_fonts(tmp_path)
