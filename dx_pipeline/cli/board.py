"""The board of directives: the published one, or judged anew for another day from what is published."""

from datetime import date
from pathlib import Path

import polars as pl

from dx_pipeline.findings.status import judge_directives
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import read_statistics_sources
from dx_pipeline.statistics.editions import method_breaks
from dx_pipeline.warehouse.errors import ReleaseError
from dx_pipeline.warehouse.read import read_tables
from dx_pipeline.warehouse.releases import current_release

_ORDER = ("overdue", "missed", "due_soon", "open", "not_comparable", "no_deadline", "met_late", "met")


def read_board(warehouse: Path, as_of: date | None) -> pl.DataFrame:
    """Return every directive with its status, the pressing ones first.

    Args:
        warehouse: The directory of the warehouse.
        as_of: The day to judge on; ``None`` for the day of the release.

    Returns:
        Columns ``status``, ``due_on``, ``days_left``, ``addressees`` (names in English), ``action``,
        ``explanation``, ``as_of``, ``directive_id``.

    Raises:
        ReleaseError: where nothing is published yet.
    """
    if current_release(warehouse) is None:
        raise ReleaseError(f"nothing is published in {warehouse} yet; run `dx run` first")
    tables = read_tables(warehouse, ("directives", "directive_status", "statistics", "metrics", "organisations"))
    directives, status = tables["directives"], tables["directive_status"]
    if as_of is not None:
        breaks = method_breaks(read_statistics_sources(CATALOGUE))
        status = judge_directives(directives, tables["statistics"], tables["metrics"], as_of, breaks=breaks)
    return (
        status.join(directives, on="directive_id")
        .join(_addressees(directives, tables["organisations"]), on="directive_id", how="left")
        .sort(
            pl.col("status").replace_strict({name: rank for rank, name in enumerate(_ORDER)}), "due_on", "directive_id"
        )
        .select("status", "due_on", "days_left", "addressees", "action", "explanation", "as_of", "directive_id")
    )


def _addressees(directives: pl.DataFrame, organisations: pl.DataFrame) -> pl.DataFrame:
    names = organisations.select(pl.col("organisation_id").alias("addressee_ids"), "name_en")
    each = directives.select("directive_id", "addressee_ids").explode("addressee_ids")
    named = each.join(names, on="addressee_ids", how="left", maintain_order="left")
    return named.group_by("directive_id", maintain_order=True).agg(
        pl.coalesce("name_en", "addressee_ids").drop_nulls().str.join("; ").alias("addressees")
    )
