"""Good rows go on, bad ones are set aside with file and line."""

import json
from pathlib import Path

import polars as pl
import pytest

from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.folder import capture_files
from dx_pipeline.schemas.evidence import Captures
from dx_pipeline.schemas.frames import empty_frame
from dx_pipeline.specs import CatalogueError
from dx_pipeline.statistics.read import read_statistics, source_files
from dx_pipeline_tests.statistics.reading import HEADER, INDEX, LAYOUT, RANK, read, source, values


@pytest.mark.parametrize(
    ("bad", "check", "told"),
    [
        ("LAO,2024,twelve,0.5,x", "some-rank: number", "'twelve'"),
        ("LAO,2024,12,1.5,x", "some-index: range", "over 1"),
        ("LAO,2024,12,-0.1,x", "some-index: range", "under 0"),
        ("LAO,2024,195,0.5,x", "some-rank: range", "over 193"),
        ("LAO,2024,0,0.5,x", "some-rank: range", "under 1"),
        ("LAO,2024,12.5,0.5,x", "some-rank: range", "no place"),
        ("LAO,about 2024,12,0.5,x", "time_period", "'about 2024'"),
        ("LAO,2024-13,12,0.5,x", "time_period", "'2024-13'"),
        ("Atlantis,2024,12,0.5,x", "ref_area", "'Atlantis'"),
        ("LAO,2024,12,0.5", "row", "4 cells under 5 columns"),
        ('LAO,2024,12,"0,5",x', "some-index: number", "'0,5'"),
        ("LAO,2024,12,1e999,x", "some-index: number", "'1e999'"),
    ],
)
def test_a_bad_row_is_set_aside_with_file_and_line(tmp_path: Path, bad: str, check: str, told: str) -> None:
    body = f"{HEADER}VNM,2024,71,0.77,x\n{bad}\nTHA,2024,52,0.83,x\n"
    observed = read(tmp_path, source(editions={"2024": {"out_of": 193}}), {"index.csv": body})
    assert values(observed, "some-rank").items() >= {("VNM", "2024"): 71.0, ("THA", "2024"): 52.0}.items()
    assert values(observed, "some-index").items() >= {("VNM", "2024"): 0.77, ("THA", "2024"): 0.83}.items()
    (row,) = observed.quarantine.to_dicts()
    assert row["table_name"] == "statistics"
    assert row["check"] == check
    assert row["detail"].startswith("some-office, index.csv, line 3: ")
    assert told in row["detail"]
    assert "; " in row["detail"]
    assert row["run_id"] == "run-1"
    assert json.loads(row["row"])["_line"] == 3


def test_the_raw_row_is_kept(tmp_path: Path) -> None:
    observed = read(tmp_path, source(), {"index.csv": f"{HEADER}LAO,2024, twelve ,0.5,Sơ bộ\n"})
    kept = json.loads(observed.quarantine["row"].item())
    assert kept["rank"] == " twelve "
    assert kept["source"] == "Sơ bộ"
    assert kept["_file"] == "index.csv"


def test_one_bad_cell_costs_its_own_figure_only(tmp_path: Path) -> None:
    observed = read(tmp_path, source(), {"index.csv": f"{HEADER}LAO,2024,twelve,0.5,x\n"})
    assert values(observed, "some-index") == {("LAO", "2024"): 0.5}
    assert values(observed, "some-rank") == {}


@pytest.mark.parametrize("mark", ["", " ", "NaN", "NA", "N", "..", "-", "null"])
def test_no_figure_is_never_zero(tmp_path: Path, mark: str) -> None:
    observed = read(tmp_path, source(), {"index.csv": f"{HEADER}LAO,2024,12,{mark},x\n"})
    row = observed.statistics.filter(series_id="some-index").row(0, named=True)
    assert row["obs_value"] is None
    assert row["obs_status"] == "M"
    assert observed.quarantine.is_empty()


def test_an_extract_that_lacks_a_cell_says_nothing(tmp_path: Path) -> None:
    observed = read(
        tmp_path,
        source(series=[INDEX, RANK | {"blank": "skip"}]),
        {"index.csv": f"{HEADER}LAO,2024,,0.5,x\n"},
    )
    assert values(observed, "some-rank") == {}
    assert values(observed, "some-index") == {("LAO", "2024"): 0.5}


def test_a_zero_may_say_not_ranked(tmp_path: Path) -> None:
    series = [INDEX | {"missing_where_zero": ["index"]}, RANK | {"missing_where_zero": ["index"]}]
    body = f"{HEADER}VNM,2010,90,0.445,x\nTUV,2010,184,0,x\n"
    observed = read(tmp_path, source(series=series), {"index.csv": body})
    assert values(observed, "some-rank") == {("VNM", "2010"): 90.0, ("TUV", "2010"): None}
    assert values(observed, "some-index") == {("VNM", "2010"): 0.445, ("TUV", "2010"): None}


def test_a_decimal_comma_is_read_where_the_source_uses_it(tmp_path: Path) -> None:
    body = f'{HEADER}LAO,2024,12,"0,65961953",x\nTHA,2024,9,0.8,x\n'
    observed = read(tmp_path, source(files=[LAYOUT | {"decimal": ","}]), {"index.csv": body})
    assert values(observed, "some-index") == {("LAO", "2024"): 0.65961953}
    assert observed.quarantine["check"].to_list() == ["some-index: number"]


SURVEY_SERIES = [
    INDEX | {"series_id": "survey-index", "column": "E-Government Index"},
    INDEX | {"series_id": "survey-hci", "column": "Human Capital Index"},
    INDEX | {"series_id": "survey-tii", "column": "Telecommunication Infrastructure Index"},
]
SURVEY_HEADER = (
    "Survey Year,Country Name,E-Government Rank,E-Government Index,E-Participation Index,"
    "Online Service Index,Human Capital Index,Telecommunication Infrastructure Index"
)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_surveys_own_file_is_read_by_country_name(tmp_path: Path, line_end: str, mark: str) -> None:
    files = [{"path": "egov.csv", "area": "{Country Name}", "period": "{Survey Year}", "edition": "{Survey Year}"}]
    rows = [
        mark + SURVEY_HEADER,
        '2022,"Viet Nam ",86,0.67870,0.53410,0.64840,0.69030,0.69730',
        ',"",,,,,,',
        '2022,"Côte d’Ivoire ",121,0.54670,0.36360,0.48530,0.55440,0.60030',
        '2022,"Georgia (Country)",60,0.75010,0.52270,0.61110,0.84530,0.79380',
    ]
    observed = read(tmp_path, source(files=files, series=SURVEY_SERIES), {"egov.csv": line_end.join(rows)})
    assert observed.quarantine.is_empty()
    assert set(values(observed, "survey-index")) == {("VNM", "2022"), ("CIV", "2022"), ("GEO", "2022")}
    assert values(observed, "survey-hci")["VNM", "2022"] == 0.6903
    assert values(observed, "survey-tii")["VNM", "2022"] == 0.6973


def test_a_file_padded_with_nul_is_read_to_its_end(tmp_path: Path) -> None:
    observed = read(tmp_path, source(), {"index.csv": f"{HEADER}704,2024.0,12,0.5,x\n".encode() + b"\0" * 512})
    assert values(observed, "some-index") == {("VNM", "2024"): 0.5}
    assert observed.quarantine.is_empty()


def test_column_names_may_differ_in_case(tmp_path: Path) -> None:
    observed = read(tmp_path, source(), {"index.csv": "ISO3, Year ,RANK,Index,Source\nLAO,2024,12,0.5,x\n"})
    assert values(observed, "some-index") == {("LAO", "2024"): 0.5}


@pytest.mark.parametrize(
    ("body", "check", "told"),
    [
        (b"iso3,year\nVNM,2024\n", "file: header", "['index', 'rank', 'source']"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "file: header", "<!doctype html>"),
        (b"", "file: header", "no header"),
        (b"iso3,iso3,year\n", "file: header", "named twice"),
        (b"\xff\xfe\x00i", "file: encoding", "UTF-8"),
    ],
)
def test_a_file_that_is_no_table_is_set_aside_whole(tmp_path: Path, body: bytes, check: str, told: str) -> None:
    files = [LAYOUT, LAYOUT | {"path": "good.csv"}]
    observed = read(
        tmp_path, source(files=files), {"index.csv": body or b"\n", "good.csv": f"{HEADER}LAO,2024,12,0.5,x\n"}
    )
    assert values(observed, "some-index") == {("LAO", "2024"): 0.5}
    (row,) = observed.quarantine.to_dicts()
    assert row["check"] == check
    assert row["detail"].startswith("some-office, index.csv: ")
    assert told in row["detail"]


def test_an_unclosed_quote_does_not_swallow_rows_unseen(tmp_path: Path) -> None:
    body = f'{HEADER}VNM,2024,71,0.77,x\nLAO,2024,12,"0.5,x\nTHA,2024,52,0.83,x\n'
    observed = read(tmp_path, source(), {"index.csv": body})
    assert values(observed, "some-index") == {("VNM", "2024"): 0.77}
    assert "THA,2024,52" in observed.quarantine["row"].item()
    assert "line 3" in observed.quarantine["detail"].item()


def test_a_huge_cell_is_refused_and_the_rest_is_read(tmp_path: Path) -> None:
    body = f"{HEADER}VNM,2024,71,0.77,x\nLAO,2024,12,0.5,{'x' * 200_000}\nTHA,2024,52,0.83,x\n"
    observed = read(tmp_path, source(), {"index.csv": body})
    assert set(values(observed, "some-index")) == {("VNM", "2024"), ("THA", "2024")}
    assert "line 3" in observed.quarantine["detail"].item()


def test_lines_are_counted_in_the_file_not_in_rows(tmp_path: Path) -> None:
    body = f'{HEADER}VNM,2024,71,0.77,"two\nlines"\n\nLAO,2024,twelve,0.5,x\n'
    observed = read(tmp_path, source(), {"index.csv": body})
    assert "line 5" in observed.quarantine["detail"].item()


def test_an_unknown_indicator_of_a_long_file_is_loud(tmp_path: Path) -> None:
    files = [{"path": "long.csv", "area": "{iso3}", "period": "{year}", "edition": "{year}"}]
    series = [INDEX | {"column": "value", "where": {"indicator": "A.B"}}]
    body = "indicator,iso3,year,value\nA.B,VNM,2024,0.5\nA.C,VNM,2024,0.6\n"
    observed = read(tmp_path, source(files=files, series=series), {"long.csv": body})
    assert values(observed, "some-index") == {("VNM", "2024"): 0.5}
    assert observed.quarantine["check"].to_list() == ["series"]


def test_rows_left_out_by_the_catalogue_are_no_errors(tmp_path: Path) -> None:
    files = [LAYOUT | {"leave_out": {"iso3": ["WLD"]}}]
    observed = read(tmp_path, source(files=files), {"index.csv": f"{HEADER}WLD,2024,12,0.5,x\n"})
    assert observed.statistics.is_empty()
    assert observed.quarantine.is_empty()


def test_status_words_become_sdmx_codes_and_unknown_ones_are_loud(tmp_path: Path) -> None:
    files = [LAYOUT | {"status": "{source}"}]
    body = f"{HEADER}VNM,2024,1,0.5,Sơ bộ\nTHA,2024,2,0.4,\nLAO,2024,3,0.3,guessed\n"
    observed = read(tmp_path, source(files=files, status_codes={"Sơ bộ": "P"}), {"index.csv": body})
    index = observed.statistics.filter(series_id="some-index")
    assert index.select("ref_area", "obs_status").rows() == [("THA", "A"), ("VNM", "P")]
    assert observed.quarantine["check"].to_list() == ["obs_status"]


def test_a_code_outside_its_list_is_refused(tmp_path: Path) -> None:
    tier = {"series_id": "tier", "name": "Tier", "unit_measure": "tier", "column": "rank", "labels": {"1": "Tier 1"}}
    observed = read(tmp_path, source(series=[tier]), {"index.csv": f"{HEADER}VNM,2024,1,,x\nLAO,2024,6,,x\n"})
    assert observed.statistics.select("obs_value", "note").rows() == [(1.0, "Tier 1")]
    assert observed.quarantine["check"].to_list() == ["tier: code list"]


def test_out_of_is_read_from_its_column(tmp_path: Path) -> None:
    rank = RANK | {"out_of_column": "of"}
    body = "iso3,year,rank,of,source\nVNM,2025,44,139,x\nLAO,2025,140,139,x\nTHA,2025,45,half,x\n"
    observed = read(tmp_path, source(series=[rank]), {"index.csv": body})
    assert observed.statistics.select("obs_value", "out_of").rows() == [(44.0, 139)]
    assert observed.quarantine["check"].to_list() == ["some-rank: range", "some-rank: number"]


def test_the_newest_good_capture_of_a_file_is_read(tmp_path: Path) -> None:
    one = source()
    archive = Archive(tmp_path / "evidence")
    path = tmp_path / "index.csv"
    attempts = []
    for number, value in enumerate((0.5, 0.6), start=1):
        path.write_text(f"{HEADER}VNM,2024,1,{value},x\n")
        taken = capture_files(one.source_id, source_files(one, tmp_path), tmp_path, None, archive)
        attempts.append(taken.with_columns(captured_at=pl.datetime(2026, 1, number)))
    failed = attempts[0].with_columns(
        capture_id=pl.lit("cap-00000000000000ff"),
        captured_at=pl.datetime(2026, 1, 3),
        outcome=pl.lit("truncated"),
    )
    observed = read_statistics([one], pl.concat([failed, *reversed(attempts)]), archive.get, "run-1")
    assert values(observed, "some-index") == {("VNM", "2024"): 0.6}
    assert observed.quarantine.is_empty()


def test_without_captures_there_are_empty_frames(tmp_path: Path) -> None:
    observed = read_statistics([source()], empty_frame(Captures), Archive(tmp_path).get, "run-1")
    assert observed.statistics.is_empty()
    assert observed.quarantine.is_empty()


def test_a_series_belongs_to_one_source(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="'some-index' is in a and in b"):
        read_statistics([source("b"), source("a")], empty_frame(Captures), Archive(tmp_path).get, "run-1")
