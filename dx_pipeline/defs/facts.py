"""Assets of the facts: mentions settled into distinct directives, indicators and instruments."""

import polars as pl

from dx_pipeline.defs import articles as read
from dx_pipeline.defs import official, review
from dx_pipeline.defs.table_assets import Frames, Step, published_table, table_assets
from dx_pipeline.facts.completion import find_evidence_of_completion
from dx_pipeline.facts.directives import settle_directives
from dx_pipeline.facts.indicators import settle_indicators
from dx_pipeline.facts.instruments import settle_instruments
from dx_pipeline.facts.parity import compare_translations
from dx_pipeline.facts.repetitions import find_repetitions
from dx_pipeline.facts.story_links import link_related
from dx_pipeline.registry import instruments_frame, read_instruments
from dx_pipeline.settings import CATALOGUE

DIRECTIVE_MENTIONS = published_table("facts", "directive_mentions")
DIRECTIVES = published_table("facts", "directives")
INDICATOR_MENTIONS = published_table("facts", "indicator_mentions")
INDICATORS = published_table("facts", "indicators")
PARITY = published_table("facts", "translation_parity")
INSTRUMENT_MENTIONS = published_table("facts", "instrument_mentions")
INSTRUMENTS = published_table("facts", "instruments")
REPETITIONS = published_table("facts", "directive_repetitions")
STORY_LINKS = published_table("facts", "story_links")
EVIDENCE = published_table("facts", "directive_evidence")
_GROUP = "7_facts"
_SETTLED = ("facts", "catalogue/rules/products.toml")


@table_assets(
    Step(
        group=_GROUP,
        tables=[DIRECTIVE_MENTIONS, DIRECTIVES],
        calls=settle_directives,
        reads=["facts"],
        ins={
            "candidates": review.DIRECTIVES.key,
            "articles": read.ARTICLES.key,
            "stories": read.STORIES.key,
            "events": read.EVENTS.key,
            "instruments": read.INSTRUMENTS.key,
        },
    )
)
def directives(
    _run_id: str,
    candidates: pl.DataFrame,
    articles: pl.DataFrame,
    stories: pl.DataFrame,
    events: pl.DataFrame,
    instruments: pl.DataFrame,
) -> Frames:
    """Settle statements of directives into distinct directives."""
    mentions, settled = settle_directives(candidates, articles, stories, events, instruments)
    return {"directive_mentions": mentions, "directives": settled}


@table_assets(
    Step(
        group=_GROUP,
        tables=[INDICATOR_MENTIONS, INDICATORS],
        calls=settle_indicators,
        reads=["facts"],
        ins={"candidates": review.INDICATORS.key, "articles": read.ARTICLES.key, "stories": read.STORIES.key},
    )
)
def indicators(_run_id: str, candidates: pl.DataFrame, articles: pl.DataFrame, stories: pl.DataFrame) -> Frames:
    """Settle statements of indicators into distinct indicators."""
    mentions, settled = settle_indicators(candidates, articles, stories)
    return {"indicator_mentions": mentions, "indicators": settled}


@table_assets(
    Step(
        group=_GROUP,
        tables=[PARITY],
        calls=compare_translations,
        reads=["facts"],
        ins={
            "articles": read.ARTICLES.key,
            "directives": DIRECTIVE_MENTIONS.key,
            "indicators": INDICATOR_MENTIONS.key,
        },
    )
)
def parity(_run_id: str, articles: pl.DataFrame, directives: pl.DataFrame, indicators: pl.DataFrame) -> Frames:
    """Compare what translations of one text say."""
    return {"translation_parity": compare_translations(articles, directives, indicators)}


@table_assets(
    Step(
        group=_GROUP,
        tables=[INSTRUMENT_MENTIONS, INSTRUMENTS],
        calls=settle_instruments,
        reads=["facts", "catalogue/registry"],
        ins={"candidates": read.INSTRUMENTS.key},
    )
)
def instruments(_run_id: str, candidates: pl.DataFrame) -> Frames:
    """Settle statements of documents and programmes into distinct instruments."""
    mentions, settled = settle_instruments(candidates, instruments_frame(read_instruments(CATALOGUE)))
    return {"instrument_mentions": mentions, "instruments": settled}


@table_assets(
    Step(
        group=_GROUP,
        tables=[REPETITIONS],
        calls=find_repetitions,
        reads=_SETTLED,
        ins={"directives": DIRECTIVES.key, "organisations": official.ORGANISATIONS.key},
    )
)
def repetitions(_run_id: str, directives: pl.DataFrame, organisations: pl.DataFrame) -> Frames:
    """Find the orders that were given before."""
    return {"directive_repetitions": find_repetitions(directives, organisations)}


@table_assets(
    Step(
        group=_GROUP,
        tables=[STORY_LINKS],
        calls=link_related,
        reads=["facts"],
        ins={
            "stories": read.STORIES.key,
            "events": read.EVENTS.key,
            "instruments": INSTRUMENT_MENTIONS.key,
            "repetitions": REPETITIONS.key,
            "directives": DIRECTIVES.key,
        },
    )
)
def story_links(
    _run_id: str,
    stories: pl.DataFrame,
    events: pl.DataFrame,
    instruments: pl.DataFrame,
    repetitions: pl.DataFrame,
    directives: pl.DataFrame,
) -> Frames:
    """Link the stories that are about one another."""
    return {"story_links": link_related(stories, events, instruments, repetitions, directives)}


@table_assets(
    Step(
        group=_GROUP,
        tables=[EVIDENCE],
        calls=find_evidence_of_completion,
        reads=_SETTLED,
        ins={
            "directives": DIRECTIVES.key,
            "articles": read.ARTICLES.key,
            "blocks": read.BLOCKS.key,
            "mentions": DIRECTIVE_MENTIONS.key,
            "instruments": INSTRUMENT_MENTIONS.key,
            "documents": INSTRUMENTS.key,
        },
    )
)
def evidence(
    _run_id: str, directives: pl.DataFrame, articles: pl.DataFrame, blocks: pl.DataFrame, **named: pl.DataFrame
) -> Frames:
    """Find what later articles and documents tell of orders' being carried out."""
    mentions, instruments, documents = (named[name] for name in ("mentions", "instruments", "documents"))
    found = find_evidence_of_completion(
        directives,
        articles=articles,
        blocks=blocks,
        mentions=mentions,
        instruments=instruments,
        documents=documents,
    )
    return {"directive_evidence": found}


ASSETS = [directives, indicators, parity, instruments, repetitions, story_links, evidence]
