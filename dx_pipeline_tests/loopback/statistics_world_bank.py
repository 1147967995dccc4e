"""The World Bank's API v2 and Data360 as recorded: shapes, paging and what they do at their edges."""

import csv
import io
import json
from dataclasses import dataclass, field
from typing import Any

from dx_pipeline_tests.loopback.statistics_server import NOT_FOUND, Answer, Asked

HTML_WITH_MARK = "\ufeff<!DOCTYPE html><html><head><title>Runtime Error</title></head><body>Server Error</body></html>"
BAD_REQUEST = Answer(HTML_WITH_MARK.encode(), 400, "text/html; charset=utf-8")
XML = Answer(b'<?xml version="1.0"?><wb:error xmlns:wb="http://www.worldbank.org"/>', 200, "text/xml")
ARCHIVED = "The indicator was not found. It may have been deleted or archived."
COUNTRIES = (("VNM", "VN", "Viet Nam", "EAS"), ("THA", "TH", "Thailand", "EAS"), ("SGP", "SG", "Singapore", "EAS"))


def told(number: str, text: str) -> Answer:
    """An error as the service tells it: with status 200."""
    return as_json([{"message": [{"id": number, "key": "Invalid value", "value": text}]}])


def as_json(document: Any) -> Answer:
    """A document as an answer."""
    return Answer(json.dumps(document, ensure_ascii=False).encode())


@dataclass
class WorldBank:
    """Figures by indicator: of an area's alpha-3 code and year; ``None`` for a year without a figure."""

    figures: dict[str, dict[tuple[str, str], float | None]] = field(default_factory=dict)
    last_updated: str = "2026-07-13"

    def __call__(self, asked: Asked) -> Answer:
        if asked.query.get("format") != "json":
            return XML
        if asked.path.endswith("v2/country"):
            return self._page(asked, [*map(_country, COUNTRIES), _group("XD", "HIC"), _group("1A", "ARB")])
        code = asked.path.rpartition("/")[2]
        if code == "GONE":
            return told("175", ARCHIVED)
        if code not in self.figures:
            return told("120", "The provided parameter value is not valid")
        rows = [_row(code, area, year, value) for (area, year), value in self.figures[code].items()]
        return self._page(asked, [_row(code, "", "2024", 93.0, "XD"), *reversed(rows)])

    def _page(self, asked: Asked, rows: list[dict[str, Any]]) -> Answer:
        size, page = int(asked.query["per_page"]), int(asked.query["page"])
        pages = -(-len(rows) // size)
        head = {
            "page": page,
            "pages": pages if page <= pages else 1,  # counted anew behind the end
            "per_page": str(size) if size < 400 else size,  # a text or a number
            "total": len(rows),
            "sourceid": "2",
            "lastupdated": self.last_updated,
        }
        return as_json([head, rows[(page - 1) * size : page * size]])


EMPTY = as_json([{"page": 1, "pages": 0, "per_page": "1000", "total": 0}, None])


def _country(one: tuple[str, str, str, str]) -> dict[str, Any]:
    alpha3, alpha2, name, region = one
    return {
        "id": alpha3,
        "iso2Code": alpha2,
        "name": name,
        "region": {"id": region, "iso2code": "Z4", "value": "East Asia & Pacific "},
        "longitude": "105.825",
        "latitude": "21.0069",
    }


def _group(alpha2: str, alpha3: str) -> dict[str, Any]:
    return {"id": alpha3, "iso2Code": alpha2, "name": "A group", "region": {"id": "NA", "value": "Aggregates"}}


def _row(code: str, area: str, year: str, value: float | None, area_id: str = "VN") -> dict[str, Any]:
    return {
        "indicator": {"id": code, "value": "an indicator"},
        "country": {"id": area_id, "value": "an area"},
        "countryiso3code": area,
        "date": year,
        "value": value,
        "unit": "",
        "obs_status": "",
        "decimal": 0,
    }


DATA360_COLUMNS = (
    "STRUCTURE", "FREQ", "REF_AREA", "REF_AREA_LABEL", "INDICATOR", "SEX", "AGE", "URBANISATION", "COMP_BREAKDOWN_1",
    "TIME_PERIOD", "OBS_VALUE", "UNIT_MEASURE", "UNIT_MULT", "OBS_STATUS", "OBS_CONF",
)  # fmt: skip


@dataclass
class Data360:
    """Rows by indicator, as the interface has them: every number a text, breakdowns among the totals."""

    rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    page: int = 1000

    def add(self, indicator: str, area: str, period: str, value: str, **others: str) -> None:
        """Add an observation."""
        row = dict.fromkeys(("SEX", "AGE", "URBANISATION"), "_T") | {"COMP_BREAKDOWN_1": "_Z"}
        row |= {"STRUCTURE": "datastructure", "FREQ": "A", "REF_AREA_LABEL": "an area", "OBS_CONF": "PU"}
        row |= {"INDICATOR": indicator, "REF_AREA": area, "TIME_PERIOD": period, "OBS_VALUE": value}
        row |= {"UNIT_MEASURE": "PT_POP", "UNIT_MULT": "0", "OBS_STATUS": "A"} | others
        self.rows.setdefault(indicator, []).append(row)

    def files(self, asked: Asked) -> Answer:
        """Answer for a bulk file."""
        indicator = asked.path.rpartition("/")[2].removesuffix(".csv")
        if indicator not in self.rows:
            return NOT_FOUND
        text = io.StringIO()
        writer = csv.DictWriter(text, DATA360_COLUMNS)
        writer.writeheader()
        writer.writerows(self.rows[indicator])
        return Answer(text.getvalue().encode(), media_type="text/csv")

    def interface(self, asked: Asked) -> Answer:
        """Answer for the interface, a page at a time."""
        rows, skip = self.rows.get(asked.query["INDICATOR"], []), int(asked.query["skip"])
        return as_json({"count": len(rows), "value": rows[skip : skip + self.page]})
