"""Killing pulls with SIGKILL, again and again on one archive, and looking for lost and for half-written evidence.

Runs as a process of its own (``python -m dx_pipeline_tests.evidence.killed_pulls``), which imports everything once and
then forks: a trial costs a fork, not the start of Python. The site is a real HTTP server on loopback, in a process
of its own; the pull is the real one, of several sources side by side.
"""

import argparse
import hashlib
import json
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit
from zlib import crc32

import polars as pl

from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.attempt import Attempt, ReplyLike
from dx_pipeline.evidence.fetch import Fetcher
from dx_pipeline.evidence.frontier import Frontier
from dx_pipeline.evidence.journal import FILE_NAME, Journal
from dx_pipeline.evidence.pull import pull_source
from dx_pipeline.evidence.verification import faults_of_journal, verify_archive
from dx_pipeline.specs import ArticleSource, Discovery
from dx_pipeline_tests.warehouse.killing import TRACING_FORBIDDEN, fork, fork_for_answer
from dx_pipeline_tests.warehouse.tracer import Call, TracingForbiddenError, run_traced

SOURCE = "site"
THREADS = 4
PAGES = 12
TRACED_PAGES = 2
_NAMING = {"capture_id": pl.String, "source_id": pl.String, "url": pl.String, "bytes": pl.Int64, "sha256": pl.String}


@dataclass(slots=True)
class Tally:
    """What the trials showed."""

    kills: int = 0
    acknowledged: int = 0
    in_doubt: int = 0
    leftovers: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)


def page(address: str) -> bytes:
    """What the site serves: another page at every address, of another length."""
    digest = hashlib.sha256(address.encode()).hexdigest()
    paragraph = f"<p>The page {address} of the lakeside gazette has the number {digest}, which no other page has.</p>"
    return f"<html><body><h1>{address}</h1>{paragraph * (3 + int(digest[:2], 16))}</body></html>".encode()


class _Site(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = page(self.path)
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if self.path == "/robots.txt":
            body = b"User-agent: *\nAllow: /\n"
        is_known = self.headers.get("If-None-Match") == etag
        self.send_response(304 if is_known else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("ETag", etag)
        self.send_header("Content-Length", "0" if is_known else str(len(body)))
        self.end_headers()
        if not is_known:
            self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_arguments: object) -> None:
        """Say nothing of clients that were killed."""


@contextmanager
def serve() -> Iterator[str]:
    """Serve the site from a process of its own and give its address."""
    server = _Server(("127.0.0.1", 0), _Site)
    reading, writing = os.pipe()
    child = fork(partial(_serve_until_end, server, reading, writing))
    os.close(reading)
    server.socket.close()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        os.close(writing)
        os.waitpid(child, 0)


def _serve_until_end(server: ThreadingHTTPServer, reading: int, writing: int) -> None:
    """Serve until nobody holds the other end of the pipe any more, however they ended."""
    os.close(writing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    os.read(reading, 1)


class _Telling(Journal):
    """A journal that tells of each attempt at a page as soon as it is kept."""

    pipe: ClassVar[int | None] = None

    def record(self, source_id: str, reply: ReplyLike, sha256: str | None) -> Attempt:
        attempt = super().record(source_id, reply, sha256)
        if self.pipe is not None:
            os.write(self.pipe, f"{attempt.capture_id} {attempt.sha256} {urlsplit(attempt.url).path}\n".encode())
        return attempt


def pull(root: Path, site: str, addresses: Iterable[str], threads: int, acknowledge: int | None = None) -> None:
    """Pull pages of several sources, so many at a time, and tell of every attempt that was kept."""
    urls = [site + address for address in addresses]
    path, now = root / FILE_NAME, datetime.now(UTC).replace(tzinfo=None)
    fetcher = Fetcher(contact=None, private_hosts=frozenset({urlsplit(site).netloc}))
    _Telling.pipe = acknowledge  # the process is a fork of its own
    with fetcher, _Telling.open(path) as journal, Frontier.open(path) as frontier:

        def pull_one(number: int) -> None:
            own = [url for url in urls if crc32(url.encode()) % THREADS == number]
            pull_source(
                _source(f"{SOURCE}-{number}", site), fetcher, Archive(root), journal, frontier, now=now, urls=own
            )

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(pull_one, range(THREADS)))


def _source(source_id: str, site: str) -> ArticleSource:
    return ArticleSource(
        source_id=source_id,
        name="Site",
        publisher="Site",
        licence="CC0-1.0",
        url=site,
        crawl_delay_seconds=0,
        discovery=(Discovery(kind="addresses", url=f"{site}/addresses.txt"),),
    )


def examine(root: Path, acknowledged: list[list[str]]) -> dict[str, Any]:
    """Look at what a kill left, changing nothing, and return what is wrong and what is left over."""
    path, archive = root / FILE_NAME, Archive(root)
    kept: dict[str, Attempt] = {}
    wrong: list[str] = []
    if path.exists():
        with Journal.open(path, read_only=True) as journal:
            wrong += [fault.detail for fault in faults_of_journal(path, journal.find_defects())]
            kept = {attempt.capture_id: attempt for attempt in journal.attempts()}
    rows = [[getattr(attempt, name) for name in _NAMING] for attempt in kept.values()]
    found = verify_archive(archive, pl.DataFrame(rows, schema=_NAMING, orient="row"), settled=0)
    wrong += [fault.detail for fault in found.faults]
    for capture_id, sha256, address in acknowledged:
        if capture_id not in kept or kept[capture_id].sha256 != sha256:
            wrong.append(f"the attempt at {address} was acknowledged and is lost")
    for attempt in kept.values():
        served = page(urlsplit(attempt.url).path)
        if (attempt.sha256, attempt.bytes) != (hashlib.sha256(served).hexdigest(), len(served)):
            wrong.append(f"the attempt at {attempt.url} names other bytes than were served")
    if found.foreign:
        wrong.append(f"there are files that nobody wrote: {found.foreign}")
    return {
        "wrong": wrong,
        "unnamed": len(found.unnamed),
        "leftovers": len(found.leftovers),
        "good": sorted({urlsplit(attempt.url).path for attempt in kept.values() if attempt.outcome == "ok"}),
        "not_modified": sum(attempt.outcome == "not_modified" for attempt in kept.values()),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    """One kill: what was pulled from where, and how it is called."""

    name: str
    root: Path
    site: str
    addresses: list[str]
    threads: int

    def judge(self, tally: Tally, acknowledged: list[list[str]]) -> None:
        """Look at what the kill left; then pull again: all must be there, and nothing that was kept come again."""
        found = fork_for_answer(partial(examine, self.root, acknowledged))
        tally.kills += 1
        tally.acknowledged += len(acknowledged)
        tally.in_doubt += found["unnamed"]
        tally.leftovers = max(tally.leftovers, found["leftovers"])
        tally.broken += [f"{self.name}: {line}" for line in found["wrong"]]
        if found["unnamed"] > self.threads:
            tally.broken.append(
                f"{self.name}: {found['unnamed']} bodies are unnamed, {self.threads} threads were at work"
            )
        kept, unchanged = set(found["good"]) & set(self.addresses), found["not_modified"]
        fork_for_answer(partial(pull, self.root, self.site, self.addresses, THREADS))
        found = fork_for_answer(partial(examine, self.root, []))
        tally.broken += [f"{self.name}, pulled again: {line}" for line in found["wrong"]]
        if not set(self.addresses) <= set(found["good"]) or found["unnamed"]:
            tally.broken.append(f"{self.name}: the next pull did not mend what was left")
        if found["not_modified"] - unchanged != len(kept):
            tally.broken.append(f"{self.name}: the next pull brought again what was kept")


def kill_at_random(root: Path, kills: int, rng: random.Random, say: Callable[[str], None]) -> Tally:
    """Kill pulls at random moments; after each, look, and let the next pull complete what was begun."""
    tally, trial = Tally(), 0
    with serve() as site:
        started = time.monotonic()
        fork_for_answer(partial(pull, root / "0", site, _addresses(0, PAGES), THREADS))
        seconds = time.monotonic() - started
        while tally.kills < kills:
            trial += 1
            home = root / str(trial // 50)  # every body is hashed after every kill
            addresses = _addresses(trial, PAGES)
            moment = rng.uniform(0, seconds)
            acknowledged = _kill_after(moment, partial(pull, home, site, addresses, THREADS))
            if acknowledged is None:  # it was done before its moment came
                seconds *= 0.9
                continue
            seconds *= 1.03
            name = f"kill {tally.kills + 1} after {moment:.3f} s"
            _Trial(name=name, root=home, site=site, addresses=addresses, threads=THREADS).judge(tally, acknowledged)
            if tally.kills % 50 == 0:
                say(f"{tally.kills} kills, {len(tally.broken)} broken")
    return tally


def _addresses(trial: int, count: int) -> list[str]:
    return [f"/{trial}/{number}" for number in range(count)]


def _kill_after(seconds: float, body: Callable[..., object]) -> list[list[str]] | None:
    """Kill a pull after a while and return what it acknowledged; ``None`` where it was done before."""
    reading, writing = os.pipe()
    child = fork(partial(body, acknowledge=writing))
    os.close(writing)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading) as pipe:
        acknowledged = [line.split() for line in pipe.read().splitlines()]
    if not os.WIFSIGNALED(status):
        if status:
            raise ChildProcessError(f"the pull ended with {os.waitstatus_to_exitcode(status)}")
        return None
    return acknowledged


def kill_at_every_call(root: Path, share: int = 0, shares: int = 1, *, every_call: bool = False) -> Tally:
    """Kill one pull before each system call that changes a file of the archive or of the journal, one share of them.

    Without ``every_call``, of many writes to one file in a row the first two stand for the others.
    """
    tally, points = Tally(), list[tuple[int, Call]]()
    addresses = _addresses(0, TRACED_PAGES)
    with serve() as site:
        _traced(root / "survey", site, lambda number, call: points.append((number, call)))
        last = [None, None, *(call for _, call in points)]
        chosen = [
            point
            for point, *before in zip(points, last, last[1:], strict=False)
            if every_call or {*before} != {point[1]}
        ]
        for number, call in chosen[share::shares]:
            name, home = f"before call {number}, {call.name}", root / str(number)
            acknowledged = _traced(home, site, partial(_is_at, number))
            if acknowledged is None:
                tally.broken.append(f"{name}: the pull took another course")
                continue
            tally.calls[call.name] += 1
            trial = _Trial(name=name, root=home / "evidence", site=site, addresses=addresses, threads=1)
            trial.judge(tally, acknowledged)
    return tally


def _is_at(chosen: int, number: int, _: Call) -> bool:
    return number == chosen


def _traced(root: Path, site: str, stop_at: Callable[[int, Call], bool | None]) -> list[list[str]] | None:
    """Pull under the tracer and return what was acknowledged before the kill; ``None`` where there was none."""
    root.mkdir(parents=True)
    reading, writing = os.pipe()
    seen = 0

    def stop(call: Call) -> bool:
        nonlocal seen
        if call.changes_nothing:
            return False
        seen += 1
        return bool(stop_at(seen, call))

    addresses = _addresses(0, TRACED_PAGES)
    killed = run_traced(partial(pull, root / "evidence", site, addresses, 1, writing), root, stop)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        acknowledged = [line.split() for line in pipe.read().splitlines()]
    return acknowledged if killed else None


def main(arguments: Iterable[str]) -> int:
    """Run trials in a directory of their own and write the tally as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trials", choices=["calls", "random"])
    parser.add_argument("root", type=Path)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=int, default=0)
    parser.add_argument("--shares", type=int, default=1)
    parser.add_argument("--every-call", action="store_true")
    options = parser.parse_args(list(arguments))
    root = options.root.resolve()
    try:
        if options.trials == "calls":
            tally = kill_at_every_call(root, options.share, options.shares, every_call=options.every_call)
        else:
            tally = kill_at_random(root, options.count, random.Random(options.seed), lambda _: None)  # noqa: S311
    except TracingForbiddenError as error:
        sys.stderr.write(f"{error}\n")
        return TRACING_FORBIDDEN
    names = ("kills", "acknowledged", "in_doubt", "leftovers", "calls", "broken")
    json.dump({name: getattr(tally, name) for name in names}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
