"""The list of everything that is published: table name, model, key, in reading order.

A table that analysts may open is named here once; DDL, comments, Dagster column schemas and the
data dictionary are generated from it.
"""

from dataclasses import dataclass

import pandera.polars as pa

from dx_pipeline.schemas import documents, evidence, facts, findings, mentions, operations, quality, review, statistics


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One published table: its name, its model, and the columns that identify a row."""

    name: str
    model: type[pa.DataFrameModel]
    key: tuple[str, ...]
    group: str


PUBLISHED: tuple[Table, ...] = (
    Table(name="sources", model=evidence.Sources, key=("source_id",), group="evidence"),
    Table(name="captures", model=evidence.Captures, key=("capture_id",), group="evidence"),
    Table(name="articles", model=documents.Articles, key=("article_id",), group="evidence"),
    Table(name="stories", model=documents.Stories, key=("story_id",), group="evidence"),
    Table(name="story_aliases", model=documents.StoryAliases, key=("alias_id",), group="evidence"),
    Table(name="events", model=mentions.Events, key=("event_id",), group="evidence"),
    Table(name="directive_mentions", model=mentions.DirectiveMentions, key=("mention_id",), group="facts"),
    Table(name="directives", model=facts.Directives, key=("directive_id",), group="facts"),
    Table(
        name="directive_repetitions", model=facts.DirectiveRepetitions, key=("directive_id",), group="facts"
    ),
    Table(
        name="story_links",
        model=facts.StoryLinks,
        key=("story_id", "other_story_id", "kind"),
        group="facts",
    ),
    Table(name="directive_evidence", model=facts.DirectiveEvidence, key=("evidence_id",), group="facts"),
    Table(name="indicator_mentions", model=mentions.IndicatorMentions, key=("mention_id",), group="facts"),
    Table(name="indicators", model=facts.Indicators, key=("indicator_id",), group="facts"),
    Table(
        name="translation_parity",
        model=facts.TranslationParity,
        key=("story_id", "fact_id", "language", "field"),
        group="facts",
    ),
    Table(name="instrument_mentions", model=mentions.InstrumentMentions, key=("mention_id",), group="facts"),
    Table(name="instruments", model=facts.Instruments, key=("instrument_id",), group="facts"),
    Table(name="corrections", model=review.Corrections, key=("correction_id",), group="facts"),
    Table(
        name="statistics",
        model=statistics.Statistics,
        key=("series_id", "ref_area", "time_period", "edition", "vintage_on"),
        group="facts",
    ),
    Table(name="organisations", model=facts.Organisations, key=("organisation_id",), group="facts"),
    Table(name="metrics", model=facts.Metrics, key=("metric_id",), group="facts"),
    Table(name="claim_checks", model=findings.ClaimChecks, key=("check_id",), group="findings"),
    Table(name="directive_status", model=findings.DirectiveStatus, key=("directive_id", "as_of"), group="findings"),
    Table(name="target_progress", model=findings.TargetProgress, key=("target_id",), group="findings"),
    Table(name="organisation_board", model=findings.OrganisationBoard, key=("organisation_id",), group="findings"),
    Table(name="instrument_board", model=findings.InstrumentBoard, key=("instrument_id",), group="findings"),
    Table(name="province_board", model=findings.ProvinceBoard, key=("area",), group="findings"),
    Table(name="directive_clarity", model=findings.DirectiveClarity, key=("directive_id",), group="findings"),
    Table(name="changes", model=findings.Changes, key=("table_name", "row_id", "column_name"), group="findings"),
    Table(name="quarantine", model=operations.Quarantine, key=("table_name", "check", "row"), group="operations"),
    Table(name="runs", model=operations.Runs, key=("run_id",), group="operations"),
    Table(
        name="extraction_quality",
        model=quality.ExtractionQuality,
        key=("set_name", "kind", "field", "language", "rule_id"),
        group="operations",
    ),
)  # fmt: skip


def table(name: str) -> Table:
    """Return the published table called ``name``.

    Raises:
        KeyError: where no table has that name.

    >>> table("stories").key
    ('story_id',)
    """
    for candidate in PUBLISHED:
        if candidate.name == name:
            return candidate
    raise KeyError(f"no published table is called {name!r}; see dx_pipeline/schemas/tables.py")
