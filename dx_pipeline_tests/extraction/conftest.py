"""What the tests of extraction share: the catalogue's lexicon, and a word at the end on floors to be raised."""

import pytest

from dx_pipeline.extraction.lexicon import Lexicon, load_lexicon
from dx_pipeline.settings import CATALOGUE

FIGURES_THAT_ROSE = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    """The catalogue's own lexicon, compiled once."""
    return load_lexicon(CATALOGUE)


@pytest.fixture(scope="session", autouse=True)
def _nothing_rose_yet(request: pytest.FixtureRequest) -> None:
    request.config.stash[FIGURES_THAT_ROSE] = []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Tell which figures of quality lie well above their floors."""
    for line in config.stash.get(FIGURES_THAT_ROSE, []):
        terminalreporter.write_line(line, yellow=True)
