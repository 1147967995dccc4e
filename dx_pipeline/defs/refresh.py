"""The job ``refresh`` run in this process: what the command line starts, and what it learns of the result.

The run is recorded in the warehouse's Dagster home, so that the web interface shows it.
"""

import logging
import re
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import dagster as dg
from dagster import DagsterEventType, ExecuteInProcessResult

from dx_pipeline.defs.articles import ARTICLES, PARSED
from dx_pipeline.defs.build import build_definitions
from dx_pipeline.defs.home import write_home
from dx_pipeline.defs.published import RELEASE_KEY
from dx_pipeline.defs.reuse import Work
from dx_pipeline.defs.schedules import JOB_NAME
from dx_pipeline.defs.web import STEP as WEB_STEP
from dx_pipeline.settings import Settings
from dx_pipeline.warehouse.lock import LockTimeoutError

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}  # the outcome tells of failures
_OWN_CLASS = re.compile(r"^dx_pipeline\.[\w.]+: ")  # our messages need no name of a class in front
_FAILURES = frozenset({DagsterEventType.STEP_FAILURE, DagsterEventType.RESOURCE_INIT_FAILURE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A step of the run that has ended, or something that a person may want to read meanwhile."""

    done: int
    total: int
    step: str
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RedCheck:
    """A check that did not pass; ``is_error`` tells a defect from a warning."""

    asset: str
    check: str
    is_error: bool
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run ended. ``release`` is the number of the current release, ``None`` where nothing was published.

    ``parsed`` tells of documents, ``extracted`` of articles; ``None`` where the run did not come so far. ``pulled``
    has the numbers of each web site that was asked, by its id (``source_health.pull_numbers``).
    """

    run_id: str
    seconds: float
    succeeded: bool
    is_locked: bool = False
    failures: tuple[str, ...] = ()
    red_checks: tuple[RedCheck, ...] = ()
    release: int | None = None
    is_new: bool = False
    quarantined_rows: int = 0
    parsed: Work | None = None
    extracted: Work | None = None
    pulled: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(slots=True)
class _Listener:
    """Turns Dagster's events into progress."""

    total: int
    tell: Callable[[Progress], None]
    ended: set[str] = field(default_factory=set)

    def __call__(self, entry: dg.EventLogEntry) -> None:
        event = entry.dagster_event
        if event is None:
            if entry.level == logging.WARNING:  # errors are told with the outcome
                self._say(entry.step_key or "", entry.user_message)
            elif entry.step_key == WEB_STEP:  # which takes long
                self._say(entry.user_message)
        elif event.is_step_success or event.is_step_failure:
            self.ended.add(event.step_key or "")
            self._say(event.step_key or "")

    def _say(self, step: str, message: str | None = None) -> None:
        self.tell(Progress(done=len(self.ended), total=self.total, step=step.replace("__", "/"), message=message))


def run_refresh(settings: Settings, tell: Callable[[Progress], None]) -> Outcome:
    """Run the job on these settings, to its end.

    Args:
        settings: What to read, where to write, which day to judge on.
        tell: Called as the run goes on.

    Returns:
        How it ended; a step that failed is told there and not raised.

    Raises:
        CatalogueError: where a file of the catalogue cannot be used.
        OSError: where the run history cannot be written.
    """
    job = build_definitions(settings).resolve_job_def(JOB_NAME)
    write_home(settings.dagster_home)
    run_id = str(uuid.uuid4())
    started = time.monotonic()
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        instance.add_event_listener(run_id, _Listener(total=len(job.nodes), tell=tell))
        result = job.execute_in_process(instance=instance, run_id=run_id, run_config=_QUIET, raise_on_error=False)
    return _outcome(result, time.monotonic() - started)


def _outcome(result: ExecuteInProcessResult, seconds: float) -> Outcome:
    errors = list(_errors(result))
    release = _numbers(result, RELEASE_KEY)
    return Outcome(
        run_id=result.run_id,
        seconds=seconds,
        succeeded=result.success,
        is_locked=any(name == LockTimeoutError.__name__ for name, _ in errors),
        failures=tuple(message for _, message in errors),
        red_checks=tuple(_red_checks(result)),
        release=release.get("release"),
        is_new=bool(release.get("published", False)),
        quarantined_rows=release.get("quarantined_rows", 0),
        parsed=_work(result, PARSED.key),
        extracted=_work(result, ARTICLES.key),
        pulled=dict(_pulled(result)),
    )


def _errors(result: ExecuteInProcessResult) -> Iterator[tuple[str | None, str]]:
    """Yield the class and the message of what went wrong in each step that failed: our own error, or the first."""
    for event in result.filter_events(lambda event: event.event_type in _FAILURES):
        data = event.event_specific_data
        error = getattr(data, "error", None)
        while error is not None and error.cause is not None and not _OWN_CLASS.match(error.message):
            error = error.cause
        failure = getattr(data, "user_failure_data", None)
        text = (failure.description if failure else None) or (error.message if error else "") or "unknown"
        place = f"{event.step_key.replace('__', '/')}: " if event.step_key else ""
        yield (error.cls_name if error else None), f"{place}{_OWN_CLASS.sub('', text.strip())}"


def _work(result: ExecuteInProcessResult, key: dg.AssetKey) -> Work | None:
    numbers = _numbers(result, key)
    return Work(numbers["anew"], numbers["kept"]) if numbers else None


def _pulled(result: ExecuteInProcessResult) -> Iterator[tuple[str, dict[str, int]]]:
    for event in result.get_asset_materialization_events():
        if event.step_key == WEB_STEP and event.asset_key is not None:
            yield event.asset_key.path[-1], _numbers(result, event.asset_key)


def _numbers(result: ExecuteInProcessResult, key: dg.AssetKey) -> dict[str, int]:
    """Return the whole numbers that an asset was materialised with; none where it was not."""
    for event in result.get_asset_materialization_events():
        if event.asset_key == key:
            metadata = event.materialization.metadata
            return {name: entry.value for name, entry in metadata.items() if isinstance(entry.value, int)}
    return {}


def _red_checks(result: ExecuteInProcessResult) -> Iterator[RedCheck]:
    for check in result.get_asset_check_evaluations():
        if not check.passed:
            yield RedCheck(
                asset=check.asset_key.to_user_string(),
                check=check.check_name,
                is_error=check.severity == dg.AssetCheckSeverity.ERROR,
                description=check.description or "",
            )
