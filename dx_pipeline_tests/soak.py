"""The long run of kills: ``python -m dx_pipeline_tests.soak --kills 1000``.

Publishes are killed with SIGKILL at random moments, on one warehouse that is never tidied. After each
kill readers must find the old release or the new one, whole, and the next publish must mend what is left.
Pulls are killed likewise: no attempt that was acknowledged may be lost, every body must be whole, and the
next pull must complete what was begun without bringing again what was kept.
Progress goes to standard error, the summary to standard output; the exit status is 1 where anything broke.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import duckdb

from dx_pipeline_tests.evidence import killed_pulls
from dx_pipeline_tests.warehouse import killing


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the kills that are asked for and sum up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--what", choices=["publish", "pull", "both"], default="both", help="what is killed")
    parser.add_argument("--kills", type=int, default=1000, help="kills of each at random moments")
    parser.add_argument("--calls", action="store_true", help="first, one kill before every system call")
    parser.add_argument("--seed", type=int, default=1, help="seed of the moments")
    options = parser.parse_args(arguments)
    broken: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for what, kill in (("publish", _kill_publishes), ("pull", _kill_pulls)):
            if options.what in {what, "both"}:
                moments = random.Random(options.seed)  # noqa: S311 - moments, no secrets
                broken += kill(Path(folder, what).resolve(), options.kills, moments, calls=options.calls)
    sys.stderr.writelines(f"{line}\n" for line in broken)
    return 1 if broken else 0


def _kill_publishes(root: Path, kills: int, moments: random.Random, *, calls: bool) -> list[str]:
    started = time.monotonic()
    tallies = [killing.kill_at_every_call(root / "calls", every_call=True)] if calls else []
    tallies.append(killing.kill_at_random(root / "random", kills, moments, _say))
    broken = [line for tally in tallies for line in tally.broken]
    done, old, new = (sum(getattr(tally, name) for tally in tallies) for name in ("kills", "old", "new"))
    sys.stdout.write(
        f"publish, DuckDB {duckdb.__version__}: {done} kills, {len(broken)} broken; readers found the old release "
        f"{old} times, the new one {new} times; {time.monotonic() - started:.0f} s\n"
    )
    return broken


def _kill_pulls(root: Path, kills: int, moments: random.Random, *, calls: bool) -> list[str]:
    started = time.monotonic()
    tallies = [killed_pulls.kill_at_every_call(root / "calls", every_call=True)] if calls else []
    tallies.append(killed_pulls.kill_at_random(root / "random", kills, moments, _say))
    broken = [line for tally in tallies for line in tally.broken]
    done, kept, in_doubt = (
        sum(getattr(tally, name) for tally in tallies) for name in ("kills", "acknowledged", "in_doubt")
    )
    sys.stdout.write(
        f"pull: {done} kills, {len(broken)} broken; {kept} attempts were acknowledged before a kill, "
        f"{in_doubt} bodies had no attempt yet; {time.monotonic() - started:.0f} s\n"
    )
    return broken


def _say(message: str) -> None:
    sys.stderr.write(f"{message}\n")


if __name__ == "__main__":
    sys.exit(main())
