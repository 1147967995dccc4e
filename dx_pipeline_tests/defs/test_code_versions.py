from pathlib import Path

import pytest

from dx_pipeline.defs import code_versions


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("stage/a.py", "stage/b.toml", "stage/c.bin", "other/d.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name, encoding="utf-8")
    monkeypatch.setattr(code_versions, "_PACKAGE", tmp_path)
    monkeypatch.setattr(code_versions, "_SHARED", ())
    return tmp_path


@pytest.mark.parametrize(
    ("changed", "is_new"), [("stage/a.py", True), ("stage/b.toml", True), ("stage/c.bin", False), ("other/d.py", False)]
)
def test_version_changes_with_what_the_stage_reads(package: Path, changed: str, is_new: bool) -> None:
    code_versions.code_version.cache_clear()
    before = code_versions.code_version("stage")
    (package / changed).write_text("changed", encoding="utf-8")
    code_versions.code_version.cache_clear()
    assert (code_versions.code_version("stage") != before) == is_new
    code_versions.code_version.cache_clear()
