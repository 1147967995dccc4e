"""What ``dx archive`` does and how it tells of it."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from importlib.metadata import version
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from dx_pipeline.cli.exits import Exit, stop, tell
from dx_pipeline.cli.output import print_json, print_table
from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.journal import FILE_NAME, Journal
from dx_pipeline.evidence.verification import Fault, Verification, faults_of_journal, verify_archive
from dx_pipeline.evidence.warc import is_warc
from dx_pipeline.evidence.warc_export import Exported, export_warc
from dx_pipeline.settings import Settings
from dx_pipeline.warehouse.read import read_tables

_NAMING = ("capture_id", "source_id", "url", "bytes", "sha256")
_SHOWN = 20


def verify_and_tell(settings: Settings, *, as_json: bool) -> Exit:
    """Verify the archive, print what was found, and return the exit code."""
    started = time.monotonic()
    captures, faults = _read_names(settings)
    with _progress("hashing") as bar:
        found = verify_archive(Archive(settings.evidence), captures, bar)
    found.faults[:0] = faults
    code = Exit.OK if found.is_clean else Exit.NOT_CLEAN
    if as_json:
        seconds = round(time.monotonic() - started, 1)
        account = {"exit_code": int(code), "is_clean": found.is_clean, "seconds": seconds, **asdict(found)}
        print_json(account)
    else:
        _print_verification(found, settings)
    return code


def export_and_tell(
    settings: Settings, path: Path, source_id: str | None, since: date | None, *, force: bool, as_json: bool
) -> Exit:
    """Export the journal as a WARC file, print what was written, and return the exit code."""
    if not is_warc(path):
        stop(f"{path} is no name of a WARC file; let it end in .warc.gz or .warc", Exit.USAGE)
    if path.exists() and not force:
        stop(f"{path} is there already; name another file, or write over it with --force", Exit.USAGE)
    journal_path = settings.evidence / FILE_NAME
    if not journal_path.exists():
        stop(
            f"{journal_path} is not there: nothing was pulled from the web yet, so there is nothing to export",
            Exit.FAILED,
        )
    with Journal.open(journal_path, read_only=True) as journal:
        if journal.count(source_id, since) == 0:
            known = ", ".join(journal.source_ids()) or "none"
            stop(f"no attempt fits --source and --since; the sources in the journal are: {known}", Exit.FAILED)
        with _progress("writing") as bar:
            software = f"dx-pipeline {version('dx-pipeline')}"
            exported = export_warc(
                journal, Archive(settings.evidence), path, source_id=source_id, since=since, software=software, tell=bar
            )
    code = Exit.NOT_CLEAN if exported.unreadable else Exit.OK
    if as_json:
        print_json({"exit_code": int(code), "file": str(path), "bytes": path.stat().st_size, **asdict(exported)})
    else:
        _print_export(exported, path)
    return code


def _read_names(settings: Settings) -> tuple[pl.DataFrame, list[Fault]]:
    """The attempts of the journal and of the current release, where files and recorded figures are told, too."""
    released = read_tables(settings.warehouse, ["captures"])["captures"].select(_NAMING)
    path = settings.evidence / FILE_NAME
    if not path.exists():
        return released, []
    with Journal.open(path, read_only=True) as journal:
        faults = faults_of_journal(path, journal.find_defects())
        if faults:
            return released, faults
        return pl.concat([journal.captures().select(_NAMING), released]), []


def _print_verification(found: Verification, settings: Settings) -> None:
    if found.faults:
        rows = [(fault.kind, fault.detail, fault.remedy) for fault in found.faults]
        print_table("Faults", ["kind", "what", "what to do"], rows[:_SHOWN])
        if len(rows) > _SHOWN:
            tell(f"only the first {_SHOWN} of {len(rows)} are shown; --json tells all")
    _tell_harmless("named by no attempt of the journal and of the current release; no harm is done", found.unnamed)
    _tell_harmless("left by a process that was killed; they may be deleted", found.leftovers)
    _tell_harmless("none of the archive's; move them elsewhere", found.foreign)
    if found.arriving:
        tell(f"{found.arriving} files are younger than ten minutes and not judged: a pull may be writing them")
    verdict = "all is whole" if found.is_clean else f"{len(found.faults)} faults"
    size = found.bytes / 1024**2
    print_table(
        f"{settings.evidence}: {verdict}",
        ["what", "how many"],
        [
            ("bodies hashed", found.bodies),
            ("MiB, unpacked", round(size, 1)),
            ("attempts that name a body", found.attempts),
        ],
    )


def _tell_harmless(what: str, paths: Iterable[Path]) -> None:
    listed = list(paths)
    if listed:
        shown = ", ".join(map(str, listed[:3])) + (" …" if len(listed) > 3 else "")
        tell(f"{len(listed)} files are {what}: {shown}")


def _print_export(exported: Exported, path: Path) -> None:
    for line in exported.unreadable[:_SHOWN]:
        tell(line)
    if exported.unreadable:
        tell(f"{len(exported.unreadable)} attempts were left out; `dx archive verify` tells what to do")
    rows = [
        ("pages", exported.responses),
        ("revisits (unchanged, or the same bytes again)", exported.revisits),
        ("attempts without bytes, left out", exported.without_body),
    ]
    print_table(f"{path} ({path.stat().st_size} bytes)", ["what", "how many"], rows)


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None]]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
