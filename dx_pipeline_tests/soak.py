"""The long run of kills: ``python -m dx_pipeline_tests.soak --kills 1000``.

Publishes are killed with SIGKILL at random moments, on one warehouse that is never tidied. After each
kill readers must find the old release or the new one, whole, and the next publish must mend what is left.
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

from dx_pipeline_tests.warehouse.killing import kill_at_every_call, kill_at_random


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the kills that are asked for and sum up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000, help="kills at random moments")
    parser.add_argument("--calls", action="store_true", help="first, one kill before every system call")
    parser.add_argument("--seed", type=int, default=1, help="seed of the moments")
    options = parser.parse_args(arguments)
    tallies = []
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        if options.calls:
            tallies.append(kill_at_every_call(Path(folder, "calls").resolve(), every_call=True))
        moments = random.Random(options.seed)  # noqa: S311 - moments, no secrets
        tallies.append(kill_at_random(Path(folder, "random").resolve(), options.kills, moments, _say))
    broken = [line for tally in tallies for line in tally.broken]
    kills, old, new = (sum(getattr(tally, name) for tally in tallies) for name in ("kills", "old", "new"))
    sys.stderr.writelines(f"{line}\n" for line in broken)
    sys.stdout.write(
        f"DuckDB {duckdb.__version__}: {kills} kills, {len(broken)} broken; readers found the old release {old} times, "
        f"the new one {new} times; {time.monotonic() - started:.0f} s\n"
    )
    return 1 if broken else 0


def _say(message: str) -> None:
    sys.stderr.write(f"{message}\n")


if __name__ == "__main__":
    sys.exit(main())
