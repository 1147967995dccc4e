"""What a whole article tells of each of its sentences: the province whose bodies are named without it."""

from datetime import date

import pytest

from dx_pipeline.extraction.lexicon import Lexicon
from dx_pipeline_tests.extraction.excerpts import Excerpt, read

PROVINCIAL = {
    "vi": "Tỉnh Bình Thuận họp về chuyển đổi số. Bình Thuận có 12 dịch vụ công trực tuyến. Chủ tịch "
    "UBND tỉnh Bình Thuận yêu cầu Sở Y tế hoàn thành hồ sơ sức khỏe điện tử trước ngày 30/9/2025.",
    "en": "Binh Thuan province met on digital transformation. Binh Thuan offers 1,250 online public services. The "
    "Chairman of the Binh Thuan People's Committee asked the Department of Health to complete digital health records "
    "by September 30, 2025.",
}


@pytest.mark.parametrize("language", PROVINCIAL)
def test_a_department_without_its_province_is_that_of_the_province_told_of(language: str, lexicon: Lexicon) -> None:
    excerpt = Excerpt(text=PROVINCIAL[language], language=language, published_on=date(2025, 7, 1))
    found = read([excerpt], lexicon).directives
    assert found["addressee_ids"].to_list() == [["vnm-binh-thuan-department-of-health"]]
    assert found["issuer_id"].to_list() == ["vnm-binh-thuan-chairman"]


def test_a_department_stays_that_of_the_provinces_where_the_country_is_told_of(lexicon: Lexicon) -> None:
    text = (
        "The Prime Minister chaired a meeting on digital transformation in Viet Nam. The Ministry of Health and the "
        "Ministry of Finance reported on digital services. The Prime Minister asked the "
        "Department of Health to complete digital health records by September 30, 2025."
    )
    found = read([Excerpt(text=text, language="en", published_on=date(2025, 7, 1))], lexicon).directives
    assert found["addressee_ids"].to_list() == [["vnm-provincial-department-of-health"]]


@pytest.mark.parametrize("language", PROVINCIAL)
def test_figures_of_a_province_are_its_own(language: str, lexicon: Lexicon) -> None:
    excerpt = Excerpt(text=PROVINCIAL[language], language=language, published_on=date(2025, 7, 1))
    assert read([excerpt], lexicon).indicators["area"].to_list() == ["VN-40"]


@pytest.mark.parametrize(("published_on", "ministry"), [(date(2024, 7, 1), "vnm-mard"), (date(2025, 7, 1), "vnm-mae")])
def test_a_name_taken_over_is_that_of_the_body_of_the_day(published_on: date, ministry: str, lexicon: Lexicon) -> None:
    text = (
        "The Prime Minister spoke of digital transformation, digital data and online public services in Viet Nam. "
        "He asked the Ministry of Agriculture to complete the land database by the end of the year."
    )
    found = read([Excerpt(text=text, language="en", published_on=published_on)], lexicon).directives
    assert found["addressee_ids"].to_list() == [[ministry]]
    assert found["issuer_id"].to_list() == ["vnm-prime-minister"]


@pytest.mark.parametrize(("year", "due_on"), [("2026", date(2026, 2, 16)), ("2027", date(2027, 2, 5))])
def test_the_lunar_new_year_is_a_day_and_no_year(year: str, due_on: date, lexicon: Lexicon) -> None:
    text = (
        "The Prime Minister led a meeting on digital transformation and e-government in Viet Nam. He asked the "
        f"Ministry of Health to complete electronic health records before the Lunar New Year {year}."
    )
    found = read([Excerpt(text=text, language="en", published_on=date(2025, 11, 5))], lexicon).directives
    assert found["due_on"].to_list() == [due_on]
