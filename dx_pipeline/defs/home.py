"""Where Dagster keeps its run history, and the settings that it finds there.

The repository's own warehouse carries the file, because Dagster refuses a home that is not there;
that of any other warehouse is written before the first Dagster process starts: by ``dx run``, and by
``python -m dx_pipeline.defs.home`` for the web interface. Nothing here imports Dagster.
"""

import os
import sys
from pathlib import Path

from dx_pipeline.settings import Settings

DAGSTER_YAML = """\
# Written by dx_pipeline/defs/home.py where it is missing; edit it freely, it is never overwritten.
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
run_monitoring:  # a run that was killed is given up, so that it does not keep the next one waiting
  enabled: true
  max_runtime_seconds: 3600
  free_slots_after_run_end_seconds: 300
"""


def write_home(home: Path) -> Path:
    """Make the directory of the run history with its ``dagster.yaml``; one that is there stays as it is.

    Returns:
        The path of the ``dagster.yaml``.

    Raises:
        OSError: where the directory cannot be written.
    """
    home.mkdir(parents=True, exist_ok=True)
    path = home / "dagster.yaml"
    if not path.exists():
        draft = home / f".dagster.yaml.{os.getpid()}"
        draft.write_text(DAGSTER_YAML, encoding="utf-8")
        draft.replace(path)
    return path


def main() -> None:
    """Write the home of the warehouse that the environment names, and print its path for ``DAGSTER_HOME``."""
    sys.stdout.write(f"{write_home(Settings.read().dagster_home).parent}\n")


if __name__ == "__main__":
    main()
