"""The list of published tables agrees with the models, and every model says what an analyst must know."""

import re
from itertools import groupby

import pytest

from dx_pipeline.schemas.frames import polars_schema
from dx_pipeline.schemas.tables import PUBLISHED, Table, table

EACH = pytest.mark.parametrize("published", PUBLISHED, ids=lambda published: published.name)


def test_names_are_given_once() -> None:
    names = [one.name for one in PUBLISHED]
    assert len(names) == len(set(names))


def test_groups_stand_together() -> None:
    assert [group for group, _ in groupby(PUBLISHED, key=lambda one: one.group)] == [
        "evidence",
        "facts",
        "findings",
        "operations",
    ]


@EACH
def test_the_key_is_columns_of_the_model(published: Table) -> None:
    assert published.key
    assert set(published.key) <= set(polars_schema(published.model))


def test_models_hold_the_keys_to_be_unique() -> None:
    keys_not_held = set()
    for one in PUBLISHED:
        schema = one.model.to_schema()
        held = [[name] for name, column in schema.columns.items() if column.unique]
        if list(one.key) not in [*held, list(schema.unique or [])]:
            keys_not_held.add(one.name)
    assert keys_not_held <= {"changes", "quarantine", "extraction_quality"}


@EACH
def test_the_model_refuses_unknown_columns(published: Table) -> None:
    assert published.model.to_schema().strict is True


@EACH
def test_every_column_is_described(published: Table) -> None:
    assert (published.model.__doc__ or "").strip()
    for name, column in published.model.to_schema().columns.items():
        assert re.fullmatch(r"[a-z][a-z0-9_]*", name), name
        assert column.description, name
        assert column.description.endswith("."), name


@EACH
def test_a_table_is_found_by_name(published: Table) -> None:
    assert table(published.name) is published


def test_an_unknown_table_is_told_by_name() -> None:
    with pytest.raises(KeyError, match="'ministries'"):
        table("ministries")
