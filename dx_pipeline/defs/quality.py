"""Assets of quality: the labelled sets that come with the project, and how well extraction reads them.

Measuring takes a second or two, so it is done only where sets, code or catalogue have changed since the table was made.
"""

import dagster as dg
import polars as pl

from dx_pipeline.defs.code_versions import code_version
from dx_pipeline.defs.stage_tables import StageTables
from dx_pipeline.defs.table_assets import SET_ASIDE, Frames, StageTable, Step, published_table, table_assets
from dx_pipeline.extraction.lexicon import load_lexicon
from dx_pipeline.quality.figures import quality_rows, still_hold
from dx_pipeline.quality.measure import measure_sets
from dx_pipeline.quality.sets import describe_sets, shipped_sets
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.schemas.operations import Quarantine
from dx_pipeline.schemas.quality import LabelledSets
from dx_pipeline.settings import CATALOGUE

SETS = StageTable(stage="quality", name="labelled_sets", model=LabelledSets, table_name="labelled_sets")
QUALITY = published_table("quality", "extraction_quality")
_GROUP = "4_quality"
_MEASURED = (
    *("quality", "evidence", "documents", "stories", "extraction"),
    *(f"catalogue/{part}" for part in ("pages", "languages", "rules", "registry")),
)


def quality_assets(stage: StageTables) -> list[dg.AssetsDefinition]:
    """Return the labelled sets and the figures; these look into the stage for the ones made before."""

    @table_assets(
        Step(
            group=_GROUP,
            tables=[QUALITY],
            calls=measure_sets,
            reads=_MEASURED,
            ins={"sets": SETS.key},
        )
    )
    def quality(run_id: str, sets: pl.DataFrame) -> Frames:
        """Measure extraction on the labelled sets, unless nothing has changed since it was measured."""
        code = code_version(*_MEASURED)
        before = _made_before(stage)
        if before is not None and still_hold(before, sets, code):
            return {QUALITY.name: before}
        lexicon = load_lexicon(CATALOGUE)
        measured = measure_sets(shipped_sets(CATALOGUE), lexicon)
        aside = [
            {"table_name": QUALITY.table_name, "row": "{}", "check": "labels", "detail": str(one), "run_id": run_id}
            for one in measured.problems
        ]
        return {
            QUALITY.name: quality_rows(measured.judgements, sets, lexicon.version, code),
            SET_ASIDE: frame_of(Quarantine, aside),
        }

    return [labelled_sets, quality]


@table_assets(
    Step(
        group=_GROUP,
        tables=[SETS],
        calls=describe_sets,
        reads=["quality"],
        ins={},
        data_version=lambda sets: " ".join(sets["gold_sha256"].to_list()),
    )
)
def labelled_sets(_run_id: str) -> Frames:
    """List the sets of articles that were labelled by hand, with a hash of each."""
    return {SETS.name: describe_sets(shipped_sets(CATALOGUE))}


def _made_before(stage: StageTables) -> pl.DataFrame | None:
    """The figures of an earlier run, unless there are none or some label could not be measured then."""
    try:
        made = pl.read_parquet(stage.table_path(QUALITY.key))
        return made if stage.read_quarantine([QUALITY.key]).is_empty() else None
    except (OSError, pl.exceptions.PolarsError):
        return None
