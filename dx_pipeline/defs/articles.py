"""Assets from bytes to mentions: parsed documents, stories, and what is stated in them.

Documents and extraction keep what they made, so that a run reads what is new only (``reuse.py``).
"""

from pathlib import Path

import dagster as dg
import polars as pl

from dx_pipeline.defs.code_versions import code_version, library_versions
from dx_pipeline.defs.evidence import CAPTURES
from dx_pipeline.defs.kept_tables import Kept, KeptTables
from dx_pipeline.defs.proofs import set_misquotes_aside
from dx_pipeline.defs.reuse import Reading, Result, extract_new, parse_new
from dx_pipeline.defs.sources import Sources
from dx_pipeline.defs.table_assets import SET_ASIDE, Frames, Made, StageTable, Step, published_table, table_assets
from dx_pipeline.documents.parse import compare_pages, parse_captures, read_pages
from dx_pipeline.documents.versions import choose_captures
from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.frontier import Frontier
from dx_pipeline.evidence.journal import FILE_NAME
from dx_pipeline.evidence.pull import page_captures
from dx_pipeline.extraction.extract import extract
from dx_pipeline.extraction.lexicon import extractor_version, load_lexicon
from dx_pipeline.schemas import documents, mentions
from dx_pipeline.schemas.evidence import READABLE
from dx_pipeline.settings import CATALOGUE, Settings
from dx_pipeline.stories.link import link_stories
from dx_pipeline.stories.naming import Published
from dx_pipeline.warehouse.errors import ReleaseError
from dx_pipeline.warehouse.read import read_tables

PARSED = StageTable(stage="documents", name="articles", model=documents.ParsedArticles, table_name="articles")
BLOCKS = StageTable(stage="documents", name="blocks", model=documents.Blocks, table_name="blocks")
LINKED = StageTable(stage="stories", name="articles", model=documents.LinkedArticles, table_name="articles")
STORIES = published_table("stories", "stories")
ALIASES = published_table("stories", "story_aliases")
ARTICLES = published_table("extraction", "articles")
EVENTS = published_table("extraction", "events")
DIRECTIVES = StageTable(
    stage="extraction", name="directives", model=mentions.DirectiveCandidates, table_name="directive_mentions"
)
INDICATORS = StageTable(
    stage="extraction", name="indicators", model=mentions.IndicatorCandidates, table_name="indicator_mentions"
)
INSTRUMENTS = StageTable(
    stage="extraction", name="instruments", model=mentions.InstrumentCandidates, table_name="instrument_mentions"
)
_QUOTING = (DIRECTIVES, INDICATORS, INSTRUMENTS, EVENTS)
_PARSED_BY = ("documents", "catalogue/pages")
_EXTRACTED_BY = ("extraction", "catalogue/languages", "catalogue/rules", "catalogue/registry")
_PARSERS = ("lxml", "polars", "pycld2", "pypdf", "selectolax", "trafilatura")


def article_assets(settings: Settings, sources: Sources) -> list[dg.AssetsDefinition]:
    """Return the assets that read documents; they need the archive and the ids of the article sources."""
    read_body = Archive(settings.evidence).get
    kept_tables = KeptTables(settings.stage / "kept" / "documents")
    selectors = {source.source_id: source.selectors for source in sources.articles if source.selectors}
    read_by = {source_id: repr(ones) for source_id, ones in selectors.items()}

    @table_assets(
        Step(
            group="2_documents",
            tables=[PARSED, BLOCKS],
            calls=parse_captures,
            reads=_PARSED_BY,
            ins={"captures": CAPTURES.key},
        )
    )
    def parsed(run_id: str, captures: pl.DataFrame) -> Made:
        version = f"{code_version(*_PARSED_BY)} {library_versions(*_PARSERS)}"
        documents = _documents(captures, sources, settings)
        kept = kept_tables.read(version)
        reading = parse_new(
            choose_captures(documents),
            kept.tables,
            run_id,
            lambda fresh: read_pages(fresh, read_body, run_id, selectors),
            read_by,
        )
        if reading.has_changed:
            kept_tables.write(version, reading.tables)
        result = compare_pages(reading.result, documents)
        frames = {"articles": result.articles, "blocks": result.blocks, SET_ASIDE: result.quarantine}
        return _made(frames, reading, kept, "documents parsed")

    @table_assets(
        Step(
            group="3_stories",
            tables=[LINKED, STORIES, ALIASES],
            calls=link_stories,
            reads=["stories"],
            ins={"articles": PARSED.key},
        )
    )
    def stories(_run_id: str, articles: pl.DataFrame) -> Frames:
        """Join the articles that are copies or translations of one text; ids of the release before stay."""
        linked = link_stories(articles, _published_stories(settings))
        return {"articles": linked.articles, "stories": linked.stories, "story_aliases": linked.aliases}

    return [parsed, stories, _extracted(settings.stage)]


def _documents(captures: pl.DataFrame, sources: Sources, settings: Settings) -> pl.DataFrame:
    """Return the captures of documents: those of folders, and of web sites the pages that answered."""
    folders = [source.source_id for source in sources.folders]
    return pl.concat([captures.filter(pl.col("source_id").is_in(folders)), page_documents(captures, sources, settings)])


def page_documents(captures: pl.DataFrame, sources: Sources, settings: Settings) -> pl.DataFrame:
    """Return the captures of web pages that answered (``Captures``), without feeds, sitemaps and listings.

    A page that did not answer is no document with a fault: its attempt stands in the captures, and what was kept
    of it is read.
    """
    web = [source.source_id for source in sources.web]
    answered = captures.filter(pl.col("source_id").is_in(web), pl.col("outcome").is_in(READABLE))
    if not web:
        return answered
    with Frontier.open(settings.evidence / FILE_NAME, read_only=True) as frontier:
        return page_captures(answered, frontier)


def _published_stories(settings: Settings) -> Published | None:
    """Return what the release before says of stories; nothing where there is none that can be read."""
    try:
        before = read_tables(settings.warehouse, ("articles", "stories", "story_aliases"))
    except (ReleaseError, OSError, pl.exceptions.PolarsError):
        return None  # ids then come from the articles alone, as in a first run
    return Published.read(before["articles"], before["stories"], before["story_aliases"])


def _prove_quotes(frames: Frames, run_id: str) -> Frames:
    names = {table.table_name: table.name for table in _QUOTING}
    quoting = {table_name: frames[name] for table_name, name in names.items()}
    kept, misquotes = set_misquotes_aside(quoting, frames["articles"], run_id)
    proven = {names[table_name]: frame for table_name, frame in kept.items()}
    return {"articles": frames["articles"], **proven, SET_ASIDE: misquotes}


def _extracted(stage: Path) -> dg.AssetsDefinition:
    kept_tables = KeptTables(stage / "kept" / "extraction")

    @table_assets(
        Step(
            group="4_extraction",
            tables=[ARTICLES, DIRECTIVES, INDICATORS, INSTRUMENTS, EVENTS],
            calls=extract,
            reads=_EXTRACTED_BY,
            ins={"articles": LINKED.key, "blocks": BLOCKS.key},
            prove=_prove_quotes,
        )
    )
    def extracted(_run_id: str, articles: pl.DataFrame, blocks: pl.DataFrame) -> Made:
        """Find every directive, indicator, instrument and event that the articles state."""
        libraries = library_versions("ahocorasick-rs", "polars")
        version = f"{code_version(*_EXTRACTED_BY)} {extractor_version(CATALOGUE)} {libraries}"
        kept = kept_tables.read(version)
        reading = extract_new(
            articles, blocks, kept.tables, lambda fresh, parts: extract(fresh, parts, load_lexicon(CATALOGUE))
        )
        result = reading.result
        frames = {
            "articles": result.articles,
            "directives": result.directives,
            "indicators": result.indicators,
            "instruments": result.instruments,
            "events": result.events,
        }
        if reading.has_changed:
            kept_tables.write(version, reading.tables)
        return _made(frames, reading, kept, "articles searched for facts")

    return extracted


def _made(frames: Frames, reading: Reading[Result], kept: Kept, done: str) -> Made:
    """Tell of a step's work beside what it made."""
    work = reading.work
    told = f"{done}: {work.anew}; kept from an earlier run: {work.kept}"
    return Made(
        frames=frames,
        numbers={"anew": work.anew, "kept": work.kept},
        told=f"{told} ({kept.news})" if kept.news else told,
        warned=kept.fault,
    )
