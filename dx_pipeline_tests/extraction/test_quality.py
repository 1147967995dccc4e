"""Extraction is at least as good as it was: figures on the labelled sets against floors that only rise.

A floor is set in ``dx_pipeline_tests/floors.toml``, a little below the figure that was measured; who makes
extraction better raises it. A figure well above its floor is told at the end of the run, as a reminder.
"""

import tomllib
from pathlib import Path

import pytest

from dx_pipeline.extraction.lexicon import Lexicon
from dx_pipeline_tests.extraction.conftest import FIGURES_THAT_ROSE
from dx_pipeline_tests.extraction.labelled_sets import SETS, LabelledSet, score_set
from dx_pipeline_tests.extraction.scoring import Score

FLOORS = Path(__file__).parent.parent / "floors.toml"
WORTH_RAISING = 0.02


def floors(name: str) -> dict[str, float]:
    """Floors of a set by figure: ``directives.f1`` and so on."""
    table: dict[str, dict[str, float]] = tomllib.loads(FLOORS.read_text(encoding="utf-8"))[name]
    return {f"{kind}.{figure}": floor for kind, figures in table.items() for figure, floor in figures.items()}


@pytest.fixture(scope="module", params=SETS, ids=lambda labelled: labelled.name)
def scored(request: pytest.FixtureRequest, lexicon: Lexicon) -> tuple[LabelledSet, Score]:
    return request.param, score_set(request.param, lexicon)


def test_no_figure_falls_below_its_floor(scored: tuple[LabelledSet, Score], request: pytest.FixtureRequest) -> None:
    labelled, score = scored
    figures, least = score.figures(), floors(labelled.name)
    risen = {name: figures[name] for name, floor in least.items() if figures[name] > floor + WORTH_RAISING}
    request.config.stash[FIGURES_THAT_ROSE] += [
        f"{labelled.name}.{name} is {share:.3f}: raise its floor" for name, share in risen.items()
    ]

    fallen = {name: round(figures[name], 3) for name, floor in least.items() if figures[name] < floor}
    assert not fallen, "\n".join([f"{labelled.name}: below the floor {fallen}", *score.errors])


def test_every_figure_has_a_floor(scored: tuple[LabelledSet, Score]) -> None:
    labelled, score = scored
    assert set(floors(labelled.name)) == set(score.figures())


def test_every_quote_stands_in_its_article(scored: tuple[LabelledSet, Score]) -> None:
    _, score = scored
    assert score.figures()["quotes.in_place"] == 1.0
