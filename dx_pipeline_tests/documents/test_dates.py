"""The day of publication: as printed, as declared, as in the address, and never guessed."""

from datetime import date, datetime

import pytest

from dx_pipeline.documents.cues import read_page_cues
from dx_pipeline.documents.dates import (
    Custom,
    address_dates,
    day_first,
    is_date_line,
    latest_day,
    printed_dates,
    publication_date,
    told_days,
)

CUES = read_page_cues()
DAY_FIRST = Custom(day_first=True, latest=date(2026, 1, 16))
OPEN = Custom(day_first=False, latest=date(2026, 1, 16))


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("March, 09/2023 - 07:05", date(2023, 3, 9)),
        ("09/03/2023 07:05", date(2023, 3, 9)),
        ("Thứ Năm, 09/03/2023 | 07:05 GMT+7", date(2023, 3, 9)),
        ("Thứ Năm, ngày 9 tháng 3 năm 2023", date(2023, 3, 9)),
        ("Cập nhật lúc 07:05, 09/03/2023", date(2023, 3, 9)),
        ("March 9, 2023", date(2023, 3, 9)),
        ("Published on 9 March 2023 at 7.05 am", date(2023, 3, 9)),
        ("9th of March, 2023", date(2023, 3, 9)),
        ("Publié le 1er mars 2023 à 7h05", date(2023, 3, 1)),
        ("Mis à jour le 9 août 2023", date(2023, 8, 9)),
        ("Publisert torsdag 9. mars 2023 kl. 07.05", date(2023, 3, 9)),
        ("Opublikowano: 9 marca 2023 r., godz. 7:05", date(2023, 3, 9)),
        ("16 października 2023 r.", date(2023, 10, 16)),
        ("2023-03-09T07:05:00+07:00", date(2023, 3, 9)),
        ("Báo Ví DụBáo Ví Dụ09/03/2023", date(2023, 3, 9)),
        ("Ola Nordmann, NTB | 9. mars 2023", date(2023, 3, 9)),
        ("09 Th3 2023", date(2023, 3, 9)),
        ("2023.03.09", date(2023, 3, 9)),
    ],
)
def test_printed_lines_give_their_day(line: str, day: date) -> None:
    assert is_date_line(line, CUES)
    assert publication_date([], [line], [], DAY_FIRST, CUES) == (day, "page")


@pytest.mark.parametrize(
    "line",
    [
        "Provinces must finish the register before 10 May 2023",
        "Hoàn thành cấp tài khoản cho học sinh trước ngày 15/8/2023",
        "Les communes ont jusqu'au 30 juin 2023",
        "Fristen er senest 31. mars 2023",
        "Gminy mają czas do 15 października 2023 r.",
        "The strategy of 3 March 2023 is to be renewed by all provinces within two years",
        "Version 2.10.2023.4",
        "Quyết định số 749/QĐ-TTg ngày 03/6/2020",
        "Nghị quyết 57-NQ/TW ngày 22/12/2024",
        "Nghị định 13/2023/NĐ-CP, 17/4/2023",
        "Số: 12/05/2024/QĐ-UBND",
        "31/02/2023",
        "No date at all",
        "x" * 500 + " 09/03/2023",
    ],
)
def test_other_lines_are_no_date_lines(line: str) -> None:
    assert not is_date_line(line, CUES)


def test_a_date_that_may_be_read_both_ways_stays_open_without_a_custom() -> None:
    assert publication_date([], ["07/05/2024"], [], OPEN, CUES) == (None, None)
    assert publication_date([], ["07/05/2024"], [], DAY_FIRST, CUES) == (date(2024, 5, 7), "page")
    assert publication_date([], ["25/05/2024"], [], OPEN, CUES) == (date(2024, 5, 25), "page")
    assert publication_date([], ["05/25/2024"], [], OPEN, CUES) == (date(2024, 5, 25), "page")


def test_an_address_settles_a_date_that_may_be_read_both_ways() -> None:
    addresses = ["https://news.example/2024/05/07/story"]
    assert publication_date([], ["05/07/2024"], addresses, OPEN, CUES) == (date(2024, 5, 7), "page")


@pytest.mark.parametrize(
    ("language", "frame", "addresses", "expected"),
    [
        ("vi", "", [], True),
        ("nb", "", [], True),
        ("en", "Example Times", ["https://times.example/a"], False),
        ("en", "Vidu.vn - English edition", [], True),
        ("en", "Báo Ví Dụ", [], True),
        ("en", "", ["https://english.vidu.vn/a.htm"], True),
        ("en", "A visit to vn.example", [], False),
        (None, "", [], False),
    ],
)
def test_customs_come_from_language_domain_or_letters(
    language: str | None, frame: str, addresses: list[str], expected: bool
) -> None:
    assert day_first(language, frame, addresses, CUES) is expected


def test_sources_go_in_order() -> None:
    declared = [("2025-02-06T23:30:00+07:00", "json-ld"), ("2025-02-07", "meta")]
    addresses = ["https://a.example/bai-viet-20250208101500123.htm"]
    assert publication_date(declared, ["09/02/2025"], addresses, DAY_FIRST, CUES) == (date(2025, 2, 6), "json-ld")
    assert publication_date(declared[1:], ["09/02/2025"], addresses, DAY_FIRST, CUES) == (date(2025, 2, 7), "meta")
    assert publication_date([], ["09/02/2025"], addresses, DAY_FIRST, CUES) == (date(2025, 2, 9), "page")
    assert publication_date([], [], addresses, DAY_FIRST, CUES) == (date(2025, 2, 8), "url")
    assert publication_date([], [], [], DAY_FIRST, CUES) == (None, None)


def test_a_day_after_the_capture_is_refused_and_the_next_source_asked() -> None:
    declared = [("2027-01-01", "json-ld"), ("yesterday", "meta")]
    assert publication_date(declared, ["2025-12-24"], [], DAY_FIRST, CUES) == (date(2025, 12, 24), "page")
    assert publication_date(declared, [], [], Custom(day_first=True), CUES) == (date(2027, 1, 1), "json-ld")
    assert latest_day(datetime.fromisoformat("2025-02-05T23:00")) == date(2025, 2, 6)


def test_each_source_tells_one_day_the_best_first() -> None:
    declared = [("2025-02-06", "json-ld"), ("2025-02-06T08:00", "meta"), ("2025-02-05", "page"), ("2024-01-01", "meta")]
    addresses = ["https://a.example/bai-viet-20250206101500123.htm"]
    told = told_days(declared, ["06/02/2025"], addresses, DAY_FIRST, CUES)
    days = {"json-ld": 6, "meta": 6, "page": 5, "url": 6}
    assert [(source, day.day) for day, source in told] == list(days.items())
    assert told_days([("2027-01-01", "json-ld")], [], [], DAY_FIRST, CUES) == []


def test_the_earlier_of_two_dates_in_a_line_is_the_publication() -> None:
    line = "Updated 7 February 2025, published 6 February 2025"
    assert publication_date([], [line], [], OPEN, CUES) == (date(2025, 2, 6), "page")


@pytest.mark.parametrize(
    ("address", "days"),
    [
        ("https://a.example/tin-tuc-20230309070512345.htm", [date(2023, 3, 9)]),
        ("https://a.example/tin-tuc-188230309070512345.chn", [date(2023, 3, 9)]),
        ("https://a.example/2023/03/09/story/", [date(2023, 3, 9)]),
        ("https://a.example/story-2023-03-09", [date(2023, 3, 9)]),
        ("https://a.example/story-20230309.html", [date(2023, 3, 9)]),
        ("https://web.archive.org/web/20230309070512/https://a.example/story", []),
        ("https://a.example/story-238867.htm", []),
        ("https://a.example/99999999999999999999.htm", []),
        ("https://a.example/20231399/x", []),
        ("https://a.example/quyet-dinh-2023-03-09-qd-ttg.htm", []),
        ("https://a.example/2023/03/09-nq-tw", []),
        ("https://a.example/nghi-dinh-13-2023-nd-cp-20230309.htm", [date(2023, 3, 9)]),
    ],
)
def test_addresses_carry_days(address: str, days: list[date]) -> None:
    assert address_dates([address], CUES) == days


def test_no_month_name_stands_for_two_months() -> None:
    assert {CUES.months[name] for name in ("mars", "marca", "march", "tháng 3")} == {3}
    assert set(CUES.months.values()) == set(range(1, 13))


def test_a_hostile_line_is_read_in_linear_time() -> None:
    assert printed_dates("1/1/2025 " * 17, CUES) != []
    assert printed_dates("tháng " * 200_000, CUES) == []
