import shutil
from datetime import date
from pathlib import Path

import pytest

from dx_pipeline.defs import articles
from dx_pipeline.defs.refresh import run_refresh
from dx_pipeline.settings import CATALOGUE, Settings


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("\nout_of = ", "\nout_off = ", "nb.toml: field 'indicators.out_of' is missing; write out_of = "),
        ("\nout_of = ", "\nout_of = = ", "nb.toml: no valid TOML ("),
    ],
    ids=["a key", "no TOML"],
)
def test_a_broken_pack_is_told_with_its_file_and_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, told: str
) -> None:
    """An error of ours that rests on one of Python's is told, not the one that it rests on."""
    catalogue = shutil.copytree(CATALOGUE, tmp_path / "catalogue", ignore=shutil.ignore_patterns("sample"))
    pack = catalogue / "languages" / "nb.toml"
    text = pack.read_text(encoding="utf-8").replace('["day"', "['day'")
    assert old in text
    pack.write_text(text.replace(old, new, 1), encoding="utf-8")
    monkeypatch.setattr(articles, "CATALOGUE", catalogue)
    press = tmp_path / "press"
    press.mkdir()
    (press / "page.txt").write_text("Lakeside\n\nThe ministry counts its digital services.\n", encoding="utf-8")

    settings = Settings(warehouse=tmp_path / "warehouse", articles=press, as_of=date(2025, 7, 31))
    outcome = run_refresh(settings, lambda _: None)

    assert not outcome.succeeded
    (failure,) = outcome.failures
    assert str(pack) in failure
    assert told in failure
    assert "mend" in failure or "write" in failure
    assert "dx_pipeline.specs" not in failure
