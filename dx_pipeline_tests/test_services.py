"""Requests described by data: what is asked, which address belongs to which table, what is still missing."""

import json
from datetime import date
from typing import Any

import pytest

from dx_pipeline.services import (
    AnswerError,
    decode,
    decode_json,
    dig,
    parts_missing,
    pxweb_batches,
    read_requests,
    read_sheets,
    rounds_of,
    series_entries,
)
from dx_pipeline.specs import CatalogueError, StatisticsSource

PAGED = {
    "name": "data",
    "url": "https://api.example/v2/{code}?page={page}",
    "format": "json",
    "rows": "1",
    "paging": "page",
    "total": "0.pages",
}
UNTIL = date(2026, 11, 25)


def source(*requests: dict[str, Any], **settings: Any) -> StatisticsSource:
    return StatisticsSource(
        source_id="office",
        name="An office",
        publisher="An office",
        licence="CC BY 4.0",
        url="https://office.example/",
        settings={"requests": list(requests), **settings},
    )


def addresses(one: StatisticsSource) -> list[str]:
    return [sheet.address(0) for request in read_requests(one) for sheet in read_sheets(one, request, UNTIL)]


def test_a_request_is_asked_for_each_code_of_its_series() -> None:
    codes = {"A.B": {"name": "one"}, "C D": {"name": "other"}}
    assert addresses(source(PAGED, codes=codes)) == [
        "https://api.example/v2/A.B?page=1",
        "https://api.example/v2/C%20D?page=1",
    ]
    one = source(PAGED | {"series": ["s-c-d"]}, codes=codes, each_series={"series_id": "s-{slug}"})
    assert addresses(one) == ["https://api.example/v2/C%20D?page=1"]


@pytest.mark.parametrize(
    ("span", "years"),
    [
        ("2023..", ["2023", "2024", "2025", "2026"]),
        ("2010..2014/2", ["2010", "2012", "2014"]),
        (["a", "b"], ["a", "b"]),
        ("2024", ["2024"]),
    ],
)
def test_a_span_of_years_goes_to_this_one(span: Any, years: list[str]) -> None:
    one = source({"name": "file", "url": "https://office.example/{year}.csv", "each": {"year": span}})
    assert addresses(one) == [f"https://office.example/{year}.csv" for year in years]


def test_a_code_is_never_part_of_an_address_unescaped() -> None:
    one = source(PAGED, codes={"../x?y#z&page=9": {"name": "one"}})
    assert addresses(one) == ["https://api.example/v2/..%2Fx%3Fy%23z%26page%3D9?page=1"]


def test_a_line_of_codes_is_a_series() -> None:
    one = source(
        codes={"NY.GDP.MKTP.CD": {"name": "GDP", "where": {"a": "b"}}, "X": {"name": "X", "series_id": "own"}},
        each_series={"series_id": "wb-{slug}", "where": {"code": "{code}"}, "unit_measure": "USD"},
    )
    first, second = series_entries(one)
    assert first["series_id"] == "wb-ny-gdp-mktp-cd"
    assert first["where"] == {"a": "b"}
    assert (second["series_id"], second["code"], second["where"]) == ("own", "X", {"code": "X"})
    with pytest.raises(CatalogueError, match=r"codes: 'X' is no table"):
        series_entries(source(codes={"X": "GDP"}))


def test_an_address_is_known_as_that_of_its_table_only() -> None:
    one = source(PAGED, codes={"A.B": {"name": "one"}})
    (sheet,) = read_sheets(one, read_requests(one)[0], UNTIL)
    assert sheet.is_address("https://api.example/v2/A.B?page=12")
    for other in ("v2/A-B?page=1", "v2/A.BC?page=1", "v2/A.B?page=", "v2/A.B?page=1&x=2"):
        assert not sheet.is_address(f"https://api.example/{other}")


def test_what_is_posted_tells_tables_apart() -> None:
    form = {"name": "f", "url": "https://office.example/", "flow": "post", "fields": {"year": "{year}"}}
    one = source(form | {"each": {"year": "2024..2025"}})
    first, second = read_sheets(one, read_requests(one)[0], UNTIL)
    assert (first.address(0), second.address(0)) == (
        "https://office.example/#year=2024",
        "https://office.example/#year=2025",
    )
    assert not first.is_address(second.address(0))


def test_captures_are_put_together_by_round() -> None:
    one = source(PAGED, codes={"A": {"name": "one"}})
    (sheet,) = read_sheets(one, read_requests(one)[0], UNTIL)
    pages = [1, 2, 2, 3, 1, 2]
    captures = [{"url": f"https://api.example/v2/A?page={page}", "n": n} for n, page in enumerate(pages)]
    captures.insert(2, {"url": "https://api.example/v2/B?page=3", "n": 99})
    assert [[part["n"] for part in parts] for parts in rounds_of(sheet, captures)] == [[0, 1, 3], [4, 5]]
    assert rounds_of(sheet, captures[1:3]) == []  # without its beginning nothing is a round


def _page(pages: object, rows: object = ()) -> bytes:
    return json.dumps([{"pages": pages}, rows]).encode()


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        ([], True),
        ([_page(2)], True),
        ([_page("2"), _page(1)], False),
        ([_page(3), _page(1)], True),
        ([_page(0, None)], False),
        ([_page(None)], False),
        ([_page("many")], False),
    ],
)
def test_the_number_of_pages_is_that_of_the_first_answer(answers: list[bytes], missing: bool) -> None:
    request = read_requests(source(PAGED, codes={"A": {"name": "one"}}))[0]
    assert parts_missing(request, answers) is missing


def test_rows_are_passed_over_until_there_are_as_many_as_were_told() -> None:
    skip = {"url": "https://api.example/{code}?skip={skip}", "paging": "skip", "rows": "value", "total": "count"}
    request = read_requests(source(PAGED | skip))[0]
    page = [json.dumps({"count": 5, "value": rows}).encode() for rows in ([1, 2], [3, 4], [5], [])]
    assert parts_missing(request, page[:2])
    assert not parts_missing(request, page[:3])
    assert not parts_missing(request, [page[0], page[3]])  # a service that gives no more has no more


def test_a_table_is_asked_in_batches_of_one_variable() -> None:
    description = {"variables": [{"code": "way", "values": ["0"]}, {"code": "year", "values": ["0", "1", "2"]}]}
    asked = {"name": "p", "url": "https://office.example/a.px", "flow": "pxweb", "format": "px"}
    request = read_requests(source(asked | {"batch_by": "year", "batch": 2}))[0]
    batches = pxweb_batches(json.dumps(description).encode(), request)
    assert [[one["selection"]["values"] for one in batch] for batch in batches] == [[["0"], ["0", "1"]], [["0"], ["2"]]]
    with pytest.raises(AnswerError, match="no variables"):
        pxweb_batches(b'{"title": "a"}', request)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"flow": "soap"}, "flow is 'soap'"),
        ({"format": "xls"}, "format is 'xls'"),
        ({"paging": "cursor"}, "paging is 'cursor'"),
        ({"url": "ftp://api.example/{code}?page={page}"}, "must begin with https"),
        ({"url": "https://api.example/{code}"}, r"add total, and \{page\}"),
        ({"url": "https://api.example/{area}?page={page}"}, r"\['area'\] have no values"),
        ({"unless": "other"}, "unless is 'other'; name a request above it"),
        ({"batch": 0}, "batch is 0"),
        ({"rows": 1}, "rows is 1; it must be str"),
        ({"name": None}, "name is None"),
    ],
)
def test_a_request_that_cannot_be_asked_is_refused(change: dict[str, Any], told: str) -> None:
    with pytest.raises(CatalogueError, match=rf"office\.toml: requests.*{told}"):
        read_requests(source(PAGED | change))


def test_two_requests_of_one_name_are_refused() -> None:
    with pytest.raises(CatalogueError, match="two requests have one name"):
        read_requests(source(PAGED, PAGED))


def test_numbers_are_kept_as_they_are_written() -> None:
    assert decode_json(b"\xef\xbb\xbf[1.50, 476324572784, NaN, null]\0\0") == ["1.50", "476324572784", "NaN", None]
    for body in (b"<html>", b"", b"[1", b"\xff[]", b"[" * 100_000):
        with pytest.raises(AnswerError):
            decode_json(body)
    assert decode(b"a,b\n1,2\n" + bytes(64)) == "a,b\n1,2\n"


@pytest.mark.parametrize("path", ["0.b", "1", "a", "0.a.b", "0.a.5"])
def test_nothing_is_at_a_path_that_leads_nowhere(path: str) -> None:
    assert dig([{"a": ["x"]}], path) is None
    assert dig([{"a": ["x"]}], "0.a.0") == "x"
