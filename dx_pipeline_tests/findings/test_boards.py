from datetime import date

from dx_pipeline.findings.boards import count_by_addressee, count_by_instrument, count_by_province, score_clarity
from dx_pipeline.findings.status import judge_directives
from dx_pipeline.schemas.facts import Organisations
from dx_pipeline.schemas.findings import DirectiveClarity, InstrumentBoard, OrganisationBoard, ProvinceBoard
from dx_pipeline.schemas.frames import frame_of
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


BODIES = frame_of(
    Organisations,
    [
        {
            "organisation_id": "vnm-mic", "kind": "ministry", "name_en": "MIC", "valid_until": "2025-02",
            "successor_id": "vnm-most",
        },
        {"organisation_id": "vnm-most", "kind": "ministry", "name_en": "MOST"},
        {"organisation_id": "vnm-nghe-an-chairman", "kind": "office", "name_en": "Chairman", "area": "VN-22"},
        {"organisation_id": "vnm-nghe-an-police", "kind": "office", "name_en": "Police", "area": "VN-22"},
    ],
)  # fmt: skip


def test_a_successor_has_what_was_still_open() -> None:
    orders = directives(
        directive("late", due_on=date(2024, 5, 9)),
        directive("goal", target_metric_id="un-egdi-rank", target_comparator=">=", target_change=5.0),
        directive("own", addressee_ids=["vnm-most"]),
        directive("both", addressee_ids=["vnm-mic", "vnm-most"]),
    )
    for day, inherited, counted in ((date(2025, 2, 28), 0, 2), (date(2025, 3, 1), 1, 3)):
        status = judge_directives(orders, statistics(*egdi()), METRICS, day)
        board = OrganisationBoard.validate(count_by_addressee(orders, status, BODIES), lazy=True)
        rows = {row["organisation_id"]: row for row in board.to_dicts()}
        assert (rows["vnm-most"]["inherited"], rows["vnm-most"]["directives"]) == (inherited, counted)
        assert (rows["vnm-mic"]["inherited"], rows["vnm-mic"]["directives"]) == (0, 3)


def test_programmes_and_provinces_have_boards_of_their_own() -> None:
    orders = directives(
        directive("one", instrument_ids=["project", "decree"], addressee_ids=["vnm-nghe-an-chairman"]),
        directive("two", instrument_ids=["project"], addressee_ids=["vnm-nghe-an-chairman", "vnm-nghe-an-police"]),
        directive("three"),
    )
    status = judge_directives(orders, statistics(), METRICS, date(2024, 12, 24))
    programmes = InstrumentBoard.validate(count_by_instrument(orders, status), lazy=True)
    assert programmes.select("instrument_id", "directives").rows() == [("decree", 1), ("project", 2)]
    provinces = ProvinceBoard.validate(count_by_province(orders, status, BODIES), lazy=True)
    assert provinces.select("area", "directives").rows() == [("VN-22", 2)]


def test_six_clearnesses_are_scored() -> None:
    orders = directives(directive("vague", missing=["deadline", "legal basis"]), directive("clear"))
    scored = DirectiveClarity.validate(score_clarity(orders), lazy=True).sort("score")
    assert scored["score"].to_list() == [4, 6]
    vague = scored.row(0, named=True)
    assert (vague["deadline"], vague["legal_basis"], vague["task"]) == (0, 0, 1)
    assert vague["unstated"] == ["deadline", "legal basis"]
    status = judge_directives(orders, statistics(), METRICS, date(2024, 12, 24))
    (row,) = count_by_addressee(orders, status).to_dicts()
    assert (row["clear"], row["clear_of"], row["clarity"]) == (10, 12, 10 / 12)
