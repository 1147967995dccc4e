"""Confidence of rules: from counts and priors, and what is told of a file that cannot be used."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dx_pipeline.extraction.confidence import FILE, estimate, read_confidence
from dx_pipeline.extraction.lexicon import Lexicon
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import CatalogueError, read_toml

_COUNTS = st.integers(0, 10_000)


@given(right=_COUNTS, wrong=_COUNTS, prior=st.floats(0, 1))
def test_confidence_lies_between_the_prior_and_what_was_seen(right: int, wrong: int, prior: float) -> None:
    seen = right / (right + wrong) if right + wrong else prior
    low, high = sorted((prior, seen))
    assert low - 0.0001 <= estimate(right, wrong, prior, 2) <= high + 0.0001


def test_without_a_file_a_rule_has_its_prior(tmp_path: Path) -> None:
    assert read_confidence(tmp_path, {"a": 0.7}) == {"a": 0.7}


def test_every_rule_of_the_catalogue_has_a_confidence_and_every_count_a_rule(lexicon: Lexicon) -> None:
    rules = read_toml(CATALOGUE / "rules" / "directives.toml")["rule"]
    priors = {rule["id"]: rule["prior"] for rule in rules}
    priors |= read_toml(CATALOGUE / "rules" / "indicators.toml")["priors"]
    assert set(lexicon.confidence) == set(priors) >= set(read_toml(CATALOGUE / FILE)["rules"])
    assert all(0 < share < 1 for share in lexicon.confidence.values())
    assert lexicon.confidence["instrument.number"] == priors["instrument.number"]  # nobody labels those


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[rules]", "field 'prior_weight' is None"),
        ("prior_weight = 0\n[rules]", "field 'prior_weight' is 0"),
        ("prior_weight = inf\n[rules]", "field 'prior_weight' is inf"),
        ("prior_weight = 2", "field 'rules' is missing"),
        ("prior_weight = 2\n[rules]\na = 1", "field 'rules.a' is no table"),
        ("prior_weight = 2\n[rules]\na = { right = 1 }", "field 'rules.a.wrong' is None"),
        ("prior_weight = 2\n[rules]\na = { right = -1, wrong = 0 }", "field 'rules.a.right' is -1"),
        ("prior_weight = 2\n[rules", "no valid TOML"),
    ],
)
def test_what_cannot_be_used_is_told(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / FILE
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError) as error:
        read_confidence(tmp_path, {"a": 0.7})
    assert str(error.value).startswith(f"{path}: ")
    assert told in str(error.value)
    assert "mend" in str(error.value)
