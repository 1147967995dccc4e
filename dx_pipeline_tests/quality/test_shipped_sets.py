"""Extraction is at least as good as it was: figures on the sets that ship against floors that only rise.

A floor is set in ``dx_pipeline_tests/floors.toml``, a little below the figure that was measured; who makes extraction
better raises it with ``dx quality --floors … --raise-floors``. A figure well above its floor is told at the end.
"""

from pathlib import Path

import pytest

from dx_pipeline.extraction.confidence import FILE, estimate
from dx_pipeline.quality.confidence import PRIOR_WEIGHT, count_rules
from dx_pipeline.quality.figures import count, headline_figures
from dx_pipeline.quality.floors import find_fallen, read_floors
from dx_pipeline.quality.measure import Measured
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import read_toml
from dx_pipeline_tests.quality.conftest import FIGURES_THAT_ROSE

FLOORS = Path(__file__).parent.parent / "floors.toml"
WORTH_RAISING = 0.02
FAR_OFF = 0.1  # that much another confidence, and the counts of the file are out of date


def test_every_label_is_measured(shipped: Measured) -> None:
    assert [str(problem) for problem in shipped.problems] == []


def test_no_figure_falls_below_its_floor(shipped: Measured, request: pytest.FixtureRequest) -> None:
    figures, floors = headline_figures(shipped.judgements), read_floors(FLOORS)
    risen = [
        f"{set_name} {name} is {figure:.3f}: raise its floor"
        for set_name, of_set in figures.items()
        for name, figure in of_set.items()
        if figure is not None and figure > floors[set_name][name] + WORTH_RAISING
    ]
    request.config.stash[FIGURES_THAT_ROSE] += risen
    assert [str(fallen) for fallen in find_fallen(floors, figures)] == []


def test_every_figure_has_a_floor(shipped: Measured) -> None:
    measured = {name: set(figures) for name, figures in headline_figures(shipped.judgements).items()}
    assert {name: set(floors) for name, floors in read_floors(FLOORS).items()} == measured


def test_every_quote_stands_in_its_article(shipped: Measured) -> None:
    quotes = count(shipped.judgements).filter(kind="quotes")
    assert quotes["hits"].min() > 0  # type: ignore[operator]  # a count
    assert quotes["false_alarms"].sum() == 0


def test_confidence_rests_on_these_sets(shipped: Measured) -> None:
    """A change of a rule may pass; counts that tell another story than the sets do must be written anew."""
    table = read_toml(CATALOGUE / FILE)
    assert table["sets"] == shipped.judgements["set_name"].unique().sort().to_list()
    counted = count_rules(shipped.judgements)
    stale = {
        rule_id
        for rule_id in {*counted, *table["rules"]}
        if abs(_estimate(counted.get(rule_id)) - _estimate(tuple(table["rules"].get(rule_id, {}).values()))) > FAR_OFF
    }
    assert stale == set(), "run `dx quality --write-confidence`"


def _estimate(counts: tuple[int, ...] | None) -> float:
    right, wrong = counts or (0, 0)
    return estimate(right, wrong, 0.5, PRIOR_WEIGHT)
