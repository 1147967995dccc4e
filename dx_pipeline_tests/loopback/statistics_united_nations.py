"""The UN's e-government knowledge base, SDG database, WIPO's ranking, the ITU's DataHub, and one that passes on."""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dx_pipeline.settings import CATALOGUE
from dx_pipeline_tests.loopback.statistics_server import NOT_FOUND, Answer, Asked
from dx_pipeline_tests.loopback.statistics_world_bank import as_json

CHALLENGE = Answer(b"<html><head><title>Just a moment...</title></head><body></body></html>", 200, "text/html")
NOTHING = Answer(b"", 202, "text/html")
MISSING_TOKEN = Answer(b'{"message":"Missing Authentication Token"}', 403)
_HIDDEN = {"__VIEWSTATE": "dDwtMTA4", "__VIEWSTATEGENERATOR": "CA0B0334", "__EVENTVALIDATION": "/wEdAAc="}
_FORM = "ctl00$main$ctr1$"


def survey_rows() -> dict[str, list[dict[str, str]]]:
    """The embedded tables of the surveys, by year."""
    path = CATALOGUE / "sample" / "statistics" / "un-desa-egdi" / "egdi.csv"
    years: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        years.setdefault(row["year"], []).append(row)
    return years


@dataclass
class Knowledgebase:
    """The form of the Data Center and its files."""

    years: dict[str, list[dict[str, str]]] = field(default_factory=survey_rows)

    def __call__(self, asked: Asked) -> Answer:
        if asked.path.endswith(".csv"):
            year = asked.path[-8:-4]
            return _survey(year, self.years[year]) if year in self.years else NOT_FOUND
        if asked.method == "GET":
            return _page(_form())
        if any(asked.form.get(name) != [value] for name, value in _HIDDEN.items()):
            return _page("<p>The state of the page is not valid</p>")
        (year,) = asked.form[f"{_FORM}ddlYear"]
        link = (
            f'<a href="/{HOST}/egovkb/Portals/egovkb/EGOV_DATA_{year}.csv">Download</a>' if year in self.years else ""
        )
        return _page(f"{_form()}<table><tr><td>{year}</td></tr></table>{link}")


HOST = "publicadministration.un.org"


def _page(body: str) -> Answer:
    return Answer(f"<!DOCTYPE html><html><body>{body}</body></html>".encode(), media_type="text/html; charset=utf-8")


def _form() -> str:
    hidden = "".join(f'<input type="hidden" name="{name}" value="{value}">' for name, value in _HIDDEN.items())
    lists = f'<select name="{_FORM}ddlYear"><option value="2024">2024</option></select>'
    lists += f'<select name="{_FORM}ddlIndexTypes"><option value="2">EGDI</option></select>'
    button = f'<input type="submit" name="{_FORM}btnSubmit" value="Submit">'
    search = '<form action="/search"><input name="q"></form>'
    return f'{search}<form method="post" action="Data-Center">{hidden}{lists}{button}</form>'


def _survey(year: str, rows: Iterable[Mapping[str, str]]) -> Answer:
    header = "Survey Year,Country Name,E-Government Rank,E-Government Index,E-Participation Index,"
    lines = [f"{header}Online Service Index,Human Capital Index,Telecommunication Infrastructure Index"]
    lines += [
        f'{year},"{row["economy"]} ",{row["rank"]},{row["egdi"]},{row["epi"]},{row["osi"]},{row["hci"]},{row["tii"]}'
        for row in rows
    ]
    end = "\r\n" if int(year) % 4 else "\n"  # copies differ in the ends of their lines
    return Answer((end.join(lines) + end + ',"",,,,,,' + end).encode(), media_type="text/csv")


@dataclass
class Goals:
    """The SDG database: figures as texts, years as floats, M49 codes, rows by sex."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    release: str = "2026.Q1.G.02"
    page: int = 2

    def add(self, series: str, area: str, year: float, value: str, **dimensions: str) -> None:
        """Add a row."""
        self.rows.append(
            {
                "goal": ["9"],
                "series": series,
                "geoAreaCode": area,
                "timePeriodStart": year,
                "value": value,
                "footnotes": [""],
                "attributes": {"Nature": "C", "Units": "PERCENT"},
                "dimensions": {"Reporting Type": "G", **dimensions},
            }
        )

    def __call__(self, asked: Asked) -> Answer:
        if asked.path.endswith("Series/List"):
            codes = sorted({row["series"] for row in self.rows})
            return as_json([{"goal": ["9"], "release": self.release, "code": code} for code in codes])
        if asked.path.endswith("Series/DataCSV"):
            return self._table(asked.form["seriesCodes"][0])
        rows = [row for row in self.rows if row["series"] == asked.query["seriesCode"]]
        number, pages = int(asked.query["page"]), -(-len(rows) // self.page)
        data = rows[(number - 1) * self.page : number * self.page]
        head = {"size": self.page, "totalElements": len(rows), "totalPages": pages, "pageNumber": number}
        return as_json({**head, "attributes": [], "dimensions": [], "data": data})

    def _table(self, series: str) -> Answer:
        lines = ["Goal,SeriesCode,GeoAreaCode,GeoAreaName,TimePeriod,Value,Nature,Sex"]
        lines += [
            f"9,{series},{row['geoAreaCode']},an area,{row['timePeriodStart']},{row['value']},C,"
            + row["dimensions"].get("Sex", "")
            for row in self.rows
            if row["series"] == series
        ]
        body = "\n".join(lines).encode() + b"\n"
        return Answer(body + bytes(4096 - len(body)), media_type="text/csv")


@dataclass
class Ranking:
    """WIPO's ranking: decimal commas, names in doubly encoded UTF-8, a year that is missing."""

    years: dict[str, list[tuple[str, str, int, str]]] = field(default_factory=dict)

    def __call__(self, asked: Asked) -> Answer:
        year = asked.path[-8:-4]
        if year not in self.years:
            return NOT_FOUND
        lines = ["iso3,economy_name,rank,score,giiyr"]
        for number, (area, name, rank, score) in enumerate(self.years[year]):
            spoilt = name.encode().decode("cp1252")
            lines.append(f'{area},"{spoilt}",{rank},"{score}",{"NA" if number == 0 else year}')
        return Answer("\n".join(lines).encode(), media_type="text/csv")


@dataclass
class DataHub:
    """The ITU's DataHub: bare lists, the order of keys differs, a figure is a text in a list of one."""

    figures: dict[str, dict[str, str]] = field(default_factory=dict)

    def __call__(self, asked: Asked) -> Answer:
        code = asked.path.split("/bycode/")[-1].partition("/")[0]
        rows: list[dict[str, Any]] = []
        for number, (year, value) in enumerate(self.figures.get(code, {}).items()):
            row = {
                "codeID": int(code),
                "code": "x",
                "isoCode": "VNM",
                "dataYear": int(year),
                "dataNote": "in\none population",
                "answer": [{"value": value, "id": 4792974}] if value else [],
            }
            rows.append(dict(reversed(row.items())) if number % 2 else row)
        return as_json(rows)


FORBIDDEN = Answer(json.dumps({"error": "The data of this chart may not be redistributed"}).encode(), 403)


def chart(rows: Iterable[tuple[str, str, str, str]], *, lower: bool = False) -> Answer:
    """A chart's table: columns in capitals or not; regions have no code or one of their own."""
    header = "Entity,Code,Year,it_net_user_zs"
    lines = [header.lower() if lower else header, *(",".join(row) for row in rows)]
    return Answer("\n".join(lines).encode(), media_type="text/csv; charset=utf-8")
