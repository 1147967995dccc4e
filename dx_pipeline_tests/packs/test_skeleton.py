"""A seventh language begins as a skeleton that loads, and a handful of phrases make it find facts."""

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from dx_pipeline.documents.cues import read_page_cues
from dx_pipeline.extraction.lexicon import Lexicon, load_lexicon
from dx_pipeline.extraction.numbers import NumberRecogniser
from dx_pipeline.extraction.pack_shape import check_packs
from dx_pipeline.extraction.periods import PeriodRecogniser
from dx_pipeline.packs.cldr import UnknownLanguageError
from dx_pipeline.packs.passages import read_passage
from dx_pipeline.packs.skeleton import write_skeleton
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import CatalogueError, read_toml

DAY = date(2025, 1, 20)
TASK = (
    "Der Premierminister beauftragte das Finanzministerium, bis zum 3. März 2025 die nationalen Datenbanken zu öffnen."
)
FIGURE = "In Vietnam gab es Ende Dez. 2024 rund 61,5 Millionen Konten auf VNeID, der digitalen Plattform der Regierung."
TEXT = f"Die digitale Transformation geht voran. {TASK} {FIGURE}"


@pytest.fixture(scope="module")
def lexicon(filled: Path) -> Lexicon:
    """The catalogue with a handful of German phrases, compiled once."""
    return load_lexicon(filled)


def test_a_handful_of_phrases_yields_directive_and_indicator(lexicon: Lexicon) -> None:
    found = read_passage(TEXT, "de", DAY, lexicon)

    (directive,) = found.directives.iter_rows(named=True)
    assert directive["issuer_id"] == "vnm-prime-minister"
    assert directive["addressee_ids"] == ["vnm-mof"]
    assert directive["due_on"] == date(2025, 3, 3)
    assert "die nationalen Datenbanken zu öffnen" in directive["quote"]
    (indicator,) = found.indicators.iter_rows(named=True)
    assert (indicator["value"], indicator["unit"], indicator["comparator"]) == (61_500_000, "accounts", "~")
    assert (indicator["metric_id"], indicator["period"]) == ("vnm-eid-accounts-activated", "2024-12")


def test_a_language_without_a_name_in_the_registry_runs(begun: Path) -> None:
    found = read_passage(TEXT, "de", DAY, load_lexicon(begun))

    assert found.articles["relevant"].to_list() == [False]
    assert found.directives.is_empty()
    assert found.indicators.is_empty()
    assert "montag" in read_page_cues(begun).weekdays


def test_other_languages_read_as_before(filled: Path, lexicon: Lexicon) -> None:
    entry = read_toml(filled / "languages" / "en.toml")["tests"][0]
    found = read_passage(entry["text"], "en", entry["published_on"], lexicon)
    assert found.directives["due_on"].to_list() == [entry["directives"][0]["due_on"]]


def test_what_cldr_knows_is_filled_in_and_marked(begun: Path) -> None:
    path = begun / "languages" / "de.toml"
    pack, text = read_toml(path), path.read_text(encoding="utf-8")
    assert pack["time"]["months"][2] == ["märz", "mär"]
    assert pack["numbers"]["scales"]["1e9"] == ["milliarde", "milliarden", "mrd.", "mrd"]
    assert (pack["numbers"]["group"], pack["numbers"]["decimal"]) == ([".", " "], [","])
    assert pack["deadlines"]["day_units"]["months"] == ["monat", "monate", "monaten"]
    assert pack["directives"]["foreign"]["after"][:2] == ["japan", "china"]
    assert ["quarter", r"{Q}\.? quartal {Y}"] in pack["time"]["patterns"]
    generated = re.findall(r"^(\S+) = .*# from CLDR", text, re.MULTILINE)
    assert {"language", "group", "decimal", '"1e6"', "weekdays", "day_units", "conjunction"} <= set(generated)
    assert "topics" not in generated


def test_the_file_follows_the_english_one_with_its_words_as_hints(begun: Path) -> None:
    english = (begun / "languages" / "en.toml").read_text(encoding="utf-8").partition("[[tests]]")[0]
    own = (begun / "languages" / "de.toml").read_text(encoding="utf-8")
    key = re.compile(r'^(\[\S+\]|"?[\w.]+"? =)', re.MULTILINE)
    assert key.findall(own) == key.findall(english)
    hints = " ".join(line.removeprefix("#").strip() for line in own.splitlines() if line.startswith("#"))
    pack = tomllib.loads(english)
    for phrase in (*pack["directives"]["order"]["request"], *pack["indicators"]["veto_after"], *pack["topics"]):
        assert phrase in hints
    assert '"2" = []  # en: two\n' in own
    assert "# only before a known addressee" in own
    assert "# [[tests]]\n" in own


SAMPLE = ["pt", "uk", "tr", "ja", "ar", "hi", "zh-Hant", "hr", "hu", "sw"]  # scripts, orders and plurals of all kinds
OURS = sorted({path.stem for path in (CATALOGUE / "languages").glob("*.toml")} - {"en"})


@pytest.mark.parametrize("code", [*SAMPLE, *OURS])
def test_any_skeleton_has_the_shape_of_a_pack(code: str, catalogue: Path) -> None:
    made = write_skeleton(catalogue, code, force=code in OURS)
    check_packs({str(path): read_toml(path) for path in (catalogue / "languages").glob("*.toml")})
    pack = read_toml(made.paths[0])
    numbers = NumberRecogniser(pack["numbers"])
    PeriodRecogniser(pack["time"], numbers.words)
    read_page_cues(catalogue)
    assert 0 < made.filled < made.entries
    assert made.forms > 90


def test_many_skeletons_load_together(german: Path) -> None:
    known = {path.stem for path in (german / "languages").glob("*.toml")}
    for code in SAMPLE:
        write_skeleton(german, code)
    assert load_lexicon(german).languages.keys() == {*known, *SAMPLE}
    assert read_page_cues(german).months.keys() > read_page_cues().months.keys()


def test_a_pack_that_is_there_is_kept(german: Path) -> None:
    path = german / "languages" / "de.toml"
    path.write_text("# my work\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"languages/de\.toml: is there already; edit it, or overwrite .* --force"):
        write_skeleton(german, "de")
    assert path.read_text(encoding="utf-8") == "# my work\n"
    write_skeleton(german, "de", force=True)
    assert read_toml(path)["language"] == "de"


def test_page_words_that_are_there_are_kept_and_nothing_is_half_written(german: Path) -> None:
    pack = german / "languages" / "de.toml"
    pack.unlink()
    with pytest.raises(CatalogueError, match=r"pages/de\.toml: is there already"):
        write_skeleton(german, "de")
    assert not pack.exists()


def test_the_english_files_are_never_written_over(catalogue: Path) -> None:
    with pytest.raises(CatalogueError, match=r"languages/en\.toml: is what the others are written after"):
        write_skeleton(catalogue, "en", force=True)


def test_a_language_that_no_text_is_found_to_be_in_is_refused(catalogue: Path) -> None:
    with pytest.raises(UnknownLanguageError, match="no text is ever found to be in 'no'"):
        write_skeleton(catalogue, "no")
    assert not (catalogue / "languages" / "no.toml").exists()


def test_without_the_english_file_nothing_is_written(catalogue: Path) -> None:
    (catalogue / "pages" / "en.toml").unlink()
    with pytest.raises(CatalogueError, match=r"pages/en\.toml: cannot be read .*; restore it"):
        write_skeleton(catalogue, "de")
    assert not (catalogue / "languages" / "de.toml").exists()
