"""Assets of what people decided: the entries of the file of corrections, and the statements with them applied."""

import hashlib

import dagster as dg
import polars as pl

from dx_pipeline.defs import articles as read
from dx_pipeline.defs.evidence import payload_sha256
from dx_pipeline.defs.table_assets import SET_ASIDE, Frames, StageTable, Step, published_table, table_assets
from dx_pipeline.review.apply import apply_corrections
from dx_pipeline.review.correction_file import TABLE_NAME, read_corrections
from dx_pipeline.review.fields import KnownIds
from dx_pipeline.schemas.mentions import ReviewedDirectives, ReviewedIndicators
from dx_pipeline.schemas.review import CorrectionEntries
from dx_pipeline.settings import CATALOGUE, Settings

ENTRIES = StageTable(stage="review", name="entries", model=CorrectionEntries, table_name=TABLE_NAME)
CORRECTIONS = published_table("review", "corrections")
DIRECTIVES = StageTable(stage="review", name="directives", model=ReviewedDirectives, table_name="directive_mentions")
INDICATORS = StageTable(stage="review", name="indicators", model=ReviewedIndicators, table_name="indicator_mentions")
_GROUP = "6_review"


def review_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """Return the entries of the file of corrections that the settings name, and the statements under review."""
    path, must_exist = settings.corrections_file, settings.corrections is not None

    @table_assets(
        Step(
            group=_GROUP,
            tables=[ENTRIES],
            calls=read_corrections,
            reads=["review", "catalogue/registry"],
            ins={},
            data_version=entries_sha256,
            metadata={"file": dg.MetadataValue.path(path)},
        )
    )
    def entries(run_id: str) -> Frames:
        # the registry is read for entries only: most warehouses have none, and a run with nothing new is to be short
        known = KnownIds.read(CATALOGUE) if path.exists() else KnownIds.none()
        reading = read_corrections(path, known, run_id, must_exist=must_exist)
        return {"entries": reading.entries, SET_ASIDE: reading.quarantine}

    return [entries, reviewed]


@table_assets(
    Step(
        group=_GROUP,
        tables=[CORRECTIONS, DIRECTIVES, INDICATORS],
        calls=apply_corrections,
        reads=["review"],
        ins={
            "entries": ENTRIES.key,
            "directives": read.DIRECTIVES.key,
            "indicators": read.INDICATORS.key,
            "articles": read.ARTICLES.key,
        },
    )
)
def reviewed(
    run_id: str, entries: pl.DataFrame, directives: pl.DataFrame, indicators: pl.DataFrame, articles: pl.DataFrame
) -> Frames:
    """Take rejected statements out, amend others, and mark what a person has looked at."""
    result = apply_corrections(entries, directives, indicators, articles, run_id)
    return {
        "corrections": result.corrections,
        "directives": result.directives,
        "indicators": result.indicators,
        SET_ASIDE: result.quarantine,
    }


def entries_sha256(entries: pl.DataFrame) -> str:
    """Return a hash over what the corrections say, whatever their order, their comments and the file's place.

    >>> one = pl.DataFrame({"correction_id": ["a", "b"], "place": ["x", "y"], "quote": ["q", None]})
    >>> entries_sha256(one) == entries_sha256(one.reverse().drop("place"))
    True
    """
    says = entries.drop("position", "place", strict=False).sort("correction_id")
    return hashlib.sha256(repr(says.rows()).encode()).hexdigest()


def input_sha256(captures: pl.DataFrame, entries: pl.DataFrame) -> str:
    """Return a hash over everything that a run reads: what came from the sources, and what people decided."""
    payload = payload_sha256(captures)
    return payload if entries.is_empty() else hashlib.sha256((payload + entries_sha256(entries)).encode()).hexdigest()
