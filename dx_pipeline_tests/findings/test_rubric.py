"""The rubric that is broken is told with file, field and remedy, whichever way it is broken."""

from pathlib import Path

import pytest

from dx_pipeline.findings.rubric import RUBRIC, read_rubric
from dx_pipeline.specs import CatalogueError

BROKEN = {
    "missing": ("due_soon_days = 30", "", r"field 'due_soon_days' is missing or no whole number from 0 on; write"),
    "unknown": (
        "due_soon_days",
        "due_son_days",
        r"field 'due_son_days' is unknown; mend its spelling",
    ),
    "half a day": ("due_soon_days = 30", "due_soon_days = 30.5", r"field 'due_soon_days' is missing or no whole"),
    "a switch": ("due_soon_days = 30", "due_soon_days = true", r"field 'due_soon_days' is missing or no whole number"),
    "a text for a number": (
        "about_margin_last_digits = 1.0",
        'about_margin_last_digits = "1"',
        r"field 'about_margin_last_digits' is missing or no number from 0 on; write",
    ),
    "no number": (
        "about_margin_last_digits = 1.0",
        "about_margin_last_digits = nan",
        r"field 'about_margin_last_digits' is missing or no number",
    ),
    "a number for a text": ('version = "2"', "version = 1", r"field 'version' is missing or no text; write version ="),
    "a table missing": ("[progress]", "[progres]", r"field 'progres' is unknown; mend its spelling"),
    "unknown in a table": ("moderate_ratio", "moderate", r"field 'progress\.moderate' is unknown; mend its spelling"),
    "no list of parts": ("[[parts]]", "[parts]", r"field 'parts' is no list of tables; write \[\[parts\]\]"),
    "unknown in parts": ("total =", "sum =", r"field 'parts, entry 1, sum' is unknown; mend its spelling"),
    "unknown in shares": ("whole =", "hole =", r"field 'shares, entry 1, hole' is unknown; mend its spelling"),
    "no whole": ('whole = "vnm-tasks-assigned"', "", r"field 'shares, entry 1, whole' is missing or no text; write"),
    "no parts": ("parts = [", 'parts = "x" # [', r"field 'parts, entry 1, parts' is missing or no list of metrics"),
}


@pytest.mark.parametrize(("old", "new", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_rubric_is_told(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = RUBRIC.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "rubric.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(CatalogueError, match=rf"rubric\.toml: {message}"):
        read_rubric(path)


def test_a_whole_number_is_a_margin(tmp_path: Path) -> None:
    path = tmp_path / "rubric.toml"
    text = RUBRIC.read_text(encoding="utf-8")
    path.write_text(text.replace("about_margin_last_digits = 1.0", "about_margin_last_digits = 2"), encoding="utf-8")
    assert read_rubric(path).about_margin_last_digits == 2.0


def test_a_rubric_may_know_no_parts(tmp_path: Path) -> None:
    path = tmp_path / "rubric.toml"
    path.write_text(RUBRIC.read_text(encoding="utf-8").partition("[[parts]]")[0], encoding="utf-8")
    assert (read_rubric(path).breakdowns, read_rubric(path).shares) == ((), ())
