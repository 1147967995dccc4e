"""The board of directives: the published one, or judged anew for another day from what is published."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl

from dx_pipeline.facts.known import settle_known_directives
from dx_pipeline.facts.repetitions import find_repetitions
from dx_pipeline.findings.status import judge_directives
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import read_statistics_sources
from dx_pipeline.statistics.editions import method_breaks
from dx_pipeline.warehouse.errors import ReleaseError
from dx_pipeline.warehouse.read import read_tables
from dx_pipeline.warehouse.releases import current_release

_TABLES = (
    "directives", "directive_status", "directive_mentions", "directive_evidence", "articles", "captures", "stories",
    "events", "instrument_mentions", "statistics", "metrics", "organisations",
)  # fmt: skip
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
    tables = read_tables(warehouse, _TABLES)
    directives, status = tables["directives"], tables["directive_status"]
    if as_of is not None:
        directives, status = rebuild_board(tables, as_of)
    return (
        status.join(directives, on="directive_id")
        .join(_addressees(directives, tables["organisations"]), on="directive_id", how="left")
        .sort(
            pl.col("status").replace_strict({name: rank for rank, name in enumerate(_ORDER)}), "due_on", "directive_id"
        )
        .select("status", "due_on", "days_left", "addressees", "action", "explanation", "as_of", "directive_id")
    )


def rebuild_board(tables: Mapping[str, pl.DataFrame], as_of: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return ``Directives`` and ``DirectiveStatus`` as they stood at the end of a day, from published tables.

    Articles, figures, documents and repetitions that came later are not seen, nor is what they say of earlier orders.
    """
    names = {"mentions": "directive_mentions", "instruments": "instrument_mentions"}
    told = {
        name: tables[names.get(name, name)] for name in ("mentions", "articles", "stories", "events", "instruments")
    }
    directives = settle_known_directives(**told, captures=tables["captures"], as_of=as_of)
    status = judge_directives(
        directives,
        tables["statistics"],
        tables["metrics"],
        as_of,
        evidence=tables["directive_evidence"],
        repetitions=find_repetitions(directives, tables["organisations"]),
        breaks=method_breaks(read_statistics_sources(CATALOGUE)),
    )
    return directives, status


def _addressees(directives: pl.DataFrame, organisations: pl.DataFrame) -> pl.DataFrame:
    names = organisations.select(pl.col("organisation_id").alias("addressee_ids"), "name_en")
    each = directives.select("directive_id", "addressee_ids").explode("addressee_ids")
    named = each.join(names, on="addressee_ids", how="left", maintain_order="left")
    return named.group_by("directive_id", maintain_order=True).agg(
        pl.coalesce("name_en", "addressee_ids").drop_nulls().str.join("; ").alias("addressees")
    )
