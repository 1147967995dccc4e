import re
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dx_pipeline.report import claims, orders
from dx_pipeline.report.formats import change, figure, number, safe_link
from dx_pipeline.report.page import render_report
from dx_pipeline_tests.report.release import release

Attributes = dict[str, str | None]
_VOID = {"meta", "br", "link", "img", "input"}


class Page(HTMLParser):
    """The page's elements, with a check that every element is closed in turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, Attributes]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self._open[-1] if self._open else "", data.strip()))

    def all(self, tag: str) -> list[Attributes]:
        return [attributes for name, attributes in self.elements if name == tag]

    def under(self, tag: str) -> list[str]:
        return [text for name, text in self.texts if name == tag]


@pytest.fixture(scope="module")
def html() -> str:
    return render_report(release())


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_page_loads_nothing_from_anywhere(html: str, page: Page) -> None:
    names = {name for name, _ in page.elements}
    assert names.isdisjoint({"script", "img", "link", "iframe", "object", "embed", "form", "base", "svg"})
    assert "url(" not in html
    assert "@import" not in html
    assert not any(
        key.startswith("on") or key in {"src", "style"} for _, attributes in page.elements for key in attributes
    )


def test_links_lead_to_anchors_of_the_page_or_out_with_noopener(page: Page) -> None:
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for attributes in page.all("a"):
        href = attributes["href"] or ""
        if href.startswith("#"):
            assert href[1:] in ids
        else:
            assert href.startswith("https://news.example.org/")
            assert "noopener" in (attributes["rel"] or "")


def test_every_table_has_a_caption_and_every_quote_its_language(page: Page) -> None:
    assert len(page.all("table")) == len(page.all("caption")) == 3
    assert {attributes["lang"] for attributes in page.all("blockquote")} == {"en", "vi", "fr", "nb", "pl"}
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("summary")) == len(page.all("details"))


def test_headings_go_down_one_step_at_a_time(page: Page) -> None:
    levels = [int(name[1]) for name, _ in page.elements if re.fullmatch("h[1-6]", name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_directives_stand_under_their_status(page: Page, html: str) -> None:
    assert page.under("h3") == ["Overdue", "Due soon", "Open", "Met", "Missed", "Not comparable", "Without a deadline"]
    overdue = html[html.index('id="orders-overdue"') : html.index('id="orders-due_soon"')]
    for said in ("Prime Minister", "ministries, agencies and localities", "30 September 2024", "National Programme"):
        assert said in overdue
    assert "no evidence of completion is known" in overdue
    collapsed = html[html.index('id="orders-no_deadline"') : html.index('id="board"')]
    assert collapsed.index("<details>") < collapsed.index("<ol")


def test_numbers_are_formatted_and_judged(html: str) -> None:
    numbers = html[html.index('id="numbers"') : html.index('id="disputes"')]
    for said in (
        "71 of 193", "up 15 places since 2022", "1,013 million transactions", "≥ 91%", "~ 2–5%", "+678, +30%",
        "Confirmed", "Contradicted", "Consistent", "Not comparable", "target",
    ):  # fmt: skip
        assert said in numbers


def test_disagreements_and_what_was_not_read_are_told(html: str) -> None:
    disputes = html[html.index('id="disputes"') : html.index('id="unread"')]
    for said in ("13.17%", "18.3%", "rank 25 of 194 in 2020", "tier 1", "2025-03-31 another"):
        assert said in disputes
    assert "71 of 193" not in disputes
    assert "broken.html: byte 0x81" in html[html.index('id="unread"') :]


def test_header_tells_day_articles_and_sources(html: str) -> None:
    header = html[html.index("<header>") : html.index("<main>")]
    for said in ("As of 10 June 2025", "5 articles telling 1 story", "1 in Vietnamese", "Example News", "CC BY 4.0"):
        assert said in header
    assert "Release" not in header
    numbered = render_report(release() | {"release": pl.DataFrame({"number": [7]})})
    assert "Release 7" in numbered


def test_terms_tell_how_well_it_reads_with_denominators(html: str) -> None:
    terms = html[html.index('id="terms"') :]
    assert "Directives, articles labelled by hand, set “blind”: 90 of 100 found are right, 90 of 120 stated" in terms
    assert terms.count("labelled by hand") == 1
    assert "How well it reads" not in render_report({})


def test_unknown_ids_stand_for_themselves(html: str) -> None:
    assert "vnm-office-of-nowhere" in html


def test_the_statement_that_gave_the_words_is_quoted_first(page: Page) -> None:
    assert page.all("blockquote")[0]["lang"] == "en"


def test_text_from_outside_is_escaped(html: str) -> None:
    assert "<b>without" not in html
    assert "report &lt;b&gt;without delay&lt;/b&gt;" in html
    assert "<b>niezwłocznie" not in html


HOSTILE = """"><script>alert(1)</script>'{{ 7 * 7 }}</style>&<!--"""


def test_hostile_text_in_every_column_changes_nothing_of_the_page(page: Page) -> None:
    tables = release()
    spoilt = {
        name: frame.with_columns(
            pl.lit(HOSTILE).alias(column)
            for column, kind in frame.schema.items()
            if kind == pl.String and not column.endswith("_id") and column not in {"status", "verdict", "check", "kind"}
        )
        for name, frame in tables.items()
    }
    hostile = Page(render_report(spoilt))
    assert {name for name, _ in hostile.elements} <= {"cite"} | {name for name, _ in page.elements}
    assert any(HOSTILE in text for _, text in hostile.texts)
    assert all((attributes["href"] or "").startswith("#") for attributes in hostile.all("a"))


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", " https://a", "ht\ntps://a", "//a", "x", "http://[", None]
)
def test_only_plain_addresses_are_linked(url: str | None) -> None:
    assert safe_link(url) is None


@pytest.mark.parametrize("url", ["http://a.example/b?c=d", "https://a.example", "file:///tmp/a.txt"])
def test_web_and_file_addresses_are_linked(url: str) -> None:
    assert safe_link(url) == url


def test_page_of_nothing_says_so() -> None:
    empty = Page(render_report({}))
    said = " ".join(text for _, text in empty.texts)
    for words in (
        "No directive has been read yet.",
        "No number has been read yet.",
        "Nothing known disagrees.",
        "Everything was read.",
    ):
        assert words in said


def test_long_lists_are_cut_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders, "LIMIT", 1)
    monkeypatch.setattr(claims, "LIMIT", 3)
    html = render_report(release())
    assert "1 of 2 are shown; all are in the table" in html
    assert "3 of 8 are shown; all are in the table" in html


def test_same_tables_in_another_order_give_the_same_page(html: str) -> None:
    assert render_report({name: frame.reverse() for name, frame in release().items()}) == html


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (647_000_000.0, "647 million"),
        (1_500_000_000_000.0, "1.5 trillion"),
        (2_500_000_000.0, "2.5 billion"),
        (1_013_000_000.0, "1,013 million"),
        (128_866_823.0, "128,866,823"),
        (999_999.0, "999,999"),
        (0.2, "0.2"),
        (-3.0, "-3"),
    ],
)
def test_numbers_lose_no_digit(value: float, written: str) -> None:
    assert number(value) == written


@given(st.floats(-1e15, 1e15).map(lambda value: round(value, 2)))
@settings(deadline=None, max_examples=200)
def test_written_numbers_can_be_read_back(value: float) -> None:
    digits, _, name = number(value).partition(" ")
    size = {"": 1.0, "million": 1e6, "billion": 1e9, "trillion": 1e12}[name]
    assert float(digits.replace(",", "")) * size == pytest.approx(value, rel=1e-12)


def test_level_without_a_value_and_change_without_a_level() -> None:
    row = {"value": None, "value_high": None, "unit": "rank", "out_of": None, "comparator": "="}
    assert figure(row) == "—"
    moved = {"change": -1.0, "change_percent": None, "change_since": None, "unit": "rank"}
    assert change(moved) == "down 1 place"
    assert change(moved | {"change": None, "change_percent": -2.5}) == "−2.5%"
    assert change(moved | {"change": None}) == ""
    assert change(moved | {"unit": "percent", "change": 1.2}) == "+1.2 points"


def test_release_of_another_day_shows_that_day() -> None:
    tables = release()
    moved = tables["directive_status"].with_columns(pl.lit(date(2026, 1, 2)).alias("as_of"))
    assert "As of 2 January 2026" in render_report(tables | {"directive_status": moved})
