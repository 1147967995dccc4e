"""A pack that is broken is told with file, field and remedy, whichever way it is broken."""

import re
import shutil
from pathlib import Path

import pytest

from dx_pipeline.extraction.lexicon import load_lexicon
from dx_pipeline.extraction.pack_shape import check_packs
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import CatalogueError, read_toml


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    for part in ("languages", "rules", "registry"):
        shutil.copytree(CATALOGUE / part, tmp_path / part)
    return tmp_path


def change(path: Path, pattern: str, replacement: str) -> None:
    text, count = re.subn(pattern, lambda _: replacement, path.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
    assert count == 1
    path.write_text(text, encoding="utf-8")


BROKEN = {
    "missing": (r"^out_of = .*\n", "", r"field 'indicators\.out_of' is missing; write out_of = \["),
    "a table missing": (r"^\[time\.years\]\n(\".*\n)*", "", r"field 'time\.years' is missing; write a heading"),
    "unknown": (r"^out_of = ", 'outof = ["x"]\nout_of = ', r"field 'indicators\.outof' is unknown; mend its spelling"),
    "text for a list": (r"^out_of = .*$", 'out_of = "av"', r"field 'indicators\.out_of' is not a list of texts; write"),
    "an empty text": (r"^out_of = .*$", 'out_of = ["av", ""]', r"field 'indicators\.out_of' is not a list of texts"),
    "text for a switch": (
        r"^compounds = true",
        'compounds = "yes"',
        r"field 'numbers\.compounds' is not true or false",
    ),
    "a list for a table": (r"^\[events\]", "[x]", r"field 'events' is missing"),
    "another language": (r'^language = "nb"', 'language = "no"', r"field 'language' is 'no'; write 'nb' or rename"),
    "a word for a number": (
        r"^\[numbers\.words\]",
        '[numbers.words]\nto = ["to"]',
        r"field 'numbers\.words\.to' is unknown; compare the keys",
    ),
    "no list in a table of data": (
        r"^\[time\.years\]",
        '[time.years]\n"2" = "om to år"',
        r"field 'time\.years\.2' is not a list of texts",
    ),
    "an unknown modality": (
        r"^\[directives\.modal\]",
        '[directives.modal]\ncommand = ["må"]',
        r"field 'directives\.modal\.command' is unknown",
    ),
    "a quarter too few": (
        r"^quarters = .*$",
        'quarters = [["første"]]',
        r"field 'time\.quarters' has 1 lists; write 4",
    ),
    "an unknown placeholder": (
        r"^patterns = \[",
        "patterns = [\n  ['day', '{K}'],",
        r"field 'time\.patterns, entry 1' has the unknown placeholder \{K\}; write one of \{D\}",
    ),
    "an unknown kind of period": (
        r"^patterns = \[",
        "patterns = [\n  ['fortnight', '{D}'],",
        r"field 'time\.patterns, entry 1' is \['fortnight', '\{D\}'\]; write \[kind, pattern\]",
    ),
    "no regular expression": (
        r"^patterns = \[",
        "patterns = [\n  ['day', '{D}('],",
        r"field 'time\.patterns, entry 1' '\{D\}\(' is no regular expression .*; mend it",
    ),
    "no shape": (
        r"^ending = .*$",
        "ending = ['[a-z']",
        r"field 'directives\.shapes\.ending' .* is no regular expression",
    ),
}


@pytest.mark.parametrize(("pattern", "replacement", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_pack_is_told(catalogue: Path, pattern: str, replacement: str, message: str) -> None:
    change(catalogue / "languages" / "nb.toml", pattern, replacement)
    with pytest.raises(CatalogueError, match=rf"languages/nb\.toml: {message}"):
        load_lexicon(catalogue)


def test_what_english_alone_lacks_is_told_of_english(catalogue: Path) -> None:
    change(catalogue / "languages" / "en.toml", r"^out_of = .*\n", "")
    with pytest.raises(CatalogueError, match=r"languages/en\.toml: field 'indicators\.out_of' is missing"):
        load_lexicon(catalogue)


def test_without_english_nothing_can_be_compared(catalogue: Path) -> None:
    (catalogue / "languages" / "en.toml").unlink()
    with pytest.raises(CatalogueError, match=r"languages/en\.toml is missing; restore it"):
        load_lexicon(catalogue)


def test_a_pack_needs_no_tests_and_may_have_other_words_for_other_values() -> None:
    packs = {path.name: read_toml(path) for path in (CATALOGUE / "languages").glob("*.toml")}
    del packs["nb.toml"]["tests"]
    packs["nb.toml"]["numbers"]["words"]["1e3"] = ["tusen"]
    check_packs(packs)
