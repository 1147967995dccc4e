"""``dx run``: the run in this process, its progress on standard error, and the account that it ends with."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from shlex import quote
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from dx_pipeline.cli.exits import Exit
from dx_pipeline.cli.exits import tell as warn
from dx_pipeline.cli.output import plain_text, print_json, print_table
from dx_pipeline.cli.summary import QUERIES, Summary, read_summary
from dx_pipeline.defs.refresh import Outcome, Progress, run_refresh
from dx_pipeline.defs.reuse import Work
from dx_pipeline.settings import Settings

_SHOWN_REASONS = 20


def run_and_tell(settings: Settings, *, as_json: bool) -> Exit:
    """Run the pipeline on these settings, print what came of it, and return the exit code."""
    if settings.live and settings.contact is None:
        warn("no contact is set; set DX_CONTACT to an address under which the sites' operators reach you")
    with _progress() as tell:
        outcome = run_refresh(settings, tell)
    code = exit_code(outcome)
    summary = read_summary(settings.warehouse) if outcome.release is not None else None
    if as_json:
        print_json(_account(outcome, summary, settings, code))
    else:
        _print_account(outcome, summary, settings)
    return code


def exit_code(outcome: Outcome) -> Exit:
    """Return what the exit code says of a run; a warning alone changes nothing."""
    if outcome.is_locked:
        return Exit.LOCKED
    if not outcome.succeeded:
        return Exit.FAILED
    if outcome.quarantined_rows or any(check.is_error for check in outcome.red_checks):
        return Exit.NOT_CLEAN
    return Exit.OK


@contextmanager
def _progress() -> Iterator[Any]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("starting", total=None)

        def tell(progress: Progress) -> None:
            if progress.message:
                console.print(plain_text(f"dx: {progress.message}"), soft_wrap=True)
            bar.update(task, completed=progress.done, total=progress.total, description=progress.step)

        yield tell


def _account(outcome: Outcome, summary: Summary | None, settings: Settings, code: Exit) -> dict[str, Any]:
    return {
        "exit_code": int(code),
        "run_id": outcome.run_id,
        "seconds": round(outcome.seconds, 1),
        "as_of": settings.as_of,
        "release": outcome.release,
        "is_new": outcome.is_new,
        "pulled": {source_id: dict(numbers) for source_id, numbers in outcome.pulled.items()},
        "parsed": _work(outcome.parsed),
        "extracted": _work(outcome.extracted),
        "failures": outcome.failures,
        "red_checks": [
            {"asset": red.asset, "check": red.check, "is_error": red.is_error, "description": red.description}
            for red in outcome.red_checks
        ],
        **(summary.as_json() if summary else {}),
        "files": _files(settings),
    }


def _work(work: Work | None) -> dict[str, int] | None:
    return {"anew": work.anew, "kept": work.kept} if work else None


def _print_account(outcome: Outcome, summary: Summary | None, settings: Settings) -> None:
    errors = Console(stderr=True)
    for failure in outcome.failures:
        errors.print(plain_text(f"dx: {failure}"), soft_wrap=True)
    for red in outcome.red_checks:
        word = "failed" if red.is_error else "warns"
        errors.print(plain_text(f"dx: check {red.check} of {red.asset} {word}: {red.description}"), soft_wrap=True)
    if settings.articles is not None and summary is not None and not summary.articles_by_language:
        errors.print(
            plain_text(f"dx: {settings.articles} holds no article: name another folder or file"), soft_wrap=True
        )
    if summary is None:
        errors.print(plain_text("dx: nothing was published; what was published before is untouched"), soft_wrap=True)
        return
    news = "published" if outcome.is_new else "nothing is new; still current"
    print_table(
        f"Release {outcome.release} ({news}), judged on {settings.as_of}, {outcome.seconds:.1f} s",
        ["what", "how many"],
        _counts(summary),
    )
    _print_reasons(summary)
    console = Console()
    if outcome.pulled:
        console.print(plain_text(_in_words(outcome.pulled)), soft_wrap=True)
    if outcome.parsed and outcome.extracted:
        for done, work in (("documents parsed", outcome.parsed), ("articles searched for facts", outcome.extracted)):
            console.print(plain_text(f"{done}: {work.anew} anew, {work.kept} as before"), soft_wrap=True)
    for name, place in _files(settings).items():
        console.print(plain_text(f"{name + ':':10}{place}"), soft_wrap=True)
    console.print(plain_text("Queries to begin with:"))
    usual = Settings.read({}).warehouse
    option = "" if settings.warehouse == usual else f"--warehouse {quote(str(settings.warehouse))} "
    for query in QUERIES:
        console.print(plain_text(f'  dx sql {option}"{query}"'), soft_wrap=True)


def _in_words(pulled: Mapping[str, Mapping[str, int]]) -> str:
    """Tell what came of asking the web sites, in a line."""
    total = {
        name: sum(numbers.get(name, 0) for numbers in pulled.values())
        for name in ("pages_new", "pages_changed", "pages_unchanged", "pages_failed", "pages_left", "is_failed")
    }
    words = (
        f"{len(pulled)} web sites asked: {total['pages_new']} pages new, {total['pages_changed']} changed, "
        f"{total['pages_unchanged']} unchanged, {total['pages_failed']} failed"
    )
    left = f"; {total['pages_left']} are left for the next run" if total["pages_left"] else ""
    failed = f"; {total['is_failed']} sites gave nothing" if total["is_failed"] else ""
    return words + left + failed


def _counts(summary: Summary) -> Iterator[tuple[str, int]]:
    yield "articles", sum(summary.articles_by_language.values())
    yield from ((f"  in {language}", count) for language, count in summary.articles_by_language.items())
    yield "  about the programme", summary.relevant_articles
    yield "directives", summary.directives
    yield from ((f"  {status}", count) for status, count in summary.directives_by_status.items())
    yield "indicators", sum(summary.indicators_by_kind.values())
    yield from ((f"  {kind}", count) for kind, count in summary.indicators_by_kind.items())
    yield "claims checked", sum(summary.verdicts.values())
    yield from ((f"  {verdict}", count) for verdict, count in summary.verdicts.items())
    if any(summary.corrections.values()):
        yield "corrections", sum(summary.corrections.values())
        yield from ((f"  {state}", count) for state, count in summary.corrections.items())
    yield "rows in quarantine", sum(row["rows"] for row in summary.quarantined)
    yield "sources' files not read", len(summary.unreadable)


def _print_reasons(summary: Summary) -> None:
    if summary.quarantined:
        rows = [(row["table_name"], row["rows"], row["detail"]) for row in summary.quarantined]
        print_table("In quarantine", ["table", "rows", "why (the first of them)"], rows[:_SHOWN_REASONS])
    if summary.unreadable:
        rows = [(row["source_id"], row["outcome"], row["detail"]) for row in summary.unreadable]
        print_table("Not read", ["source", "outcome", "why"], rows[:_SHOWN_REASONS])


def _files(settings: Settings) -> dict[str, str]:
    return {
        "database": str(settings.database),
        "parquet": str(settings.database.resolve().parent / "parquet"),
        "report": str(settings.report),
    }
