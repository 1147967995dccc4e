"""What the tests of quality share: the shipped sets, measured once, a small set, a word on floors to be raised."""

from pathlib import Path

import pytest

from dx_pipeline.extraction.lexicon import Lexicon, load_lexicon
from dx_pipeline.quality.measure import Measured, measure_sets
from dx_pipeline.quality.sets import LabelledSet, shipped_sets
from dx_pipeline.settings import CATALOGUE
from dx_pipeline_tests.quality.examples import write_set

FIGURES_THAT_ROSE = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    """The catalogue's own lexicon, compiled once."""
    return load_lexicon(CATALOGUE)


@pytest.fixture(scope="session")
def shipped(lexicon: Lexicon) -> Measured:
    """The sets that ship, measured."""
    return measure_sets(shipped_sets(CATALOGUE), lexicon)


@pytest.fixture
def small_set(tmp_path: Path) -> LabelledSet:
    """A set of two articles with their labels, to be spoilt by a test."""
    return write_set(tmp_path)


@pytest.fixture(scope="session", autouse=True)
def _nothing_rose_yet(request: pytest.FixtureRequest) -> None:
    request.config.stash[FIGURES_THAT_ROSE] = []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Tell which figures of quality lie well above their floors."""
    for line in config.stash.get(FIGURES_THAT_ROSE, []):
        terminalreporter.write_line(line, yellow=True)
