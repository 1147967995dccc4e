"""Counts of directives by who must act, with the numbers they are shares of."""

import polars as pl

from dx_pipeline.schemas.findings import OrganisationBoard
from dx_pipeline.schemas.frames import polars_schema

_COUNTED = {
    "met": ("met", "met_late"),
    "missed": ("missed",),
    "overdue": ("overdue",),
    "due_soon": ("due_soon",),
    "open": ("open",),
    "no_deadline": ("no_deadline",),
    "not_comparable": ("not_comparable",),
}


def count_by_addressee(directives: pl.DataFrame, status: pl.DataFrame) -> pl.DataFrame:
    """Count directives per addressee and status.

    A directive to several addressees counts once for each, so the rows do not add up to the number of
    directives. Where ``status`` holds several days, the newest counts; a directive without a status is
    not counted.

    Args:
        directives: ``Directives``.
        status: ``DirectiveStatus``.

    Returns:
        ``OrganisationBoard``, sorted by organisation.
    """
    newest = status.sort("as_of").unique("directive_id", keep="last", maintain_order=True)
    addressed = (
        directives.select("directive_id", "due_on", pl.col("addressee_ids").alias("organisation_id"))
        .explode("organisation_id")
        .drop_nulls("organisation_id")
        .unique(["directive_id", "organisation_id"])
        .join(newest.select("directive_id", "status"), on="directive_id")
    )
    schema = polars_schema(OrganisationBoard)
    return (
        addressed.group_by("organisation_id")
        .agg(
            pl.len().alias("directives"),
            *(pl.col("status").is_in(statuses).sum().alias(name) for name, statuses in _COUNTED.items()),
            pl.col("due_on").is_not_null().sum().alias("with_deadline"),
        )
        .select(pl.col(name).cast(kind) for name, kind in schema.items())
        .sort("organisation_id")
    )
