"""How far a language is, is told: what is broken, what is empty, which tests fail, what of the registry is named."""

from pathlib import Path

import pytest

from dx_pipeline.packs.check import Coverage, LanguageReport, check_language
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import CatalogueError
from dx_pipeline_tests.packs.conftest import fill, set_entry


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture(scope="module")
def before(begun: Path) -> LanguageReport:
    """What is told of a language that has only begun."""
    return check_language(begun, "de")


@pytest.mark.parametrize("code", sorted(path.stem for path in (CATALOGUE / "languages").glob("*.toml")))
def test_the_languages_of_the_catalogue_are_ready(code: str) -> None:
    report = check_language(CATALOGUE, code)
    assert (report.broken, report.empty, report.faults) == ((), (), ())
    assert report.is_ready
    assert report.tests >= 10
    assert {one.part for one in report.coverage} == {
        "organisations",
        "offices of provinces",
        "instruments",
        "metrics",
        "units",
    }
    assert list(report.lines())[-1] == f"{code} is ready"


def test_a_skeleton_tells_what_is_still_empty(before: LanguageReport) -> None:
    assert not before.is_ready
    assert not before.broken
    assert {"languages/de.toml: topics", "languages/de.toml: deadlines.by", "pages/de.toml: byline"} <= set(
        before.empty
    )
    assert not {"languages/de.toml: time.months", "languages/de.toml: numbers.scales"} & set(before.empty)
    assert "languages/de.toml: directives.words.pluperfect" in before.optional
    assert "languages/de.toml: directives.words.adverbs" in before.empty
    assert before.faults[0] == "0 tests; add [[tests]], 10 at least"
    assert all(one.named == 0 < one.of for one in before.coverage)


def test_what_is_filled_in_is_no_longer_told(before: LanguageReport, filled: Path) -> None:
    after = check_language(filled, "de")
    assert set(before.empty) - set(after.empty) == {
        "languages/de.toml: topics",
        "languages/de.toml: deadlines.by",
        "languages/de.toml: deadlines.in",
        "languages/de.toml: directives.order",
        "languages/de.toml: directives.words.glue",
        "languages/de.toml: indicators.approx",
    }
    assert not set(after.empty) - set(before.empty)
    assert [one.named for one in after.coverage if one.part in {"organisations", "units"}] == [2, 1]
    assert after.coverage[3] == Coverage(part="metrics", named=0, of=before.coverage[3].of)


def test_another_unfinished_language_changes_nothing(before: LanguageReport, german: Path) -> None:
    pack = (german / "languages" / "de.toml").read_text(encoding="utf-8")
    (german / "languages" / "pt.toml").write_text(pack.replace('language = "de"', 'language = "pt"'), encoding="utf-8")
    assert check_language(german, "de").empty == before.empty


def test_a_test_that_fails_is_told_with_what_was_found(german: Path) -> None:
    fill(german)
    with (german / "languages" / "de.toml").open("a", encoding="utf-8") as pack:
        pack.write(
            """
[[tests]]
about = "a task that is not told as one"
text = "Der Premierminister ersuchte das Finanzministerium um Datenbanken; digitale Transformation, VNeID."
published_on = 2025-01-20
directives = [{ quote = "Datenbanken", issuer = "vnm-prime-minister", addressees = ["vnm-mof"] }]

[[tests]]
about = "ill written"
text = "Digitale Transformation."
publishd_on = 2025-01-20
"""
        )
    report = check_language(german, "de")
    (failing,) = [fault for fault in report.faults if fault.startswith("test 1 (a task that is not told as one): ")]
    assert "directives found: []; expected: [{'quote': 'Datenbanken'" in failing
    assert "test 2 (ill written): published_on is missing; add it" in report.faults
    assert "test 2 (ill written): publishd_on is unknown; mend its spelling or remove it" in report.faults


def test_every_defect_of_shape_is_told_at_once(german: Path) -> None:
    pack, page = german / "languages" / "de.toml", german / "pages" / "de.toml"
    replace(pack, "\nout_of =", "\noutof =")
    replace(pack, "decimal = [", 'decimal = "x" # [')
    replace(page, "\nmenu =", "\nmenue =")
    report = check_language(german, "de")
    told = [problem.partition(": ")[2] for problem in report.broken]
    assert [problem.split(";")[0] for problem in told] == [
        "field 'numbers.decimal' is not a list of texts",
        "field 'indicators.out_of' is missing",
        "field 'indicators.outof' is unknown",
        "field 'menu' is missing",
        "field 'menue' is unknown",
    ]
    assert not report.is_ready
    assert next(report.lines()).startswith("BROKEN ")


def test_page_words_that_are_not_there_are_told(german: Path) -> None:
    (german / "pages" / "de.toml").unlink()
    (problem,) = check_language(german, "de").broken
    assert "pages/de.toml: is not there" in problem


def test_what_is_wrong_with_another_language_is_not_told_of_this_one(german: Path) -> None:
    replace(german / "languages" / "nb.toml", "\nout_of =", "\noutof =")
    with pytest.raises(CatalogueError, match=r"nb\.toml: field 'indicators\.out_of' is missing"):
        check_language(german, "de")


@pytest.mark.parametrize("code", ["it", "../registry/units", "markup"])
def test_a_language_without_a_pack_is_told(catalogue: Path, code: str) -> None:
    with pytest.raises(CatalogueError, match="is not there; make it with"):
        check_language(catalogue, code)


def test_a_month_with_no_name_is_empty(german: Path) -> None:
    set_entry(german / "languages" / "de.toml", "time", "halves", '[["erste"], []]')
    assert "languages/de.toml: time.halves" in check_language(german, "de").empty
