"""What the country's file tells the engine: kinds and signers of documents, and its provinces."""

from pathlib import Path

import pytest

from dx_pipeline.extraction.country import read_country, without_strokes
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import CatalogueError

COUNTRY = read_country(CATALOGUE)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("749/QĐ-TTg", "decision"),
        ("749/QD-TTg", "decision"),
        ("749/qđ-ttg", "decision"),
        ("57-NQ/TW", "resolution"),
        ("73/2019/NĐ-CP", "decree"),
        ("73/2019/ND-CP", "decree"),
        ("34/CT-TTg", "directive"),
        ("56/TB-VPCP", "notice"),
        ("12/CĐ-TTg", "telegram"),
        ("12/CD-TTg", "telegram"),
        ("10/2024/TT-BTTTT", "circular"),
        ("8/KH-UBND", "plan"),
        ("4321/VPCP-KSTT", None),
    ],
)
def test_letters_tell_the_kind(number: str, kind: str | None) -> None:
    assert COUNTRY.kind_of(number) == kind


@pytest.mark.parametrize(
    ("number", "issuer"),
    [
        ("749/QĐ-TTg", "vnm-prime-minister"),
        ("73/2019/NĐ-CP", "vnm-government"),
        ("57-NQ/TW", "vnm-politburo"),
        ("56/TB-VPCP", "vnm-government-office"),
        ("10/2024/TT-BTTTT", None),
    ],
)
def test_letters_tell_who_signs(number: str, issuer: str | None) -> None:
    assert COUNTRY.issuer_of(number) == issuer


@pytest.mark.parametrize("number", ["749/QĐ-TTg", "749/qd-ttg", " 749/QD - TTg"])
def test_all_spellings_of_a_number_are_one(number: str) -> None:
    assert without_strokes(number) == "749/QD-TTG"


@pytest.mark.parametrize(
    ("body", "province"),
    [
        ("vnm-da-nang-peoples-committee", "vnm-da-nang"),
        ("vnm-da-nang-chairman", "vnm-da-nang"),
        ("vnm-mof", "vnm-mof"),
    ],
)
def test_bodies_of_a_province_share_its_stem(body: str, province: str) -> None:
    assert COUNTRY.province_of(body) == province


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "country.toml").write_text('home = "VNM"\n', encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"country\.toml: key 'subdivision_prefix' is missing"):
        read_country(tmp_path)
