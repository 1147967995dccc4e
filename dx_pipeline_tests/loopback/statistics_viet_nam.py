"""Viet Nam's statistics office as recorded: PX-Web by its interface and by its form, and a message of SDMX."""

import json
from dataclasses import dataclass, field
from typing import Any

from dx_pipeline_tests.loopback.statistics_server import NOT_FOUND, Answer, Asked
from dx_pipeline_tests.loopback.statistics_world_bank import as_json

_WAYS = ("Dân số trung bình (Nghìn người)", "Tốc độ tăng (%)")
_PARTS = ("Tổng số", "   Nam", "   Nữ")


@dataclass
class PxWeb:
    """A table of population by way of counting, year and part, in thousands; the interface may be closed."""

    years: dict[str, str] = field(default_factory=dict)
    closed: bool = False

    def __call__(self, asked: Asked) -> Answer:
        if "/api/v1/" in f"/{asked.path}":
            if asked.method == "GET":
                return as_json({"title": "Dân số", "variables": self._variables()})
            return NOT_FOUND if self.closed else self._positions(json.loads(asked.body))
        return self._form() if asked.method == "GET" else self._json_stat(asked)

    def _variables(self) -> list[dict[str, Any]]:
        told = (("Cách tính", _WAYS), ("Năm", tuple(self.years)), ("Phân tổ", _PARTS))
        return [
            {"code": code, "values": [str(one) for one in range(len(texts))], "valueTexts": list(texts)}
            for code, texts in told
        ]

    def _positions(self, query: dict[str, Any]) -> Answer:
        chosen = {one["code"]: one["selection"]["values"] for one in query["query"]}
        values = list(self.years.values())
        data = [
            {"key": [way, year, part], "values": [values[int(year)] if (way, part) == ("0", "0") else "1.0"]}
            for way in chosen["Cách tính"]
            for year in chosen["Năm"]
            for part in chosen["Phân tổ"]
        ]
        columns = [{"code": code, "text": code, "type": "d"} for code in chosen]
        return as_json({"columns": [*columns, {"code": "V02.02", "text": "Dân số", "type": "c"}], "data": data})

    def _form(self) -> Answer:
        options = "".join(f'<option value="{number}">{year}</option>' for number, year in enumerate(self.years))
        page = (
            '<form method="post" action="./"><input type="hidden" name="__VIEWSTATE" value="a">'
            f'<select multiple name="ctl00$main$rep$ctl01$ValuesListBox">{options}</select>'
            '<select name="ctl00$main$OutputFormats$OutputFormat"><option value="table">Table</option></select>'
            '<input type="submit" name="ctl00$main$ButtonViewTable" value="Tiếp tục"></form>'
        )
        text = f"<!DOCTYPE html><html><body>{page}</body></html>"
        headers = {"Set-Cookie": "ASP.NET_SessionId=abc; path=/; HttpOnly"}
        return Answer(text.encode(), media_type="text/html; charset=utf-8", headers=headers)

    def _json_stat(self, asked: Asked) -> Answer:
        wanted = asked.form.get("ctl00$main$rep$ctl01$ValuesListBox") == [str(n) for n in range(len(self.years))]
        if not wanted or asked.headers.get("Cookie") != "ASP.NET_SessionId=abc":
            return Answer(b"<html><body>An error has occurred</body></html>", media_type="text/html")
        texts = {"Cách tính": _WAYS[:1], "Năm": tuple(self.years), "Phân tổ": _PARTS[:1]}
        dimensions: dict[str, Any] = {
            code: {"label": code, "category": {"index": {str(n): n for n in range(len(labels))}, "label": dict(
                zip(map(str, range(len(labels))), labels, strict=True)
            )}}
            for code, labels in texts.items()
        }  # fmt: skip
        dimensions |= {"id": list(texts), "size": [len(labels) for labels in texts.values()]}
        dataset = {"dimension": dimensions, "label": "Dân số", "updated": "9999-12-31T00:00:00Z"}
        values = [None if text == ".." else float(text) for text in self.years.values()]
        body = json.dumps({"dataset": {**dataset, "value": values}}, ensure_ascii=False).encode()
        return Answer(body + b"\0", media_type="application/octet-stream")


_SDMX = """<?xml version="1.0" encoding="utf-8"?>
<message:StructureSpecificData
  xmlns:ss="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/structurespecific"
  xmlns:ns1="urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=IMF:ECOFIN_DSD(1.0):ObsLevelDim:TIME_PERIOD"
  xmlns:message="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"
  xmlns:common="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<message:Header><message:ID>GDP</message:ID><message:Test>false</message:Test>
<message:Prepared>2026-07-06T06:48:52Z</message:Prepared><message:Sender id="VN2"/>
<message:Structure structureID="ECOFIN" dimensionAtObservation="TIME_PERIOD"
  namespace="urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=IMF:ECOFIN_DSD(1.0)">
<common:Structure><Ref agencyID="IMF" id="ECOFIN_DSD" version="1.0"/></common:Structure></message:Structure>
</message:Header><message:DataSet ss:structureRef="ECOFIN" xsi:type="ns1:DataSetType" ss:dataScope="DataStructure">
%s
</message:DataSet></message:StructureSpecificData>
"""


def sdmx_message(indicator: str, observations: dict[str, str], multiplier: str = "9", status: str = "") -> Answer:
    """A message of one series, in its publisher's multiplier."""
    said = f' OBS_STATUS="{status}"' if status else ""
    told = "".join(f'<Obs TIME_PERIOD="{when}" OBS_VALUE="{value}"{said}/>' for when, value in observations.items())
    series = f'REF_AREA="VN" INDICATOR="{indicator}" COUNTERPART_AREA="_Z" FREQ="A" UNIT_MULT="{multiplier}"'
    body = _SDMX % f'<Series DATA_DOMAIN="NAG" {series}>{told}</Series>'
    return Answer(body.encode(), media_type="application/xml")
