"""The sensor of the inbox: files that people put into ``warehouse/inbox/`` start a run.

The files stay where they are and are a source of their own, whatever else a run reads; a changed file is a new
version, and a file that is taken away leaves with the next run, as from any folder. Its bytes stay in the archive.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from dx_pipeline.defs.schedules import JOB_NAME
from dx_pipeline.settings import Settings

_EVERY_SECONDS = 30
State = Mapping[str, tuple[int, int]]


def inbox_sensor(settings: Settings) -> dg.SensorDefinition:
    """Return the sensor; it is on from the start where the schedule is.

    A run starts once no file has changed between two looks, so that one that is still being copied is not read.
    """

    @dg.sensor(
        name="inbox",
        job_name=JOB_NAME,
        minimum_interval_seconds=_EVERY_SECONDS,
        default_status=(
            dg.DefaultSensorStatus.RUNNING if settings.schedule_running else dg.DefaultSensorStatus.STOPPED
        ),
        description=f"Files put into {settings.inbox} start a run once they are whole.",
    )
    def inbox(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        return look(settings.inbox, context.cursor)

    return inbox


def look(folder: Path, cursor: str | None) -> dg.SensorResult:
    """Compare the folder with what the last look saw, and ask for a run where new content has settled.

    Args:
        folder: The inbox; one that is not there is empty.
        cursor: What the last look returned; ``None`` before the first.
    """
    before = _read_cursor(cursor)
    state = dict(_state(folder))
    seen = {name: list(values) for name, values in state.items()}
    if seen != before["seen"]:
        return _result(before | {"seen": seen}, reason="files are coming; they are read once they are whole")
    if seen == before["settled"]:
        return _result(before, reason="nothing is new" if seen else "no file is in the inbox")
    digest = _digest(folder, state)
    if digest == before["digest"]:  # touched, or moved back: the content is what was read last
        return _result(before | {"settled": seen}, reason="nothing is new")
    number = before["number"] + 1
    after = {"seen": seen, "settled": seen, "digest": digest, "number": number}
    # The number, so that an earlier content that comes back is read, too.
    return _result(after, request=dg.RunRequest(run_key=f"{number}-{digest[:16]}"))


def _result(
    cursor: Mapping[str, Any], request: dg.RunRequest | None = None, reason: str | None = None
) -> dg.SensorResult:
    written = json.dumps(cursor, sort_keys=True)
    if request:
        return dg.SensorResult(run_requests=[request], cursor=written)
    return dg.SensorResult(skip_reason=reason, cursor=written)


def _read_cursor(cursor: str | None) -> dict[str, Any]:
    empty: dict[str, Any] = {"seen": {}, "settled": {}, "digest": _digest_of([]), "number": 0}
    try:
        return {**empty, **json.loads(cursor or "{}")}
    except (ValueError, TypeError):  # of another version: everything is looked at anew
        return empty


def _state(folder: Path) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield each visible file with its size and the time of its change; links are not followed."""
    for directory, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(directory) / name
            if name.startswith(".") or path.is_symlink():
                continue
            try:
                status = path.stat()
            except OSError:  # gone meanwhile
                continue
            yield (
                os.fsencode(path.relative_to(folder)).decode("utf-8", "backslashreplace"),
                (
                    status.st_size,
                    status.st_mtime_ns,
                ),
            )


def _digest(folder: Path, state: State) -> str:
    """Hash names and content; of a file that cannot be read, its size and time instead."""
    return _digest_of((name, _content(folder / name) or repr(values)) for name, values in sorted(state.items()))


def _content(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _digest_of(content: Iterable[object]) -> str:
    return hashlib.sha256(repr(list(content)).encode()).hexdigest()
