"""The embedded edition taken through every stage by the stages' own functions, for tests of what is found in it."""

import tempfile
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

import polars as pl

from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.folder import capture_files
from dx_pipeline.extraction.extract import extract
from dx_pipeline.extraction.lexicon import load_lexicon
from dx_pipeline.facts.completion import find_evidence_of_completion
from dx_pipeline.facts.directives import settle_directives
from dx_pipeline.facts.indicators import settle_indicators
from dx_pipeline.facts.instruments import settle_instruments
from dx_pipeline.facts.parity import compare_translations
from dx_pipeline.facts.repetitions import find_repetitions
from dx_pipeline.facts.story_links import link_related
from dx_pipeline.findings.boards import count_by_addressee, count_by_instrument, count_by_province, score_clarity
from dx_pipeline.findings.claims import check_claims
from dx_pipeline.findings.progress import measure_progress
from dx_pipeline.findings.status import judge_directives
from dx_pipeline.findings.targets import Told
from dx_pipeline.quality.measure import read_documents
from dx_pipeline.registry import (
    instruments_frame,
    metrics_frame,
    organisations_frame,
    read_instruments,
    read_metrics,
    read_organisations,
)
from dx_pipeline.schemas.documents import ParsedArticles
from dx_pipeline.schemas.frames import empty_frame, polars_schema
from dx_pipeline.schemas.mentions import DirectiveCandidates, IndicatorCandidates
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import read_statistics_sources
from dx_pipeline.statistics.editions import method_breaks
from dx_pipeline.statistics.read import read_statistics, source_files
from dx_pipeline.stories.link import link_stories
from dx_pipeline.stories.naming import Published

AS_OF = date(2026, 11, 24)
TODAY = "2026-11-24"

Tables = Mapping[str, pl.DataFrame]


class Pages(NamedTuple):
    """Parsed articles, their blocks and their captures."""

    articles: pl.DataFrame
    blocks: pl.DataFrame
    captures: pl.DataFrame


@cache
def read_pages() -> Pages:
    """Read the embedded articles."""
    read = read_documents(CATALOGUE / "sample" / "articles")
    undated = pl.when(pl.col("published_on_source") != "story").then(pl.col("published_on"))
    articles = read.articles.filter(~pl.col("url").str.ends_with("README.md"))
    parsed = articles.with_columns(undated.alias("published_on"), pl.col("published_on_source").replace("story", None))
    return Pages(parsed.select(polars_schema(ParsedArticles).names()), read.blocks, read.captures)


@cache
def read_figures() -> Tables:
    """Read the embedded figures and the registry."""
    sources = list(read_statistics_sources(CATALOGUE))
    with tempfile.TemporaryDirectory(prefix="dx-edition-") as root:
        archive = Archive(Path(root))
        captures = pl.concat(
            capture_files(one.source_id, files, CATALOGUE, one.settings["captured_on"], archive)
            for one in sources
            if (files := source_files(one, CATALOGUE))
        )
        statistics = read_statistics(sources, captures, archive.get, "run").statistics
    return {
        "statistics": statistics,
        "breaks": method_breaks(sources),
        "metrics": metrics_frame(read_metrics(CATALOGUE)),
        "organisations": organisations_frame(read_organisations(CATALOGUE)),
        "registered": instruments_frame(read_instruments(CATALOGUE)),
    }


def read_statements(pages: Pages, before: Published | None = None) -> Tables:
    """Link and extract: articles, stories, aliases and candidates by name."""
    linked = link_stories(pages.articles, before)
    found = extract(linked.articles, pages.blocks, load_lexicon(CATALOGUE))
    return {
        "articles": found.articles,
        "stories": linked.stories,
        "story_aliases": linked.aliases,
        "blocks": pages.blocks,
        "captures": pages.captures,
        "events": found.events,
        "directive_candidates": _reviewed(found.directives, DirectiveCandidates),
        "indicator_candidates": _reviewed(found.indicators, IndicatorCandidates),
        "instrument_candidates": found.instruments,
    }


@cache
def read_embedded() -> Tables:
    """Link and extract the embedded edition once."""
    return read_statements(read_pages())


def settle(read: Tables, as_of: date = AS_OF) -> dict[str, pl.DataFrame]:
    """Settle facts and judge them: published tables by name."""
    told, given = dict(read), read_figures()
    articles, stories, events = told["articles"], told["stories"], told["events"]
    mentions, directives = settle_directives(
        told["directive_candidates"], articles, stories, events, told["instrument_candidates"]
    )
    claims, indicators = settle_indicators(told["indicator_candidates"], articles, stories)
    named, instruments = settle_instruments(told["instrument_candidates"], given["registered"])
    facts = {
        "directive_mentions": mentions,
        "directives": directives,
        "indicator_mentions": claims,
        "indicators": indicators,
        "instrument_mentions": named,
        "instruments": instruments,
        "translation_parity": compare_translations(articles, mentions, claims),
        "directive_repetitions": find_repetitions(directives, given["organisations"]),
    }
    facts["story_links"] = link_related(stories, events, named, facts["directive_repetitions"], directives)
    facts["directive_evidence"] = find_evidence_of_completion(
        directives,
        articles=articles,
        blocks=told["blocks"],
        mentions=mentions,
        instruments=named,
        documents=instruments,
    )
    return {**told, **given, **facts, **_judge(facts, given, as_of)}


@cache
def embedded() -> Tables:
    """Return the embedded edition's tables, judged on the day that the project's examples name."""
    return settle(read_embedded())


def _judge(facts: Tables, given: Tables, as_of: date) -> dict[str, pl.DataFrame]:
    statistics, metrics, breaks = given["statistics"], given["metrics"], given["breaks"]
    directives, repetitions = facts["directives"], facts["directive_repetitions"]
    evidence = facts["directive_evidence"]
    status = judge_directives(
        directives, statistics, metrics, as_of, evidence=evidence, repetitions=repetitions, breaks=breaks
    )
    told = Told(
        indicators=facts["indicators"], mentions=facts["indicator_mentions"], instruments=facts["instrument_mentions"]
    )
    return {
        "claim_checks": check_claims(
            facts["indicators"], statistics, metrics, breaks, parity=facts["translation_parity"]
        ),
        "directive_status": status,
        "target_progress": measure_progress(directives, statistics, metrics, as_of, told=told, breaks=breaks),
        "organisation_board": count_by_addressee(directives, status, given["organisations"], repetitions),
        "instrument_board": count_by_instrument(directives, status, repetitions),
        "province_board": count_by_province(directives, status, given["organisations"], repetitions),
        "directive_clarity": score_clarity(directives),
    }


def _reviewed(candidates: pl.DataFrame, model: type[DirectiveCandidates] | type[IndicatorCandidates]) -> pl.DataFrame:
    """Give candidates the columns of review, as where nobody has reviewed anything."""
    assert candidates.columns == empty_frame(model).columns
    return candidates.with_columns(
        pl.lit(None, dtype=pl.String).alias("review"), pl.lit(None, dtype=pl.String).alias("reviewed_by")
    )
