"""Rules that hold tables against each other, as pure functions that return the rows that break them.

A rule on the rows of one table belongs in its model in ``schemas/``; nothing here imports Dagster.
"""

import json
from collections.abc import Mapping

import polars as pl

from dx_pipeline.schemas.evidence import READABLE
from dx_pipeline.schemas.frames import empty_frame, frame_of
from dx_pipeline.schemas.operations import Quarantine


def find_misquotes(mentions: pl.DataFrame, articles: pl.DataFrame) -> pl.DataFrame:
    """Return the mentions whose quote does not stand at its offsets in its article.

    A mention of an article that is not there is one of them. Offsets count Unicode code points.

    Args:
        mentions: With ``article_id``, ``quote``, ``start_char``, ``end_char``.
        articles: With ``article_id`` and ``text``.

    Returns:
        The failing rows, unchanged but for a last column ``found``: what stands there instead.
    """
    start, end = pl.col("start_char"), pl.col("end_char")
    found = pl.when(end >= start).then(pl.col("text").str.slice(start, end - start))
    return (
        mentions.join(articles.select("article_id", "text"), on="article_id", how="left", maintain_order="left")
        .with_columns(found.alias("found"))
        .drop("text")
        .filter(pl.col("found").ne_missing(pl.col("quote")))
    )


def find_orphans(child: pl.DataFrame, column: str, parent: pl.DataFrame, key: str) -> pl.DataFrame:
    """Return the rows of ``child`` whose ``column`` names no row of ``parent``; null names none and is fine.

    >>> find_orphans(pl.DataFrame({"a": ["x", "y", None]}), "a", pl.DataFrame({"id": ["x"]}), "id")["a"].to_list()
    ['y']
    """
    known = parent[key].implode()
    return child.filter(pl.col(column).is_not_null() & ~pl.col(column).is_in(known))


def find_unreadable(captures: pl.DataFrame) -> pl.DataFrame:
    """Return the files that gave no bytes to read, with source, address, outcome and reason.

    Pages of the web that fail are judged by their source: one that is gone is no fault.
    """
    is_file = pl.col("url").str.starts_with("file:")
    return captures.filter(is_file & ~pl.col("outcome").is_in(READABLE)).select("source_id", "url", "outcome", "detail")


def find_stale(corrections: pl.DataFrame) -> pl.DataFrame:
    """Return the corrections that took no effect, with statement, decision, author and reason."""
    return corrections.filter(~pl.col("applied")).select("mention_id", "decision", "author", "detail")


def set_misquotes_aside(
    mentions: Mapping[str, pl.DataFrame], articles: pl.DataFrame, run_id: str
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Take every misquoted mention out of its frame and into quarantine.

    Args:
        mentions: Frames of mentions by the name of the table that analysts find them in.
        articles: The articles that they quote.
        run_id: The run, for the quarantine.

    Returns:
        The frames by name without the misquotes, and the misquotes (``Quarantine``).
    """
    kept = {}
    quarantined = [empty_frame(Quarantine)]
    for name, frame in mentions.items():
        misquotes = find_misquotes(frame, articles)
        rows = [_quarantine_row(name, row, run_id) for row in misquotes.to_dicts()]
        quarantined.append(frame_of(Quarantine, rows))
        key = "mention_id" if "mention_id" in frame.columns else "event_id"
        kept[name] = frame.filter(~pl.col(key).is_in(misquotes[key].implode()))
    return kept, pl.concat(quarantined)


def _quarantine_row(table_name: str, row: Mapping[str, object], run_id: str) -> dict[str, object]:
    found = "nothing" if row["found"] is None else repr(row["found"])
    mention = {name: value for name, value in row.items() if name != "found"}
    return {
        "table_name": table_name,
        "row": json.dumps(mention, ensure_ascii=False, default=str, sort_keys=True),
        "check": "quote: stands at its offsets",
        "detail": f"quote is {row['quote']!r}; at its offsets stands {found}",
        "run_id": run_id,
    }
