"""Killing publishes with SIGKILL, again and again on one warehouse, and looking at what readers would find.

Runs as a process of its own (``python -m dx_pipeline_tests.warehouse.killing``), which imports
everything once and then forks: a trial costs a fork, not the start of Python. It never uses DuckDB
or Polars itself, because a fork must not inherit their threads.
"""

import argparse
import hashlib
import json
import os
import random
import re
import signal
import stat
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from dx_pipeline.warehouse.ddl import structure_sha256
from dx_pipeline.warehouse.errors import ReleaseError
from dx_pipeline.warehouse.publish import publish
from dx_pipeline.warehouse.releases import DATABASE, current_release
from dx_pipeline.warehouse.verify import find_defects, verify_in_fresh_process
from dx_pipeline_tests.warehouse.examples import edition, run_record
from dx_pipeline_tests.warehouse.tracer import Call, TracingForbiddenError, run_traced

TRACING_FORBIDDEN = 3
KEEP = 1
_DECISIVE = ("rename", "symlink", "link", "unlink", "mkdir", "rmdir", "fsync", "fdatasync")


@dataclass(frozen=True, slots=True)
class State:
    """What a reader finds: the linked release's number and which edition of the tables it holds."""

    number: int
    edition: str


@dataclass(slots=True)
class Tally:
    """What the trials showed."""

    kills: int = 0
    missed: int = 0
    old: int = 0
    new: int = 0
    waits: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def judge(self, trial: str, before: State, after: State | str, target: str) -> None:
        """Count a trial: what readers find must be all of the old release or all of the new one."""
        if after == before:
            self.old += 1
        elif isinstance(after, State) and after.number > before.number and after.edition == target:
            self.new += 1
        else:
            self.broken.append(f"{trial}: {before} became {after}")


class Reader:
    """Looks at a warehouse as a reader does; bytes that were checked once are not checked again."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._whole: dict[str, State] = {}

    def look(self) -> State | str:
        """Return what the link leads to, or what is wrong with it."""
        try:
            release = current_release(self._root)
        except ReleaseError as error:
            return str(error)
        if release is None:
            return "there is no link"
        content = _content(release.folder)
        if content not in self._whole:
            answer = fork_for_answer(partial(_inspect, release.folder))
            if answer["defects"]:
                return f"release {release.number}: {answer['defects']}"
            self._whole[content] = State(release.number, answer["edition"])
        return self._whole[content]


def _content(folder: Path) -> str:
    digest = hashlib.sha256(str(folder).encode())
    for path in sorted(folder.rglob("*")):
        digest.update(f"{path}{stat.S_IMODE(path.stat().st_mode)}".encode())
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()


def _inspect(folder: Path) -> dict[str, Any]:
    defects = find_defects(folder)
    defects += [
        f"{path} is not read-only" for path in folder.rglob("*.*") if stat.S_IMODE(path.stat().st_mode) != 0o444
    ]
    if defects:
        return {"defects": defects}
    connection = duckdb.connect(str(folder / DATABASE), read_only=True)
    [(name,)] = connection.execute("select distinct name from sources").fetchall()
    connection.close()
    return {"defects": [], "edition": name}


def fork_for_answer(body: Callable[[], Any]) -> Any:
    """Run a function in a forked child and return its answer, which must be fit for JSON."""
    reading, writing = os.pipe()
    child = fork(partial(_answer, writing, body))
    os.close(writing)
    with os.fdopen(reading) as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    if status:
        raise ChildProcessError(f"the child ended with {os.waitstatus_to_exitcode(status)}")
    return json.loads(answer)


def _answer(writing: int, body: Callable[[], Any]) -> None:
    with os.fdopen(writing, "w") as pipe:
        json.dump(body(), pipe)


def fork(body: Callable[[], object]) -> int:
    """Start a function in a forked child, whose status is 1 where it raises; return the child's id."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            body()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    return child


def verify_here(folder: Path) -> None:
    """The check of a build without the start of a process; the reader checks again after the kill."""
    defects = find_defects(folder)
    if defects:
        raise AssertionError(defects)


def leave_unverified(folder: Path) -> None:
    """No check of a build: it only reads, and the reader checks after the kill."""


def publish_edition(root: Path, name: str, verify: Callable[[Path], None] = verify_here) -> list[str]:
    """Publish one edition with as little ado as possible; return what was said."""
    said: list[str] = []
    publish(edition(name), root, run_record(name), KEEP, say=said.append, verify=verify, threads=1)
    return said


def prepare(root: Path) -> tuple[Reader, State]:
    """Fill a new warehouse with two releases."""
    structure_sha256()  # what is made once per process is made before the forks
    for name in "AB":
        fork_for_answer(partial(publish_edition, root, name))
    reader = Reader(root)
    return reader, expect_whole(reader)


def expect_whole(reader: Reader) -> State:
    """What the reader finds, which here can only be whole."""
    state = reader.look()
    if isinstance(state, str):
        raise TypeError(state)
    return state


def other(state: State) -> str:
    """The edition to publish over a state."""
    return "B" if state.edition == "A" else "A"


def kill_at_random(root: Path, kills: int, rng: random.Random, say: Callable[[str], None]) -> Tally:
    """Kill publishes at random moments; after each, look, and let the next publish mend what is left."""
    reader, before = prepare(root)
    started = time.monotonic()
    fork_for_answer(partial(publish_edition, root, other(before), verify_in_fresh_process))
    seconds = time.monotonic() - started
    tally = Tally()
    while tally.kills < kills:
        before = expect_whole(reader)
        child = fork(partial(publish_edition, root, other(before), verify_in_fresh_process))
        moment = rng.uniform(0, seconds)
        time.sleep(moment)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        after = reader.look()
        if not os.WIFSIGNALED(status):  # it was done before its moment came
            seconds *= 0.8
            continue
        seconds *= 1.03
        tally.kills += 1
        tally.judge(f"kill {tally.kills} after {moment:.3f} s", before, after, other(before))
        after = expect_whole(reader)
        fork_for_answer(partial(publish_edition, root, other(after), leave_unverified))
        if expect_whole(reader).edition != other(after):
            tally.broken.append(f"the publish after kill {tally.kills} did not mend what was left")
        if tally.kills % 50 == 0:
            say(f"{tally.kills} kills, {len(tally.broken)} broken")
    return tally


def kill_at_every_call(root: Path, share: int = 0, shares: int = 1, *, every_call: bool = False) -> Tally:
    """Kill one publish before each system call that touches the warehouse, one share of them.

    Three publishes are surveyed: over a tidy warehouse, over what a kill before the rename left, and
    over what a kill during the removal of the oldest release left. Each call is known by its name and
    path, not by its number, because what the kill before has left shifts the numbers.

    Args:
        root: the directory of the warehouse.
        share: which share, from 0.
        shares: how many shares there are.
        every_call: kill also before opens, writes and changes of mode where the files are what they
            were at the kill before, because the call between only read or made durable, and at each
            of many writes to one file in a row.
    """
    reader, _ = prepare(root)
    tally = Tally()
    known: set[str] = set()
    for leftover in ("", "building: rename releases/.build-", "building: rmdir releases/.removed-"):
        _leave_behind(root, reader, leftover)
        points = [point for point in _survey(root, reader, every_call=every_call) if point not in known]
        known.update(points)
        _leave_behind(root, reader, leftover)
        for point in points[share::shares]:
            before = expect_whole(reader)
            if _traced(root, reader, partial(_is_point, point)):
                tally.kills += 1
                tally.calls[point.split()[1]] += 1
            else:  # DuckDB does not always cut a file into equally many writes
                tally.missed += 1
            tally.judge(point, before, reader.look(), other(before))
    _leave_behind(root, reader, "")
    return tally


def _is_point(point: str, name: str, _: Call) -> bool:
    return name == point


def _leave_behind(root: Path, reader: Reader, leftover: str) -> None:
    """Publish until nothing is left of earlier kills, then be killed where the point's name begins so."""
    for _ in range(2):
        before = expect_whole(reader)
        fork_for_answer(partial(publish_edition, root, other(before)))
        if expect_whole(reader).edition != other(before):
            raise AssertionError("a publish did not mend what was left")
    if leftover and not _traced(root, reader, lambda name, _: name.startswith(leftover)):
        raise AssertionError(f"{leftover} was not reached")


def _survey(root: Path, reader: Reader, *, every_call: bool) -> list[str]:
    """The points of one whole publish; without ``every_call``, those that matter."""
    points: list[str] = []
    changed = True
    last: tuple[Call, ...] = ()

    def note(name: str, call: Call) -> bool:
        nonlocal changed, last
        last = (*last[-2:], call)
        in_a_row = len(last) == 3 and len(set(last)) == 1 and "write" in call.name
        if every_call or call.name.startswith(_DECISIVE) or (changed and not in_a_row):
            points.append(name)
        changed = not call.changes_nothing
        return False

    _traced(root, reader, note)
    return points


def _traced(root: Path, reader: Reader, stop_at: Callable[[str, Call], bool]) -> bool:
    """Publish the other edition under the tracer; say whether it was killed."""
    state = expect_whole(reader)
    number = 1 + max(int(entry.name) for entry in (root / "releases").iterdir() if entry.name.isdecimal())
    occurrences: Counter[str] = Counter()
    phase = "clearing"

    def stop(call: Call) -> bool:
        nonlocal phase
        if call.name.startswith("mkdir") and ".build-" in call.paths[0]:
            phase = "building"
        name = f"{phase}: {_name_point(call, root, number)}"
        occurrences[name] += 1
        return stop_at(f"{name} for the {occurrences[name]}. time", call)

    return run_traced(partial(publish_edition, root, other(state), leave_unverified), root, stop)


def _name_point(call: Call, root: Path, number: int) -> str:
    """A call's name and paths; a release is told by how far it is from the one that is being built."""
    relative = (path.removeprefix(f"{root}/") for path in call.paths)
    return " ".join(
        [call.name, *(re.sub(r"\d{6}", lambda digits: f"{int(digits[0]) - number:+d}", path) for path in relative)]
    )


def publish_in_pairs(root: Path, pairs: int) -> Tally:
    """Publish two editions at the same moment, again and again; both must succeed, one after the other."""
    reader, before = prepare(root)
    tally = Tally()
    for pair in range(pairs):
        pipes = [os.pipe(), os.pipe()]
        children = []
        for name, (_, writing) in zip("ab", pipes, strict=True):
            body = partial(publish_edition, root, f"{pair}{name}", leave_unverified)
            children.append(fork(partial(_answer, writing, body)))
            os.close(writing)
        tally.waits += sum("waiting up to" in _read_all(reading) for reading, _ in pipes)
        tally.broken += [f"pair {pair}: a publish failed" for child in children if os.waitpid(child, 0)[1]]
        after = expect_whole(reader)
        if after.number != before.number + 2:
            tally.broken.append(f"pair {pair}: {before} became {after}")
        before = after
    return tally


def _read_all(reading: int) -> str:
    with os.fdopen(reading) as pipe:
        return pipe.read()


def main(arguments: Iterable[str]) -> int:
    """Run trials in a directory of their own and write the tally as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trials", choices=["calls", "random", "pairs"])
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
        elif options.trials == "pairs":
            tally = publish_in_pairs(root, options.count)
        else:
            tally = kill_at_random(root, options.count, random.Random(options.seed), lambda _: None)  # noqa: S311
    except TracingForbiddenError as error:
        sys.stderr.write(f"{error}\n")
        return TRACING_FORBIDDEN
    json.dump(
        {name: getattr(tally, name) for name in ("kills", "missed", "old", "new", "waits", "calls", "broken")},
        sys.stdout,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
