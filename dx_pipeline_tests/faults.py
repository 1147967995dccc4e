"""Serve every fault to the fetcher and tell what came of it: ``python -m dx_pipeline_tests.faults``.

Writes the table of ``docs/faults.md``; with ``--check`` it only compares. The exit status is 1 where an outcome is
not the one expected, or the table is not the one in the docs.
"""

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from dx_pipeline.evidence.fetch import Reply
from dx_pipeline_tests.loopback.bench import open_bench
from dx_pipeline_tests.loopback.faults import FAULTS, Fault

PAGE = Path(__file__).parent.parent / "docs" / "faults.md"
_THREADS = 12
_HEAD = """# Faults: what is served, what is recorded, what is seen

Made by `python -m dx_pipeline_tests.faults`, which serves each of these to the fetcher from a raw socket on loopback;
a test holds this page to what comes out. "Row" is the row of the catalogue of faults. "Recorded" is the outcome, the
HTTP status where one came, and whether bytes came whole. The requests count every one, those for `robots.txt` too.
Numbers that differ from run to run are left out of what is seen.
"""
_VARYING = (
    (re.compile(r"/f\d+\.test\b(?![:.])"), "/page"),
    (re.compile(r"\bf\d+\.test(:\d+)?"), "site.test"),
    (re.compile(r":\d{4,5}(?=/)"), ""),
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:]+Z"), "<time>"),
    (re.compile(r"\d+ bytes had come"), "<n> bytes had come"),
    (re.compile(r"after \d+ bytes"), "after <n> bytes"),
)


@dataclass(frozen=True)
class Result:
    """A fault and the reply that it came to."""

    fault: Fault
    reply: Reply

    @property
    def is_expected(self) -> bool:
        """Whether the outcome is the one that must be recorded, and tells what to do."""
        reply = self.reply
        told = reply.outcome in {"ok", "not_modified"} or bool(reply.detail)
        return reply.outcome == self.fault.outcome and told and (reply.outcome != "ok" or reply.body is not None)


def try_all(faults: Sequence[Fault] = FAULTS) -> list[Result]:
    """Serve each fault at a host of its own, many at a time."""
    with open_bench() as bench, ThreadPoolExecutor(_THREADS) as pool:
        replies = pool.map(lambda pair: pair[1].trial(bench, f"f{pair[0]}.test"), enumerate(faults))
        return [Result(fault, reply) for fault, reply in zip(faults, replies, strict=True)]


def render(results: Iterable[Result]) -> str:
    """Return the page, a table for each outcome."""
    results = list(results)
    lines = [_HEAD]
    wrong = sum(not result.is_expected for result in results)
    lines.append(f"{len(results)} faults, {wrong} ended otherwise than they must.\n")
    for outcome in dict.fromkeys(result.fault.outcome for result in results):
        lines += [f"## `{outcome}`\n", "| row | served | recorded | requests | seen |", "|---|---|---|---|---|"]
        lines += [_row(result) for result in results if result.fault.outcome == outcome]
        lines.append("")
    return "\n".join(lines)


def _row(result: Result) -> str:
    reply = result.reply
    status = f", status {reply.http_status}" if reply.http_status else ""
    body = ", bytes" if reply.body is not None else ""
    cells = (
        result.fault.row,
        result.fault.served,
        f"`{reply.outcome}`{status}{body}",
        str(reply.requests),
        _steady(reply.detail or ""),
    )
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _steady(detail: str) -> str:
    for pattern, stand_in in _VARYING:
        detail = pattern.sub(stand_in, detail)
    return detail.replace("<", "&lt;")


def main(arguments: Sequence[str] | None = None) -> int:
    """Try all faults, then write or compare the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; compare with docs/faults.md")
    options = parser.parse_args(arguments)
    results = try_all()
    for result in results:
        if not result.is_expected:
            sys.stderr.write(f"{result.fault.served}: {result.reply.outcome}, not {result.fault.outcome}\n")
    text = render(results)
    same = PAGE.exists() and PAGE.read_text(encoding="utf-8") == text
    if not options.check:
        PAGE.write_text(text, encoding="utf-8")
    elif not same:
        sys.stderr.write(f"{PAGE} is not what came out; run python -m dx_pipeline_tests.faults\n")
    failed = any(not result.is_expected for result in results) or (options.check and not same)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
