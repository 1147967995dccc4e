"""Statements found in articles, each with its exact quote and offsets.

Candidates come out of extraction; reviewed ones are the same rows once people's corrections have been
applied; mentions are these rows once the facts stage has told which distinct fact each of them states.
"""

import pandera.polars as pa
import polars as pl

from dx_pipeline.schemas.types import ID_PATTERN, Texts, column

MODALITIES = frozenset({"order", "assign", "request", "require", "propose"})
COMPARATORS = frozenset({"=", "~", ">=", "<="})
INDICATOR_KINDS = frozenset({"actual", "target", "forecast"})
REVIEWS = frozenset({"confirmed", "amended"})
REVIEW = "What a person decided on it: confirmed as extracted, or amended; empty where nobody has reviewed it."
REVIEWED_BY = "Who decided that, as named in the file of corrections."


class Evidence(pa.DataFrameModel):
    """What every statement carries: where it stands and who found it."""

    mention_id: str = column("Id of the statement.", unique=True, pattern=ID_PATTERN)
    article_id: str = column("The article that states it.", pattern=ID_PATTERN)
    story_id: str = column("That article's story.", pattern=ID_PATTERN)
    quote: str = column("The exact words: articles.text[start_char:end_char].")
    start_char: pl.Int64 = column("First code point of the quote in articles.text.", unit="code points", ge=0)
    end_char: pl.Int64 = column("One past its last code point.", unit="code points", ge=1)
    language: str = column("BCP 47 tag of the article.")
    confidence: float = column(
        "How often the rule that found it is right, from 0 to 1: measured on the labelled sets (m-estimate). "
        "1 where a person has confirmed or amended the statement.",
        unit="share",
        ge=0,
        le=1,
    )
    rule_id: str = column("The rule that found it.")
    extractor_version: str = column("Version of engine, rules, packs and registry together.")

    class Config:
        strict = True


class DirectiveCandidates(Evidence):
    """Orders, assignments, requests and requirements: one task, one row."""

    issuer_id: str = column("Who orders, by registry id.", optional=True)
    issuer_text: str = column("Who orders, as printed.", optional=True)
    addressee_ids: Texts = column("Who must act, by registry id; empty where nobody is named.")
    addressee_text: str = column("Who must act, as printed.", optional=True)
    action: str = column("What is to be done, as printed.")
    modality: str = column("How strongly it is put.", values=MODALITIES)
    due_on: pl.Date = column("Last day on which it is still on time.", optional=True)
    due_edtf: str = column("The deadline as printed, in EDTF, with its own precision.", optional=True)
    due_text: str = column("The deadline's words.", optional=True)
    recurrence: str = column("ISO 8601 repeating interval, for a duty that returns.", optional=True)
    target_metric_id: str = column("Metric of the numeric goal.", optional=True)
    target_comparator: str = column("How the goal is to be met.", values=COMPARATORS, optional=True)
    target_value: float = column("Level to reach, in target_unit.", optional=True)
    target_change: float = column("Change to reach, in target_unit; positive is better.", optional=True)
    target_unit: str = column("Unit of the goal.", optional=True)
    instrument_ids: Texts = column("Documents and programmes named: what it rests on or must deliver.")
    ordinal: pl.Int64 = column("Position among the article's directives, from 0.", ge=0)


class IndicatorCandidates(Evidence):
    """Numbers that say how the programme stands, stood or should stand."""

    metric_id: str = column("What is measured, by registry id.", optional=True)
    metric_text: str = column("What is measured, as printed.", optional=True)
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
    ordinal: pl.Int64 = column("Position among the article's indicators, from 0.", ge=0)


class InstrumentCandidates(Evidence):
    """Documents, programmes and systems that an article names."""

    instrument_id: str = column("Registry id, or kind and number as printed.")
    kind: str = column("Decree, decision, programme and so on.")
    number: str = column("Number as printed.", optional=True)
    date: pl.Date = column("Its date, where the article gives it.", optional=True)
    issuer_id: str = column("Who issued it, where the article or the registry says.", optional=True)
    name: str = column("Its name.", optional=True)
    role: str = column("Whether an order rests on it or must deliver it.", values={"basis", "object", "mention"})


class Events(pa.DataFrameModel):
    """Meetings, ceremonies and signings that an article reports."""

    event_id: str = column("Id of the event as one article tells it.", unique=True, pattern=ID_PATTERN)
    story_id: str = column("The article's story.", pattern=ID_PATTERN)
    kind: str = column("Meeting, conference, document, launch.")
    body_id: str = column("The body that met or signed.", optional=True)
    ordinal: pl.Int64 = column("Which time it met.", optional=True, ge=1)
    held_on: pl.Date = column("Day it took place.", optional=True)
    article_id: str = column("The article that reports it.", pattern=ID_PATTERN)
    quote: str = column("The exact words: articles.text[start_char:end_char].")
    start_char: pl.Int64 = column("First code point of the quote.", unit="code points", ge=0)
    end_char: pl.Int64 = column("One past its last code point.", unit="code points", ge=1)

    class Config:
        strict = True


class ReviewedDirectives(DirectiveCandidates):
    """Directive candidates as people left them: rejected ones are gone, amended ones say what they should."""

    review: str = column(REVIEW, values=REVIEWS, optional=True)
    reviewed_by: str = column(REVIEWED_BY, optional=True)


class ReviewedIndicators(IndicatorCandidates):
    """Indicator candidates as people left them: rejected ones are gone, amended ones say what they should."""

    review: str = column(REVIEW, values=REVIEWS, optional=True)
    reviewed_by: str = column(REVIEWED_BY, optional=True)


class DirectiveMentions(ReviewedDirectives):
    """Statements of a directive, each pointing at the distinct directive that it states."""

    directive_id: str = column("The distinct directive.", pattern=ID_PATTERN)


class IndicatorMentions(ReviewedIndicators):
    """Statements of an indicator, each pointing at the distinct indicator that it states."""

    indicator_id: str = column("The distinct indicator.", pattern=ID_PATTERN)


class InstrumentMentions(InstrumentCandidates):
    """Statements that name an instrument."""
