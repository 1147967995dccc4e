"""The words of web pages are data: read, checked, and found to be what the modules take them for."""

import shutil
from pathlib import Path

import pytest

from dx_pipeline.documents.cues import read_markup_cues, read_page_cues
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import CatalogueError


def _copy(tmp_path: Path, code: str, *changes: tuple[str, str], only: str = "*") -> Path:
    (tmp_path / "pages").mkdir()
    for path in (CATALOGUE / "pages").glob(f"{only}.toml"):
        shutil.copy(path, tmp_path / "pages")
    copied = tmp_path / "pages" / f"{code}.toml"
    text = copied.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    copied.write_text(text, encoding="utf-8")
    return tmp_path


def test_a_language_is_one_file_more(tmp_path: Path) -> None:
    assert "kommentar" not in read_page_cues(_copy(tmp_path, "en", only="en")).comments
    assert "kommentar" in read_page_cues().comments


BROKEN = {
    "missing": ("nb", ("comments =", "komments ="), r"field 'comments' is missing; write comments = \["),
    "unknown": ("nb", ("comments =", "komments = []\ncomments ="), r"field 'komments' is unknown; mend its spelling"),
    "missing in English": ("en", ("comments =", "komments ="), r"field 'comments' is missing"),
    "a month too few": ("en", ('["january", "jan"],', ""), r"field 'months' is not twelve lists of names; write one"),
    "a month twice": ("en", ('["january", "jan"]', '["january", "feb"]'), r"month 'feb' stands for 2 and 1; drop one"),
    "no list": ("fr", ("menu = [", 'menu = "x" # ['), r"field 'menu' is not a list of texts; write menu = \["),
    "an empty word": ("fr", ("menu = [", 'menu = ["", '), r"field 'menu' is not a list of texts"),
    "no text": ("fr", ('alphabet = "', 'alphabet = true # "'), r"field 'alphabet' is not a text; write it between"),
    "no switch": ("fr", ("day_first = true", 'day_first = "yes"'), r"field 'day_first' is not true or false; write"),
    "no encoding": ("fr", ('"windows-1252"', '"windows-1225"'), r"field 'encodings' has 'windows-1225', which Python"),
}


@pytest.mark.parametrize(("code", "change", "message"), BROKEN.values(), ids=BROKEN)
def test_a_defect_is_told_with_file_and_remedy(
    tmp_path: Path, code: str, change: tuple[str, str], message: str
) -> None:
    with pytest.raises(CatalogueError, match=rf"pages/{code}\.toml: {message}"):
        read_page_cues(_copy(tmp_path, code, change))


def test_without_english_nothing_can_be_compared(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"pages/en\.toml is missing; restore it"):
        read_page_cues(_copy(tmp_path, "fr", only="fr"))


def test_an_unknown_part_of_the_markup_is_told(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"pages/markup\.toml: field 'captoin' is unknown; mend its spelling"):
        read_markup_cues(_copy(tmp_path, "markup", ("caption =", "captoin =")))


def test_a_missing_markup_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"markup\.toml"):
        read_markup_cues(tmp_path)


def test_no_word_is_both_a_heading_of_comments_and_of_other_stories() -> None:
    cues = read_page_cues()
    assert cues.comments.isdisjoint(cues.tail)
    assert cues.comments.isdisjoint(cues.related)
    assert cues.related.isdisjoint(cues.tail)


@pytest.mark.parametrize(
    ("names", "part"),
    [
        ("box-related", "related"),
        ("boxRelated", "related"),
        ("unrelated", None),
        ("photo__caption", "caption"),
        ("detail-share", "skip"),
        ("shared-space", "skip"),
        ("story", None),
    ],
)
def test_names_are_compared_word_by_word(names: str, part: str | None) -> None:
    parts = read_markup_cues().parts
    folded = names.replace("R", "-r")
    assert next((name for name, pattern in parts.items() if pattern.search(folded)), None) == part
