"""The labels of the embedded edition: they stand on their articles' text, and they speak of known things."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from selectolax.lexbor import LexborHTMLParser

from dx_pipeline.registry import read_instruments, read_metrics, read_organisations
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import read_article_sources

GOLD = CATALOGUE / "labelled" / "sample" / "gold"
ARTICLES = CATALOGUE / "sample" / "articles"
LABELS = sorted(GOLD.glob("*.yaml"))
FACTS = ("directives", "indicators")
PERIOD = re.compile(r"[0-9]{4}(-(Q[1-4]|H[12]|[01][0-9](-[0-3][0-9])?))?")
AREA = re.compile(r"[A-Z]{3}|VN-[A-Z0-9]{2}|other-countries")
NUMBERED = re.compile(r"[a-z]+:\S.*")  # a document that the registry does not hold


def article_paths() -> list[Path]:
    return sorted(path for path in ARTICLES.glob("*/*") if path.suffix in {".txt", ".html"})


@cache
def article_text(name: str) -> str:
    (path,) = (path for path in article_paths() if path.name == name)
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".txt":
        return text
    page = LexborHTMLParser(text)
    page.strip_tags(["script", "style"])
    assert page.body is not None
    return page.body.text()


@cache
def read_label(path: Path) -> dict[str, Any]:
    label: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return label


def entries(label: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = label[kind]
    return found


def quotes(label: dict[str, Any]) -> Iterator[str]:
    for kind in FACTS:
        for entry in entries(label, kind):
            yield from [entry["quote"]] if isinstance(entry["quote"], str) else entry["quote"]


@pytest.fixture(scope="module")
def bodies() -> set[str]:
    return {body.organisation_id for body in read_organisations(CATALOGUE)}


@pytest.fixture(scope="module")
def documents() -> set[str]:
    return {instrument.instrument_id for instrument in read_instruments(CATALOGUE)}


@pytest.fixture(scope="module")
def units() -> dict[str, str | None]:
    return {metric.metric_id: metric.unit for metric in read_metrics(CATALOGUE)}


def test_every_article_has_one_label_and_a_name_of_its_own() -> None:
    names = Counter(path.name for path in article_paths())
    assert set(names.values()) == {1}
    assert sorted(names) == sorted(read_label(path)["file"] for path in LABELS)


def test_every_article_belongs_to_a_source_that_speaks_its_language() -> None:
    languages = {source.folder: source.languages for source in read_article_sources(CATALOGUE)}
    spoken = {read_label(path)["file"]: read_label(path)["article"]["language"] for path in LABELS}
    for path in article_paths():
        assert spoken[path.name] in languages[path.parent]


def test_five_languages_and_five_pages_are_covered() -> None:
    languages = Counter(read_label(path)["article"]["language"] for path in LABELS)
    assert set(languages) == {"en", "vi", "fr", "pl", "nb"}
    assert min(languages.values()) >= 3
    assert sum(path.suffix == ".html" for path in article_paths()) >= 5


@pytest.mark.parametrize("path", LABELS, ids=lambda path: path.stem)
def test_quotes_stand_letter_for_letter_in_the_article(path: Path) -> None:
    label = read_label(path)
    text = article_text(label["file"])
    assert [quote for quote in quotes(label) if quote not in text] == []


@pytest.mark.parametrize("path", LABELS, ids=lambda path: path.stem)
def test_labels_are_dated_and_belong_to_the_sample(path: Path) -> None:
    label = read_label(path)
    assert path.stem == Path(label["file"]).stem
    assert label["split"] == "sample"
    assert isinstance(label["article"]["published_on"], date)


@pytest.mark.parametrize("path", LABELS, ids=lambda path: path.stem)
def test_directives_name_known_bodies_and_metrics(path: Path, bodies: set[str], units: dict[str, str | None]) -> None:
    label = read_label(path)
    for entry in entries(label, "directives"):
        if entry.get("optional"):
            continue
        assert {entry["issuer"], *entry["addressees"]} <= bodies, entry["id"]
        assert isinstance(entry["due_on"], date | None), entry["id"]
        assert entry.get("target", {}).get("metric") in {None, *units}, entry["id"]


@pytest.mark.parametrize("path", LABELS, ids=lambda path: path.stem)
def test_documents_are_registered_or_numbered(path: Path, documents: set[str]) -> None:
    label = read_label(path)
    assert [name for name in label["instruments"] if name not in documents and not NUMBERED.fullmatch(name)] == []
    for entry in entries(label, "directives"):
        assert set(entry.get("instruments", [])) <= set(label["instruments"]), entry["id"]


@pytest.mark.parametrize("path", LABELS, ids=lambda path: path.stem)
def test_deadlines_lie_after_the_article_or_its_event(path: Path) -> None:
    label = read_label(path)
    since = label["article"].get("event", {}).get("held_on", label["article"]["published_on"])
    due = [entry["due_on"] for entry in entries(label, "directives") if entry.get("due_on")]
    assert [day for day in due if day < since] == []


@pytest.mark.parametrize("path", LABELS, ids=lambda path: path.stem)
def test_indicators_use_known_metrics_areas_and_periods(path: Path, units: dict[str, str | None]) -> None:
    for entry in entries(read_label(path), "indicators"):
        assert any(key in entry for key in ("value", "change", "change_percent")), entry["id"]
        assert entry.get("comparator", "~") in {"~", ">=", "<="}, entry["id"]
        assert entry.get("kind", "target") in {"target", "forecast"}, entry["id"]
        assert AREA.fullmatch(entry.get("area", "VNM")), entry["id"]
        for key in ("period", "change_since"):
            assert PERIOD.fullmatch(entry.get(key, "2024")), entry["id"]
        if "metric" in entry:
            unit = units[entry["metric"]]
            assert unit is None or entry.get("unit", unit) == unit, entry["id"]
