"""The asset that judges whether the selectors of web sites still fit them, and the check that warns where they do not.

A few pages of each site's newest day are read twice, by its selectors and by trafilatura; only where new ones came.
"""

import hashlib
from collections.abc import Sequence

import dagster as dg
import polars as pl

from dx_pipeline.defs.articles import page_documents
from dx_pipeline.defs.code_versions import code_version, library_versions
from dx_pipeline.defs.evidence import CAPTURES
from dx_pipeline.defs.kept_tables import KeptTables
from dx_pipeline.defs.metadata import markdown_table
from dx_pipeline.defs.sources import Sources
from dx_pipeline.defs.table_assets import Made, StageTable, Step, table_assets
from dx_pipeline.documents.drift import describe_drift, judge_templates
from dx_pipeline.evidence.archive import Archive
from dx_pipeline.schemas.documents import TemplateAgreement
from dx_pipeline.settings import Settings

TEMPLATES = StageTable(stage="documents", name="templates", model=TemplateAgreement, table_name="templates")
_JUDGED_BY = ("documents", "catalogue/pages")
_TOLD = 3


def template_assets(settings: Settings, sources: Sources) -> list[dg.AssetsDefinition]:
    """Return the asset; none where no source has selectors."""
    selectors = {source.source_id: source.selectors for source in sources.web if source.selectors}
    if not selectors:
        return []
    read_body = Archive(settings.evidence).get
    kept_tables = KeptTables(settings.stage / "kept" / "templates")

    @table_assets(
        Step(
            group="2_documents",
            tables=[TEMPLATES],
            calls=judge_templates,
            reads=_JUDGED_BY,
            ins={"captures": CAPTURES.key},
        )
    )
    def templates(_run_id: str, captures: pl.DataFrame) -> Made:
        pages = page_documents(captures, sources, settings)
        judged_by = f"{code_version(*_JUDGED_BY)} {library_versions('selectolax', 'trafilatura')} {selectors!r}"
        came = pages.filter(pl.col("outcome") == "ok")["capture_id"].sort().to_list()
        version = hashlib.sha256(repr((judged_by, came)).encode()).hexdigest()
        kept = kept_tables.read(version)
        agreement = kept.tables.get(TEMPLATES.name)
        if agreement is None:
            agreement = judge_templates(pages, read_body, selectors)
            kept_tables.write(version, {TEMPLATES.name: agreement})
        drifted = int(agreement["drifted"].sum())
        numbers = {"drifted": drifted, "agreement": float(agreement["agreement"].mean() or 0)}  # type: ignore[arg-type]
        return Made(frames={TEMPLATES.name: agreement}, numbers=numbers, warned=kept.fault)

    return [templates]


def template_checks(sources: Sources) -> Sequence[dg.AssetChecksDefinition]:
    """Return the check; none where no source has selectors."""
    return [fits] if any(source.selectors for source in sources.web) else []


@dg.asset_check(
    asset=TEMPLATES.key,
    description="The selectors of every site still find what they are for; else its pages are read without them.",
)
def fits(templates: pl.DataFrame) -> dg.AssetCheckResult:
    """Show the selectors that no longer fit their site."""
    drifted = templates.filter("drifted")
    told = [describe_drift(row) for row in drifted.head(_TOLD).to_dicts()]
    more = [f"and {drifted.height - _TOLD} more"] if drifted.height > _TOLD else []
    return dg.AssetCheckResult(
        passed=drifted.is_empty(),
        severity=dg.AssetCheckSeverity.WARN,
        description="; ".join([*told, *more]) or None,
        metadata={
            "failing": drifted.height,
            "failing_rows": dg.MetadataValue.md(markdown_table(drifted) if drifted.height else "none"),
        },
    )
