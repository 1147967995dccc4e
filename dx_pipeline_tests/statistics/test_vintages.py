"""Repeated rows and vintages of one observation."""

from pathlib import Path

from dx_pipeline_tests.statistics.reading import HEADER, INDEX, LAYOUT, read, source

RELEASES = {"path": "index.csv", "area": "{iso3}", "period": "{year}", "edition": "{source}", "vintage": "{source}"}


def test_rows_that_agree_are_one_observation(tmp_path: Path) -> None:
    body = f"{HEADER}VNM,2024,71,0.77,x\nTHA,2024,52,0.83,x\nVNM,2024,71,0.77,x\n"
    observed = read(tmp_path, source(series=[INDEX]), {"index.csv": body})
    assert observed.statistics["ref_area"].to_list() == ["THA", "VNM"]
    (row,) = observed.quarantine.to_dicts()
    assert row["check"] == "some-index: duplicate"
    assert "line 4: " in row["detail"]
    assert "index.csv, line 2" in row["detail"]


def test_of_rows_that_disagree_none_is_believed(tmp_path: Path) -> None:
    body = f"{HEADER}VNM,2024,71,0.77,x\nTHA,2024,52,0.83,x\nVNM,2024,71,0.70,x\n"
    observed = read(tmp_path, source(series=[INDEX]), {"index.csv": body})
    assert observed.statistics["ref_area"].to_list() == ["THA"]
    assert observed.quarantine.height == 2
    assert observed.quarantine["detail"].str.contains("several values", literal=True).all()


def test_the_same_row_in_two_files_is_found(tmp_path: Path) -> None:
    files = [LAYOUT, LAYOUT | {"path": "copy.csv"}]
    body = f"{HEADER}VNM,2024,71,0.77,x\n"
    observed = read(tmp_path, source(series=[INDEX], files=files), {"index.csv": body, "copy.csv": body})
    assert observed.statistics.height == 1
    assert "copy.csv, line 2" in observed.quarantine["detail"].item()


def test_quarantined_copies_of_one_row_stay_apart(tmp_path: Path) -> None:
    body = HEADER + "VNM,2024,71,0.77,x\n" * 3
    observed = read(tmp_path, source(series=[INDEX]), {"index.csv": body})
    assert observed.quarantine.select("table_name", "check", "row").n_unique() == 2


def test_vintages_are_kept_and_the_newest_is_marked(tmp_path: Path) -> None:
    body = f"{HEADER}VNM,2022,1,0.50,2025-01-06\nVNM,2022,1,0.40,2023-12-04\nVNM,2022,1,0.30,\n"
    observed = read(
        tmp_path,
        source(series=[INDEX], files=[RELEASES | {"edition": "release {source}"}]),
        {"index.csv": body},
    )
    rows = observed.statistics.select("obs_value", "is_latest").rows()
    assert rows == [(0.30, False), (0.40, False), (0.50, True)]


def test_a_vintage_of_unknown_day_is_kept_without_one(tmp_path: Path) -> None:
    body = f"{HEADER}VNM,2022,1,0.50,2026-04\nLAO,2022,1,0.50,2024-2025\nTHA,2022,1,0.50,spring\n"
    observed = read(tmp_path, source(series=[INDEX], files=[RELEASES]), {"index.csv": body})
    assert observed.statistics.select("ref_area", "vintage_on").rows() == [("LAO", None), ("VNM", None)]
    assert observed.statistics["is_latest"].all()
    assert observed.quarantine["check"].to_list() == ["vintage_on"]
