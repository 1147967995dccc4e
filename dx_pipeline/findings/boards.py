"""Boards: directives counted by who must act, by programme and by province, with the numbers they are shares of.

Only counting belongs here; statuses are judged in ``status``.
"""

from collections.abc import Mapping
from typing import Any

import pandera.polars as pa
import polars as pl

from dx_pipeline.schemas.findings import DirectiveClarity, InstrumentBoard, OrganisationBoard, ProvinceBoard
from dx_pipeline.schemas.frames import frame_of, polars_schema

CLEARNESSES = ("issuer", "addressee", "task", "deadline", "product", "legal basis")
"""The six that an order should state, as ``directives.missing`` names them."""

_COUNTED = {
    "met": ("met", "met_late"),
    "missed": ("missed",),
    "overdue": ("overdue",),
    "due_soon": ("due_soon",),
    "open": ("open",),
    "no_deadline": ("no_deadline",),
    "not_comparable": ("not_comparable",),
}
_SETTLED = ("met", "met_late", "missed")


def count_by_addressee(
    directives: pl.DataFrame,
    status: pl.DataFrame,
    organisations: pl.DataFrame | None = None,
    repetitions: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Count directives per addressee and status.

    A directive to several addressees counts once for each, so the rows do not add up to the number of
    directives. Where ``status`` holds several days, the newest counts; a directive without a status is
    not counted. A body that has succeeded another also has what was still open of the other's tasks on the day of
    the status, counted in ``inherited`` beside; the other keeps them in its own row.

    Args:
        directives: ``Directives``.
        status: ``DirectiveStatus``.
        organisations: ``Organisations``, for successors; nobody inherits without it.
        repetitions: ``DirectiveRepetitions``; nothing counts as repeated without it.

    Returns:
        ``OrganisationBoard``, sorted by organisation.
    """
    judged = _judge(directives, status, repetitions)
    addressed = (
        judged.with_columns(pl.col("addressee_ids").alias("organisation_id"), pl.lit(value=False).alias("is_inherited"))
        .explode("organisation_id")
        .drop_nulls("organisation_id")
    )
    inherited = _inherited(addressed, organisations)
    every = pl.concat([addressed, inherited]).unique(
        ["directive_id", "organisation_id"], keep="first", maintain_order=True
    )
    return _count(every, "organisation_id", OrganisationBoard, inherited=pl.col("is_inherited").sum())


def count_by_instrument(
    directives: pl.DataFrame, status: pl.DataFrame, repetitions: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Count directives per document, programme or system that they name (``InstrumentBoard``, sorted)."""
    judged = _judge(directives, status, repetitions).with_columns(pl.col("instrument_ids").alias("instrument_id"))
    named = judged.explode("instrument_id").drop_nulls("instrument_id").unique(["directive_id", "instrument_id"])
    return _count(named, "instrument_id", InstrumentBoard)


def count_by_province(
    directives: pl.DataFrame,
    status: pl.DataFrame,
    organisations: pl.DataFrame,
    repetitions: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Count directives per province whose bodies they are addressed to (``ProvinceBoard``, sorted).

    A province is an area of ISO 3166-2. An order to all localities is addressed to no province in particular.
    """
    provincial = organisations.filter(pl.col("area").str.contains("-", literal=True)).select(
        pl.col("organisation_id").alias("addressee_ids"), "area"
    )
    judged = _judge(directives, status, repetitions).explode("addressee_ids")
    placed = judged.join(provincial, on="addressee_ids").unique(["directive_id", "area"])
    return _count(placed, "area", ProvinceBoard)


def score_clarity(directives: pl.DataFrame) -> pl.DataFrame:
    """Tell which of the six clearnesses each directive states (``DirectiveClarity``, sorted)."""
    rows: list[Mapping[str, Any]] = []
    for directive_id, missing in directives.sort("directive_id").select("directive_id", "missing").iter_rows():
        stated = {name.replace(" ", "_"): int(name not in missing) for name in CLEARNESSES}
        rows.append(
            {"directive_id": directive_id, **stated, "score": sum(stated.values()), "unstated": sorted(missing)}
        )
    return frame_of(DirectiveClarity, rows)


def _judge(directives: pl.DataFrame, status: pl.DataFrame, repetitions: pl.DataFrame | None) -> pl.DataFrame:
    """Join what is counted of each directive: its newest status, whether it came back, how clear it is."""
    newest = status.sort("as_of").unique("directive_id", keep="last", maintain_order=True)
    again: list[str] = []
    if repetitions is not None and status.height:
        told = repetitions.filter((pl.col("kind") == "repeated") & (pl.col("issued_on") <= status["as_of"].max()))
        again = told["previous_directive_id"].drop_nulls().to_list()
    return directives.select(
        *("directive_id", "due_on", "addressee_ids", "instrument_ids"),
        (len(CLEARNESSES) - pl.col("missing").list.len().cast(pl.Int64)).alias("clear"),
        pl.col("directive_id").is_in(again).alias("came_back"),
    ).join(newest.select("directive_id", "status", "as_of"), on="directive_id")


def _inherited(addressed: pl.DataFrame, organisations: pl.DataFrame | None) -> pl.DataFrame:
    """Return the open tasks of bodies that have ended, addressed to those who succeeded them in the end."""
    if organisations is None:
        return addressed.clear()
    pieces: list[pl.DataFrame] = []
    heirs = organisations.filter(pl.col("successor_id").is_not_null() & pl.col("valid_until").is_not_null()).select(
        "organisation_id", pl.col("successor_id").alias("heir"), "valid_until"
    )
    today = pl.col("as_of").cast(pl.String)  # EDTF days, months and years compare as texts of one length
    held = addressed.filter(~pl.col("status").is_in(_SETTLED))
    while held.height and len(pieces) < heirs.height:
        held = (
            held.join(heirs, on="organisation_id")
            .filter(today.str.head(pl.col("valid_until").str.len_chars()) > pl.col("valid_until"))
            .with_columns(pl.col("heir").alias("organisation_id"), pl.lit(value=True).alias("is_inherited"))
            .select(addressed.columns)
        )
        pieces.append(held)
    return pl.concat([addressed.clear(), *pieces])


def _count(addressed: pl.DataFrame, key: str, model: type[pa.DataFrameModel], **more: pl.Expr) -> pl.DataFrame:
    past = pl.col("due_on") < pl.col("as_of")
    status = pl.col("status")
    return (
        addressed.group_by(key)
        .agg(
            pl.len().alias("directives"),
            *(status.is_in(statuses).sum().alias(name) for name, statuses in _COUNTED.items()),
            pl.col("due_on").is_not_null().sum().alias("with_deadline"),
            past.fill_null(value=False).sum().alias("past_deadline"),
            pl.col("came_back").sum().alias("repeated"),
            pl.col("clear").sum(),
            (pl.len() * len(CLEARNESSES)).alias("clear_of"),
            *(expression.alias(name) for name, expression in more.items()),
        )
        .with_columns(
            pl.when(pl.col("past_deadline") > 0)
            .then(pl.col("overdue") / pl.col("past_deadline"))
            .alias("overdue_share"),
            (pl.col("clear") / pl.col("clear_of")).alias("clarity"),
        )
        .select(pl.col(name).cast(kind) for name, kind in polars_schema(model).items())
        .sort(key)
    )
