"""Each language pack holds its own tests; here they are run, whatever languages the catalogue has.

A ``[[tests]]`` entry of ``catalogue/languages/<code>.toml`` has a ``text`` that is on topic, the day it was
``published_on``, what it is ``about``, and under ``directives`` and ``indicators`` everything that must be
found in it, in order of place. A field that an entry leaves out must be empty in the row.
"""

from collections.abc import Mapping
from datetime import date
from itertools import starmap
from typing import Any

import pytest

from dx_pipeline.extraction.lexicon import Lexicon
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import read_toml
from dx_pipeline_tests.extraction.excerpts import Excerpt, read

LEAST_TESTS = 10
PACKS = {path.stem: read_toml(path) for path in sorted((CATALOGUE / "languages").glob("*.toml"))}
TESTS = [(code, entry) for code, pack in PACKS.items() for entry in pack.get("tests", [])]

ENTRY = {"text", "published_on", "about", "directives", "indicators"}
DIRECTIVE = {
    "issuer": "issuer_id",
    "addressees": "addressee_ids",
    "due_on": "due_on",
    "recurrence": "recurrence",
    "target_metric": "target_metric_id",
    "target_value": "target_value",
    "target_change": "target_change",
}
INDICATOR = {
    "unit": "unit",
    "metric": "metric_id",
    "period": "period",
    "change": "change",
    "change_percent": "change_percent",
    "out_of": "out_of",
    "comparator": "comparator",
    "kind": "kind",
}
UNSAID: dict[str, Any] = {"comparator": "=", "kind": "actual"}


def named(code: str, entry: Mapping[str, Any]) -> str:
    return f"{code}: {entry.get('about', entry.get('text'))}"


def directive(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[column] for name, column in DIRECTIVE.items() if row[column] not in (None, [])}


def indicator(row: Mapping[str, Any]) -> dict[str, Any]:
    value = row["value"] if row["value_high"] is None else [row["value"], row["value_high"]]
    said = {"value": value} | {name: row[column] for name, column in INDICATOR.items()}
    return {name: found for name, found in said.items() if found is not None and found != UNSAID.get(name)}


@pytest.mark.parametrize(("code", "entry"), TESTS, ids=starmap(named, TESTS))
def test_a_pack_reads_its_own_passages(code: str, entry: Mapping[str, Any], lexicon: Lexicon) -> None:
    extracted = read([Excerpt(text=entry["text"], language=code, published_on=entry["published_on"])], lexicon)
    expected = entry.get("directives", [])

    assert extracted.articles["relevant"].to_list() == [True], extracted.articles["relevance_reason"].to_list()
    assert [directive(row) for row in extracted.directives.iter_rows(named=True)] == [
        {name: value for name, value in wanted.items() if name != "quote"} for wanted in expected
    ]
    assert [indicator(row) for row in extracted.indicators.iter_rows(named=True)] == entry.get("indicators", [])
    for wanted, quote in zip(expected, extracted.directives["quote"], strict=True):
        assert wanted["quote"] in quote


@pytest.mark.parametrize("code", PACKS)
def test_a_pack_tests_what_it_finds_and_what_it_leaves(code: str) -> None:
    entries = PACKS[code].get("tests", [])
    found_nothing = [entry for entry in entries if not entry.get("directives") and not entry.get("indicators")]

    assert len(entries) >= LEAST_TESTS, f"{code}.toml: add [[tests]], at least {LEAST_TESTS}"
    assert any(entry.get("directives") for entry in entries)
    assert any(entry.get("indicators") for entry in entries)
    assert len(found_nothing) >= 2, f"{code}.toml: add [[tests]] of passages that state no fact"


@pytest.mark.parametrize("entry", [entry for _, entry in TESTS], ids=starmap(named, TESTS))
def test_an_entry_is_well_formed(entry: Mapping[str, Any]) -> None:
    assert {"text", "published_on", "about"} <= set(entry) <= ENTRY
    assert type(entry["published_on"]) is date
    for wanted in entry.get("directives", []):
        assert "quote" in wanted
        assert set(wanted) <= {"quote", *DIRECTIVE}
        assert wanted["quote"] in entry["text"]
    for wanted in entry.get("indicators", []):
        assert set(wanted) <= {"value", *INDICATOR}


def test_no_passage_stands_twice() -> None:
    texts = [entry["text"] for _, entry in TESTS]
    assert len(texts) == len(set(texts))
