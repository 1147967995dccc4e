"""Versions of a page: which captures are to be read, which of an address's texts came when, and which it shows now.

Only what is told by comparing captures and articles of one address belongs here.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl

from dx_pipeline.identifiers import stable_id
from dx_pipeline.schemas.evidence import READABLE

_ADDRESS = ("source_id", "url")
_ORDER, _NEWEST, _FIRST, _LAST = "__order", "__newest", "__first", "__last"


def choose_captures(captures: pl.DataFrame) -> pl.DataFrame:
    """Return the captures of which each must be read, in their order.

    ``captures`` is a ``Captures`` frame. Of attempts at one address that brought the same bytes the first is
    chosen; an answer that nothing was modified brings none. An attempt that failed is chosen, for its failure to
    be told, unless a later one at the same address ended well or failed again.
    """
    ordered = captures.with_row_index(_ORDER).sort("captured_at", _ORDER, nulls_last=False)
    ordered = ordered.with_columns(pl.col(_ORDER).last().over(_ADDRESS).alias(_NEWEST))
    read = pl.col("outcome") == "ok"
    brought = ordered.filter(read).unique([*_ADDRESS, "sha256"], keep="first", maintain_order=True)
    failed = ordered.filter(~pl.col("outcome").is_in(READABLE) & (pl.col(_ORDER) == pl.col(_NEWEST)))
    return pl.concat([brought, failed]).sort(_ORDER).select(captures.columns)


def article_id_of(capture: Mapping[str, Any]) -> str:
    """Return the id of the article that a capture gives: of a web page the same for every capture of the same bytes."""
    if capture["url"].startswith("file:"):
        return stable_id("art", capture["capture_id"])
    return stable_id("art", capture["source_id"], capture["url"], capture["sha256"])


def number_versions(articles: pl.DataFrame, captures: pl.DataFrame) -> pl.DataFrame:
    """Number each address's versions in the order in which they came, and mark the one that it shows now.

    ``articles`` is a ``ParsedArticles`` frame, ``captures`` holds every attempt at their addresses. Bytes that
    changed while the text stayed the same are no new version: the first article with that text stays, the others
    are left out. A page that went back to an earlier text shows that version again.
    """
    bodies = captures.select("capture_id", "sha256")
    seen = (
        captures.filter(pl.col("outcome").is_in(READABLE))
        .group_by(*_ADDRESS, "sha256")
        .agg(pl.col("captured_at").min().alias(_FIRST), pl.col("captured_at").max().alias(_LAST))
    )
    text = [*_ADDRESS, "text_sha256"]
    dated = (
        articles.with_row_index(_ORDER)
        .join(bodies, on="capture_id", how="left", maintain_order="left")
        .join(seen, on=[*_ADDRESS, "sha256"], how="left", maintain_order="left")
        .sort(_FIRST, "article_id", nulls_last=False)
        .with_columns(pl.col(_LAST).max().over(text))
        .unique(text, keep="first", maintain_order=True)
    )
    newest = pl.col("article_id").sort_by(_LAST, _FIRST, "article_id", nulls_last=False).last().over(_ADDRESS)
    return (
        dated.with_columns(
            pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(_ADDRESS).alias("version_no"),
            (newest == pl.col("article_id")).alias("is_latest"),
        )
        .sort(_ORDER)
        .select(articles.columns)
    )
