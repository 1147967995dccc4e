"""Assets from bytes to mentions: parsed documents, stories, and what is stated in them."""

import dagster as dg
import polars as pl

from dx_pipeline.defs.evidence import CAPTURES, Sources
from dx_pipeline.defs.proofs import set_misquotes_aside
from dx_pipeline.defs.table_assets import SET_ASIDE, Frames, StageTable, Step, published_table, table_assets
from dx_pipeline.documents.parse import parse_captures
from dx_pipeline.evidence.archive import Archive
from dx_pipeline.extraction.extract import extract
from dx_pipeline.extraction.lexicon import load_lexicon
from dx_pipeline.schemas import documents, mentions
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


def article_assets(settings: Settings, sources: Sources) -> list[dg.AssetsDefinition]:
    """Return the assets that read documents; they need the archive and the ids of the article sources."""
    read_body = Archive(settings.evidence).get
    source_ids = [source.source_id for source in sources.articles]

    @table_assets(
        Step(
            group="2_documents",
            tables=[PARSED, BLOCKS],
            calls=parse_captures,
            reads=["documents", "catalogue/pages", "catalogue/languages"],
            ins={"captures": CAPTURES.key},
        )
    )
    def parsed(run_id: str, captures: pl.DataFrame) -> Frames:
        result = parse_captures(captures.filter(pl.col("source_id").is_in(source_ids)), read_body, run_id)
        return {"articles": result.articles, "blocks": result.blocks, SET_ASIDE: result.quarantine}

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

    return [parsed, stories, extracted]


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


@table_assets(
    Step(
        group="4_extraction",
        tables=[ARTICLES, DIRECTIVES, INDICATORS, INSTRUMENTS, EVENTS],
        calls=extract,
        reads=["extraction", "catalogue/languages", "catalogue/rules", "catalogue/registry"],
        ins={"articles": LINKED.key, "blocks": BLOCKS.key},
        prove=_prove_quotes,
    )
)
def extracted(_run_id: str, articles: pl.DataFrame, blocks: pl.DataFrame) -> Frames:
    """Find every directive, indicator, instrument and event that the articles state."""
    result = extract(articles, blocks, load_lexicon(CATALOGUE))
    return {
        "articles": result.articles,
        "directives": result.directives,
        "indicators": result.indicators,
        "instruments": result.instruments,
        "events": result.events,
    }
