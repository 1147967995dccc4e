"""Only what is new: documents and articles that a run before has read give the rows that they gave then.

Pure functions on frames. Each gives exactly what its stage gives for the whole of its input, in the same order. What a
step may look at for one document or article stands here as the columns that are compared; where any of them differs,
the stage is asked again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import polars as pl

from dx_pipeline.documents.parse import Parsed
from dx_pipeline.extraction.extract import Extracted
from dx_pipeline.schemas.documents import Articles, Blocks, ParsedArticles
from dx_pipeline.schemas.frames import empty_frame
from dx_pipeline.schemas.mentions import DirectiveCandidates, Events, IndicatorCandidates, InstrumentCandidates
from dx_pipeline.schemas.operations import Quarantine

Tables = Mapping[str, pl.DataFrame]
Result = TypeVar("Result")
_INPUTS = "inputs"
_MAY_PASS = ("body", "parse")  # faults of the machine or of a library, which the next run may not meet
_JUDGED = ("relevance", "relevant", "relevance_reason")
_UNREAD = ("text", "story_id", "origin_id")  # the text has its hash; the story only stands in the rows
_MENTIONS: Mapping[str, Any] = {
    "directives": DirectiveCandidates,
    "indicators": IndicatorCandidates,
    "instruments": InstrumentCandidates,
    "events": Events,
}
_ORDER = "__order"


@dataclass(frozen=True, slots=True)
class Work:
    """How many documents or articles a step has read anew, and of how many it has kept what it made before."""

    anew: int
    kept: int


@dataclass(frozen=True, slots=True)
class Reading(Generic[Result]):
    """What a step gives, what it is to keep for the next run, its work, and whether there is anything new to keep."""

    result: Result
    tables: Tables
    work: Work
    has_changed: bool


def parse_new(
    captures: pl.DataFrame,
    kept: Tables,
    run_id: str,
    parse: Callable[[pl.DataFrame], Parsed],
    settings: Mapping[str, str] | None = None,
) -> Reading[Parsed]:
    """Parse the captures that no run before has parsed, and give what all of them give, each by itself.

    What only several pages together tell is settled afterwards, by :func:`dx_pipeline.documents.parse.compare_pages`.

    Args:
        captures: ``Captures`` of which each must be read; all columns count.
        kept: ``tables`` of the reading before; empty for none.
        run_id: the run that names what is set aside.
        parse: the stage; asked once at most, and not at all where nothing is new.
        settings: by source, what else its documents are read by.
    """
    known, fresh = _split(_with_settings(captures, settings or {}), kept)
    anew = parse(fresh.select(captures.columns)) if fresh.height else _NOTHING_PARSED
    articles = _together(kept.get("articles"), anew.articles, known, "capture_id")
    told = articles.join(known, on="capture_id", how="semi")
    blocks = _together(kept.get("blocks"), anew.blocks, told, "article_id")
    aside = _together(_of_capture(kept.get("quarantine")), _of_capture(anew.quarantine), known, "capture_id")
    articles = _in_order_of(captures, articles, "capture_id")
    blocks = _in_order_of(articles, blocks, "article_id")
    aside = _in_order_of(captures, aside, "capture_id")
    passing = aside.filter(pl.col("check").is_in(_MAY_PASS))
    quarantine = aside.drop("capture_id").with_columns(pl.lit(run_id).alias("run_id"))
    return Reading(
        result=Parsed(articles, blocks, quarantine),
        tables={
            _INPUTS: pl.concat([known, fresh]).join(passing, on="capture_id", how="anti"),
            "articles": articles,
            "blocks": blocks,
            "quarantine": quarantine,
        },
        work=Work(fresh.height, known.height),
        has_changed=_has_changed(kept, known, fresh),
    )


def extract_new(
    articles: pl.DataFrame,
    blocks: pl.DataFrame,
    kept: Tables,
    extract: Callable[[pl.DataFrame, pl.DataFrame], Extracted],
) -> Reading[Extracted]:
    """Read facts from the articles that no run before has read so, and give what all of them give.

    An article is read so where its text, its blocks, its day and its header are the same. Its story may be another one.
    Versions of a page that a later one has replaced are no work: nothing is read from them.

    Args:
        articles: ``LinkedArticles``.
        blocks: ``Blocks`` of them.
        kept: ``tables`` of the reading before; empty for none.
        extract: the stage; asked once at most, and not at all where nothing is new.
    """
    known, fresh = _split(_with_layout(articles.drop(_UNREAD), blocks), kept)
    told = [frame.join(fresh, on="article_id", how="semi") for frame in (articles, blocks)]
    anew = extract(*told) if fresh.height else _NOTHING_EXTRACTED
    judged = _together(kept.get("judged"), anew.articles.select("article_id", *_JUDGED), known, "article_id")
    mentions = {
        name: _in_story(_together(kept.get(name), getattr(anew, name), known, "article_id"), articles)
        for name in _MENTIONS
    }
    return Reading(
        result=Extracted(articles.join(judged, on="article_id").sort("article_id"), **mentions),
        tables={_INPUTS: pl.concat([known, fresh]), "judged": judged, **mentions},
        work=Work(_count_latest(fresh), _count_latest(known)),
        has_changed=_has_changed(kept, known, fresh),
    )


_NOTHING_PARSED = Parsed(empty_frame(ParsedArticles), empty_frame(Blocks), empty_frame(Quarantine))
_NOTHING_EXTRACTED = Extracted(empty_frame(Articles), **{name: empty_frame(model) for name, model in _MENTIONS.items()})


def _split(inputs: pl.DataFrame, kept: Tables) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the rows that were there before, in every column the same, from those that are new."""
    before = kept.get(_INPUTS)
    if before is None or before.schema != inputs.schema:
        return inputs.clear(), inputs
    same = before.with_columns(pl.lit(value=True).alias(_ORDER))
    marked = inputs.join(same, on=inputs.columns, how="left", nulls_equal=True, maintain_order="left")
    is_known = pl.col(_ORDER).is_not_null()
    return marked.filter(is_known).drop(_ORDER), marked.filter(~is_known).drop(_ORDER)


def _together(before: pl.DataFrame | None, anew: pl.DataFrame, known: pl.DataFrame, key: str) -> pl.DataFrame:
    """Put the rows that are kept of the known before the new ones."""
    if before is None or known.is_empty():
        return anew
    return pl.concat([before.join(known, on=key, how="semi", maintain_order="left"), anew])


def _in_order_of(order: pl.DataFrame, frame: pl.DataFrame, key: str) -> pl.DataFrame:
    """Sort rows as their key stands in ``order``; those of one key stay as they are."""
    places = order.select(key).with_row_index(_ORDER)
    return frame.join(places, on=key, how="left").sort(_ORDER, maintain_order=True).drop(_ORDER)


def _in_story(mentions: pl.DataFrame, articles: pl.DataFrame) -> pl.DataFrame:
    """Give each mention the story that its article is in now; sort by article as the stage does."""
    stories = articles.select("article_id", "story_id")
    placed = mentions.drop("story_id").join(stories, on="article_id", how="left", maintain_order="left")
    return placed.select(mentions.columns).sort("article_id", maintain_order=True)


def _of_capture(quarantine: pl.DataFrame | None) -> pl.DataFrame:
    """Name the capture of each row that was set aside: it is in the row."""
    rows = empty_frame(Quarantine) if quarantine is None else quarantine
    return rows.with_columns(pl.col("row").str.json_path_match("$.capture_id").alias("capture_id"))


def _with_settings(captures: pl.DataFrame, settings: Mapping[str, str]) -> pl.DataFrame:
    read_by = pl.col("source_id").replace_strict(settings, default=None, return_dtype=pl.String)
    return captures.with_columns(read_by.alias("__settings"))


def _with_layout(articles: pl.DataFrame, blocks: pl.DataFrame) -> pl.DataFrame:
    """Add how each article's text is parted into blocks, as one text."""
    block = pl.concat_str("kind", "start_char", "end_char", separator=" ")
    layouts = blocks.sort("article_id", "block_no").group_by("article_id").agg(block.str.join(",").alias("__layout"))
    return articles.join(layouts, on="article_id", how="left", maintain_order="left")


def _count_latest(articles: pl.DataFrame) -> int:
    return articles.filter("is_latest").height


def _has_changed(kept: Tables, known: pl.DataFrame, fresh: pl.DataFrame) -> bool:
    return fresh.height > 0 or _INPUTS not in kept or kept[_INPUTS].height != known.height
