"""By when a task is due: the words of a deadline, in an order of each language, and the last day they mean."""

from datetime import date
from typing import Any

import pytest

from dx_pipeline.extraction.lexicon import Lexicon
from dx_pipeline_tests.extraction.excerpts import Excerpt, read

PUBLISHED = date(2025, 3, 10)
ORDERS = {
    "en": "On digital transformation, the Prime Minister requested localities to publish their databases {}.",
    "vi": "Về chuyển đổi số, Thủ tướng yêu cầu các địa phương công bố cơ sở dữ liệu {}.",
    "fr": "Le Premier ministre, pour le numérique, a demandé aux localités d'ouvrir leurs bases de données {}.",
    "pl": "W sprawie transformacji cyfrowej premier polecił prowincjom opublikować bazy danych {}.",
    "nb": "Statsministeren ba provinsene om å offentliggjøre databasene for digital transformasjon {}.",
}


def order(lexicon: Lexicon, code: str, words: str, published_on: date | None = PUBLISHED) -> dict[str, Any]:
    text = ORDERS[code].format(words)
    directives = read([Excerpt(text=text, language=code, published_on=published_on)], lexicon).directives
    assert directives.height == 1, directives["quote"].to_list()
    return directives.row(0, named=True)


@pytest.mark.parametrize(
    ("code", "words", "due_on", "edtf"),
    [
        ("en", "before 15 May 2025", date(2025, 5, 14), "2025-05-15"),
        ("en", "by 15 May 2025", date(2025, 5, 15), "2025-05-15"),
        ("en", "no later than May 15, 2025", date(2025, 5, 15), "2025-05-15"),
        ("en", "before December 2025", date(2025, 11, 30), "2025-12"),
        ("en", "in May", date(2025, 5, 31), "2025-05"),
        ("en", "in January", date(2026, 1, 31), "2026-01"),
        ("en", "in the third quarter", date(2025, 9, 30), "2025-Q3"),
        ("en", "by the end of the second quarter of 2025", date(2025, 6, 30), "2025-Q2"),
        ("en", "in the first half of this year", date(2025, 6, 30), "2025-H1"),
        ("en", "by 2026", date(2026, 12, 31), "2026"),
        ("en", "before 2026", date(2025, 12, 31), "2026"),
        ("en", "by the end of 2025", date(2025, 12, 31), "2025"),
        ("vi", "trước ngày 15/5/2025", date(2025, 5, 14), "2025-05-15"),
        ("vi", "chậm nhất ngày 15/5/2025", date(2025, 5, 15), "2025-05-15"),
        ("vi", "trước tháng 12 năm 2025", date(2025, 11, 30), "2025-12"),
        ("vi", "trong tháng 5", date(2025, 5, 31), "2025-05"),
        ("vi", "trong quý III", date(2025, 9, 30), "2025-Q3"),
        ("vi", "trong 6 tháng đầu năm", date(2025, 6, 30), "2025-H1"),
        ("vi", "trong năm 2025", date(2025, 12, 31), "2025"),
        ("fr", "avant le 15 mai 2025", date(2025, 5, 14), "2025-05-15"),
        ("fr", "au plus tard le 15 mai 2025", date(2025, 5, 15), "2025-05-15"),
        ("fr", "avant décembre 2025", date(2025, 11, 30), "2025-12"),
        ("fr", "en mai", date(2025, 5, 31), "2025-05"),
        ("fr", "d'ici à la fin de 2025", date(2025, 12, 31), "2025"),
        ("fr", "avant fin septembre 2025", date(2025, 9, 30), "2025-09"),
        ("fr", "au premier semestre de cette année", date(2025, 6, 30), "2025-H1"),
        ("pl", "przed 15 maja 2025 r.", date(2025, 5, 14), "2025-05-15"),
        ("pl", "do 15 maja 2025 r.", date(2025, 5, 15), "2025-05-15"),
        ("pl", "w maju", date(2025, 5, 31), "2025-05"),
        ("pl", "w trzecim kwartale", date(2025, 9, 30), "2025-Q3"),
        ("pl", "do końca 2025 roku", date(2025, 12, 31), "2025"),
        ("nb", "før 15. mai 2025", date(2025, 5, 14), "2025-05-15"),
        ("nb", "innen 15. mai 2025", date(2025, 5, 15), "2025-05-15"),
        ("nb", "i mai", date(2025, 5, 31), "2025-05"),
        ("nb", "i tredje kvartal", date(2025, 9, 30), "2025-Q3"),
        ("nb", "innen utgangen av 2025", date(2025, 12, 31), "2025"),
        ("en", "by mid-2026", date(2026, 6, 30), "2026-06"),
        ("en", "before mid-November", date(2025, 11, 14), "2025-11"),
        ("en", "before the third quarter is out", date(2025, 9, 30), "2025-Q3"),
        ("en", "this year", date(2025, 12, 31), "2025"),
        ("vi", "trước 17 giờ ngày 20/10/2025", date(2025, 10, 20), "2025-10-20"),
        ("vi", "trong năm nay", date(2025, 12, 31), "2025"),
        ("vi", "đến giữa tháng 10", date(2025, 10, 15), "2025-10"),
        ("fr", "avant le 15/10", date(2025, 10, 14), "2025-10-15"),
        ("pl", "do połowy 2026 r.", date(2026, 6, 30), "2026-06"),
        ("nb", "før månedsskiftet", date(2025, 3, 31), "2025-03"),
        ("nb", "før årsskiftet", date(2025, 12, 31), "2025"),
    ],
)
def test_the_last_day_that_is_still_on_time(lexicon: Lexicon, code: str, words: str, due_on: date, edtf: str) -> None:
    row = order(lexicon, code, words)
    assert (row["due_on"], row["due_edtf"]) == (due_on, edtf)
    assert row["due_text"] in words


@pytest.mark.parametrize(
    ("code", "words", "recurrence"),
    [
        ("en", "every month", "R/P1M"),
        ("en", "quarterly", "R/P3M"),
        ("en", "every six months", "R/P6M"),
        ("en", "every week", "R/P1W"),
        ("en", "annually", "R/P1Y"),
        ("vi", "hằng tháng", "R/P1M"),
        ("vi", "hằng quý", "R/P3M"),
        ("fr", "chaque mois", "R/P1M"),
        ("fr", "chaque trimestre", "R/P3M"),
        ("pl", "co miesiąc", "R/P1M"),
        ("pl", "co kwartał", "R/P3M"),
        ("nb", "hver måned", "R/P1M"),
        ("nb", "hvert kvartal", "R/P3M"),
    ],
)
def test_a_duty_that_returns_has_an_interval_and_no_last_day(
    lexicon: Lexicon, code: str, words: str, recurrence: str
) -> None:
    row = order(lexicon, code, words)
    assert (row["recurrence"], row["due_on"], row["due_edtf"]) == (recurrence, None, None)


@pytest.mark.parametrize(
    ("code", "words", "due_on"),
    [
        ("en", "within 30 days", date(2025, 4, 9)),
        ("en", "within two weeks", date(2025, 3, 24)),
        ("en", "within 3 months", date(2025, 6, 10)),
        ("vi", "trong vòng 30 ngày", date(2025, 4, 9)),
        ("fr", "dans un délai de 30 jours", date(2025, 4, 9)),
        ("pl", "w ciągu 30 dni", date(2025, 4, 9)),
        ("nb", "innen 30 dager", date(2025, 4, 9)),
    ],
)
def test_a_time_limit_is_counted_from_the_day_of_publication(
    lexicon: Lexicon, code: str, words: str, due_on: date
) -> None:
    assert order(lexicon, code, words)["due_on"] == due_on


@pytest.mark.parametrize(
    "words", ["soon", "on schedule", "urgently", "as early as possible", "under Decision 12 of 2020"]
)
def test_no_day_is_invented(lexicon: Lexicon, words: str) -> None:
    row = order(lexicon, "en", words)
    assert (row["due_on"], row["due_edtf"], row["recurrence"]) == (None, None, None)


@pytest.mark.parametrize("words", ["within 10 working days"])
def test_working_days_have_no_last_day_while_holidays_are_unknown(lexicon: Lexicon, words: str) -> None:
    assert order(lexicon, "en", words)["due_on"] is None


@pytest.mark.parametrize(
    ("words", "due_on"), [("by 15 May 2025", date(2025, 5, 15)), ("by 15 May", None), ("within 30 days", None)]
)
def test_without_a_day_of_publication_only_a_whole_date_is_a_deadline(
    lexicon: Lexicon, words: str, due_on: date | None
) -> None:
    assert order(lexicon, "en", words, published_on=None)["due_on"] == due_on


def test_before_and_by_weigh_more_than_in(lexicon: Lexicon) -> None:
    row = order(lexicon, "en", "in the course of 2025, but before 1 June 2025")
    assert row["due_on"] == date(2025, 5, 31)
