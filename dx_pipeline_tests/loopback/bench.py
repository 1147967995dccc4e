"""Where a fault is tried: servers on loopback, names that lead to them, and a fetcher that may ask them."""

import socket
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dx_pipeline.evidence.fetch import Fetcher, Limits, Reply
from dx_pipeline_tests.loopback.authority import Authority
from dx_pipeline_tests.loopback.server import Act, LoopbackServer, answer

CONTACT = "desk@example.org"
LIMITS = Limits(
    connect_seconds=5, read_seconds=5, total_seconds=10, max_bytes=1_000_000, backoff_seconds=0.01, max_wait_seconds=2
)
HASTY = replace(LIMITS, read_seconds=0.8, total_seconds=1.5, tries=1)
"""Limits for servers that are slow on purpose."""

ARTICLE = (
    "<!DOCTYPE html><html lang='en'><head><title>Registers go online</title></head><body><article><h1>Registers go "
    "online</h1><p>"
    + "The department opened its registers to every office of the province, and clerks no longer copy files by hand. "
    * 12
    + "</p></article></body></html>"
)
"""A page of the tests' own, long enough to be one."""


def page(line: Any) -> None:
    """Answer with the article."""
    line.send(answer(ARTICLE.encode()))


@dataclass
class Bench:
    """Two servers and two certificate authorities; every name under ``.test`` leads to loopback."""

    server: LoopbackServer
    secure: LoopbackServer
    authority: Authority
    stranger: Authority

    def resolve(self, host: str) -> list[str]:
        """Look a name up, on this machine only."""
        if host.endswith(".test"):
            return ["127.0.0.1"]
        raise socket.gaierror(socket.EAI_NONAME, f"no such name: {host}")

    def fetcher(self, host: str, *, limits: Limits = LIMITS, more: Mapping[str, Any] | None = None) -> Fetcher:
        """Return a fetcher that may ask a host on the ports of both servers."""
        allowed = frozenset(f"{host}:{one.port}" for one in (self.server, self.secure))
        options = {"private_hosts": allowed, "resolve": self.resolve, "authorities": str(self.authority.path)}
        return Fetcher(contact=CONTACT, limits=limits, **{**options, **(more or {})})

    def url(self, host: str, path: str = "/", *, secure: bool = False) -> str:
        """Return the address of a path on one of the servers, by a name."""
        server = self.secure if secure else self.server
        return f"{'https' if secure else 'http'}://{host}:{server.port}{path}"

    def get(self, host: str, *acts: Act, limits: Limits = LIMITS, **options: Any) -> Reply:
        """Serve answers at a path of its own and ask for it."""
        self.server.route(f"/{host}", *acts)
        return self.fetcher(host, limits=limits).get(self.url(host, f"/{host}"), **options)


Trial = Callable[[Bench, str], Reply]


@contextmanager
def open_bench() -> Iterator[Bench]:
    """Start both servers; the secure one has a certificate for ``secure.test``."""
    with tempfile.TemporaryDirectory(prefix="dx-bench-") as folder:
        authority, stranger = Authority(Path(folder), "Authority"), Authority(Path(folder), "Stranger")
        tls = authority.server_context("secure.test")
        with LoopbackServer() as server, LoopbackServer(tls=tls) as secure:
            yield Bench(server, secure, authority, stranger)
