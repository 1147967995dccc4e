"""Each language pack holds its own tests; here they are run, whatever languages the catalogue has.

What an entry holds is told in :mod:`dx_pipeline.packs.passages`, which ``dx language check`` uses, too.
"""

from collections.abc import Mapping
from itertools import starmap
from typing import Any

import pytest

from dx_pipeline.extraction.lexicon import Lexicon
from dx_pipeline.packs.passages import differences, entry_faults, missing_tests
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import read_toml

PACKS = {path.stem: read_toml(path) for path in sorted((CATALOGUE / "languages").glob("*.toml"))}
TESTS = [(code, entry) for code, pack in PACKS.items() for entry in pack.get("tests", [])]


def named(code: str, entry: Mapping[str, Any]) -> str:
    return f"{code}: {entry.get('about', entry.get('text'))}"


@pytest.mark.parametrize(("code", "entry"), TESTS, ids=starmap(named, TESTS))
def test_a_pack_reads_its_own_passages(code: str, entry: Mapping[str, Any], lexicon: Lexicon) -> None:
    assert differences(entry, code, lexicon) == []


@pytest.mark.parametrize("code", PACKS)
def test_a_pack_tests_what_it_finds_and_what_it_leaves(code: str) -> None:
    assert list(missing_tests(PACKS[code].get("tests", []))) == []


@pytest.mark.parametrize("entry", [entry for _, entry in TESTS], ids=starmap(named, TESTS))
def test_an_entry_is_well_formed(entry: Mapping[str, Any]) -> None:
    assert list(entry_faults(entry)) == []


def test_no_passage_stands_twice() -> None:
    texts = [entry["text"] for _, entry in TESTS]
    assert len(texts) == len(set(texts))
