"""The guards of the tests themselves: without them a test could pass by luck of the machine it runs on."""

import os
import socket
from pathlib import Path

import pytest

from dx_pipeline_tests.conftest import NetworkForbiddenError


def test_no_other_machine_is_reached() -> None:
    with socket.socket() as client, pytest.raises(NetworkForbiddenError, match=r"192\.0\.2\.1"):
        client.connect(("192.0.2.1", 80))
    with socket.socket(socket.AF_INET6) as client, pytest.raises(NetworkForbiddenError):
        client.connect_ex(("2001:db8::1", 80))


def test_no_name_is_looked_up() -> None:
    with pytest.raises(NetworkForbiddenError, match=r"news\.example"):
        socket.create_connection(("news.example", 443))


def test_this_machine_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("localhost", port), timeout=5) as client:
            assert client.getpeername() == server.getsockname()


def test_nothing_from_outside_is_heeded(warehouse: Path) -> None:
    assert not [name for name in os.environ if name.startswith("DX_")]
    assert "DAGSTER_HOME" not in os.environ
    assert Path.home().name.startswith("dx-home-")
    assert not warehouse.exists()
