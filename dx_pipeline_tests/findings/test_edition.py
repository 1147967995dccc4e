"""What is in the embedded edition on purpose is found, and is not found once the rule that finds it is taken out."""

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from dx_pipeline.facts import completion, parity, repetitions, story_links
from dx_pipeline.findings import claims, proofs
from dx_pipeline.findings.official import OfficialFigures, newest_known
from dx_pipeline_tests.findings.edition import Tables, embedded, read_embedded, settle


def nothing(*_: Any, **__: Any) -> tuple[()]:
    """Stand in for a rule that finds something."""
    return ()


def no_rows(*_: Any, **__: Any) -> list[Any]:
    """Stand in for a rule that returns rows."""
    return []


def none(*_: Any, **__: Any) -> None:
    """Stand in for a rule that returns one thing."""


def checks(tables: Tables, **wanted: Any) -> list[str]:
    return tables["claim_checks"].filter(**wanted)["explanation"].to_list()


def misprint(tables: Tables) -> bool:
    told = checks(tables, check="official", verdict="contradicted")
    return any("rank 71 of 193, the claim says 70" in text for text in told)


def accounts(tables: Tables) -> bool:
    told = checks(tables, check="sources", verdict="contradicted")
    return any("55,250,000" in text and "60,000,000" in text for text in told)


def definitions(tables: Tables) -> bool:
    told = checks(tables, check="official", verdict="not_comparable", reason="definition")
    return any("13.17%, the claim says 18.3%" in text for text in told)


def translation_error(tables: Tables) -> bool:
    wrong = tables["translation_parity"].filter(verdict="translation_error", language="nb", said="34000000")
    told = checks(tables, check="sources", reason="translation")
    return wrong["other_said"].to_list() == ["3400000"] and "says 3,400,000: an error of translation" in told[0]


def revision(tables: Tables) -> bool:
    told = checks(tables, check="official", verdict="confirmed")
    return any("for 2022 is 12.67%" in text and "later given as 12.83" in text for text in told)


def method_break(tables: Tables) -> bool:
    told = checks(tables, check="official", verdict="not_comparable", reason="method_break")
    return any("publishes tiers, not ranks" in text for text in told)


def slip(tables: Tables) -> bool:
    moved = tables["directive_repetitions"].filter(pl.col("slipped_days") > 0)
    return {(str(was), str(now)) for was, now in moved.select("previous_due_on", "due_on").iter_rows()} >= {
        ("2024-05-31", "2024-07-31"),
        ("2025-07-31", "2025-08-05"),
    }


def repetition(tables: Tables) -> bool:
    told = tables["directive_repetitions"].filter(kind="repeated")
    return {"2024-05-07", "2025-07-17"} <= set(told["first_issued_on"].cast(pl.String))


def missed_by_repetition(tables: Tables) -> bool:
    told = tables["directive_status"].filter(status="missed", evidence_kind="repetition")
    return any("due on 31 July 2025 and ordered again on 1 August 2025" in text for text in told["explanation"])


def notice(tables: Tables) -> bool:
    """The notice of 23 February on the meeting of 6 February is another text, and linked to it."""
    told = tables["story_links"].filter(kind="same_meeting")
    return any("vnm-national-committee-dx, meeting 10" in linked for linked in told["evidence"].to_list())


def amended(tables: Tables) -> bool:
    told = tables["directive_status"].filter(status="met_late", evidence_kind="document")
    return any("10 July 2024, 40 days after the deadline" in text for text in told["explanation"])


def set_up(tables: Tables) -> bool:
    told = tables["directive_status"].filter(status="met", evidence_kind="article")
    return any("takie komitety działają" in (quote or "") for quote in told["evidence_quote"].to_list())


RULES: dict[str, tuple[Callable[[Tables], bool], Any, str, Any]] = {
    "contradiction by an official figure": (misprint, claims, "_check_official", nothing),
    "contradiction of two sources": (accounts, claims, "check_sources", no_rows),
    "two definitions": (definitions, claims, "_other_definition", none),
    "translation error": (translation_error, parity, "_differing", nothing),
    "revision": (revision, claims, "_as_stated", lambda observations, _: newest_known(observations)),
    "method break": (method_break, OfficialFigures, "discontinued", none),
    "slip": (slip, repetitions, "_due_before", none),
    "repetition": (repetition, repetitions, "_basis", no_rows),
    "a day missed, as the order came again": (missed_by_repetition, proofs, "_given_again", no_rows),
    "a notice is linked": (notice, story_links, "_same_meeting", nothing),
    "a document delivers": (amended, completion, "_documents", nothing),
    "an article tells of completion": (set_up, completion, "_decide", none),
}


@pytest.mark.parametrize("name", RULES)
def test_it_is_found(name: str) -> None:
    found, *_ = RULES[name]
    assert found(embedded())


@pytest.mark.parametrize("name", RULES)
def test_it_is_not_found_without_its_rule(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found, module, rule, stand_in = RULES[name]
    monkeypatch.setattr(module, rule, stand_in)
    try:
        tables = settle(read_embedded())
    except (IndexError, StopIteration) as error:  # pragma: no cover - a rule that others lean on
        pytest.fail(f"the rule {rule} cannot be taken out: {error}")
    try:
        assert not found(tables)
    except IndexError:
        assert not checks(tables, check="sources", reason="translation")


def test_the_notice_is_a_story_of_its_own() -> None:
    linked = embedded()["story_links"].filter(kind="same_meeting")
    assert linked.filter(pl.col("days_between") > 3).height
    assert linked.filter(pl.col("story_id") == pl.col("other_story_id")).is_empty()


def test_no_claim_is_contradicted_where_a_definition_differs() -> None:
    tables = embedded()
    several = tables["indicators"].filter(metric_id="digital-economy-share-of-gdp")["indicator_id"].implode()
    told = tables["claim_checks"].filter(pl.col("indicator_id").is_in(several))
    assert "contradicted" not in set(told["verdict"])
