"""The words of web pages are data: read, checked, and found to be what the modules take them for."""

from pathlib import Path

import pytest

from dx_pipeline.documents.cues import read_markup_cues, read_page_cues
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import CatalogueError


def _copy(tmp_path: Path, code: str, *changes: tuple[str, str]) -> Path:
    text = (CATALOGUE / "pages" / f"{code}.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "pages").mkdir(exist_ok=True)
    (tmp_path / "pages" / f"{code}.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_language_is_one_file_more(tmp_path: Path) -> None:
    assert "kommentar" not in read_page_cues(_copy(tmp_path, "en")).comments
    assert "kommentar" in read_page_cues().comments


@pytest.mark.parametrize(
    ("code", "change", "field"),
    [
        ("en", ("comments =", "komments ="), "comments"),
        ("en", ('["january", "jan"],', ""), "months"),
        ("en", ('["january", "jan"]', '["january", "feb"]'), "feb"),
        ("fr", ('alphabet = "', 'alphabet_ = "'), "alphabet"),
    ],
)
def test_a_defect_names_file_and_field(tmp_path: Path, code: str, change: tuple[str, str], field: str) -> None:
    with pytest.raises(CatalogueError, match=field) as caught:
        read_page_cues(_copy(tmp_path, code, change))
    assert f"{code}.toml" in str(caught.value)


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
