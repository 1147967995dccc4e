"""The main text of the project's own pages stays as good as it is, and the comparison with others runs."""

import json
from pathlib import Path

import pytest

from dx_pipeline.documents.cues import read_markup_cues, read_page_cues
from dx_pipeline.settings import CATALOGUE
from dx_pipeline_tests import main_text
from dx_pipeline_tests.main_text import OWN, Expected, main, measure, read_expected, read_main_text


def test_own_pages_give_their_main_text() -> None:
    pages = read_expected(OWN, CATALOGUE)
    pieces = [piece for page in pages for piece in (*page.held, *page.left_out)]
    assert len(pieces) >= 160
    score = measure(pages, lambda body: read_main_text(body, read_page_cues(), read_markup_cues()))
    assert score.recall == 1.0
    assert score.precision >= 0.98


def test_pieces_are_counted_whatever_blanks_stand_in_them() -> None:
    pages = [Expected(b"one\n two three", ("one two", "four"), ("three", "five")), Expected(b"x", ("x",), ("y",))]
    score = measure(pages, bytes.decode)
    assert (score.right, score.wrong, score.missing) == (2, 1, 1)
    assert (score.precision, score.recall, score.f1) == (2 / 3, 2 / 3, 2 / 3)


def test_a_library_that_fails_has_given_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    def broken(_: bytes) -> str:
        raise ValueError("no page")

    assert measure([Expected(b"x", ("x",), ())], broken).recall == 0.0
    assert "ValueError: no page" in capsys.readouterr().err


def test_the_table_has_a_row_for_each_library(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main_text, "stay_on_one_core", lambda: None)
    (tmp_path / "eval").mkdir()
    (tmp_path / "eval" / "a.html").write_text("<html><body><p>Some words of a page that is read.</p></body></html>")
    entry = {"file": "a.html", "with": ["Some words"], "without": ["others"]}
    (tmp_path / "evaldata.json").write_text(json.dumps({"https://a.example/": entry}))
    assert main(["--pages", str(tmp_path), "--rounds", "1"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert [row.split(" | ")[0] for row in rows[2:]] == ["| own pages (14)"] * 3 + ["| public pages (1)"] * 3
    assert main(["--pages", str(tmp_path / "none"), "--rounds", "1"]) == 2
    assert "holds no evaluation pages" in capsys.readouterr().err
