"""Frames of a model, and the gate: what passes, what is set aside, and that nothing is lost."""

import json
from collections import Counter
from typing import Any

import pandera.polars as pa
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandera.errors import SchemaErrors

from dx_pipeline.schemas.frames import Gated, empty_frame, frame_of, gate, polars_schema
from dx_pipeline.schemas.operations import Quarantine
from dx_pipeline.schemas.types import Texts, Timestamp, column


class Towns(pa.DataFrameModel):
    """Towns for tests: one value unique, and a key of two columns."""

    town: str = column("Name.", unique=True)
    people: pl.Int64 = column("Inhabitants.", ge=0)
    province: str = column("Where it lies.", optional=True)

    class Config:
        strict = True


class Counts(pa.DataFrameModel):
    """Counts for tests: a key of two columns."""

    town: str = column("Name.")
    year: pl.Int64 = column("Year.", ge=2000, optional=True)

    class Config:
        strict = True
        unique = ["town", "year"]  # noqa: RUF012 - Pandera reads it


class Everything(pa.DataFrameModel):
    """A column of every kind."""

    name: str = column("Text.")
    count: pl.Int64 = column("Number.", optional=True)
    share: float = column("Share.", optional=True)
    day: pl.Date = column("Day.", optional=True)
    at: Timestamp = column("Time.", optional=True)
    tags: Texts = column("Texts.", optional=True)

    class Config:
        strict = True


def gated_towns(*rows: tuple[str | None, int, str | None]) -> Gated:
    return gate(Towns, "towns", pl.DataFrame(rows, schema=polars_schema(Towns), orient="row"), "run-1")


def reasons(gated: Gated) -> list[tuple[Any, str]]:
    """The town and the check of each row in quarantine."""
    return [(json.loads(row)["town"], check) for row, check in gated.bad.select("row", "check").iter_rows()]


def test_columns_and_types_come_from_the_model() -> None:
    assert polars_schema(Everything) == {
        "name": pl.String,
        "count": pl.Int64,
        "share": pl.Float64,
        "day": pl.Date,
        "at": pl.Datetime("us"),
        "tags": pl.List(pl.String),
    }
    assert empty_frame(Everything).schema == polars_schema(Everything)
    Everything.validate(empty_frame(Everything))


def test_what_a_row_lacks_is_null() -> None:
    frame = frame_of(Everything, [{"name": "a", "share": 0.5}, {"name": "b", "tags": ["x"]}])
    assert frame.rows() == [("a", None, 0.5, None, None, None), ("b", None, None, None, None, ["x"])]
    assert frame.schema == polars_schema(Everything)


def test_good_rows_pass_as_they_are() -> None:
    gated = gated_towns(("Vinh", 5, None), ("Hue", 0, "Hue"))
    assert gated.good.rows() == [("Vinh", 5, None), ("Hue", 0, "Hue")]
    assert gated.bad.is_empty()
    assert gated.bad.schema == polars_schema(Quarantine)


def test_a_bad_row_is_set_aside_whole_with_the_reason() -> None:
    gated = gated_towns(("Vinh", -5, "Nghệ An"), ("Hue", 1, None))
    assert gated.good["town"].to_list() == ["Hue"]
    (bad,) = gated.bad.to_dicts()
    assert bad["table_name"] == "towns"
    assert json.loads(bad["row"]) == {"town": "Vinh", "people": -5, "province": "Nghệ An"}
    assert bad["check"] == "people: greater_than_or_equal_to(0)"
    assert "people is '-5'" in bad["detail"]
    assert bad["run_id"] == "run-1"


def test_each_check_that_a_row_fails_is_told() -> None:
    gated = gated_towns((None, -5, None), ("Hue", 1, None))
    assert gated.good.height == 1
    assert sorted(check.partition(":")[0] for _, check in reasons(gated)) == ["people", "town"]


def test_the_first_of_rows_with_an_equal_value_stays() -> None:
    gated = gated_towns(("Vinh", 1, "first"), ("Hue", 2, None), ("Vinh", 3, "second"), ("Vinh", 4, "third"))
    assert gated.good.rows() == [("Vinh", 1, "first"), ("Hue", 2, None)]
    assert reasons(gated) == [("Vinh", "town: unique"), ("Vinh", "town: unique")]
    assert [json.loads(row)["province"] for row in gated.bad["row"]] == ["second", "third"]
    assert gated.bad["detail"][0] == "town is 'Vinh'; the rule is unique"


def test_a_bad_row_does_not_keep_out_its_good_twin() -> None:
    gated = gated_towns(("Vinh", -1, "bad"), ("Vinh", 2, "good"))
    assert gated.good.rows() == [("Vinh", 2, "good")]
    assert reasons(gated) == [("Vinh", "people: greater_than_or_equal_to(0)")]


def test_the_first_of_rows_with_an_equal_key_stays() -> None:
    rows = [("Vinh", 2020), ("Vinh", 2021), ("Vinh", 2020), ("Hue", 2020), ("Vinh", 1999), ("Hue", None), ("Hue", None)]
    gated = gate(Counts, "counts", pl.DataFrame(rows, schema=polars_schema(Counts), orient="row"), "run-1")
    assert gated.good.rows() == [("Vinh", 2020), ("Vinh", 2021), ("Hue", 2020), ("Hue", None)]
    assert reasons(gated) == [
        ("Vinh", "year: greater_than_or_equal_to(2000)"),
        ("Vinh", "town, year: unique"),
        ("Hue", "town, year: unique"),
    ]
    assert gated.bad["detail"][1] == "town, year is 'Vinh, 2020'; the rule is unique"


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"town": ["Vinh"], "people": [1]}),
        pl.DataFrame({"town": ["Vinh"], "people": [1], "province": ["x"], "mayor": ["y"]}),
        pl.DataFrame({"town": ["Vinh"], "people": ["1"], "province": ["x"]}),
    ],
    ids=["a column is missing", "a column is unknown", "a column has another type"],
)
def test_a_frame_that_is_wrong_as_a_whole_is_a_defect(frame: pl.DataFrame) -> None:
    with pytest.raises(SchemaErrors):
        gate(Towns, "towns", frame, "run-1")


_TOWNS = st.lists(
    st.tuples(
        st.sampled_from(["Vinh", "Hue", "Da Lat", None]), st.integers(-1, 2), st.sampled_from(["north", "south", None])
    ),
    max_size=8,
)


@given(_TOWNS)
def test_no_row_is_lost_and_none_is_in_both(rows: list[tuple[str | None, int, str | None]]) -> None:
    numbered = [(town, people, f"{number} {province}") for number, (town, people, province) in enumerate(rows)]
    gated = gated_towns(*numbered)
    Towns.validate(gated.good)
    Quarantine.validate(gated.bad)
    aside = {tuple(json.loads(row)[name] for name in ("town", "people", "province")) for row in gated.bad["row"]}
    assert Counter(gated.good.rows()) + Counter(aside) == Counter(numbered)


@given(_TOWNS)
def test_the_gate_lets_its_own_good_rows_pass(rows: list[tuple[str | None, int, str | None]]) -> None:
    once = gated_towns(*rows)
    again = gate(Towns, "towns", once.good, "run-2")
    assert again.good.equals(once.good)
    assert again.bad.is_empty()
