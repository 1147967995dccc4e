import random
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dx_pipeline.facts.directives import settle_directives
from dx_pipeline.facts.statements import Settled
from dx_pipeline.schemas.documents import Articles
from dx_pipeline.schemas.facts import Directives
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.schemas.mentions import DirectiveCandidates, DirectiveMentions
from dx_pipeline_tests.builders import (
    DAY,
    Row,
    article,
    article_id,
    articles,
    directive,
    directives,
    event,
    events,
    instrument,
    instruments,
    stories,
    story_id,
)

MAY, JUNE = date(2025, 5, 31), date(2025, 6, 30)
ENGLISH, FRENCH = article("a", origin="a"), article("b", language="fr", origin="a")
STORIES, EVENTS = stories("story"), events()
FR: dict[str, Any] = {"language": "fr"}


def _settle(*rows: Row, read: tuple[Row, ...] = (ENGLISH, FRENCH), **columns: Any) -> Settled:
    held = columns.pop("held", events())
    named = columns.pop("named", None)
    settled = settle_directives(directives(*rows), articles(*read), stories("story", "other", **columns), held, named)
    DirectiveMentions.validate(settled.mentions, lazy=True)
    Directives.validate(settled.facts, lazy=True)
    assert settled.mentions.height == len(rows)
    return settled


def _settle_unchecked(rows: Iterable[Row], read: Iterable[Row]) -> Settled:
    """Settle without validating each frame, which takes most of a property test's time."""
    return settle_directives(frame_of(DirectiveCandidates, rows), frame_of(Articles, read), STORIES, EVENTS)


def _groups(settled: Settled) -> set[frozenset[str]]:
    """Return the actions that stand together."""
    return {frozenset(actions) for actions in settled.mentions.group_by("directive_id").agg("action")["action"]}


def _only(settled: Settled) -> Row:
    assert settled.facts.height == 1
    return settled.facts.row(0, named=True)


def test_no_statements_give_no_directives() -> None:
    assert _settle().facts.is_empty()


def test_a_lead_repeated_in_the_body_is_one_directive_with_the_deadline_of_the_body() -> None:
    lead = directive("a", 0, "open a help desk in every district", confidence=0.9)
    body = directive(
        "a", 5, "open a help desk in every district office", due_on=MAY, due_edtf="2025-05", due_text="in May"
    )
    settled = _only(_settle(lead, body))
    assert (settled["action"], settled["due_on"], settled["due_text"]) == (lead["action"], MAY, "in May")
    assert (settled["mention_count"], settled["origin_count"], settled["conflicts"]) == (2, 1, [])
    assert settled["mention_id"] == lead["mention_id"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (directive("a", 0, "open a help desk"), directive("a", 1, "train the clerks of the registry")),
        (directive("a", 0, "finish stage 1 of the works"), directive("a", 1, "finish stage 2 of the works")),
        (directive("a", 0, "report to the board", due_on=MAY), directive("a", 1, "report to the board", due_on=JUNE)),
        (
            directive("a", 0, "report to the board", addressee_ids=["vnm-moh"]),
            directive("a", 1, "report to the board", addressee_ids=["vnm-moj"]),
        ),
        (
            directive("a", 0, "raise the share", target_metric_id="m", target_value=50.0),
            directive("a", 1, "raise the share", target_metric_id="m", target_value=80.0),
        ),
        (directive("a", 0, "report"), directive("a", 1, "report", issuer_id="vnm-moj", addressee_ids=[])),
    ],
)
def test_two_tasks_of_one_article_stay_two(one: Row, other: Row) -> None:
    assert _settle(one, other).facts.height == 2


def test_a_list_told_in_two_languages_is_aligned_in_order() -> None:
    english = ["open a help desk in each town", "train all clerks by post", "publish the list of forms"]
    french = ["ouvrir un guichet par ville", "former les agents à distance", "publier la liste des imprimés"]
    rows = [directive("a", n, action) for n, action in enumerate(english)]
    rows += [directive("b", n, action, **FR) for n, action in enumerate(french)]
    settled = _settle(*rows)
    assert _groups(settled) == {frozenset(pair) for pair in zip(english, french, strict=True)}
    assert settled.facts["language_count"].to_list() == [2, 2, 2]
    assert settled.facts["origin_count"].to_list() == [1, 1, 1]
    assert settled.facts["languages"].to_list() == [["en", "fr"]] * 3


def test_a_task_missing_in_one_language_shifts_no_other() -> None:
    rows = [
        directive("a", 0, "open a help desk in each town", due_on=MAY),
        directive("a", 1, "train all clerks by post"),
        directive("a", 2, "publish the list of forms", due_on=JUNE),
        directive("b", 0, "ouvrir un guichet par ville", due_on=MAY, **FR),
        directive("b", 1, "publier la liste des imprimés", due_on=JUNE, **FR),
    ]
    assert _groups(_settle(*rows)) == {
        frozenset({"open a help desk in each town", "ouvrir un guichet par ville"}),
        frozenset({"train all clerks by post"}),
        frozenset({"publish the list of forms", "publier la liste des imprimés"}),
    }


def test_numbers_tell_which_task_a_translation_states() -> None:
    rows = [
        directive("a", 0, "connect 340 schools to the network"),
        directive("a", 1, "connect 75 clinics to the network"),
        directive("b", 0, "raccorder 75 cliniques au réseau", **FR),
    ]
    assert frozenset({rows[1]["action"], rows[2]["action"]}) in _groups(_settle(*rows))


@pytest.mark.parametrize(("kept", "other"), [(0, 1), (1, 0)])
def test_words_of_one_root_tell_which_task_a_translation_states(kept: int, other: int) -> None:
    english = ["simplify the procedure for transport", "publish the electronic register"]
    french = ["simplifier les procédures de transport", "publier le registre électronique"]
    rows = [directive("a", n, action) for n, action in enumerate(english)]
    rows.append(directive("b", 0, french[kept], **FR))
    assert _groups(_settle(*rows)) == {frozenset({english[kept], french[kept]}), frozenset({english[other]})}


@pytest.mark.parametrize(
    "columns",
    [
        {"issuer_id": "vnm-moj"},
        {"addressee_ids": ["vnm-localities"]},
        {"due_on": JUNE},
        {"action": "ouvrir, dans chaque ville du pays et sans attendre, un guichet " * 3},
    ],
)
def test_translations_that_contradict_stay_apart(columns: dict[str, Any]) -> None:
    one = directive("a", 0, "open a help desk in each town", due_on=MAY)
    other = directive("b", 0, "ouvrir un guichet par ville", due_on=MAY, **FR) | columns
    assert _settle(one, other).facts.height == 2


def test_deadlines_that_differ_between_copies_are_one_directive_with_a_conflict() -> None:
    one = directive("a", 0, "open a help desk in every district", due_on=MAY)
    other = directive("c", 0, "open a help desk in every district", due_on=JUNE, confidence=0.7)
    settled = _only(_settle(one, other, read=(ENGLISH, article("c", origin="c"))))
    assert settled["due_on"] == MAY
    assert settled["conflicts"] == [
        f"due_on: 2025-05-31 (en, {article_id('a')}) against 2025-06-30 (en, {article_id('c')})"
    ]
    assert settled["origin_count"] == 2


def test_what_the_best_statement_leaves_open_comes_from_the_others() -> None:
    best = directive(
        "a", 0, "raise use of forms", confidence=0.9, issuer_id=None, addressee_ids=[], instrument_ids=["x"]
    )
    goal = {"target_metric_id": "m", "target_comparator": ">=", "target_value": 80.0, "target_unit": "percent"}
    other = directive(
        "b", 0, "accroître l'usage", confidence=0.5, instrument_ids=["w", "x"], modality="order", **FR, **goal
    )
    settled = _only(_settle(best, other))
    assert (settled["issuer_id"], settled["addressee_ids"]) == ("vnm-prime-minister", ["vnm-ministries"])
    assert {name: settled[name] for name in goal} == goal
    assert settled["instrument_ids"] == ["w", "x"]
    assert (settled["action"], settled["language"], settled["modality"]) == ("raise use of forms", "en", "request")
    assert settled["confidence"] == 0.9


def test_what_nobody_states_is_named_as_missing() -> None:
    bare = directive("a", 0, "act", issuer_id=None, addressee_ids=[])
    assert _only(_settle(bare))["missing"] == ["issuer", "addressee", "deadline", "product", "legal basis"]
    whole = directive("a", 0, "act", due_edtf="2025", target_value=1.0, instrument_ids=["x"])
    assert _only(_settle(whole))["missing"] == []


def test_a_document_to_deliver_is_a_product() -> None:
    row = directive("a", 2, "amend the decree", due_on=MAY, instrument_ids=["x"])
    inside = {"start_char": 210, "end_char": 220}
    assert "product" in _only(_settle(row))["missing"]
    assert "product" in _only(_settle(row, named=instruments(instrument("a", 2, "x", **inside))))["missing"]
    assert "product" in _only(_settle(row, named=instruments(instrument("a", 9, "x", role="object"))))["missing"]
    named = instruments(instrument("a", 2, "x", role="object", **inside))
    assert "product" not in _only(_settle(row, named=named))["missing"]


def test_an_order_is_issued_on_the_day_of_the_event_else_of_publication() -> None:
    row = directive("a", 0, "act")
    held = DAY - timedelta(days=1)
    assert _only(_settle(row))["issued_on"] == DAY
    assert _only(_settle(row, held=events(event("a", held))))["issued_on"] == held
    assert _only(_settle(row, held=events(event("b", held))))["issued_on"] == held
    assert _only(_settle(row, held=events(event("a", None))))["issued_on"] == DAY
    assert _only(_settle(row, held=events(event("a", DAY + timedelta(days=9)))))["issued_on"] == DAY
    assert _only(_settle(row, first_published_on=None))["issued_on"] is None


def test_the_same_order_in_two_stories_is_two_directives() -> None:
    rows = [directive("a", 0, "act at once"), directive("c", 0, "act at once", story="other")]
    settled = _settle(*rows, read=(ENGLISH, article("c", story="other")))
    assert settled.facts["story_id"].n_unique() == 2


def test_an_unknown_article_or_story_is_an_error_that_names_it() -> None:
    with pytest.raises(ValueError, match=article_id("z")):
        _settle(directive("z", 0, "act"))
    with pytest.raises(ValueError, match=story_id("nowhere")):
        _settle(directive("a", 0, "act", story="nowhere"))


ACTIONS = ["open a help desk in every town", "open a help desk", "train 40 clerks", "train 75 clerks", "report monthly"]


@st.composite
def statements(draw: st.DrawFn) -> list[Row]:
    """Give statements of an English article, of a French one, and of a second English one."""
    rows = []
    for name, language in (("a", "en"), ("b", "fr"), ("c", "en")):
        rows += [
            directive(
                name,
                ordinal,
                draw(st.sampled_from(ACTIONS)),
                language=language,
                issuer_id=draw(st.sampled_from(["vnm-prime-minister", None])),
                addressee_ids=draw(st.sampled_from([["vnm-ministries"], ["vnm-localities", "vnm-ministries"], []])),
                due_on=draw(st.sampled_from([None, None, MAY, JUNE])),
                instrument_ids=draw(st.sampled_from([[], ["x"]])),
                confidence=draw(st.sampled_from([0.6, 0.8])),
            )
            for ordinal in range(draw(st.integers(0, 4)))
        ]
    return rows


READ = (ENGLISH, FRENCH, article("c", origin="c", published_on=DAY + timedelta(days=1)))


@settings(max_examples=60, deadline=None)
@given(statements(), st.randoms(use_true_random=False))
def test_order_of_rows_and_reruns_change_nothing(rows: list[Row], chance: random.Random) -> None:
    settled = _settle_unchecked(rows, READ)
    read = list(READ)
    chance.shuffle(rows)
    chance.shuffle(read)
    again = _settle_unchecked(rows, read)
    assert settled.mentions.equals(again.mentions)
    assert settled.facts.equals(again.facts)


@settings(max_examples=60, deadline=None)
@given(statements())
def test_no_article_states_a_directive_twice_in_different_words(rows: list[Row]) -> None:
    mentions = _settle_unchecked(rows, READ).mentions
    for _, told in mentions.group_by("directive_id", "article_id"):
        assert told["due_on"].drop_nulls().n_unique() <= 1
        assert len({word for action in told["action"] for word in action.split() if word.isdigit()}) <= 1


@settings(max_examples=100, deadline=None)
@given(statements(), st.sampled_from("abc"))
def test_a_second_copy_of_an_article_changes_counts_alone(rows: list[Row], name: str) -> None:
    original = next(row for row in READ if row["article_id"] == article_id(name))
    copy = original | {"article_id": "art-" + "f" * 16, "capture_id": "cap-" + "f" * 16}
    copy["origin_id"] = original["origin_id"] or article_id("a")
    read = [row | {"origin_id": row["origin_id"] or article_id("a")} for row in READ]
    copied = [
        row | {"article_id": copy["article_id"], "mention_id": row["mention_id"].replace("men-", "copy-")}
        for row in rows
        if row["article_id"] == article_id(name)
    ]
    settled, more = _settle_unchecked(rows, read), _settle_unchecked([*rows, *copied], [*read, copy])
    assert settled.facts.drop("mention_count", "conflicts").equals(more.facts.drop("mention_count", "conflicts"))
    assert more.facts["mention_count"].sum() == len(rows) + len(copied)
    kept = more.mentions.filter(pl.col("article_id") != copy["article_id"])
    assert kept.equals(settled.mentions)
