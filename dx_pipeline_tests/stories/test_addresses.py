import pytest
from hypothesis import given
from hypothesis import strategies as st

from dx_pipeline.stories.addresses import page_address, site


@pytest.mark.parametrize(
    "spelling",
    [
        "https://news.example/dx/report-123.htm",
        "http://news.example/dx/report-123.htm",
        "HTTPS://WWW.NEWS.EXAMPLE/dx/report-123.htm/",
        "https://news.example:443/dx/report-123.htm#comments",
        " https://news.example/dx/report-123.htm?utm_source=mail&fbclid=abc ",
    ],
)
def test_spellings_of_one_page_fold_to_one_address(spelling: str) -> None:
    assert page_address(spelling) == "news.example/dx/report-123.htm"


def test_case_of_path_and_real_parameters_are_kept_in_any_order() -> None:
    assert page_address("https://news.example/View?b=2&a=1") == page_address("https://news.example/View?a=1&b=2")
    assert page_address("https://news.example/a1") != page_address("https://news.example/A1")
    assert page_address("https://news.example/view?id=1") != page_address("https://news.example/view?id=2")
    assert page_address("https://news.example:8443/a1") == "news.example:8443/a1"


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "https://news.example",
        "https://news.example/digital-economy/",
        "file:///articles/report-123.txt",
        "javascript:alert(1)",
        "https://[::1/report-1",
        "https://news.example:99999/report-1",
        "https://news.example/" + "1" * 3000,
    ],
)
def test_what_names_no_page_is_no_evidence(address: str | None) -> None:
    assert page_address(address) is None


def test_words_in_a_path_name_a_page() -> None:
    assert page_address("https://news.example/ministry-opens-new-data-centre") is not None


@given(st.text())
def test_any_text_is_folded_or_refused(address: str) -> None:
    folded = page_address(f"https://{address}")
    assert folded is None or (site(f"https://{address}") or "!") in folded
