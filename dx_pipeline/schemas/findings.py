"""What follows from the facts: verdicts, statuses, progress, boards, changes."""

import pandera.polars as pa
import polars as pl

from dx_pipeline.schemas.types import ID_PATTERN, Texts, column

CHECKS = frozenset({"official", "arithmetic", "parts", "sources"})
VERDICTS = frozenset({"confirmed", "consistent", "contradicted", "not_comparable", "no_official_series"})
REASONS = frozenset(
    {
        "figures", "no_series", "no_period", "no_figure", "no_start", "start_unknown", "method_break", "definition",
        "not_known_then", "publishers_differ", "shared_places", "impossible", "translation",
        "far_apart", "official",
    }
)  # fmt: skip
NEWS = frozenset(
    {
        "new", "changed", "withdrawn", "newly_overdue", "newly_met", "newly_missed", "revised_figure", "lost_source",
        "source_back",
    }
)  # fmt: skip
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
    unit: str = column("Unit of the figures.", optional=True)
    accepted_from: float = column(
        "Least claim that the figure held against it bears out, as exactly as it is quoted; empty where there is none.",
        optional=True,
    )
    accepted_to: float = column("Greatest claim that it bears out; empty where there is none.", optional=True)
    reason: str = column(
        "What the verdict rests on: figures (the claim lies within accepted_from and accepted_to, or does not and is "
        "contradicted), or what stands in the way of a comparison.",
        values=REASONS,
    )
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
    evidence_kind: str = column(
        "What shows it: statistics, article, document, repetition (the order was given again after its day), none.",
        values={"statistics", "article", "document", "repetition", "none"},
    )
    evidence_id: str = column("Series, evidence or directive that shows it.", optional=True)
    evidence_on: pl.Date = column("Day from which that evidence is known; never after as_of.", optional=True)
    completed_on: pl.Date = column("Day on which it was carried out, where the evidence tells.", optional=True)
    evidence_quote: str = column("The words of an article that show it.", optional=True)
    rubric_version: str = column("Version of the rules of judgement.")
    explanation: str = column("One sentence that gives the reason.")

    class Config:
        strict = True
        unique = ["directive_id", "as_of"]


class TargetProgress(pa.DataFrameModel):
    """Numeric targets against official actuals."""

    target_id: str = column("The directive or indicator that sets the target.", unique=True, pattern=ID_PATTERN)
    directive_id: str = column("The directive that orders it; empty for a target only told.", optional=True)
    indicator_id: str = column("The indicator that tells it; empty for an order.", optional=True)
    metric_id: str = column("Its metric.")
    set_on: pl.Date = column("Day on which it was ordered or first told.", optional=True)
    instrument_ids: Texts = column("Documents and programmes that it is told with.")
    superseded_by: str = column(
        "A later target on the same metric, for the same day or an open one, with another goal.", optional=True
    )
    comparator: str = column("How it is to be met.")
    baseline: float = column("Official value when the target was set.", optional=True)
    baseline_period: str = column("Period of that value.", optional=True)
    goal: float = column("Level to reach.", optional=True)
    goal_period: str = column("Period by which it is to be reached.", optional=True)
    latest: float = column("Newest official value.", optional=True)
    latest_period: str = column("Period of that value.", optional=True)
    pace_needed: float = column("Change a year that would reach the goal in time.", optional=True)
    pace_achieved: float = column("Change a year since the baseline.", optional=True)
    pace_ratio: float = column(
        "Growth achieved over growth needed (Open SDG); empty for ranks, which have a rule of their own.", optional=True
    )
    category: str = column(
        "Open SDG's word for that ratio: substantial, moderate, limited, deterioration.",
        values={"substantial", "moderate", "limited", "deterioration"},
        optional=True,
    )
    expected: float = column(
        "For a rank: the place on the straight line to the goal at the latest period.", optional=True
    )
    verdict: str = column(
        "Reached, on track, off track, not comparable, unknown.",
        values={"reached", "on_track", "off_track", "not_comparable", "unknown"},
    )
    explanation: str = column("One sentence that gives the reason in numbers.")

    class Config:
        strict = True


class Board(pa.DataFrameModel):
    """Directives by status, with their number beside, and how clearly they are put."""

    directives: pl.Int64 = column("Directives: the denominator of the counts.", unit="directives", ge=0)
    met: pl.Int64 = column("Met or met late.", unit="directives", ge=0)
    missed: pl.Int64 = column("Missed.", unit="directives", ge=0)
    overdue: pl.Int64 = column("Past the day, no evidence known.", unit="directives", ge=0)
    due_soon: pl.Int64 = column("Due within thirty days.", unit="directives", ge=0)
    open: pl.Int64 = column("Due later.", unit="directives", ge=0)
    no_deadline: pl.Int64 = column("Without a deadline.", unit="directives", ge=0)
    not_comparable: pl.Int64 = column("With a goal that no official figure can judge.", unit="directives", ge=0)
    with_deadline: pl.Int64 = column("With a deadline: the denominator of overdue.", unit="directives", ge=0)
    past_deadline: pl.Int64 = column("Whose deadline has passed: the denominator of the next.", unit="directives", ge=0)
    overdue_share: float = column("Overdue among past_deadline.", unit="share", optional=True, ge=0, le=1)
    repeated: pl.Int64 = column("Given again later.", unit="directives", ge=0)
    clear: pl.Int64 = column(
        "Clearnesses stated, of six each: issuer, addressee, task, deadline, product, legal basis.",
        unit="statements",
        ge=0,
    )
    clear_of: pl.Int64 = column("Six times the directives: the denominator of clear.", unit="statements", ge=0)
    clarity: float = column("Share of the clearnesses stated.", unit="share", optional=True, ge=0, le=1)

    class Config:
        strict = True


class OrganisationBoard(Board):
    """Directives per addressee, by status, with their number beside."""

    organisation_id: str = column("The addressee; a successor has the open tasks of those before it.", unique=True)
    inherited: pl.Int64 = column(
        "Of the directives, those given to a body that this one has succeeded, and not met or missed by then.",
        unit="directives",
        ge=0,
    )


class InstrumentBoard(Board):
    """Directives per programme, document or system that they name."""

    instrument_id: str = column("The programme, document or system.", unique=True)


class ProvinceBoard(Board):
    """Directives per province: addressed to its bodies."""

    area: str = column("ISO 3166-2 code of the province.", unique=True)


class DirectiveClarity(pa.DataFrameModel):
    """How clearly each directive is put, by the Government's six clearnesses ("6 rõ"): 1 where stated, 0 where not."""

    directive_id: str = column("The directive.", unique=True, pattern=ID_PATTERN)
    issuer: pl.Int64 = column("Who orders, with what authority.", ge=0, le=1)
    addressee: pl.Int64 = column("Who must act.", ge=0, le=1)
    task: pl.Int64 = column("What is to be done.", ge=0, le=1)
    deadline: pl.Int64 = column("By when.", ge=0, le=1)
    product: pl.Int64 = column("What is to be delivered: a document or a number.", ge=0, le=1)
    legal_basis: pl.Int64 = column("On what document or programme it rests.", ge=0, le=1)
    score: pl.Int64 = column("How many of the six are stated.", unit="of six", ge=0, le=6)
    unstated: Texts = column("Those that nobody stated.")

    class Config:
        strict = True


class Changes(pa.DataFrameModel):
    """What differs from the warehouse before."""

    table_name: str = column("The table.")
    row_id: str = column("Id of the row.")
    change: str = column("What happened to it.", values={"new", "changed", "withdrawn"})
    news: str = column(
        "What that means: new, changed, withdrawn, newly overdue, newly met, newly missed, a figure revised, a source "
        "lost or back.",
        values=NEWS,
    )
    title: str = column("What it is about, in a line: the order, the figure, the source.")
    column_name: str = column("The column that changed.", optional=True)
    before: str = column("Its value before, as JSON.", optional=True)
    after: str = column("Its value now, as JSON.", optional=True)
    explanation: str = column("One sentence.")

    class Config:
        strict = True
