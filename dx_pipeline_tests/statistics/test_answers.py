"""Formats of services to rows: good ones, odd ones and hostile ones."""

import json
import sys
from typing import Any

import pytest

from dx_pipeline.services import AnswerError
from dx_pipeline.statistics.answers import read_answer
from dx_pipeline.statistics.mapping import SourceFile
from dx_pipeline.statistics.problems import RejectionError
from dx_pipeline.statistics.sdmx import read_sdmx
from dx_pipeline.statistics.tables import Table


def _read(document: Any, description: Any = None, **settings: Any) -> Table:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    described = None if description is None else json.dumps(description).encode()
    return read_answer(body, SourceFile(path="answer", **{"format": "json", **settings}), described)


def _cells(table: Table) -> list[dict[str, str]]:
    return [row.cells for row in table.rows]


def test_rows_are_flattened_and_lack_no_cell() -> None:
    table = _read({"data": [{"a": {"b": 1.50}, "c": [True, None]}, {"d": "x"}]}, rows="data")
    assert _cells(table) == [
        {"a.b": "1.5", "c.0": "true", "c.1": "", "d": ""},
        {"a.b": "", "c.0": "", "c.1": "", "d": "x"},
    ]


def test_own_names_stand_beside_the_publishers() -> None:
    table = _read(
        [{"last": "2026-07-13"}, [{"Code": "VNM"}, {"Code": ""}]],
        rows="1",
        columns={"iso3": "code", "missing": "nowhere"},
        head={"vintage": "0.last"},
        counted={"of": "code"},
    )
    assert _cells(table)[0] == {"code": "VNM", "vintage": "2026-07-13", "iso3": "VNM", "of": "1"}
    assert "missing" not in table.columns


@pytest.mark.parametrize("document", [{"data": None}, {}, []])
def test_null_rows_are_no_rows(document: Any) -> None:
    assert _read(document, rows="data").rows == []


@pytest.mark.parametrize("document", [{"data": "rows"}, {"data": {"a": 1}}, b"<html>", b"\xff"])
def test_what_is_no_list_of_rows_is_refused(document: Any) -> None:
    with pytest.raises(RejectionError):
        _read(document, rows="data")


def test_a_row_of_endless_depth_and_width_is_cut() -> None:
    deep: Any = "x"
    for _ in range(50):
        deep = [deep]
    (row,) = _cells(_read([{"deep": deep, **{f"c{n}": n for n in range(5_000)}}]))
    assert len(row) < 400


POSITIONS = {
    "columns": [{"code": "year", "type": "t"}, {"code": "v", "type": "c"}],
    "data": [{"key": ["1"], "values": ["5"]}],
}
DESCRIPTION = {"variables": [{"code": "year", "values": ["0", "1"], "valueTexts": ["2023", "2024"]}]}


def test_positions_are_labels_by_the_description() -> None:
    assert _cells(_read(POSITIONS, DESCRIPTION, format="px")) == [{"year": "2024", "v": "5", "value": "5"}]
    without = _cells(_read(POSITIONS, format="px"))
    assert without == [{"year": "1", "v": "5", "value": "5"}]  # which is then no period, and refused


def test_columns_without_kinds_are_keys_first() -> None:
    plain = {"columns": [{"code": "year"}, {"code": "v"}], "data": [{"key": ["0"], "values": ["5"]}, {"key": None}]}
    assert _cells(_read(plain, DESCRIPTION, format="px"))[0] == {"year": "2023", "v": "5", "value": "5"}


@pytest.mark.parametrize("second", [True, False])
def test_both_versions_of_json_stat_are_read(second: bool) -> None:
    dimensions: dict[str, Any] = {
        "area": {"category": {"index": ["VN", "TH"], "label": {"VN": "Viet Nam", "TH": "Thailand"}}},
        "year": {"category": {"index": {"2024": 1, "2023": 0}}},
    }
    shape: dict[str, Any] = {"id": ["area", "year"], "size": [2, 2]}
    values: Any = {"0": 1.5, "3": 4} if second else [1.5, None, None, 4]
    if second:
        document: Any = {"version": "2.0", "dimension": dimensions, **shape, "value": values, "status": {"3": "p"}}
    else:
        document = {"dataset": {"dimension": {**dimensions, **shape}, "value": values, "status": {"3": "p"}}}
    rows = _cells(_read(document, format="json-stat"))
    assert [(row["area"], row["area.code"], row["year"], row["value"]) for row in rows] == [
        ("Viet Nam", "VN", "2023", "1.5"),
        ("Viet Nam", "VN", "2024", ""),
        ("Thailand", "TH", "2023", ""),
        ("Thailand", "TH", "2024", "4"),
    ]
    assert rows[3]["status"] == "p"


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        {"dimension": {}, "value": []},
        {"dimension": {"id": ["a"]}, "value": []},
        {"id": ["a", "b"], "value": [], "dimension": {n: {"category": {"index": ["x"] * 2_000}} for n in "ab"}},
    ],
)  # fmt: skip
def test_what_is_no_json_stat_or_too_large_is_refused(document: Any) -> None:
    with pytest.raises(RejectionError):
        _read(document, format="json-stat")


def test_without_the_library_sdmx_tells_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sdmx", None)
    with pytest.raises(AnswerError, match=r"pip install 'dx-pipeline\[sdmx\]'"):
        list(read_sdmx(b"<a/>"))
