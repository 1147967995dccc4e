"""What the tests of packs share: a copy of the catalogue, and a language in it that has only begun."""

import re
import shutil
from pathlib import Path

import pytest

from dx_pipeline.packs.skeleton import write_skeleton
from dx_pipeline.settings import CATALOGUE


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """A copy of the catalogue's words, rules and registry."""
    for part in ("languages", "pages", "rules", "registry"):
        shutil.copytree(CATALOGUE / part, tmp_path / part)
    return tmp_path


@pytest.fixture
def german(catalogue: Path) -> Path:
    """A copy of the catalogue with the skeleton of a seventh language."""
    write_skeleton(catalogue, "de")
    return catalogue


def set_entry(path: Path, table: str, key: str, value: str, *, within: str = "") -> None:
    """Give a key of a table its value, as a translator would: by editing the file.

    ``within`` is a line that the table must stand below, where several tables have its name.
    """
    text = path.read_text(encoding="utf-8")
    start = text.index(f"\n{within}\n") if within else 0
    start = text.index(f"\n[{table}]\n", start) + len(table) + 4 if table else start
    entry = re.compile(rf'^"?{re.escape(key)}"? = .*$', re.MULTILINE)
    end = re.compile(r"^\[", re.MULTILINE).search(text, start)
    found = entry.search(text, start, end.start() if end else len(text))
    written = f"{key} = {value}"
    before, after = (text[: found.start()], text[found.end() :]) if found else (text[:start], f"\n{text[start:]}")
    path.write_text(before + written + after, encoding="utf-8")
