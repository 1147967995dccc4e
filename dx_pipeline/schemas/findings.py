"""What follows from the facts: verdicts, statuses, progress, boards, changes."""

import pandera.polars as pa
import polars as pl

from dx_pipeline.schemas.types import ID_PATTERN, column

CHECKS = frozenset({"official", "arithmetic", "parts", "sources"})
VERDICTS = frozenset({"confirmed", "consistent", "contradicted", "not_comparable", "no_official_series"})
STATUSES = frozenset({"met", "met_late", "missed", "overdue", "due_soon", "open", "no_deadline", "not_comparable"})


class ClaimChecks(pa.DataFrameModel):
    """Whether an official figure, or a sentence's own arithmetic, bears a claim out."""

    check_id: str = column("Id of the check.", unique=True, pattern=ID_PATTERN)
    indicator_id: str = column("The claim.", pattern=ID_PATTERN)
    check: str = column("Which kind of check.", values=CHECKS)
    verdict: str = column("Its result.", values=VERDICTS)
    claimed: float = column("The figure claimed.", optional=True)
    official: float = column("The figure held against it: official or calculated.", optional=True)
    difference: float = column("Claimed minus official.", optional=True)
    unit: str = column("Unit of the three figures.", optional=True)
    series_id: str = column("The official series used.", optional=True)
    source_id: str = column("Who publishes it.", optional=True)
    vintage_on: pl.Date = column("Vintage that was known when the claim was made.", optional=True)
    explanation: str = column("One sentence that gives the reason in numbers.")

    class Config:
        strict = True


class DirectiveStatus(pa.DataFrameModel):
    """Where each directive stands on a given day."""

    directive_id: str = column("The directive.", pattern=ID_PATTERN)
    as_of: pl.Date = column("The day of the judgement; nothing later is used.")
    status: str = column("Overdue says: the day has passed and no evidence of completion is known.", values=STATUSES)
    days_left: pl.Int64 = column("Days until the deadline; negative once it has passed.", unit="days", optional=True)
    evidence_kind: str = column("What shows it: statistics, article, none.", values={"statistics", "article", "none"})
    evidence_id: str = column("Series or mention that shows it.", optional=True)
    rubric_version: str = column("Version of the rules of judgement.")
    explanation: str = column("One sentence that gives the reason.")

    class Config:
        strict = True
        unique = ["directive_id", "as_of"]


class TargetProgress(pa.DataFrameModel):
    """Numeric targets against official actuals."""

    directive_id: str = column("The directive that sets the target.", pattern=ID_PATTERN)
    metric_id: str = column("Its metric.")
    comparator: str = column("How it is to be met.")
    baseline: float = column("Official value when the target was set.", optional=True)
    baseline_period: str = column("Period of that value.", optional=True)
    goal: float = column("Level to reach.", optional=True)
    goal_period: str = column("Period by which it is to be reached.", optional=True)
    latest: float = column("Newest official value.", optional=True)
    latest_period: str = column("Period of that value.", optional=True)
    pace_needed: float = column("Change a year that would reach the goal in time.", optional=True)
    pace_achieved: float = column("Change a year since the baseline.", optional=True)
    verdict: str = column(
        "Reached, on track, off track, not comparable, unknown.",
        values={"reached", "on_track", "off_track", "not_comparable", "unknown"},
    )
    explanation: str = column("One sentence that gives the reason in numbers.")

    class Config:
        strict = True


class OrganisationBoard(pa.DataFrameModel):
    """Directives per addressee, by status, with their number beside."""

    organisation_id: str = column("The addressee.", unique=True)
    directives: pl.Int64 = column("Directives addressed to it: the denominator.", unit="directives", ge=0)
    met: pl.Int64 = column("Met or met late.", unit="directives", ge=0)
    missed: pl.Int64 = column("Missed.", unit="directives", ge=0)
    overdue: pl.Int64 = column("Past the day, no evidence known.", unit="directives", ge=0)
    due_soon: pl.Int64 = column("Due within thirty days.", unit="directives", ge=0)
    open: pl.Int64 = column("Due later.", unit="directives", ge=0)
    no_deadline: pl.Int64 = column("Without a deadline.", unit="directives", ge=0)
    not_comparable: pl.Int64 = column("With a goal that no official figure can judge.", unit="directives", ge=0)
    with_deadline: pl.Int64 = column("With a deadline: the denominator of overdue.", unit="directives", ge=0)

    class Config:
        strict = True


class Changes(pa.DataFrameModel):
    """What differs from the warehouse before."""

    table_name: str = column("The table.")
    row_id: str = column("Id of the row.")
    change: str = column("What happened to it.", values={"new", "changed", "withdrawn"})
    column_name: str = column("The column that changed.", optional=True)
    before: str = column("Its value before, as JSON.", optional=True)
    after: str = column("Its value now, as JSON.", optional=True)
    explanation: str = column("One sentence.")

    class Config:
        strict = True
