"""Dates and periods of each kind and language, and the year that is not printed."""

from datetime import date
from itertools import pairwise

import pytest

from dx_pipeline.extraction.folding import fold
from dx_pipeline.extraction.lexicon import Lexicon
from dx_pipeline.extraction.periods import Interval, Period, add_days

DAY = date(2025, 3, 10)


def periods(lexicon: Lexicon, code: str, text: str) -> list[Period]:
    return list(lexicon.languages[code].periods.find(fold(text), 0, len(text)))


def resolved(lexicon: Lexicon, code: str, text: str, *, forward: bool = True) -> list[str | None]:
    intervals = [period.resolve(DAY, forward=forward) for period in periods(lexicon, code, text)]
    return [interval.edtf if interval else None for interval in intervals]


@pytest.mark.parametrize(
    ("code", "text", "edtf"),
    [
        ("en", "on 15 May 2025", "2025-05-15"),
        ("en", "on May 15, 2025", "2025-05-15"),
        ("en", "on the 15th of May 2025", "2025-05-15"),
        ("en", "on Tuesday, 15 October 2024", "2024-10-15"),
        ("en", "in May 2025", "2025-05"),
        ("en", "in the second quarter of 2025", "2025-Q2"),
        ("en", "in Q2 2025", "2025-Q2"),
        ("en", "in the first half of 2025", "2025-H1"),
        ("en", "in the first six months of 2025", "2025-H1"),
        ("en", "in the first nine months of 2025", "2025-01/2025-09"),
        ("en", "in the last six months of 2025", "2025-H2"),
        ("en", "in 2025", "2025"),
        ("en", "in the 2021-2025 period", "2021/2025"),
        ("vi", "ngày 15/5/2025", "2025-05-15"),
        ("vi", "ngày 15-5-2025", "2025-05-15"),
        ("vi", "ngày 15.5.2025", "2025-05-15"),
        ("vi", "ngày 15 tháng 5 năm 2025", "2025-05-15"),
        ("vi", "tháng 5/2025", "2025-05"),
        ("vi", "tháng 5 năm 2025", "2025-05"),
        ("vi", "quý II/2025", "2025-Q2"),
        ("vi", "quý 2 năm 2025", "2025-Q2"),
        ("vi", "6 tháng đầu năm 2025", "2025-H1"),
        ("vi", "9 tháng đầu năm 2025", "2025-01/2025-09"),
        ("vi", "6 tháng cuối năm 2025", "2025-H2"),
        ("vi", "năm 2025", "2025"),
        ("vi", "giai đoạn 2021 - 2025", "2021/2025"),
        ("fr", "le 15 mai 2025", "2025-05-15"),
        ("fr", "le 15/05/2025", "2025-05-15"),
        ("fr", "en mai 2025", "2025-05"),
        ("fr", "au deuxième trimestre de 2025", "2025-Q2"),
        ("fr", "au T2 2025", "2025-Q2"),
        ("fr", "au premier semestre 2025", "2025-H1"),
        ("fr", "les six premiers mois de 2025", "2025-H1"),
        ("fr", "les neuf premiers mois de 2025", "2025-01/2025-09"),
        ("fr", "en 2025", "2025"),
        ("fr", "de 2021 à 2025", "2021/2025"),
        ("pl", "15 maja 2025 r.", "2025-05-15"),
        ("pl", "15.05.2025 r.", "2025-05-15"),
        ("pl", "w maju 2025 roku", "2025-05"),
        ("pl", "w drugim kwartale 2025 roku", "2025-Q2"),
        ("pl", "w II kwartale 2025 r.", "2025-Q2"),
        ("pl", "w pierwszym półroczu 2025 roku", "2025-H1"),
        ("pl", "w drugiej połowie 2025 roku", "2025-H2"),
        ("pl", "w pierwszych dziewięciu miesiącach 2025 roku", "2025-01/2025-09"),
        ("pl", "w 2025 roku", "2025"),
        ("pl", "w latach 2021-2025", "2021/2025"),
        ("nb", "den 15. mai 2025", "2025-05-15"),
        ("nb", "15.05.2025", "2025-05-15"),
        ("nb", "i mai 2025", "2025-05"),
        ("nb", "i andre kvartal 2025", "2025-Q2"),
        ("nb", "i 2. kvartal 2025", "2025-Q2"),
        ("nb", "i første halvår 2025", "2025-H1"),
        ("nb", "de første ni månedene av 2025", "2025-01/2025-09"),
        ("nb", "i 2025", "2025"),
        ("nb", "fra 2021 til 2025", "2021/2025"),
    ],
)
def test_each_kind_is_read_with_its_own_precision(lexicon: Lexicon, code: str, text: str, edtf: str) -> None:
    assert resolved(lexicon, code, text) == [edtf]


@pytest.mark.parametrize(
    ("code", "text", "ahead", "behind"),
    [
        ("en", "15 May", "2025-05-15", "2024-05-15"),
        ("en", "15 January", "2026-01-15", "2025-01-15"),
        ("en", "10 March", "2025-03-10", "2025-03-10"),  # the day itself lies on either side
        ("en", "in the second quarter", "2025-Q2", "2024-Q2"),
        ("en", "in the first quarter", "2025-Q1", "2025-Q1"),  # it is the quarter that we are in
        ("vi", "ngày 15/5", "2025-05-15", "2024-05-15"),
        ("vi", "tháng 1", "2026-01", "2025-01"),
        ("vi", "quý IV", "2025-Q4", "2024-Q4"),
        ("fr", "le 15 mai", "2025-05-15", "2024-05-15"),
        ("fr", "janvier", "2026-01", "2025-01"),
        ("pl", "15 maja", "2025-05-15", "2024-05-15"),
        ("pl", "w styczniu", "2026-01", "2025-01"),
        ("nb", "15. mai", "2025-05-15", "2024-05-15"),
        ("nb", "januar", "2026-01", "2025-01"),
    ],
)
def test_a_missing_year_is_the_next_or_the_last(
    lexicon: Lexicon, code: str, text: str, ahead: str, behind: str
) -> None:
    assert resolved(lexicon, code, text, forward=True) == [ahead]
    assert resolved(lexicon, code, text, forward=False) == [behind]


@pytest.mark.parametrize(
    ("code", "text", "edtf"),
    [
        ("en", "this year", "2025"),
        ("en", "last year", "2024"),
        ("en", "next year", "2026"),
        ("en", "in the third quarter of this year", "2025-Q3"),
        ("en", "next month", "2025-04"),
        ("en", "last month", "2025-02"),
        ("vi", "năm nay", "2025"),
        ("vi", "năm ngoái", "2024"),
        ("vi", "quý III năm nay", "2025-Q3"),
        ("vi", "tháng tới", "2025-04"),
        ("fr", "cette année", "2025"),
        ("fr", "l'année dernière", "2024"),
        ("fr", "au troisième trimestre de cette année", "2025-Q3"),
        ("pl", "w tym roku", "2025"),
        ("pl", "w ubiegłym roku", "2024"),
        ("pl", "w trzecim kwartale tego roku", "2025-Q3"),
        ("nb", "i fjor", "2024"),
        ("nb", "i tredje kvartal i år", "2025-Q3"),
    ],
)
def test_words_for_years_and_months_are_counted_from_the_day(lexicon: Lexicon, code: str, text: str, edtf: str) -> None:
    assert resolved(lexicon, code, text) == [edtf]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "Decision 749/2020 and version 1.2025"),
        ("en", "about 2025% more"),
        ("en", "room 20251 on floor 12"),
        ("fr", "une marche, rien de plus"),
        ("nb", "den 32. mai"),
    ],
)
def test_what_only_looks_like_a_period_has_no_day(lexicon: Lexicon, code: str, text: str) -> None:
    assert [period.kind for period in periods(lexicon, code, text) if period.kind == "day"] == []


@pytest.mark.parametrize(("code", "text"), [("en", "31 February 2025"), ("vi", "ngày 30/2/2025"), ("pl", "31.06.2025")])
def test_a_day_that_no_calendar_has_is_unknown(lexicon: Lexicon, code: str, text: str) -> None:
    assert resolved(lexicon, code, text) == [None]


def test_the_day_of_a_leap_year_is_looked_for_in_the_years_around() -> None:
    leap_day = Period(start=0, end=0, kind="day", month=2, day=29)
    assert leap_day.resolve(date(2024, 1, 10), forward=True) == Interval(
        first=date(2024, 2, 29), last=date(2024, 2, 29), edtf="2024-02-29"
    )
    assert leap_day.resolve(date(2026, 6, 1), forward=True) is None


@pytest.mark.parametrize("year", [1899, 2200, 9999])
def test_a_year_out_of_any_programme_is_unknown(year: int) -> None:
    assert Period(start=0, end=0, kind="year", year=year).resolve(DAY, forward=True) is None


def test_a_month_away_crosses_the_year() -> None:
    december, january = (Period(start=0, end=0, kind="month", month_offset=offset) for offset in (-1, 1))
    before = december.resolve(date(2025, 1, 15), forward=True)
    after = january.resolve(date(2024, 12, 15), forward=True)
    assert before is not None
    assert after is not None
    assert (before.edtf, after.edtf) == ("2024-12", "2025-01")


def test_days_are_added_over_the_end_of_a_month() -> None:
    assert add_days(date(2024, 2, 20), 10) == date(2024, 3, 1)


def test_no_period_overlaps_another(lexicon: Lexicon) -> None:
    text = "From May to June 2025, on 3 May 2025, in 2024 and 2025, in the first half of 2025 and Q3 2025."
    found = periods(lexicon, "en", text)
    assert [period.start for period in found] == sorted(period.start for period in found)
    assert all(left.end <= right.start for left, right in pairwise(found))
    assert len(found) >= 4
