"""A source's settings are read strictly: what is misspelt or missing is named."""

from typing import Any

import pytest

from dx_pipeline.specs import CatalogueError
from dx_pipeline.statistics.mapping import check_metrics, fill, read_mapping
from dx_pipeline_tests.statistics.reading import INDEX, LAYOUT, RANK, source

BREAK = {"series_id": "some-rank", "from_period": "2024", "from_edition": "2024", "kind": "method", "reason": "New."}


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"file": []}, r"unknown keys \['file'\]"),
        ({"files": {}}, "files is no list of tables"),
        ({"layout": []}, "layout is no table"),
        ({"files": [], "series": []}, "no files or no series"),
        ({"files": [LAYOUT | {"are": "{iso3}"}]}, r"files: unknown keys \['are'\]"),
        ({"files": [{"path": "index.csv"}]}, r"keys \['area', 'edition', 'period'\] are missing"),
        ({"files": [LAYOUT | {"series": ["other"]}]}, "no series is called 'other'"),
        ({"series": [INDEX | {"maximum": "1"}]}, "maximum is '1'"),
        ({"series": [INDEX, INDEX]}, "two series have one series_id"),
        ({"series": [INDEX, RANK | {"blank": "zero"}]}, "blank is 'zero'"),
        ({"series": [INDEX, RANK | {"better": "up"}]}, "better is 'up'"),
        ({"editions": {"2024": {"vintage_on": "17 September"}}}, "editions.2024: vintage_on is"),
        ({"editions": {"2024": "launched"}}, "editions.2024: not a table"),
        ({"status_codes": {"estimate": "estimated"}}, "'estimated' is no status"),
        ({"breaks": [BREAK | {"kind": "pause"}]}, "kind is 'pause'"),
        ({"breaks": [BREAK | {"series_id": "other"}]}, "no series is called 'other'"),
    ],
)
def test_what_is_wrong_is_named(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(CatalogueError, match=rf"catalogue/statistics/some-office\.toml.*{told}"):
        read_mapping(source(**settings))


def test_layout_holds_for_all_files_and_a_file_may_differ() -> None:
    layout = {key: value for key, value in LAYOUT.items() if key != "path"}
    mapping = read_mapping(source(layout=layout, files=[{"path": "a.csv"}, {"path": "b.csv", "edition": "2nd"}]))
    assert [(file.area, file.edition) for file in mapping.files] == [("{iso3}", "{year}"), ("{iso3}", "2nd")]


def test_text_of_a_cell_is_never_a_template() -> None:
    assert fill("{a} {b}", {"a": "{b}", "b": "{a.__class__}"}) == "{b} {a.__class__}"


def test_a_metric_that_the_registry_does_not_know_is_refused() -> None:
    one = source(series=[INDEX | {"metric_id": "some-index"}, RANK])
    known = {str(series.metric_id) for series in read_mapping(one).series.values()}
    check_metrics([one], known)
    with pytest.raises(
        CatalogueError, match=r"some-office\.toml: series .*'some-index' is no metric .*; add it or mend"
    ):
        check_metrics([one], known - {"some-index"})
