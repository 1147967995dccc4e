"""Selectors of a source: read first, by the day, and given up where they no longer fit."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from dx_pipeline.documents.drift import describe_drift, judge_templates
from dx_pipeline.documents.parse import Parsed, parse_captures
from dx_pipeline.documents.templates import choose_selectors
from dx_pipeline.schemas.evidence import Captures
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.specs import Selectors
from dx_pipeline_tests.documents.conftest import captured, texts

STORY = (
    "The lake towns agreed on Friday to keep one register of permits, said the mayor of Easthaven in the evening.",
    "Every town shall name one person in charge before the end of May, the agreement says in its first part.",
    "About 62 per cent of all permits are filed online today, against 48 per cent in the year before that.",
)
LONG = tuple(f"{text} So said town number {number}." for number in range(4) for text in STORY)
TEASERS = "".join(
    f"<p>Most read this week: a harbour full of herring, part {n} of a long series.</p>" for n in range(4)
)
SITE = Selectors(
    title=".t9",
    author=".w9",
    section=".c9",
    published=".d9",
    body=".b9",
    remove=(".promo9", ".promo9 p", "p.ad9"),
)


def page(story: Iterable[str] = STORY, body_class: str = "b9", number: int = 0) -> str:
    paragraphs = "".join(f"<p>{text}</p>" for text in story)
    return f"""<html><head><title>Site</title></head><body><h1>Lake Gazette</h1><div class="c9">Towns</div>
<h2 class="t9">One register for all, {number}</h2><i class="w9">Anna Berg</i> <i class="w9">Ola Vik</i>
<b class="d9">12 April 2025</b><div class="{body_class}">{paragraphs}
<div class="promo9"><p>Subscribe to the letter of the lake towns for 9 crowns, it comes on every Friday.</p></div></div>
<div>{TEASERS}</div></body></html>"""


def parse(html: str, selectors: tuple[Selectors, ...] = (SITE,), **more: Any) -> Parsed:
    row = captured("p.html", html.encode(), "text/html", **more)
    return parse_captures(frame_of(Captures, [row]), lambda _: html.encode(), "run-1", {"papers": selectors})


def test_selectors_find_what_no_rule_could() -> None:
    parsed = parse(page())
    row = parsed.articles.row(0, named=True)
    assert (row["title"], row["author"], row["section"]) == ("One register for all, 0", "Anna Berg, Ola Vik", "Towns")
    assert (row["published_on"], row["published_on_source"]) == (date(2025, 4, 12), "page")
    assert row["text_by"] == "selectors"
    assert texts(parsed, "body") == list(STORY)
    assert "crowns" not in row["text"]
    assert "herring" not in row["text"]


def test_a_page_without_its_body_is_read_as_if_there_were_no_selector() -> None:
    changed = page(body_class="b10")
    row, without = parse(changed).articles.row(0, named=True), parse(changed, ()).articles.row(0, named=True)
    assert row["text_by"] == without["text_by"] != "selectors"
    assert STORY[2] in row["text"]
    assert (row["author"], without["author"]) == ("Anna Berg, Ola Vik", None)


def test_a_field_whose_selector_is_gone_is_empty() -> None:
    row = parse(page().replace("w9", "w10").replace("c9", "c10").replace("d9", "d10")).articles.row(0, named=True)
    assert (row["author"], row["section"], row["text_by"]) == (None, None, "selectors")


@pytest.mark.parametrize("inside", ["", "  –  ", "Only a teaser of the story, nothing else."])
def test_a_body_that_holds_another_text_than_trafilatura_finds_is_given_up(inside: str) -> None:
    paragraphs = "".join(f"<p>{text}</p>" for text in STORY * 3)
    html = f'<html><body><h1>One register</h1><div class="b9">{inside}</div><main>{paragraphs}</main></body></html>'
    parsed = parse(html)
    assert parsed.articles["text_by"].to_list() != ["selectors"]
    assert STORY[1] in parsed.articles["text"][0]


def test_a_remove_that_takes_everything_leaves_the_page_to_the_rules() -> None:
    greedy = Selectors(body=".b9", remove=("p", "div", ".b9"))
    row = parse(page(), (greedy,)).articles.row(0, named=True)
    assert row["text_by"] != "selectors"
    assert STORY[0] in row["text"]


def test_what_stands_between_headline_and_body_is_removed_too_but_never_what_holds_them() -> None:
    bar = page().replace('<div class="b9">', '<div class="tools">Print this page, send it on</div><div class="b9">')
    held = Selectors(title=".t9", body=".b9", remove=(".tools", "body", ".promo9"))
    parsed = parse(bar, (held,))
    assert parsed.articles["text_by"].to_list() == ["selectors"]
    assert parsed.articles["title"].to_list() == ["One register for all, 0"]
    assert texts(parsed, "body") == list(STORY)
    assert "Print" not in parsed.articles["text"][0]
    assert "Print" in parse(bar).articles["text"][0]


def test_the_day_of_capture_chooses_the_selectors() -> None:
    old, new = Selectors(body=".old"), Selectors(valid_from=date(2026, 1, 15), body=".b9")
    assert choose_selectors((new, old), date(2026, 1, 14)) is old
    assert choose_selectors((new, old), date(2026, 1, 15)) is new
    assert choose_selectors((old, new), None) is new
    assert choose_selectors((new,), date(2026, 1, 14)) is None
    before = {"captured_at": datetime.fromisoformat("2026-01-14T23:00")}
    assert parse(page(), (old, new)).articles["text_by"].to_list() == ["selectors"]
    assert parse(page(), (old, new), **before).articles["text_by"].to_list() != ["selectors"]


def test_what_is_no_selector_finds_nothing() -> None:
    broken = Selectors(body="div[", remove=("###",), title="h1")
    assert STORY[0] in parse(page(), (broken,)).articles["text"][0]


def _day(pages: Iterable[str], day: str = "2026-01-15") -> tuple[pl.DataFrame, dict[str, bytes]]:
    bodies = [html.encode() for html in pages]
    at = datetime.fromisoformat(f"{day}T08:00")
    rows = [captured(f"{day}-{n}.html", body, "text/html", captured_at=at) for n, body in enumerate(bodies)]
    return frame_of(Captures, rows), {row["sha256"]: body for row, body in zip(rows, bodies, strict=True)}


def _judge(pages: Iterable[str], **more: Any) -> dict[str, dict[str, Any]]:
    captures, bodies = _day(pages)
    frame = judge_templates(captures, bodies.__getitem__, {"papers": (SITE,), "others": (SITE,)}, **more)
    return {row["part"]: row for row in frame.iter_rows(named=True)}


def test_selectors_that_fit_are_no_drift() -> None:
    verdict = _judge(page(LONG, number=n) for n in range(5))
    assert {part: (row["pages"], row["found"], row["drifted"]) for part, row in verdict.items()} == dict.fromkeys(
        ("author", "body", "published", "section", "title"), (5, 5, False)
    )
    assert verdict["body"]["agreement"] > 0.8
    assert verdict["title"]["agreement"] is None


def test_a_body_that_is_gone_from_a_day_s_pages_is_drift_and_says_what_to_do() -> None:
    verdict = _judge([*(page(body_class="b10", number=n) for n in range(4)), page(number=9)])
    assert (verdict["body"]["found"], verdict["body"]["drifted"], verdict["title"]["drifted"]) == (1, True, False)
    told = describe_drift(verdict["body"])
    assert told.startswith("papers: on 2026-01-15, selector '.b9' of body found something in 1 of 5 pages")
    assert "add [[selectors]] with valid_from" in told


def test_a_body_that_holds_something_else_is_drift() -> None:
    verdict = _judge(page(LONG, body_class="x", number=n).replace("<div>", '<div class="b9">') for n in range(3))
    assert verdict["body"]["found"] == 3
    assert verdict["body"]["agreement"] < 0.6
    assert verdict["body"]["drifted"]


def test_few_pages_of_the_newest_day_are_judged_and_always_the_same() -> None:
    old, old_bodies = _day((page(body_class="b10", number=n) for n in range(9)), "2026-01-14")
    new, new_bodies = _day(page(number=n) for n in range(9))
    bodies = old_bodies | new_bodies
    asked: list[str] = []

    def read(sha256: str) -> bytes:
        asked.append(sha256)
        return bodies[sha256]

    first = judge_templates(pl.concat([old, new]), read, {"papers": (SITE,)}, most=4)
    assert asked == sorted(new_bodies)[:4]
    again = judge_templates(pl.concat([new, old]).reverse(), read, {"papers": (SITE,)}, most=4)
    assert first.equals(again)
    assert first["captured_on"].unique().to_list() == [date(2026, 1, 15)]


def test_what_is_no_page_is_passed_over() -> None:
    rows = [captured("a.pdf", b"%PDF-1.7", "application/pdf"), captured("b.html", b"\x81\x8d\x8f" * 9, "text/html")]
    bodies = {row["sha256"]: b"%PDF-1.7" if row["url"].endswith("pdf") else b"\x81\x8d\x8f" * 9 for row in rows}
    frame = frame_of(Captures, [*rows, captured("c.html", b"", "text/html", outcome="timeout", sha256=None)])
    assert judge_templates(frame, bodies.__getitem__, {"papers": (SITE,)}).is_empty()
    assert judge_templates(frame.clear(), bodies.__getitem__, {}).is_empty()
