from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dx_pipeline.facts.instruments import settle_instruments
from dx_pipeline.facts.statements import Settled
from dx_pipeline.schemas.facts import Instruments
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.schemas.mentions import InstrumentMentions
from dx_pipeline_tests.builders import Row, instrument, instruments


def _settle(*rows: Row, registered: tuple[Row, ...] = ()) -> Settled:
    registry = frame_of(Instruments, ({"kind": "plan", "mention_count": 0} | row for row in registered))
    settled = settle_instruments(instruments(*rows), Instruments.validate(registry))
    InstrumentMentions.validate(settled.mentions, lazy=True)
    Instruments.validate(settled.facts, lazy=True)
    return settled


def test_no_mention_gives_no_instrument() -> None:
    settled = _settle(registered=({"instrument_id": "plan-5", "name": "Plan 5"},))
    assert (settled.mentions.height, settled.facts.height) == (0, 0)


def test_the_registry_comes_first_and_mentions_fill_what_it_leaves_open() -> None:
    mention = instrument("a", 0, "plan-5", name="the plan", number="5/KH", date=date(2024, 1, 2), issuer_id="vnm-moh")
    settled = _settle(mention, registered=({"instrument_id": "plan-5", "name": "Plan 5", "issuer_id": "vnm-mof"},))
    assert settled.facts.row(0, named=True) == {
        "instrument_id": "plan-5",
        "kind": "plan",
        "number": "5/KH",
        "date": date(2024, 1, 2),
        "issuer_id": "vnm-mof",
        "name": "Plan 5",
        "mention_count": 1,
    }


def test_an_unregistered_instrument_takes_each_field_from_its_most_trusted_mention() -> None:
    rows = [
        instrument("a", 0, "decision 7", date=date(2024, 1, 1), issuer_id="vnm-moh", confidence=0.5),
        instrument("b", 0, "decision 7", date=date(2024, 2, 2), confidence=0.9),
    ]
    row = _settle(*rows).facts.row(0, named=True)
    assert (row["date"], row["issuer_id"], row["mention_count"]) == (date(2024, 2, 2), "vnm-moh", 2)


@pytest.mark.parametrize("role", ["basis", "object", "mention"])
def test_mentions_are_kept_as_they_are(role: str) -> None:
    rows = [instrument("a", n, "decision 7", role=role) for n in range(3)]
    assert _settle(*rows).mentions.equals(instruments(*rows).sort("mention_id"))


@given(st.permutations([instrument(name, n, f"decision {n % 2}", number=name) for n, name in enumerate("abcd")]))
def test_order_of_rows_changes_nothing(rows: list[dict[str, Any]]) -> None:
    settled, again = _settle(*rows), _settle(*reversed(rows))
    assert settled.facts.equals(again.facts)
    assert settled.mentions.equals(again.mentions)
    assert settled.facts.select(pl.col("mention_count").sum()).item() == 4
