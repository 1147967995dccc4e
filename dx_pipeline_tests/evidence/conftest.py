"""Servers on loopback for the tests of asking."""

from collections.abc import Iterator

import pytest

from dx_pipeline_tests.loopback.bench import Bench, open_bench


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    """Two servers, one with TLS; tests take hosts of their own."""
    with open_bench() as opened:
        yield opened
