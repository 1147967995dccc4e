import shutil
from datetime import date
from pathlib import Path

import pytest

from dx_pipeline.cli import doctor
from dx_pipeline.defs import sources
from dx_pipeline.settings import CATALOGUE, Settings


@pytest.mark.parametrize(
    ("file", "change", "told"),
    [
        ("languages/nb.toml", ("\nout_of = ", "\nout_off = "), "nb.toml: field 'indicators.out_of' is missing"),
        ("pages/nb.toml", ("\nmenu = ", "\nmenue = "), "nb.toml: field 'menu' is missing"),
        ("pages/markup.toml", ("\nskip = ", "\nskipp = "), "markup.toml: field 'skipp' is unknown"),
        ("rules/rubric.toml", ("\ndue_soon_days", "\ndue_son_days"), "rubric.toml: field 'due_son_days' is unknown"),
        ("registry/units.toml", ("[[unit]]\n", "[[unitt]]\n[[unit]]\n"), "units.toml: 'unitt' is unknown here"),
        (
            "statistics/wipo-gii.toml",
            ('metric_id = "wipo-gii-rank"', 'metric_id = "wipo-rank"'),
            "is no metric of registry/metrics.toml; add it",
        ),
    ],
)
def test_a_broken_catalogue_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, change: tuple[str, str], told: str
) -> None:
    catalogue = shutil.copytree(CATALOGUE, tmp_path / "catalogue", ignore=shutil.ignore_patterns("sample"))
    path = catalogue / file
    text = path.read_text(encoding="utf-8")
    assert change[0] in text
    path.write_text(text.replace(*change, 1), encoding="utf-8")
    for module in (doctor, sources):
        monkeypatch.setattr(module, "CATALOGUE", catalogue)
    settings = Settings(warehouse=tmp_path / "warehouse", as_of=date(2025, 7, 31))
    (diagnosis,) = [one for one in doctor.diagnose(settings) if one.subject == "catalogue"]
    assert told in diagnosis.found
    assert not diagnosis.is_well


def test_a_file_is_no_warehouse(tmp_path: Path) -> None:
    place = tmp_path / "warehouse"
    place.touch()
    found = list(doctor.diagnose(Settings(warehouse=place, as_of=date(2025, 7, 31))))
    (diagnosis,) = [one for one in found if one.subject == "warehouse"]
    assert diagnosis.found == f"{place} is a file"
    assert not diagnosis.is_well
