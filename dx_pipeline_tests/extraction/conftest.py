"""What the tests of extraction share: the catalogue's lexicon, compiled once."""

import pytest

from dx_pipeline.extraction.lexicon import Lexicon, load_lexicon
from dx_pipeline.settings import CATALOGUE


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    """The catalogue's own lexicon, compiled once."""
    return load_lexicon(CATALOGUE)
