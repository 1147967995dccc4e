"""An entry is added at the end of the file, whole or not at all, and nothing that people wrote is touched."""

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dx_pipeline.review.errors import CorrectionError
from dx_pipeline.review.writing import append_entry, format_value
from dx_pipeline_tests.review.entries import HEADER, write

ENTRY = {"mention_id": "men-0000000000000000", "decision": "reject", "author": "A", "reason": "no"}


def test_what_people_wrote_stays(tmp_path: Path) -> None:
    path = tmp_path / "corrections.toml"
    own = f"# Desk 3: ask Lan first.\n{HEADER}    # sure?"
    path.write_text(own, encoding="utf-8")
    line = append_entry(path, ENTRY)
    text = path.read_text(encoding="utf-8")
    assert text.startswith(own + "\n\n[[correction]]\n")
    assert text.splitlines()[line - 1] == "[[correction]]"
    assert [one["mention_id"] for one in tomllib.loads(text)["correction"]] == [
        "men-0123456789abcdef",
        "men-0000000000000000",
    ]


def test_line_ends_stay_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "corrections.toml"
    path.write_bytes(HEADER.replace("\n", "\r\n").encode())
    append_entry(path, ENTRY)
    written = path.read_bytes()
    assert written.count(b"\n") == written.count(b"\r\n")


def test_a_link_is_followed_and_rights_stay(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    repository.mkdir()
    real = write(repository, ENTRY)
    real.chmod(0o640)
    link = tmp_path / "corrections.toml"
    link.symlink_to(real)
    append_entry(link, ENTRY | {"author": "B"})
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert len(tomllib.loads(real.read_text())["correction"]) == 2
    assert list(repository.iterdir()) == [real]


@pytest.mark.parametrize("text", ["[[correction]\n", "correction = []\n", "[correction]\n"])
def test_a_file_that_would_be_broken_is_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "corrections.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CorrectionError, match=r"corrections\.toml: no valid TOML \("):
        append_entry(path, ENTRY)
    assert path.read_text(encoding="utf-8") == text
    assert list(tmp_path.iterdir()) == [path]


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.one_of(_TEXTS, st.lists(_TEXTS), st.dates(), st.floats(allow_nan=False), st.integers(0, 10**6)))
def test_what_is_written_is_what_is_read(value: object) -> None:
    assert tomllib.loads(f"x = {format_value(value)}")["x"] == value


def test_an_entry_comes_back_as_it_was(tmp_path: Path) -> None:
    entry = ENTRY | {"decided_on": date(2026, 11, 25), "reason": 'say "no"\n[[correction]]', "decision": "amend"}
    fields = {"due_on": date(2025, 5, 31), "addressee_ids": ["a"], "value": 4.5, "issuer_id": ""}
    path = write(tmp_path, entry | {"fields": fields})
    assert tomllib.loads(path.read_text(encoding="utf-8"))["correction"] == [entry | {"fields": fields}]
