"""Every web source of the catalogue has a page in the markup of its site, and reads it as it says.

The pages are written for this project, in `sites/SOURCE/`; `docs/sources.md` tells how to add one. A further page of a
source, as of an older layout, is in a folder of that one.
"""

import tomllib
from collections import Counter
from datetime import datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dx_pipeline.documents.drift import LEAST_AGREEMENT, judge_templates
from dx_pipeline.documents.parse import Parsed, parse_captures
from dx_pipeline.documents.templates import choose_selectors, selectors_of
from dx_pipeline.evidence.page_addresses import host_of, source_hosts
from dx_pipeline.schemas.documents import STORY_KINDS
from dx_pipeline.schemas.evidence import Captures
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import read_article_sources
from dx_pipeline_tests.documents.conftest import captured, texts

SITES = Path(__file__).parent / "sites"
SOURCES = {source.source_id: source for source in read_article_sources(CATALOGUE) if source.discovery}
PLACES = sorted(str(path.parent.relative_to(SITES)) for path in SITES.rglob("page.html"))
REQUIRED = {"captured_on", "url", "title", "published_on", "language", "first", "last", "absent"}
FIELDS = ("title", "author", "section", "published_on", "language")


@cache
def expected(place: str) -> dict[str, Any]:
    return tomllib.loads((SITES / place / "expected.toml").read_text(encoding="utf-8"))


@cache
def recorded(place: str) -> tuple[Any, bytes]:
    """Return a page's captures and its bytes."""
    body = (SITES / place / "page.html").read_bytes()
    at = datetime.combine(expected(place)["captured_on"], time(9))
    row = captured(
        "page.html", body, "text/html; charset=utf-8", source_id=source_id(place), url=expected(place)["url"],
        captured_at=at,
    )  # fmt: skip
    return frame_of(Captures, [row]), body


@cache
def parsed(place: str) -> Parsed:
    captures, body = recorded(place)
    source = SOURCES[source_id(place)]
    return parse_captures(captures, lambda _: body, "run-1", {source.source_id: source.selectors})


def source_id(place: str) -> str:
    return Path(place).parts[0]


@pytest.mark.parametrize("source", SOURCES)
def test_a_web_source_has_a_page_and_says_what_it_expects(source: str) -> None:
    folder = SITES / source
    assert (folder / "page.html").is_file(), f"record a page as {folder}/page.html; docs/sources.md tells how"
    assert (folder / "expected.toml").is_file(), f"write down what is read of it in {folder}/expected.toml"


@pytest.mark.parametrize("place", PLACES)
def test_an_expectation_is_whole(place: str) -> None:
    assert source_id(place) in SOURCES, f"{SITES / place} is of no web source; remove it"
    wanted = expected(place)
    assert set(wanted) >= REQUIRED, f"{place}/expected.toml lacks {', '.join(sorted(REQUIRED - set(wanted)))}"
    assert set(wanted) <= REQUIRED | set(FIELDS)
    assert len(wanted["absent"]) >= 4, "name texts of menu, related pages, captions and advertisements"
    page = recorded(place)[1].decode("utf-8")
    assert all(text in page for text in wanted["absent"]), "a text that is not in the page cannot be kept out of it"
    assert host_of(wanted["url"]) in source_hosts(SOURCES[source_id(place)])


@pytest.mark.parametrize("place", PLACES)
def test_a_page_is_read_as_expected(place: str) -> None:
    wanted, row = expected(place), parsed(place).articles.row(0, named=True)
    assert {key: row[key] for key in FIELDS if key in wanted} == {key: wanted[key] for key in FIELDS if key in wanted}
    assert row["text_by"] == "selectors"
    story = texts(parsed(place), *STORY_KINDS)
    assert 5 <= len(story) <= 30
    assert story[0].startswith(wanted["first"])
    assert story[-1].endswith(wanted["last"])
    told = "\n".join(texts(parsed(place), *STORY_KINDS, "heading"))
    assert [text for text in wanted["absent"] if text in told] == []


@pytest.mark.parametrize("place", PLACES)
def test_selectors_fit_their_page_and_agree_with_trafilatura(place: str) -> None:
    captures, body = recorded(place)
    source = SOURCES[source_id(place)]
    verdict = judge_templates(captures, lambda _: body, {source.source_id: source.selectors})
    chosen = choose_selectors(source.selectors, expected(place)["captured_on"])
    assert chosen is not None
    assert verdict["part"].to_list() == sorted(selectors_of(chosen))
    assert verdict.filter("drifted")["part"].to_list() == []
    (agreement,) = verdict.drop_nulls("agreement")["agreement"]
    assert agreement >= LEAST_AGREEMENT


def test_no_two_pages_tell_the_same() -> None:
    told = Counter(text for place in PLACES for text in {*texts(parsed(place), *STORY_KINDS)} if len(text) > 30)
    assert [text for text, pages in told.items() if pages > 1] == []
