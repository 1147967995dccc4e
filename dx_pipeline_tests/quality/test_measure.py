"""Measuring a small set from its files: what is judged, and what a wrong label file does to the rest."""

from pathlib import Path

import polars as pl
import pytest

from dx_pipeline.extraction.lexicon import Lexicon
from dx_pipeline.quality.measure import Measured, measure_set, measure_sets
from dx_pipeline.quality.sets import LabelledSet
from dx_pipeline.schemas.quality import Judgements


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def whole(measured: Measured) -> dict[str, list[str]]:
    facts = measured.judgements.filter(pl.col("field").is_null(), pl.col("kind") != "quotes")
    return {
        name: [f"{kind} {verdict}" for kind, verdict in part.select("kind", "verdict").iter_rows()]
        for (name,), part in facts.partition_by("document", as_dict=True).items()
    }


SOUND = {
    "figures.txt": ["headers right", "indicators right"],
    "orders.txt": ["headers right", "directives right", "indicators right"],
}


def test_a_set_is_read_as_a_run_reads_it(small_set: LabelledSet, lexicon: Lexicon) -> None:
    measured = measure_sets([small_set], lexicon)
    assert measured.problems == ()
    assert whole(measured) == SOUND
    assert set(Judgements.validate(measured.judgements)["verdict"]) == {"right"}


def test_no_set_gives_no_judgement(lexicon: Lexicon) -> None:
    assert Judgements.validate(measure_sets([], lexicon).judgements).is_empty()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("issuer:", "isuer:", "directives.d01.isuer: unknown"),
        ("every public service", "each public service", "directives.d01.quote: 'asked the provinces to put each"),
        ("file: orders.txt", "file: other.txt", "file: 'other.txt' is not in "),
        ("file: orders.txt", "file: figures.txt", "file: 'figures.txt' has another label file too"),
        ("file: orders.txt", "file: [", "line 3: no valid YAML"),
    ],
)
def test_a_wrong_file_is_told_and_the_rest_is_measured(
    small_set: LabelledSet, lexicon: Lexicon, old: str, new: str, told: str
) -> None:
    path = small_set.gold / "orders.yaml"
    change(path, old, new)
    measured = measure_set(small_set, lexicon)
    (problem,) = measured.problems
    assert str(problem).startswith(f"{path}: ")
    assert told in str(problem)
    assert whole(measured) == {"figures.txt": SOUND["figures.txt"]}


def test_two_articles_of_one_name_are_told(small_set: LabelledSet, lexicon: Lexicon) -> None:
    (small_set.articles / "copy").mkdir()
    (small_set.articles / "copy" / "orders.txt").write_bytes((small_set.articles / "orders.txt").read_bytes())
    (problem,) = measure_set(small_set, lexicon).problems
    assert "2 articles in" in str(problem)


def test_a_document_that_cannot_be_read_is_missing_as_a_whole(small_set: LabelledSet, lexicon: Lexicon) -> None:
    body = (small_set.articles / "orders.txt").read_bytes()
    (small_set.articles / "orders.txt").write_bytes(body + b"\0")
    measured = measure_set(small_set, lexicon)
    assert measured.problems == ()
    assert whole(measured)["orders.txt"] == ["headers missing", "directives missing", "indicators missing"]


def test_a_quote_from_a_part_that_is_not_read_is_missing_and_no_error(small_set: LabelledSet, lexicon: Lexicon) -> None:
    page = (
        "<html lang=en><head><title>Lakes</title></head><body><article><h1>Lakes</h1>"
        + "<p>The report on digital transformation counts public services and digital data in every district.</p>" * 3
        + "</article><nav>Ministries were told to hurry</nav></body></html>"
    )
    (small_set.articles / "page.html").write_text(page, encoding="utf-8")
    label = (
        "file: page.html\narticle: {language: en}\nindicators: []\ndirectives:\n"
        '- {id: d1, quote: "Ministries were told to hurry"}\n'
    )
    (small_set.gold / "page.yaml").write_text(label, encoding="utf-8")
    measured = measure_set(small_set, lexicon)
    assert measured.problems == ()
    assert "directives missing" in whole(measured)["page.html"]


def test_everything_that_goes_wrong_is_judged(small_set: LabelledSet, lexicon: Lexicon) -> None:
    path = small_set.gold / "orders.yaml"
    change(path, "issuer: vnm-most", "issuer: vnm-mof")
    change(path, "    due_on: 2025-06-29\n", "")
    change(path, "value: 45", "value: 46")
    change(path, "title: Lakeside districts", "title: Hillside districts")
    rows = measure_set(small_set, lexicon).judgements.filter(document="orders.txt")
    bad = rows.filter(~pl.col("verdict").is_in(["right", "empty"]))
    assert set(bad.select("kind", "field", "verdict", "wanted", "found").iter_rows()) == {
        ("headers", None, "wrong", None, None),
        (
            *("headers", "title", "wrong"),
            *(f"{place} districts count their digital services" for place in ("Hillside", "Lakeside")),
        ),
        ("directives", "issuer", "wrong", "vnm-mof", "vnm-most"),
        ("directives", "due_on", "surplus", None, "2025-06-29"),
        ("indicators", None, "missing", None, None),
        ("indicators", None, "surplus", None, None),
    }
