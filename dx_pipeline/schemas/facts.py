"""Distinct facts: mentions merged across copies, translations and repeats; and the registry they point at."""

import pandera.polars as pa
import polars as pl

from dx_pipeline.schemas.mentions import COMPARATORS, INDICATOR_KINDS, MODALITIES, REVIEWS
from dx_pipeline.schemas.types import ID_PATTERN, Texts, column


class Counted(pa.DataFrameModel):
    """How often and how independently a fact is stated."""

    mention_count: pl.Int64 = column("Statements of it.", unit="mentions", ge=1)
    origin_count: pl.Int64 = column(
        "Independent origins that state it; copies and translations count once.", unit="origins", ge=1
    )
    language_count: pl.Int64 = column("Languages it is stated in.", unit="languages", ge=1)
    languages: Texts = column("BCP 47 tags, sorted.")
    conflicts: Texts = column("Fields on which its statements disagree, with who says what.")
    review: str = column(
        "Amended where a person has corrected one of its statements, confirmed where one was only confirmed; "
        "empty where nobody has reviewed it.",
        values=REVIEWS,
        optional=True,
    )

    class Config:
        strict = True


class Directives(Counted):
    """Distinct directives."""

    directive_id: str = column("Id of the directive.", unique=True, pattern=ID_PATTERN)
    story_id: str = column("The story that states it first.", pattern=ID_PATTERN)
    issuer_id: str = column("Who orders, by registry id.", optional=True)
    addressee_ids: Texts = column("Who must act, by registry id.")
    action: str = column("What is to be done, in the words of the most trusted statement.")
    language: str = column("BCP 47 tag of those words.")
    modality: str = column("How strongly it is put.", values=MODALITIES)
    issued_on: pl.Date = column("Day of the order: of the event where told, else of publication.", optional=True)
    due_on: pl.Date = column("Last day on which it is still on time.", optional=True)
    due_edtf: str = column("The deadline in EDTF, with its own precision.", optional=True)
    due_text: str = column("The deadline's words.", optional=True)
    recurrence: str = column("ISO 8601 repeating interval, for a duty that returns.", optional=True)
    target_metric_id: str = column("Metric of the numeric goal.", optional=True)
    target_comparator: str = column("How the goal is to be met.", values=COMPARATORS, optional=True)
    target_value: float = column("Level to reach, in target_unit.", optional=True)
    target_change: float = column("Change to reach, in target_unit; positive is better.", optional=True)
    target_unit: str = column("Unit of the goal.", optional=True)
    instrument_ids: Texts = column("Documents and programmes named by any statement.")
    missing: Texts = column("Which of issuer, addressee, task, deadline, product, legal basis nobody stated.")
    confidence: float = column("Trust in its best statement, from 0 to 1.", unit="share", ge=0, le=1)
    mention_id: str = column("Its most trusted statement.", pattern=ID_PATTERN)


class Indicators(Counted):
    """Distinct indicators."""

    indicator_id: str = column("Id of the indicator.", unique=True, pattern=ID_PATTERN)
    story_id: str = column("The story that states it first.", pattern=ID_PATTERN)
    metric_id: str = column("What is measured, by registry id.", optional=True)
    metric_text: str = column("What is measured, in the words of the most trusted statement.", optional=True)
    area: str = column("ISO 3166 code of the area it is true of.", optional=True)
    period: str = column("ISO 8601 period it is true of.", optional=True)
    period_start: pl.Date = column("First day of the period.", optional=True)
    period_end: pl.Date = column("Last day of the period.", optional=True)
    value: float = column("Level, or low end of a range, in the unit itself.", optional=True)
    value_high: float = column("High end of a range.", optional=True)
    unit: str = column("Unit, or what is counted.", optional=True)
    comparator: str = column("= exactly, ~ about, >= at least or over, <= at most or under.", values=COMPARATORS)
    change: float = column("Change in the unit; for a rank positive is better.", optional=True)
    change_percent: float = column("Change in per cent.", unit="percent", optional=True)
    change_since: str = column("ISO 8601 period the change is counted from.", optional=True)
    out_of: float = column("Number of ranked areas, for a rank.", optional=True)
    kind: str = column("Whether it happened, is aimed at or expected.", values=INDICATOR_KINDS)
    publisher_id: str = column("Who measured it, where said.", optional=True)
    stated_on: pl.Date = column("Earliest day on which it was published.", optional=True)
    confidence: float = column("Trust in its best statement, from 0 to 1.", unit="share", ge=0, le=1)
    mention_id: str = column("Its most trusted statement.", pattern=ID_PATTERN)


class DirectiveRepetitions(pa.DataFrameModel):
    """Orders that are given again: one row per directive of a chain, the first of it included."""

    directive_id: str = column("The directive.", unique=True, pattern=ID_PATTERN)
    first_directive_id: str = column("The order that the chain begins with.", pattern=ID_PATTERN)
    previous_directive_id: str = column(
        "The order before it in the chain; empty for the first.", pattern=ID_PATTERN, optional=True
    )
    kind: str = column(
        "First; repeated: given again on a later day; retold: the order of the same day in another text.",
        values={"first", "repeated", "retold"},
    )
    first_issued_on: pl.Date = column("Day on which the first of the chain was given.", optional=True)
    issued_on: pl.Date = column("Day on which this one was given.", optional=True)
    repetition: pl.Int64 = column("Its place in the chain: 0 for the first order.", unit="repetitions", ge=0)
    times_repeated: pl.Int64 = column("How often the order has been given again in all.", unit="repetitions", ge=0)
    first_due_on: pl.Date = column("The chain's first deadline.", optional=True)
    previous_due_on: pl.Date = column("The newest deadline before this one.", optional=True)
    due_on: pl.Date = column("This one's deadline.", optional=True)
    slipped_days: pl.Int64 = column(
        "Days by which this deadline is later than the one before; negative where it was brought forward.",
        unit="days",
        optional=True,
    )
    total_slip_days: pl.Int64 = column("Days by which it is later than the first.", unit="days", optional=True)
    basis: Texts = column("What tells that it is the same order: product, document, target, wording, deadline named.")
    explanation: str = column("One sentence that says when it was ordered before and what became of the deadline.")

    class Config:
        strict = True


class StoryLinks(pa.DataFrameModel):
    """Stories that are about one another without being one text: a notice on a meeting, the next meeting's orders."""

    story_id: str = column("The earlier story.", pattern=ID_PATTERN)
    other_story_id: str = column("The later story.", pattern=ID_PATTERN)
    kind: str = column(
        "Same meeting: both report one session of one body. Same document: both name an administrative document that "
        "passes conclusions on. Same orders: the later one gives orders of the earlier one again.",
        values={"same_meeting", "same_document", "same_orders"},
    )
    days_between: pl.Int64 = column("Days between their first publications.", unit="days", optional=True, ge=0)
    evidence: Texts = column("The session, the document, or the directives of the later story.")
    explanation: str = column("One sentence.")

    class Config:
        strict = True
        unique = ["story_id", "other_story_id", "kind"]


class DirectiveEvidence(pa.DataFrameModel):
    """Sentences of later articles, and later documents, that tell that an order was or was not carried out."""

    evidence_id: str = column("Id of the evidence.", unique=True, pattern=ID_PATTERN)
    directive_id: str = column("The directive.", pattern=ID_PATTERN)
    kind: str = column("Whether an article says so or a document shows it.", values={"article", "document"})
    says: str = column("Completed, or missed: the day had passed without it.", values={"completed", "missed"})
    product: str = column("What was to be delivered, by the id in rules/products.toml.")
    instrument_id: str = column("The document that delivers it.", optional=True)
    stated_on: pl.Date = column("Day of publication: from when it is known.")
    completed_on: pl.Date = column("Day of the document that delivers it, where known.", optional=True)
    article_id: str = column("The article.", pattern=ID_PATTERN)
    story_id: str = column("Its story.", pattern=ID_PATTERN)
    language: str = column("BCP 47 tag of the article.")
    quote: str = column("The exact words: articles.text[start_char:end_char].")
    start_char: pl.Int64 = column("First code point of the quote.", unit="code points", ge=0)
    end_char: pl.Int64 = column("One past its last code point.", unit="code points", ge=1)
    rule_id: str = column("The cue that decided.")

    class Config:
        strict = True


class TranslationParity(pa.DataFrameModel):
    """Where translations of one text do not say the same: a fact that a language lacks, or a field that differs."""

    story_id: str = column("The story whose articles are translations of one text.", pattern=ID_PATTERN)
    fact_kind: str = column("Which kind of fact.", values={"directive", "indicator"})
    fact_id: str = column("The directive or indicator, by id.", pattern=ID_PATTERN)
    field: str = column("The field that differs, or missing: the fact was not found in the language's text.")
    verdict: str = column(
        "Translation error: the original's own words, or those of all other languages, say otherwise. Missing: the fact "
        "was not found. Unresolved: the original stands apart from its translations.",
        values={"translation_error", "missing", "unresolved"},
    )
    language: str = column("BCP 47 tag of the language that stands apart.")
    article_id: str = column("Its article.", pattern=ID_PATTERN)
    mention_id: str = column("Its statement; empty where the fact is missing.", pattern=ID_PATTERN, optional=True)
    said_fact_id: str = column("The directive or indicator that its statement was settled as.", optional=True)
    said: str = column("What it says of the field.", optional=True)
    quote: str = column("Its exact words.", optional=True)
    other_language: str = column("BCP 47 tag of a language that says what most do, of equals what the original does.")
    other_article_id: str = column("Its article.", pattern=ID_PATTERN)
    other_mention_id: str = column("Its statement.", pattern=ID_PATTERN)
    other_said: str = column("What it says of the field; empty where the fact is missing.", optional=True)
    other_quote: str = column("Its exact words.")
    explanation: str = column("One sentence on who says what.")

    class Config:
        strict = True
        unique = ["story_id", "fact_id", "language", "field"]


class Instruments(pa.DataFrameModel):
    """Documents, programmes and systems that articles name."""

    instrument_id: str = column("Registry id, or kind and number as printed.", unique=True)
    kind: str = column("Decree, decision, programme and so on.")
    number: str = column("Its number.", optional=True)
    date: pl.Date = column("Its date.", optional=True)
    issuer_id: str = column("Who issued it.", optional=True)
    name: str = column("Its name.", optional=True)
    mention_count: pl.Int64 = column("Statements that name it.", unit="mentions", ge=0)

    class Config:
        strict = True


class Organisations(pa.DataFrameModel):
    """The registry's organisations, offices and groups."""

    organisation_id: str = column("Id of the organisation.", unique=True)
    kind: str = column("Ministry, agency, office, group, province, party body, international.")
    name_en: str = column("Name in English.")
    name_vi: str = column("Name in Vietnamese.", optional=True)
    name_fr: str = column("Name in French.", optional=True)
    name_pl: str = column("Name in Polish.", optional=True)
    name_nb: str = column("Name in Norwegian.", optional=True)
    area: str = column("ISO 3166 code of the area it acts in.", optional=True)
    valid_from: str = column("EDTF date from which it exists.", optional=True)
    valid_until: str = column("EDTF date of its last day.", optional=True)
    successor_id: str = column("Who took over its tasks.", optional=True)
    parent_id: str = column("The body it belongs to.", optional=True)
    source: str = column("Where this is known from.", optional=True)

    class Config:
        strict = True


class Metrics(pa.DataFrameModel):
    """The registry's metrics."""

    metric_id: str = column("Id of the metric.", unique=True)
    name_en: str = column("Name in English.")
    name_vi: str = column("Name in Vietnamese.", optional=True)
    name_fr: str = column("Name in French.", optional=True)
    name_pl: str = column("Name in Polish.", optional=True)
    name_nb: str = column("Name in Norwegian.", optional=True)
    unit: str = column("Unit of its values.", optional=True)
    better: str = column("Which way is better.", values={"higher", "lower"}, optional=True)
    publisher_id: str = column("Who publishes it officially.", optional=True)
    source: str = column("Where this is known from.", optional=True)

    class Config:
        strict = True
