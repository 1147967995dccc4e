"""A server on this machine that stands in for all statistics services, by the first step of a path: the host's name.

``server.fail("indicator/NY.GDP", answer, …)`` gives the next requests whose address holds the text other answers.
"""

import re
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import StatisticsSource


@dataclass(frozen=True)
class Asked:
    """A request: method, path behind the host's name, query and form fields."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes
    headers: Mapping[str, str]

    @property
    def form(self) -> dict[str, list[str]]:
        """The fields of a posted form."""
        return parse_qs(self.body.decode(), keep_blank_values=True)


@dataclass(frozen=True)
class Answer:
    """What is sent back."""

    body: bytes = b""
    status: int = 200
    media_type: str = "application/json;charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


Service = Callable[[Asked], Answer]
NOT_FOUND = Answer(b"<html><body>Not found</body></html>", 404, "text/html")


@dataclass
class StatisticsServer:
    """The server: its services by host, the faults that are due, and what was asked."""

    services: dict[str, Service] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    url: str = ""
    _faults: list[tuple[str, list[Answer]]] = field(default_factory=list)

    def fail(self, where: str, *answers: Answer) -> None:
        """Answer the next requests whose address holds a text otherwise, one after the other."""
        self._faults.append((where, list(answers)))

    def heal(self) -> None:
        """Forget the faults that are still due."""
        self._faults.clear()

    def count(self, where: str) -> int:
        """Return how many requests had a text in their address."""
        return sum(where in one for one in self.asked)

    def answer(self, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Answer one request."""
        parts = urlsplit(target)
        host, _, path = parts.path.lstrip("/").partition("/")
        if host == "robots.txt":
            return NOT_FOUND
        address = f"{method} {unquote(target)}"
        self.asked.append(address)
        for where, answers in self._faults:
            if where in address and answers:
                return answers.pop(0)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        service = self.services.get(host)
        return service(Asked(method, unquote(path), query, body, headers)) if service else NOT_FOUND


@contextmanager
def serve_statistics(services: Mapping[str, Service]) -> Iterator[StatisticsServer]:
    """Run a server for the length of a ``with`` block."""
    server = StatisticsServer(dict(services))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = server.answer(self.command, self.path, body, dict(self.headers))
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.media_type)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class calls it so
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    server.url = f"http://127.0.0.1:{httpd.server_address[1]}"
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()


def at_loopback(source: StatisticsSource, server: StatisticsServer, *changes: tuple[str, str]) -> StatisticsSource:
    """Return a source whose requests go to the server; texts of their URLs may be changed, such as a page's size."""
    requests = []
    for request in source.settings["requests"]:
        url = request["url"].replace("https://", f"{server.url}/")
        for before, after in changes:
            url = url.replace(before, after)
        requests.append({**request, "url": url})
    return StatisticsSource(
        source_id=source.source_id,
        name=source.name,
        publisher=source.publisher,
        licence=source.licence,
        url=source.url,
        settings={**source.settings, "requests": requests, "delay_seconds": 0, "rhythm_hours": 1},
    )


def write_recorded_sources(folder: Path) -> Path:
    """Write the catalogue's statistics sources into a folder for ``--sources`` without requests; return the folder."""
    (folder / "statistics").mkdir(parents=True, exist_ok=True)
    for path in (CATALOGUE / "statistics").glob("*.toml"):
        kept = re.sub(r"(?ms)^\[\[requests\]\]\n.*?(?=^\[|\Z)", "", path.read_text(encoding="utf-8"))
        if "[[files]]" in kept:
            (folder / "statistics" / path.name).write_text(kept, encoding="utf-8")
    shutil.copytree(CATALOGUE / "sample" / "statistics", folder / "sample" / "statistics")
    return folder
