from datetime import date

from dx_pipeline.findings.boards import count_by_addressee
from dx_pipeline.findings.status import judge_directives
from dx_pipeline.schemas.findings import OrganisationBoard
from dx_pipeline_tests.findings.builders import METRICS, directive, directives, egdi, statistics

_COUNTS = (
    "directives", "met", "missed", "overdue", "due_soon", "open", "no_deadline", "not_comparable", "with_deadline",
)  # fmt: skip


def test_counts_and_their_denominators() -> None:
    orders = directives(
        directive("late", due_on=date(2024, 5, 9), addressee_ids=["vnm-mic", "vnm-ministries", "vnm-mic"]),
        directive("soon", due_on=date(2024, 12, 31), addressee_ids=["vnm-mic"]),
        directive("open", due_on=date(2025, 12, 31), addressee_ids=["vnm-mic"]),
        directive("free"),
        directive("goal", target_metric_id="un-egdi-rank", target_comparator=">=", target_change=5.0),
        directive("nobody", addressee_ids=[]),
    )
    status = judge_directives(orders, statistics(*egdi()), METRICS, date(2024, 12, 24))
    counted = OrganisationBoard.validate(count_by_addressee(orders, status), lazy=True)
    board = counted.select("organisation_id", *_COUNTS).to_dicts()
    assert board == [
        {
            "organisation_id": "vnm-mic", "directives": 5, "met": 1, "missed": 0, "overdue": 1, "due_soon": 1,
            "open": 1, "no_deadline": 1, "not_comparable": 0, "with_deadline": 3,
        },
        {
            "organisation_id": "vnm-ministries", "directives": 1, "met": 0, "missed": 0, "overdue": 1, "due_soon": 0,
            "open": 0, "no_deadline": 0, "not_comparable": 0, "with_deadline": 1,
        },
    ]  # fmt: skip


def test_newest_day_counts() -> None:
    orders = directives(directive("late", due_on=date(2024, 6, 1)))
    early, late = (judge_directives(orders, statistics(), METRICS, day) for day in (date(2024, 5, 7), date(2024, 7, 1)))
    (row,) = count_by_addressee(orders, late.vstack(early)).to_dicts()
    assert (row["directives"], row["overdue"], row["due_soon"]) == (1, 1, 0)
