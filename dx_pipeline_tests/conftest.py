"""What holds for every test: no network, no home, no setting from outside, rows checked as well as columns.

Variables are set as this file is loaded, before any module that reads them as it is imported.
"""

import os
import socket
import tempfile
from collections.abc import Generator, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import coverage
import hypothesis
import pytest

for _name in [name for name in os.environ if name.startswith("DX_") or name.lower().endswith("_proxy")]:
    del os.environ[_name]
os.environ.pop("DAGSTER_HOME", None)
os.environ["DAGSTER_DISABLE_TELEMETRY"] = "true"
os.environ["PANDERA_VALIDATION_DEPTH"] = "SCHEMA_AND_DATA"

hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)  # a busy machine is no defect
hypothesis.settings.load_profile("repeatable")


# The files that take longest, in the order in which workers begin them, so that none is left alone with one at the end.
_LONGEST = (
    "warehouse/test_kills.py",
    "extraction/test_mutations.py",
    "cli/test_review.py",
    "defs/test_refresh.py",
    "findings/test_invariants.py",
    "evidence/test_kills.py",
    "packs/test_check.py",
    "extraction/test_lexicon.py",
    "cli/test_main.py",
    "defs/test_live.py",
    "extraction/test_packs.py",
    "extraction/test_robustness.py",
)

# Files whose tests compute much and reach nothing that other tests do not: measuring their coverage doubles their time.
_UNMEASURED = (
    "extraction/test_mutations.py",
    "extraction/test_robustness.py",
    "extraction/test_invariants.py",
    "findings/test_invariants.py",
    "quality/test_shipped_sets.py",
    "quality/test_figures.py",
)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Do without coverage where it costs much and shows nothing."""
    measuring = coverage.Coverage.current() if item.path.as_posix().endswith(_UNMEASURED) else None
    if measuring is None:
        return (yield)
    measuring.stop()
    try:
        return (yield)
    finally:
        measuring.start()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest; the order of the others, and within a file, stays."""
    items.sort(key=lambda item: _place_in_line(item.path.as_posix()))


def _place_in_line(path: str) -> int:
    return next((place for place, name in enumerate(_LONGEST) if path.endswith(f"dx_pipeline_tests/{name}")), 99)


class NetworkForbiddenError(AssertionError):
    """A test tried to reach another machine."""


@pytest.fixture(scope="session", autouse=True)
def _home() -> Iterator[None]:
    """A home that is empty and goes away."""
    with tempfile.TemporaryDirectory(prefix="dx-home-") as home, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", home)
        yield


@pytest.fixture(scope="session", autouse=True)
def _offline() -> Iterator[None]:
    """Refuse connections and look-ups of names, but for this machine's own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _only_loopback(getattr(socket.socket, name)))
        patch.setattr(socket, "getaddrinfo", _only_own_names(socket.getaddrinfo))
        yield


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """The place of a warehouse that is not there yet."""
    return tmp_path / "warehouse"


def _only_loopback(connect: Any) -> Any:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            _refuse_others(address[0])
        return connect(self, address)

    return guarded


def _only_own_names(look_up: Any) -> Any:
    def guarded(host: str | bytes | None, *arguments: Any, **options: Any) -> Any:
        _refuse_others(host)
        return look_up(host, *arguments, **options)

    return guarded


def _refuse_others(host: str | bytes | None) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name in {None, "", "localhost"}:
        return
    try:
        is_own = ip_address(str(name).partition("%")[0]).is_loopback
    except ValueError:
        is_own = False
    if not is_own:
        raise NetworkForbiddenError(f"tests are offline, and this one would reach {name!r}")
