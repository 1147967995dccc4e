"""Floors: read, held, raised and never lowered."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dx_pipeline.quality.floors import MARGIN, find_fallen, raise_floors, read_floors, write_floors
from dx_pipeline.specs import CatalogueError
from dx_pipeline_tests.quality.test_shipped_sets import FLOORS

_SHARES = st.floats(0, 1)


def test_what_is_below_its_floor_or_gone_is_told() -> None:
    floors = {"a": {"directives.f1": 0.8, "directives.recall": 0.7, "directives.target": 0.5}, "b": {"x.y": 1.0}}
    fallen = list(find_fallen(floors, {"a": {"directives.f1": 0.79, "directives.recall": 0.7}}))
    assert [str(one) for one in fallen] == [
        "a directives.f1 is 0.790, below its floor 0.800",
        "a directives.target is not measured, below its floor 0.500",
    ]


@given(floor=_SHARES, figure=_SHARES)
def test_floors_only_rise_and_stay_below_the_figure(floor: float, figure: float) -> None:
    raised = raise_floors({"a": {"x.y": floor}}, {"a": {"x.y": figure}})["a"]["x.y"]
    assert raised >= floor
    assert raised == floor or raised <= figure
    assert raised >= figure - MARGIN - 0.001


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    floors = {"my set": {"directives.f1": 0.812, "quotes.in_place": 1.0}, 'a"b': {"headers.title": 0.0}}
    write_floors(tmp_path / "floors.toml", floors)
    assert read_floors(tmp_path / "floors.toml") == floors


def test_the_file_of_the_project_is_as_it_would_be_written(tmp_path: Path) -> None:
    write_floors(tmp_path / "floors.toml", read_floors(FLOORS))
    assert (tmp_path / "floors.toml").read_text(encoding="utf-8") == FLOORS.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a = 1", "field 'a' is no table"),
        ("[a]\nx = 1", "field 'a.x' is no table"),
        ("[a.x]\ny = 2", "field 'a.x.y' is 2; write a share"),
        ("[a.x]\ny = 'z'", "field 'a.x.y' is 'z'; write a share"),
        ("[a.x]\ny = true", "field 'a.x.y' is True; write a share"),
        ("[a.x", "no valid TOML"),
    ],
)
def test_what_is_no_file_of_floors_is_told(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "floors.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError) as error:
        read_floors(path)
    assert str(path) in str(error.value)
    assert told in str(error.value)
