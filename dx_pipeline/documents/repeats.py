"""Lines that a site repeats on page after page: no story, whatever their words and their markup say.

A line counts once for every text that it stands in, so that copies and versions of one article, which share all
their lines, are no pages of their own. Everything is counted anew from the blocks of all pages of a source: the
result depends neither on their order nor on how many runs they came in.
"""

import polars as pl

from dx_pipeline.documents.cues import PageCues
from dx_pipeline.documents.dates import names_document, printed_dates
from dx_pipeline.schemas.documents import STORY_KINDS

LEAST_TEXTS = 5
LEAST_SHARE = 0.2  # of the texts of a source
_EXACT = 1e-9
_LINE = ("source_id", "kind", "line")


def name_repeats(articles: pl.DataFrame, blocks: pl.DataFrame, cues: PageCues) -> pl.DataFrame:
    """Return the blocks with those as menu or tail that stand, as the same part, on many pages of their source.

    A line is repeated if it stands in at least ``LEAST_TEXTS`` texts and ``LEAST_SHARE`` of the texts of its source.
    Lines that name a document or a day are kept: official documents open with the same references. An article
    that holds nothing but repeated lines is left as it is, for it is the repetition.

    Args:
        articles: a ``ParsedArticles`` frame with every page of each source.
        blocks: ``Blocks`` of them as each page by itself gave them.
        cues: the words of pages.
    """
    lines = _lines(articles, blocks)
    repeated = lines.join(_repeated(lines, cues), on=_LINE, how="semi").select("article_id", "block_no")
    if repeated.is_empty():
        return blocks
    marked = blocks.join(
        repeated.with_columns(repeated=True), on=["article_id", "block_no"], how="left", maintain_order="left"
    )
    is_repeated = pl.col("repeated").fill_null(value=False)
    told = pl.col("kind").is_in(sorted(STORY_KINDS)) & ~is_repeated
    last = pl.col("block_no").filter(told).max().over("article_id")
    behind = pl.col("block_no") > last
    is_tail = behind & (is_repeated | ((pl.col("kind") == "heading") & is_repeated.any().over("article_id")))
    kind = pl.when(is_tail).then(pl.lit("tail")).when(is_repeated & ~behind).then(pl.lit("menu")).otherwise("kind")
    return marked.with_columns(kind.alias("kind")).select(blocks.columns)


def _lines(articles: pl.DataFrame, blocks: pl.DataFrame) -> pl.DataFrame:
    """Return the blocks that tell the story with their source and their text."""
    length = pl.col("end_char") - pl.col("start_char")
    return (
        blocks.filter(pl.col("kind").is_in(sorted(STORY_KINDS)))
        .join(articles.select("article_id", "source_id", "text"), on="article_id", maintain_order="left")
        .with_columns(pl.col("text").str.slice(pl.col("start_char"), length).alias("line"), length.alias("length"))
        .select("article_id", "block_no", "length", *_LINE)
    )


def _repeated(lines: pl.DataFrame, cues: PageCues) -> pl.DataFrame:
    """Return source, part and text of the lines that are repeated."""
    placed = lines.unique(["article_id", *_LINE], maintain_order=True)
    placed = placed.with_columns(pl.len().over(_LINE).alias("pages"))
    placed = placed.join(_weights(placed), on="article_id")
    texts = placed.unique("article_id").group_by("source_id").agg(pl.col("weight").sum().alias("texts"))
    common = (
        placed.filter(pl.col("pages") >= LEAST_TEXTS)
        .group_by(_LINE)
        .agg(pl.col("weight").sum())
        .join(texts, on="source_id")
        .filter(pl.col("weight") >= LEAST_TEXTS - _EXACT, pl.col("weight") >= LEAST_SHARE * pl.col("texts") - _EXACT)
    )
    legal = [bool(printed_dates(line, cues)) or names_document(line) for line in common["line"]]
    return common.filter(~pl.Series(legal, dtype=pl.Boolean))


def _weights(placed: pl.DataFrame) -> pl.DataFrame:
    """Return each article's weight: one, divided by the pages that the median character of its lines stands on.

    An article of its own weighs one, whatever its site puts around it; of five copies each weighs a fifth.
    """
    half = pl.col("length").cum_sum().over("article_id", order_by="pages") * 2 >= pl.col("length").sum().over(
        "article_id"
    )
    return (
        placed.sort("article_id", "pages", "line")
        .filter(half)
        .group_by("article_id")
        .agg((1 / pl.col("pages").min()).alias("weight"))
    )
