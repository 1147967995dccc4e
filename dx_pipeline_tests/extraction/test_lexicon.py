import shutil
from pathlib import Path

import pytest

from dx_pipeline.extraction.lexicon import load_lexicon
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import CatalogueError


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("indicators.toml", '"indicator.rank" = 0.9', "", r"field 'priors\.indicator\.rank' is missing or no number"),
        ("indicators.toml", "threshold = 0.5", 'threshold = "half"', r"field 'relevance\.threshold' is missing or no"),
        ("indicators.toml", "threshold = 0.5", "threshold = 0.5\nx = 1", r"field 'relevance\.x' is unknown; mend"),
        ("indicators.toml", "[relevance]", "[relevant]", r"field 'relevance' is missing or no table; add"),
        ("country.toml", 'home = "VNM"', "", r"key 'home' is missing; add it"),
        ("country.toml", "[numbering.issuers]", "[numbering.signers]", r"key 'issuers' is missing; add it"),
        ("country.toml", "[province]", "province = 1\n[provinces]", r"key .* is missing|another type"),
    ],
)
def test_a_broken_rule_file_is_told(tmp_path: Path, file: str, old: str, new: str, message: str) -> None:
    for part in ("languages", "rules", "registry"):
        shutil.copytree(CATALOGUE / part, tmp_path / part)
    path = tmp_path / "rules" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(CatalogueError, match=rf"rules/{file}: .*(?:{message})"):
        load_lexicon(tmp_path)
