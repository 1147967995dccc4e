"""What is not ordered, what is forbidden, what is only supposed, and which figures are said not to hold."""

import pytest

from dx_pipeline.extraction.lexicon import Lexicon
from dx_pipeline_tests.builders import DAY
from dx_pipeline_tests.extraction.excerpts import Excerpt, read

TOPICS = "The Prime Minister spoke of digital transformation, digital government and open data. "

TOPICS_OF = {
    "en": TOPICS,
    "es": "El Primer Ministro habló de la transformación digital, el gobierno digital y los datos abiertos. ",
    "fr": "Le Premier ministre a parlé de la transformation numérique et des données ouvertes. ",
    "nb": "Statsministeren talte om digital omstilling, digital forvaltning og åpne data. ",
    "pl": "Premier mówił o transformacji cyfrowej, administracji cyfrowej i otwartych danych. ",
    "vi": "Thủ tướng Chính phủ nói về chuyển đổi số, chính phủ số và dữ liệu mở. ",
}


def actions(lexicon: Lexicon, text: str) -> list[str]:
    extracted = read([Excerpt(text=TOPICS + text, language="en", published_on=DAY)], lexicon)
    return extracted.directives["action"].to_list()


def values(lexicon: Lexicon, text: str) -> list[float]:
    extracted = read([Excerpt(text=TOPICS + text, language="en", published_on=DAY)], lexicon)
    return extracted.indicators["value"].to_list()


@pytest.mark.parametrize(
    "text",
    [
        "The Ministry of Finance does not have to open its databases before 1 May 2025.",
        "The Ministry of Finance need not open its databases before 1 May 2025.",
        "The Ministry of Finance is no longer obliged to open its databases before 1 May 2025.",
        "The Prime Minister has not asked the Ministry of Finance to open its databases; to publish its data.",
        "If the Prime Minister asked the Ministry of Finance to open its databases before 1 May 2025, it was well.",
    ],
)
def test_an_order_that_is_taken_back_or_supposed_is_none(lexicon: Lexicon, text: str) -> None:
    assert actions(lexicon, text) == []


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("The Ministry of Finance must not close its databases.", "must not close its databases"),
        ("The Ministry of Finance should not close its databases.", "not close its databases"),
        ("The Prime Minister asked the Ministry of Finance not to close its databases.", "not to close its databases"),
        ("If needed, the Ministry of Finance must open its databases.", "open its databases"),
    ],
)
def test_the_task_of_a_ban_is_told_with_what_forbids_it(lexicon: Lexicon, text: str, action: str) -> None:
    assert actions(lexicon, text) == [action]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Where necessary, the Ministry of Finance must open its databases."),
        ("fr", "Si nécessaire le ministère des Finances doit ouvrir ses bases de données."),
        ("vi", "Nếu cần thiết Bộ Tài chính phải mở cơ sở dữ liệu."),
        ("pl", "W razie potrzeby Ministerstwo Finansów ma otworzyć swoje bazy danych."),
        ("nb", "Hvis nødvendig skal Finansdepartementet åpne databasene sine."),
        ("nb", "Dersom det er nødvendig, skal Finansdepartementet åpne databasene sine."),
        ("es", "De ser necesario, el Ministerio de Finanzas debe abrir sus bases de datos."),
        ("es", "Si es necesario, el Ministerio de Finanzas debe abrir sus bases de datos."),
    ],
)
def test_a_formula_such_as_if_needed_supposes_nothing(lexicon: Lexicon, language: str, text: str) -> None:
    extracted = read([Excerpt(text=TOPICS_OF[language] + text, language=language, published_on=DAY)], lexicon)
    assert extracted.directives["addressee_ids"].to_list() == [["vnm-mof"]]


def test_a_supposition_that_begins_like_such_a_formula_is_one(lexicon: Lexicon) -> None:
    text = "Dersom det er nødvendig å endre loven skal Finansdepartementet åpne databasene sine."
    extracted = read([Excerpt(text=TOPICS_OF["nb"] + text, language="nb", published_on=DAY)], lexicon)
    assert extracted.directives["action"].to_list() == []


def test_an_order_beside_one_that_is_taken_back_stays(lexicon: Lexicon) -> None:
    text = "The Ministry of Finance need not move, but the Ministry of Health must open its databases."
    assert actions(lexicon, text) == ["open its databases"]


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ("made up 20% of GDP in 2024", [20.0]),
        ("did not make up 20% of GDP in 2024", []),
        ("was not quite 20% of GDP in 2024", []),
        ("made up no less than 20% of GDP in 2024", [20.0]),
    ],
)
def test_a_figure_that_is_denied_is_none(lexicon: Lexicon, told: str, found: list[float]) -> None:
    assert values(lexicon, f"Vietnam's digital economy {told}.") == found


def test_small_words_do_not_part_a_negation_from_its_figure(lexicon: Lexicon) -> None:
    told = "En el índice de gobierno electrónico de la ONU de 2024, Vietnam {}ocupa el puesto 71 de 193 países."
    rows = [
        read([Excerpt(text=TOPICS_OF["es"] + told.format(word), language="es", published_on=DAY)], lexicon).indicators
        for word in ("", "no ")
    ]
    assert [found["value"].to_list() for found in rows] == [[71.0], []]
