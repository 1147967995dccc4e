"""Expectations of whole sources fail where they should."""

from pathlib import Path
from typing import Any

import pytest

from dx_pipeline.specs import CatalogueError
from dx_pipeline.statistics.expectations import check_expectations
from dx_pipeline_tests.statistics.reading import HEADER, INDEX, RANK, read, source

BODY = f"{HEADER}AUT,2024,1,0.9,x\nBEL,2024,2,0.8,x\nCHE,2024,3,0.7,x\n"
EDITION = {"2024": {"areas": 3, "out_of": 3}}


def _failed(folder: Path, body: str, **settings: Any) -> list[tuple[str, ...]]:
    one = source(**settings)
    observed = read(folder, one, {"index.csv": body})
    assert observed.quarantine.is_empty()
    return check_expectations(observed.statistics, [one]).select("check", "edition", "expected", "found").rows()


def test_a_missing_row_is_noticed(tmp_path: Path) -> None:
    assert _failed(tmp_path / "whole", BODY, editions=EDITION) == []
    cut = BODY.rsplit("CHE", 1)[0]
    assert _failed(tmp_path / "cut", cut, editions=EDITION) == [
        ("areas", "2024", "3", "2"),
        ("ranked", "2024", "3", "2"),
    ]


def test_a_missing_edition_is_noticed(tmp_path: Path) -> None:
    assert _failed(tmp_path, HEADER, editions=EDITION) == [("areas", "2024", "3", "0")]


def test_ranks_that_do_not_follow_the_index_are_noticed(tmp_path: Path) -> None:
    expectations = [{"check": "monotone", "series_id": "some-rank", "index": "some-index"}]
    assert _failed(tmp_path / "good", BODY, expectations=expectations) == []
    swapped = BODY.replace("BEL,2024,2", "BEL,2024,3").replace("CHE,2024,3", "CHE,2024,2")
    ((check, edition, _, found),) = _failed(tmp_path / "bad", swapped, expectations=expectations)
    assert (check, edition) == ("monotone", "2024")
    assert "1 areas do not: BEL" in found


def test_of_ranks_out_of_order_the_fewest_are_named(tmp_path: Path) -> None:
    expectations = [{"check": "monotone", "series_id": "some-rank", "index": "some-index"}]
    body = f"{HEADER}AUT,2024,1,0.9,x\nBEL,2024,9,0.8,x\nCHE,2024,2,0.7,x\nDEU,2024,3,0.6,x\n"
    ((_, _, _, found),) = _failed(tmp_path, body, expectations=expectations)
    assert found == "1 areas do not: BEL"


def test_ties_may_share_a_rank_or_be_broken(tmp_path: Path) -> None:
    expectations = [{"check": "monotone", "series_id": "some-rank", "index": "some-index"}]
    tied = BODY.replace("0.8", "0.9")
    assert _failed(tmp_path / "broken", tied, expectations=expectations) == []
    assert _failed(tmp_path / "shared", tied.replace("BEL,2024,2", "BEL,2024,1"), expectations=expectations) == []


def test_an_index_that_is_not_the_mean_of_its_parts_is_noticed(tmp_path: Path) -> None:
    series = [INDEX, INDEX | {"series_id": "part", "column": "rank", "maximum": 9}]
    even = [{"check": "weighted_mean", "series_id": "some-index", "weights": {"part": 1.0}, "tolerance": 0.001}]
    body = f"{HEADER}AUT,2024,0.9,0.9,x\nBEL,2024,0.8005,0.8,x\n"
    assert _failed(tmp_path / "good", body, series=series, expectations=even) == []
    wrong = body.replace("0.8005", "0.8020")
    ((check, _, _, found),) = _failed(tmp_path / "bad", wrong, series=series, expectations=even)
    assert check == "weighted_mean"
    assert found == "1 areas do not: BEL"


@pytest.mark.parametrize(
    ("expectation", "found"),
    [
        ({"check": "mean", "series_id": "some-index", "value": 0.7, "tolerance": 0.01}, "mean 0.8"),
        ({"check": "value", "series_id": "some-rank", "ref_area": "BEL", "time_period": "2024", "value": 9}, "2.0"),
        ({"check": "value", "series_id": "some-rank", "ref_area": "VNM", "time_period": "2024", "value": 9}, "no row"),
        ({"check": "latest", "series_id": "some-rank", "time_period": "2026"}, "2024"),
    ],
)
def test_a_figure_that_differs_is_noticed(tmp_path: Path, expectation: dict[str, Any], found: str) -> None:
    ((check, _, _, told),) = _failed(tmp_path, BODY, expectations=[expectation], series=[INDEX, RANK])
    assert check == expectation["check"]
    assert found in told


def test_the_mean_of_a_named_edition_without_rows_is_noticed(tmp_path: Path) -> None:
    expectation = {"check": "mean", "series_id": "some-index", "value": 0.7, "editions": ["2026"]}
    ((_, edition, _, found),) = _failed(tmp_path, BODY, expectations=[expectation])
    assert (edition, found) == ("2026", "mean None")


@pytest.mark.parametrize(
    ("expectation", "told"),
    [
        ({"check": "sum"}, "no check is called 'sum'"),
        ({"check": "value", "ref_area": "VNM"}, r"keys \['time_period', 'value'\] are missing"),
        ({"check": "weighted_mean"}, r"keys \['weights'\] are missing"),
    ],
)
def test_an_expectation_that_cannot_be_checked_is_an_error_of_the_catalogue(
    tmp_path: Path, expectation: dict[str, Any], told: str
) -> None:
    with pytest.raises(CatalogueError, match=rf"some-office\.toml: expectations: {told}"):
        _failed(tmp_path, BODY, expectations=[expectation | {"series_id": "some-index"}])
