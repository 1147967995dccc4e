"""What was known on a day: directives settled anew from what had been published by then.

Only the looking back belongs here; settling itself is in ``directives``.
"""

from datetime import date

import polars as pl

from dx_pipeline.facts.directives import settle_directives
from dx_pipeline.schemas.frames import polars_schema
from dx_pipeline.schemas.mentions import ReviewedDirectives


def settle_known_directives(
    mentions: pl.DataFrame,
    *,
    articles: pl.DataFrame,
    stories: pl.DataFrame,
    events: pl.DataFrame,
    instruments: pl.DataFrame,
    captures: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """Settle directives from the articles that were known at the end of a day, with the ids that they have now.

    ``mentions``, ``articles``, ``stories``, ``events``, ``instruments`` (``InstrumentMentions``) and ``captures``
    are published tables. An article is known from its day of publication; one without a day from the day on
    which it was captured. Gives ``Directives``. What people corrected counts on every day, whenever they did it.
    """
    captured = captures.select("capture_id", pl.col("captured_at").dt.date().alias("captured_on"))
    known = articles.join(captured, on="capture_id", how="left").filter(
        pl.coalesce("published_on", "captured_on").fill_null(date.max) <= as_of
    )
    here = pl.col("article_id").is_in(known["article_id"].implode())
    candidates = mentions.filter(here).select(polars_schema(ReviewedDirectives).names())
    told = known.select(articles.columns)
    return settle_directives(candidates, told, stories, events.filter(here), instruments.filter(here)).facts
