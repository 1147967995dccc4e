"""Goals in numbers: which metric a task is to bring to which level, or by how much."""

from typing import Any

import pytest

from dx_pipeline.extraction.lexicon import Lexicon
from dx_pipeline_tests.builders import DAY
from dx_pipeline_tests.extraction.excerpts import Excerpt, read

ORDERS = {
    "en": "The Prime Minister requested localities, for digital transformation and VNeID, to {}.",
    "vi": "Về chuyển đổi số và VNeID, Thủ tướng yêu cầu các địa phương {}.",
    "fr": "Pour la transformation numérique et VNeID, le Premier ministre a demandé aux localités de {}.",
    "pl": "W sprawie transformacji cyfrowej i VNeID premier polecił prowincjom {}.",
    "nb": "Statsministeren ba provinsene, i den digitale transformasjonen og med VNeID, om å {}.",
}
FIELDS = ("target_metric_id", "target_comparator", "target_value", "target_change", "target_unit")


def goal(lexicon: Lexicon, code: str, task: str) -> tuple[Any, ...]:
    extracted = read([Excerpt(text=ORDERS[code].format(task), language=code, published_on=DAY)], lexicon)
    assert extracted.directives.height == 1, extracted.directives["quote"].to_list()
    assert extracted.indicators.is_empty(), "a goal is no indicator as well"
    row = extracted.directives.row(0, named=True)
    return tuple(row[field] for field in FIELDS)


@pytest.mark.parametrize(
    ("code", "task", "expected"),
    [
        (
            "en",
            "handle at least 70% of dossiers online",
            ("vnm-online-applications-share", ">=", 70.0, None, "percent"),
        ),
        (
            "en",
            "bring fibre to over 90 percent of households",
            ("household-fibre-share", ">=", 90.0, None, "percent"),
        ),
        (
            "vi",
            "xử lý ít nhất 70% hồ sơ trực tuyến",
            ("vnm-online-applications-share", ">=", 70.0, None, "percent"),
        ),
        (
            "fr",
            "traiter au moins 70 % des dossiers en ligne",
            ("vnm-online-applications-share", ">=", 70.0, None, "percent"),
        ),
        (
            "pl",
            "załatwiać co najmniej 70 procent wniosków online",
            ("vnm-online-applications-share", ">=", 70.0, None, "percent"),
        ),
        (
            "nb",
            "behandle minst 70 prosent av søknadene på nett",
            ("vnm-online-applications-share", ">=", 70.0, None, "percent"),
        ),
    ],
)
def test_a_level_to_reach(lexicon: Lexicon, code: str, task: str, expected: tuple[Any, ...]) -> None:
    assert goal(lexicon, code, task) == expected


def test_a_change_to_reach(lexicon: Lexicon) -> None:
    metric, _, value, change, unit = goal(lexicon, "en", "move up by 5 places in the innovation index")
    assert (metric, value, change, unit) == ("wipo-gii-rank", None, 5.0, "rank")


@pytest.mark.parametrize(
    "task",
    [
        "review the list of databases",
        "open 3 databases of each province under Project 06",
        "carry out Decision 749/QĐ-TTg at level 4",
    ],
)
def test_a_task_without_a_goal_has_none(lexicon: Lexicon, task: str) -> None:
    assert goal(lexicon, "en", task) == (None, None, None, None, None)
