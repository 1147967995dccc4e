"""Markup that would cost its parser more than it weighs."""

import time

import pytest

from dx_pipeline.evidence.judgement import Body, judge, read_walls
from dx_pipeline.evidence.media import Accept
from dx_pipeline.nesting import why_overgrown
from dx_pipeline_tests.loopback import pages
from dx_pipeline_tests.loopback.bench import ARTICLE

SLOPPY = "<html><body>" + "<font size=2><b><p>Registers go <i>online<br><a href='/x'>more<li>one<td>two" * 2_000


@pytest.mark.parametrize(
    "markup", [ARTICLE, SLOPPY, "<p>" * 50_000, "<div></div>" * 50_000, "<" * 50_000, "a < b" * 9_000]
)
def test_careless_markup_is_read(markup: str) -> None:
    assert why_overgrown(markup) is None


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ("<div>" * 5_001, "nested more than 5000 deep"),
        ("<section><DIV a='b'>" * 2_501, "nested more than 5000 deep"),
        ("".join(f"<b a={number}>" for number in range(201)), "more than 200 of its formatting elements"),
        ("".join(f"<i a={number}>" for number in range(150)) + "<p>" * 2_001, "opened again more than 300000 times"),
    ],
)
def test_overgrown_markup_is_told(markup: str, reason: str) -> None:
    assert reason in (why_overgrown(markup) or "")


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 100_000,
        "<b>" * 170_000,
        "<a><b><table>" * 20_000,
        "<article><time datetime=1>" * 20_000,
        "<svg>" * 90_000,
        "<select><option>" * 30_000,
        "<b><i><u><p>" * 20_000 + "</b></i></u>" * 20_000,
        "<" * 500_000,
        "<h1>" * 100_000,
        "<div>" * 4_900 + "</x>" * 100_000,
        "<div a='" * 60_000,
        "<!--" * 100_000,
        pages.OVERGROWN.decode(),
    ],
)
def test_hostile_markup_is_judged_in_little_time(body: str) -> None:
    url = "https://press.example/a"
    content = f"<html><body>{body}".encode()
    started = time.process_time()
    judge(
        Body(url=url, final_url=url, headers={"content-type": "text/html"}, content=content), Accept.PAGE, read_walls()
    )
    assert time.process_time() - started < 5
