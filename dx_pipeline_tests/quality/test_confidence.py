"""Counts of rules: made of judgements, written for the extractor, read back by it."""

from pathlib import Path

from dx_pipeline.extraction.confidence import estimate, read_confidence
from dx_pipeline.quality.confidence import PRIOR_WEIGHT, count_rules, write_confidence
from dx_pipeline_tests.quality.test_figures import FACTS


def test_rules_are_counted_right_and_wrong() -> None:
    assert count_rules(FACTS) == {"r1": (3, 1), "r2": (0, 1)}


def test_what_is_written_is_what_the_extractor_reads(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    write_confidence(tmp_path, count_rules(FACTS), ["b", "a"])
    assert read_confidence(tmp_path, {"r1": 0.8, "unseen": 0.7}) == {
        "r1": estimate(3, 1, 0.8, PRIOR_WEIGHT),
        "unseen": 0.7,
    }
