"""What the tests of packs share: a copy of the catalogue, and a language in it that has only begun."""

import re
import shutil
from pathlib import Path

import pytest

from dx_pipeline.packs.skeleton import write_skeleton
from dx_pipeline.settings import CATALOGUE

WORDS = [
    ("", "topics", '["digitale transformation", "digitalen plattform", "datenbanken", "vneid"]'),
    ("deadlines", "by", '["bis", "bis zum"]'),
    ("deadlines", "in", '["ende"]'),
    ("directives.order", "assign", '["beauftragte"]'),
    ("directives.words", "glue", '["das", "der", "die"]'),
    ("indicators", "approx", '["rund"]'),
]


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """A copy of the catalogue's words, rules and registry."""
    for part in ("languages", "pages", "rules", "registry"):
        shutil.copytree(CATALOGUE / part, tmp_path / part)
    return tmp_path


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """English, two small languages and the skeleton of another, to be looked at only: to compile all takes seconds."""
    root = tmp_path_factory.mktemp("begun")
    for part in ("languages", "pages", "rules", "registry"):
        shutil.copytree(CATALOGUE / part, root / part)
    for path in (root / "languages").glob("*.toml"):
        if path.stem not in {"en", "nb", "vi"}:
            path.unlink()
    write_skeleton(root, "de")
    return root


@pytest.fixture(scope="session")
def filled(begun: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a handful of phrases in the new language, to be looked at only."""
    root = shutil.copytree(begun, tmp_path_factory.mktemp("filled"), dirs_exist_ok=True)
    fill(root)
    return root


@pytest.fixture
def german(begun: Path, tmp_path: Path) -> Path:
    """A copy of the catalogue with the skeleton of another language, to be edited by a test."""
    return shutil.copytree(begun, tmp_path, dirs_exist_ok=True)


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


def fill(catalogue: Path) -> None:
    """Fill in a handful of phrases, in the pack and in the registry."""
    for table, key, value in WORDS:
        set_entry(catalogue / "languages" / "de.toml", table, key, value)
    registry = catalogue / "registry"
    for file, table, value, within in [
        ("organisations/state.toml", "organisation.names", '["Premierminister"]', 'id = "vnm-prime-minister"'),
        ("organisations/ministries.toml", "organisation.names", '["Finanzministerium"]', 'id = "vnm-mof"'),
        ("units.toml", "unit.forms", '["konto", "konten"]', 'id = "accounts"'),
    ]:
        set_entry(registry / file, table, "de", value, within=within)
