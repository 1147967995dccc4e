"""Forms on pages: what is posted back, and which links are followed."""

import pytest

from dx_pipeline.evidence.forms import find_link, read_form, same_host

PAGE = b"""<form action="/search"><input name="q"></form>
<form action="./Default"><input type="HIDDEN" name="__VIEWSTATE" value="a&amp;b"><input type="hidden" name="c">
<select name="p$ctl1$List"><option value="0">x<option value="1" selected>y</select>
<select name="p$Format"><option value="table">t</select><input type="submit" name="p$Go" value="Go">
<input type=hidden></form>
<a href="mailto:x@y.example">EGOV_DATA</a><a href="https://evil.example/EGOV_DATA_2024.csv">a</a>
<a href="files/EGOV_DATA_2024.csv">b</a>"""
ADDRESS = "https://office.example/data/page"


def test_the_form_with_the_page_s_state_is_posted_back() -> None:
    form = read_form(PAGE, ADDRESS)
    assert form is not None
    assert form.action == "https://office.example/data/Default"
    assert form.filled({"Format": "json", "Go": "Go"}, choose_all=True) == [
        ("__VIEWSTATE", "a&b"), ("c", ""), ("p$ctl1$List", "0"), ("p$ctl1$List", "1"), ("p$Format", "json"),
        ("p$Go", "Go"),
    ]  # fmt: skip
    assert form.filled({"unknown": "1"}, choose_all=False) == [("__VIEWSTATE", "a&b"), ("c", ""), ("unknown", "1")]


@pytest.mark.parametrize(
    "page", [b"", b"<p>no form</p>", b'<form action="https://evil.example/"></form>', b"\xff\x00<form action='//e'>"]
)
def test_a_page_without_a_form_of_its_own_has_none(page: bytes) -> None:
    assert read_form(page, ADDRESS) is None


def test_only_links_to_the_same_host_are_followed() -> None:
    assert find_link(PAGE, ADDRESS, "egov_data_2024.csv") == "https://office.example/data/files/EGOV_DATA_2024.csv"
    assert find_link(PAGE, ADDRESS, "EGOV_DATA_2026.csv") is None


@pytest.mark.parametrize(
    "told", ["javascript:alert(1)", "file:///etc/passwd", "http://[", "https://office.example:444/", "data:text/csv,a"]
)
def test_other_addresses_are_of_no_host(told: str) -> None:
    assert same_host(told, ADDRESS) is None
