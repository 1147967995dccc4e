"""Instruments: the documents, programmes and systems that articles name, one row each.

Only the settling of instruments belongs here; the registry's rows are handed in.
"""

import polars as pl

from dx_pipeline.facts.statements import Settled
from dx_pipeline.schemas.facts import Instruments
from dx_pipeline.schemas.frames import polars_schema
from dx_pipeline.schemas.mentions import InstrumentMentions

_FIELDS = ("kind", "number", "date", "issuer_id", "name")


def settle_instruments(candidates: pl.DataFrame, registered: pl.DataFrame) -> Settled:
    """Give each instrument that is named one row, with the registry's word first.

    ``candidates`` is an ``InstrumentCandidates`` frame, ``registered`` an ``Instruments`` frame of the
    registry. Gives ``InstrumentMentions`` and ``Instruments``, each sorted by its id. Where the registry
    leaves a field open or does not know the instrument, the most trusted mention that fills the field
    gives it. Registered instruments that nobody names are left out.
    """
    trusted = candidates.sort(
        ["confidence", "article_id", "start_char", "mention_id"], descending=[True, False, False, False]
    )
    named = trusted.group_by("instrument_id").agg(
        *(pl.col(field).drop_nulls().first() for field in _FIELDS), pl.len().cast(pl.Int64).alias("mention_count")
    )
    instruments = (
        named.join(registered.drop("mention_count"), on="instrument_id", how="left", suffix="_registered")
        .with_columns(pl.coalesce(f"{field}_registered", field).alias(field) for field in _FIELDS)
        .select(polars_schema(Instruments).names())
        .sort("instrument_id")
    )
    return Settled(candidates.select(polars_schema(InstrumentMentions).names()).sort("mention_id"), instruments)
