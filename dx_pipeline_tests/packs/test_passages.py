"""A pack's test that is wrong, fails: each thing that an entry can say is compared."""

import copy
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dx_pipeline.extraction.lexicon import Lexicon, load_lexicon
from dx_pipeline.packs.passages import differences, entry_faults, missing_tests
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import read_toml

ENGLISH: list[dict[str, Any]] = read_toml(Path(CATALOGUE) / "languages" / "en.toml")["tests"]
DIRECTIVE = next(entry for entry in ENGLISH if entry.get("directives"))
INDICATOR = next(entry for entry in ENGLISH if entry.get("indicators"))


@pytest.fixture(scope="module")
def lexicon(begun: Path) -> Lexicon:
    return load_lexicon(begun)


def changed(entry: Mapping[str, Any], part: str, **fields: Any) -> dict[str, Any]:
    copied = copy.deepcopy(dict(entry))
    copied[part][0] |= fields
    return copied


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (changed(DIRECTIVE, "directives", issuer="vnm-mof"), "directives found"),
        (changed(DIRECTIVE, "directives", due_on=date(2025, 6, 29)), "directives found"),
        (changed(DIRECTIVE, "directives", recurrence="R/P1M"), "directives found"),
        (changed(DIRECTIVE, "directives", quote="clean data"), "'clean data' is not in the quote found"),
        ({**DIRECTIVE, "directives": []}, "directives found"),
        (changed(INDICATOR, "indicators", value=1), "indicators found"),
        (changed(INDICATOR, "indicators", period="2023"), "indicators found"),
        (changed(INDICATOR, "indicators", kind="target"), "indicators found"),
        ({**INDICATOR, "indicators": []}, "indicators found"),
        ({"text": "The lake is deep.", "published_on": date(2025, 1, 1)}, "the text is not on topic"),
    ],
)
def test_what_is_not_so_is_told(entry: Mapping[str, Any], told: str, lexicon: Lexicon) -> None:
    (difference,) = differences(entry, "en", lexicon)
    assert difference.startswith(told)


def test_what_is_so_is_not_told(lexicon: Lexicon) -> None:
    assert differences(DIRECTIVE, "en", lexicon) == []
    assert differences(INDICATOR, "en", lexicon) == []


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({**DIRECTIVE, "abuot": "x"}, "abuot is unknown; mend its spelling or remove it"),
        ({**DIRECTIVE, "published_on": "2025-01-01"}, "published_on is '2025-01-01'; write YYYY-MM-DD without quotes"),
        (changed(DIRECTIVE, "directives", addresses=[]), "a directive's addresses is unknown; known are quote, issuer"),
        (changed(DIRECTIVE, "directives", quote="nowhere"), "a directive's quote 'nowhere' does not stand in the text"),
        (changed(DIRECTIVE, "directives", quote=""), "a directive's quote '' does not stand in the text; copy it"),
        (changed(INDICATOR, "indicators", units="x"), "an indicator's units is unknown; known are value, unit"),
    ],
)
def test_an_entry_that_is_ill_written_is_told(entry: Mapping[str, Any], told: str) -> None:
    (fault,) = entry_faults(entry)
    assert fault.startswith(told)


def test_too_few_tests_are_told() -> None:
    assert list(missing_tests(ENGLISH)) == []
    found = [entry for entry in ENGLISH if entry.get("directives") or entry.get("indicators")]
    assert list(missing_tests(found)) == ["0 tests of passages that state no fact; add them, 2 at least"]
    assert len(list(missing_tests([]))) == 4
