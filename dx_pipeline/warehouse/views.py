"""The views that a release offers to analysts: each a list of described columns over a FROM clause.

A view never names a catalog and reads nothing outside its own file, so that it runs whatever name
the file is opened under.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dx_pipeline.warehouse.manifest import RELEASED
from dx_pipeline.warehouse.sql import identifier


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """A column of a view. Where it only repeats a table's column, that column's description and unit hold."""

    expression: str
    name: str
    description: str
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A view: its name, what it answers, its columns, and the rest of its SELECT."""

    name: str
    description: str
    columns: tuple[ViewColumn, ...]
    clauses: str

    @property
    def statement(self) -> str:
        """The CREATE VIEW statement."""
        listed = ", ".join(f"{column.expression} as {identifier(column.name)}" for column in self.columns)
        return f"create view {identifier(self.name)} as select {listed} {self.clauses}"


def _repeat(alias: str, table_name: str, *names: str, **renamed: str) -> tuple[ViewColumn, ...]:
    """Columns that repeat a table's; ``new_name=old_name`` renames."""
    columns = next(table for table in RELEASED if table.name == table_name).model.to_schema().columns
    pairs: Mapping[str, str] = {**{name: name for name in names}, **renamed}
    return tuple(
        ViewColumn(
            f"{alias}.{identifier(old)}",
            new,
            columns[old].description or "",
            (columns[old].metadata or {}).get("unit"),
        )
        for new, old in pairs.items()
    )


_DIRECTIVES_BOARD = View(
    name="directives_board",
    description="Directives with their status, their most trusted statement and the address where it stands.",
    columns=(
        *_repeat("d", "directives", "directive_id"),
        *_repeat("s", "directive_status", "status", "days_left", "as_of", "evidence_kind", "evidence_quote"),
        *_repeat("d", "directives", "issued_on", "due_on", "due_text", "issuer_id"),
        ViewColumn("i.name_en", "issuer_name", "Who orders, in English."),
        *_repeat("d", "directives", "addressee_ids", "action", "modality", "mention_count", "origin_count", "missing"),
        *_repeat("d", "directives", "review"),
        *_repeat("m", "directive_mentions", "quote", "language"),
        *_repeat("a", "articles", "url", article_title="title", published_on="published_on"),
        *_repeat("s", "directive_status", status_explanation="explanation"),
    ),
    clauses="""
        from directives as d
        left join directive_status as s
          on s.directive_id = d.directive_id and s.as_of = (select max(as_of) from directive_status)
        left join directive_mentions as m on m.mention_id = d.mention_id
        left join articles as a on a.article_id = m.article_id
        left join organisations as i on i.organisation_id = d.issuer_id""",
)

_CLAIMS = View(
    name="claims",
    description="Indicators with the verdict on each, their most trusted statement and the address where it stands. "
    "One row per indicator and check; an indicator without a check has one row.",
    columns=(
        *_repeat("i", "indicators", "indicator_id", "metric_id", "metric_text", "area", "period", "comparator"),
        *_repeat("i", "indicators", "value", "value_high", "change", "change_percent", "unit", "kind", "stated_on"),
        *_repeat("c", "claim_checks", "check", "verdict", "claimed", "official", "difference", "series_id"),
        *_repeat("c", "claim_checks", "vintage_on", verdict_explanation="explanation"),
        *_repeat("i", "indicators", "mention_count", "origin_count", "review"),
        *_repeat("m", "indicator_mentions", "quote", "language"),
        *_repeat("a", "articles", "url", article_title="title", published_on="published_on"),
    ),
    clauses="""
        from indicators as i
        left join claim_checks as c on c.indicator_id = i.indicator_id
        left join indicator_mentions as m on m.mention_id = i.mention_id
        left join articles as a on a.article_id = m.article_id""",
)

_OVERDUE = View(
    name="overdue",
    description="Directives whose day has passed with no evidence of completion known, the longest overdue first. "
    "It does not say that they were not carried out.",
    columns=(
        *_repeat("b", "directives", "directive_id"),
        ViewColumn("-b.days_left", "days_overdue", "Days since the deadline.", "days"),
        *_repeat("b", "directives", "due_on", "due_text", "issued_on", "addressee_ids", "action"),
        *_repeat("b", "directive_mentions", "quote"),
        *_repeat("b", "articles", "url"),
        *_repeat("b", "directive_status", "as_of"),
    ),
    clauses="from directives_board as b where b.status = 'overdue' order by b.days_left, b.directive_id",
)

_LATEST_STATISTICS = View(
    name="latest_statistics",
    description="Official statistics in their newest vintage, with the metric's name.",
    columns=(
        *_repeat("s", "statistics", "series_id", "metric_id"),
        ViewColumn("m.name_en", "metric_name", "Name of the metric in English."),
        *_repeat("s", "statistics", "ref_area", "time_period", "obs_value", "unit_measure", "obs_status"),
        *_repeat("s", "statistics", "source_id", "vintage_on", "note"),
    ),
    clauses="from statistics as s left join metrics as m on m.metric_id = s.metric_id where s.is_latest",
)

_REVISIONS = View(
    name="revisions",
    description="Official figures that a later vintage gives otherwise: what was said when, newest revision first.",
    columns=(
        *_repeat("n", "statistics", "series_id", "metric_id", "ref_area", "time_period", "unit_measure", "source_id"),
        ViewColumn("n.value_before", "value_before", "The value in the vintage before."),
        ViewColumn("n.vintage_before", "vintage_before", "Day of that vintage."),
        *_repeat("n", "statistics", value_now="obs_value", vintage_now="vintage_on"),
        ViewColumn("n.obs_value - n.value_before", "difference", "The new value minus the one before."),
    ),
    clauses="""
        from (
          select *,
            lag(obs_value) over vintages as value_before,
            lag(vintage_on) over vintages as vintage_before
          from statistics
          where obs_value is not null and vintage_on is not null
          window vintages as (
            partition by series_id, ref_area, time_period, source_id order by vintage_on, edition
          )
        ) as n
        where n.value_before is not null and n.obs_value <> n.value_before
        order by n.vintage_on desc, n.series_id, n.time_period""",
)

_TRANSLATION_ERRORS = View(
    name="translation_errors",
    description="Where a translation says something else than the text that it translates, with the words of both.",
    columns=(
        *_repeat("p", "translation_parity", "story_id", "fact_kind", "field", "language", "said", "quote"),
        *_repeat("p", "translation_parity", "other_language", "other_said", "other_quote", "explanation"),
        *_repeat("a", "articles", "url", "title", "publisher"),
    ),
    clauses="""
        from translation_parity as p
        left join articles as a on a.article_id = p.article_id
        where p.verdict = 'translation_error'
        order by p.story_id, p.fact_kind, p.fact_id, p.field, p.language""",
)

_REPEATED_ORDERS = View(
    name="repeated_orders",
    description="Orders that were given again, with each deadline beside the one before; the longest slip first.",
    columns=(
        *_repeat("r", "directive_repetitions", "first_directive_id", "directive_id", "kind", "first_issued_on"),
        *_repeat("r", "directive_repetitions", "issued_on", "times_repeated", "previous_due_on", "due_on"),
        *_repeat("r", "directive_repetitions", "slipped_days", "total_slip_days", "basis"),
        *_repeat("d", "directives", "addressee_ids", "action"),
        *_repeat("m", "directive_mentions", "quote", "language"),
        *_repeat("a", "articles", "url"),
        *_repeat("r", "directive_repetitions", "explanation"),
    ),
    clauses="""
        from directive_repetitions as r
        left join directives as d on d.directive_id = r.directive_id
        left join directive_mentions as m on m.mention_id = d.mention_id
        left join articles as a on a.article_id = m.article_id
        where r.kind <> 'first'
        order by r.slipped_days desc nulls last, r.directive_id""",
)

_DATA_DICTIONARY = View(
    name="data_dictionary",
    description="Every table, view and column with its meaning, type, unit and source, in reading order.",
    columns=(
        *_repeat("d", "descriptions", "table_name", "column_name", "kind", "data_type", "unit", "description"),
        *_repeat("d", "descriptions", "source", "is_key", "is_required"),
        ViewColumn(
            "case when d.kind = 'table' then r.row_count end", "row_count", "Rows of a table in this release.", "rows"
        ),
    ),
    clauses="from descriptions as d left join release as r on r.table_name = d.table_name order by d.position",
)

VIEWS: tuple[View, ...] = (
    _DIRECTIVES_BOARD,
    _CLAIMS,
    _OVERDUE,
    _LATEST_STATISTICS,
    _REVISIONS,
    _TRANSLATION_ERRORS,
    _REPEATED_ORDERS,
    _DATA_DICTIONARY,
)
"""All views, each after those that it reads."""
