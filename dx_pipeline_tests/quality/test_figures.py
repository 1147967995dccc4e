"""Judgements counted: every share with the counts it comes from, and nothing where there is nothing to divide by."""

from typing import Any

import polars as pl
import pytest

from dx_pipeline.quality.figures import COUNTS, DIMENSIONS, count, headline_figures, quality_rows, still_hold
from dx_pipeline.quality.measure import Measured
from dx_pipeline.quality.sets import LabelledSet, describe_sets, shipped_sets
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.schemas.quality import ExtractionQuality, Judgements
from dx_pipeline.settings import CATALOGUE


def judged(*rows: tuple[str, str | None, str, str | None]) -> pl.DataFrame:
    """Judgements of one set and article from kind, field, verdict and rule."""
    same = {"set_name": "s", "document": "a.txt", "language": "en"}
    return frame_of(
        Judgements, [same | dict(zip(("kind", "field", "verdict", "rule_id"), row, strict=True)) for row in rows]
    )


FACTS = judged(
    *[("directives", None, "right", "r1")] * 3,
    ("directives", None, "surplus", "r1"),
    ("directives", None, "surplus", "r2"),
    *[("directives", None, "missing", None)] * 4,
    *[("quotes", None, "right", "r1")] * 4,
    ("quotes", None, "surplus", "r2"),
    ("directives", "due_on", "right", "r1"),
    ("directives", "due_on", "wrong", "r1"),
    ("directives", "due_on", "empty", "r1"),
    ("directives", "due_on", "missing", "r1"),
    ("directives", "due_on", "surplus", "r1"),
)


def only(frame: pl.DataFrame, **values: Any) -> dict[str, Any]:
    (row,) = frame.filter(**values).to_dicts()
    return {name: row[name] for name in COUNTS}


def test_facts_are_counted_with_their_denominators() -> None:
    assert only(count(FACTS), kind="directives") == {
        "hits": 3,
        "false_alarms": 2,
        "misses": 4,
        "precision": 3 / 5,
        "recall": 3 / 7,
        "f1": 6 / 12,
        **dict.fromkeys(("compared", "agreed", "accuracy")),
    }


def test_quotes_have_no_recall() -> None:
    quotes = only(count(FACTS), kind="quotes")
    assert (quotes["precision"], quotes["misses"], quotes["recall"], quotes["f1"]) == (4 / 5, None, None, None)


def test_a_field_that_is_wrong_is_a_false_alarm_and_a_miss() -> None:
    assert only(count(FACTS, ["field"]), field="due_on") == {
        "hits": 1,
        "false_alarms": 2,
        "misses": 2,
        "precision": 1 / 3,
        "recall": 1 / 3,
        "f1": 2 / 6,
        "compared": 5,
        "agreed": 2,
        "accuracy": 2 / 5,
    }


def test_of_a_rule_only_the_precision_is_known() -> None:
    rules = count(FACTS, ["rule_id"])
    assert rules["rule_id"].to_list() == ["r1", "r2"]
    assert rules["precision"].to_list() == [3 / 4, 0.0]
    assert rules.select("misses", "recall", "f1").null_count().row(0) == (2, 2, 2)


def test_nothing_found_and_nothing_there() -> None:
    nothing_found = only(count(judged(("indicators", None, "missing", None))))
    assert (nothing_found["precision"], nothing_found["recall"], nothing_found["f1"]) == (None, 0.0, 0.0)
    nothing_there = only(count(judged(("indicators", None, "surplus", "r"))))
    assert (nothing_there["precision"], nothing_there["recall"], nothing_there["f1"]) == (0.0, None, 0.0)


@pytest.mark.parametrize("by", DIMENSIONS)
def test_parts_add_up_to_the_whole(shipped: Measured, by: str) -> None:
    parts = count(shipped.judgements, DIMENSIONS[by])
    whole = count(shipped.judgements, ["field"] if by == "field" else [])
    kinds = ["directives", "indicators"]
    for name in ("hits", "false_alarms"):
        assert (
            parts.filter(pl.col("kind").is_in(kinds))[name].sum()
            == whole.filter(pl.col("kind").is_in(kinds))[name].sum()
        )


def test_the_published_table_has_every_grouping_once(shipped: Measured) -> None:
    sets = describe_sets(shipped_sets(CATALOGUE))
    table = ExtractionQuality.validate(quality_rows(shipped.judgements, sets, "1+a", "b"), lazy=True)
    assert set(table["set_name"]) == set(sets["set_name"])
    assert set(table.select(pl.col("field", "language", "rule_id").is_not_null()).iter_rows()) == {
        *((False, False, False), (True, False, False), (False, True, False), (True, True, False)),
        (False, False, True),
    }
    whole = table.filter(pl.col("field").is_null(), pl.col("language").is_null(), pl.col("rule_id").is_null())
    assert whole.select("set_name", "kind", "hits", "recall").equals(
        count(shipped.judgements).select("set_name", "kind", "hits", "recall")
    )


def test_figures_hold_until_labels_articles_or_code_change(shipped: Measured, small_set: LabelledSet) -> None:
    sets = describe_sets(shipped_sets(CATALOGUE))
    table = quality_rows(shipped.judgements, sets, "1+a", "b")
    assert still_hold(table, sets, "b")
    assert not still_hold(table, sets, "c")
    assert not still_hold(table, sets.with_columns(pl.lit("0" * 64).alias("gold_sha256")), "b")
    assert not still_hold(table, pl.concat([sets, describe_sets([small_set])]), "b")
    assert not still_hold(table, sets.head(1), "b")
    assert not still_hold(table.drop("f1"), sets, "b")


def test_headline_figures_have_names() -> None:
    assert headline_figures(FACTS) == {
        "s": {
            "directives.precision": 3 / 5,
            "directives.recall": 3 / 7,
            "directives.f1": 6 / 12,
            "quotes.in_place": 4 / 5,
            "directives.due_on": 2 / 5,
        }
    }
