"""The page that people read: published tables in, one self-contained HTML page out.

Everything is escaped by the template; no script, no font and no picture is loaded from anywhere.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
import polars as pl

from dx_pipeline.report.citations import Names
from dx_pipeline.report.claims import list_claims
from dx_pipeline.report.formats import day, language, safe_link
from dx_pipeline.report.orders import group_orders
from dx_pipeline.schemas.frames import empty_frame
from dx_pipeline.schemas.tables import PUBLISHED

_QUARANTINE_EXAMPLES = 5
_COUNTS = ("right", "found", "there")


def render_report(tables: Mapping[str, pl.DataFrame]) -> str:
    """Render the report.

    Args:
        tables: published tables by name (``schemas.tables.PUBLISHED``); one that is missing is taken
            as empty. A frame called ``release`` with a column ``number`` gives the release's number.

    Returns:
        A complete HTML document that needs no network.
    """
    complete = {table.name: tables.get(table.name, empty_frame(table.model)) for table in PUBLISHED}
    organisations = Names(complete["organisations"], "organisation_id", "name_en")
    groups = group_orders(complete, organisations)
    claims = list_claims(complete)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html").render(
        facts=_release_facts(complete, tables.get("release")),
        groups=groups,
        claims=claims,
        tallies=_tallies(complete),
        disputed=claims.disputed,
        disputed_orders=_disputed_orders(complete),
        board=_board(complete["organisation_board"], organisations),
        changes=_changes(complete["changes"]),
        quarantine=_quarantine(complete["quarantine"]),
        quality=_quality(complete["extraction_quality"]),
    )


def _release_facts(tables: Mapping[str, pl.DataFrame], release: pl.DataFrame | None) -> dict[str, Any]:
    articles, status = tables["articles"], tables["directive_status"]
    languages = Counter(articles["language"].to_list())
    sources = tables["sources"].sort("kind", "name").iter_rows(named=True)
    return {
        "number": release["number"].max() if release is not None and release.height else None,
        "as_of": day(status["as_of"].max()) if status.height else None,  # type: ignore[arg-type]  # a date column
        "articles": articles.height,
        "stories": tables["stories"].height,
        "languages": [
            (language(tag), count) for tag, count in sorted(languages.items(), key=lambda i: (-i[1], str(i)))
        ],
        "sources": [row | {"link": safe_link(row["url"])} for row in sources],
    }


def _tallies(tables: Mapping[str, pl.DataFrame]) -> dict[str, int]:
    """Count directives by status and indicators by verdict, over everything and not only over what is shown."""
    statuses = Counter(tables["directive_status"].unique("directive_id")["status"].to_list())
    verdicts = tables["claim_checks"].unique(["indicator_id", "verdict"])["verdict"].to_list()
    return {**Counter(verdicts), **statuses, "met": statuses["met"] + statuses["met_late"]}


def _disputed_orders(tables: Mapping[str, pl.DataFrame]) -> list[dict[str, Any]]:
    stated = tables["directives"].filter(pl.col("conflicts").list.len() > 0)
    return stated.sort("directive_id").select("directive_id", "action", "language", "conflicts").to_dicts()


def _board(board: pl.DataFrame, organisations: Names) -> list[dict[str, Any]]:
    ordered = board.sort("directives", "organisation_id", descending=[True, False])
    return [row | {"name": organisations.of(row["organisation_id"], "")} for row in ordered.iter_rows(named=True)]


def _changes(changes: pl.DataFrame) -> list[dict[str, Any]]:
    counted = changes.unique(["table_name", "row_id", "change"]).group_by("table_name", "change").len("rows")
    return counted.sort("table_name", "change").to_dicts()


def _quality(quality: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the counts of facts found and there, by labelled set: whole facts, all languages and rules together."""
    whole = quality.filter(
        pl.all_horizontal(pl.col("field", "language", "rule_id").is_null()),
        pl.col("kind").is_in(["directives", "indicators"]),
    )
    counts = pl.col("hits"), pl.col("hits") + pl.col("false_alarms"), pl.col("hits") + pl.col("misses")
    told = whole.select("set_name", "kind", *(part.alias(name) for part, name in zip(counts, _COUNTS, strict=True)))
    return told.sort("set_name", "kind").to_dicts()


def _quarantine(quarantine: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the reasons with their number and some examples each."""
    return (
        quarantine.group_by("table_name", "check")
        .agg(pl.len().alias("rows"), pl.col("detail").unique().sort().head(_QUARANTINE_EXAMPLES).alias("details"))
        .sort("rows", "table_name", "check", descending=[True, False, False])
        .to_dicts()
    )
