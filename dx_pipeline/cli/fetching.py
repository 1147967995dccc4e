"""``dx fetch``: which sites are asked, the progress on standard error, and the account that it ends with."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import polars as pl
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from dx_pipeline.cli.exits import Exit, stop, tell
from dx_pipeline.cli.output import plain_text, print_json, print_table
from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.fetch import Fetcher
from dx_pipeline.evidence.frontier import Frontier
from dx_pipeline.evidence.journal import FILE_NAME, Journal
from dx_pipeline.evidence.listings import read_addresses
from dx_pipeline.evidence.page_addresses import clean_address, host_of, source_hosts
from dx_pipeline.evidence.pull import Progress, Pulled, pull_source, pull_sources
from dx_pipeline.schemas.evidence import READABLE
from dx_pipeline.settings import CATALOGUE, Settings
from dx_pipeline.specs import ArticleSource, read_article_sources

_SHOWN_PROBLEMS = 20
Tell = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What ``dx fetch`` was asked for."""

    source_ids: tuple[str, ...] = ()
    since: date | None = None
    urls: tuple[str, ...] = ()
    urls_file: Path | None = None
    limit: int | None = None
    as_json: bool = False


def fetch_and_tell(settings: Settings, request: Request) -> Exit:
    """Pull the web sites that are asked for, print what came of it, and return the exit code.

    Raises:
        CatalogueError: where a source's file cannot be used.
        OSError: where evidence cannot be written.
    """
    if (request.urls or request.urls_file) and request.since:
        stop("give --since, or addresses, not both", Exit.USAGE)
    sources = choose_sources(settings, request.source_ids)
    plan = _plan(sources, request)
    _ask_for_contact(settings)
    with _progress(quiet=request.as_json) as say:
        pulled = _pull(settings, sources, plan, request, say)
    code = Exit.NOT_CLEAN if any(one.is_failed for one in pulled) else Exit.OK
    if request.as_json:
        print_json({"exit_code": int(code), "sources": [_account(one) for one in pulled]})
    else:
        _print_account(pulled)
    return code


def choose_sources(settings: Settings, source_ids: Sequence[str] = ()) -> list[ArticleSource]:
    """Return the web sites of the catalogue, or of the folder that stands in for it; those named, where any are.

    An id that is none ends the command.
    """
    root = settings.sources or CATALOGUE
    known = {source.source_id: source for source in read_article_sources(root)}
    web = {source_id: source for source_id, source in known.items() if source.discovery}
    for source_id in source_ids:
        if source_id in web:
            continue
        if source_id in known:
            stop(f"{source_id} is a folder, which `dx run` reads; web sites are {', '.join(web) or 'none'}", Exit.USAGE)
        stop(f"no source is called {source_id}; web sites are {', '.join(web) or 'none'}", Exit.USAGE)
    if not web:
        stop(f"{root}/articles has no web site: no file there has [[discovery]]", Exit.USAGE)
    return [web[source_id] for source_id in source_ids] or list(web.values())


@contextmanager
def open_fetcher(settings: Settings) -> Iterator[Fetcher]:
    """Open what asks the web, as the settings have it; a contact that cannot be used ends the command."""
    try:
        fetcher = Fetcher(contact=settings.contact, private_hosts=settings.private_hosts, proxies=settings.proxies)
    except ValueError as error:
        stop(str(error), Exit.USAGE)
        raise
    with fetcher:
        yield fetcher


def owner_of(url: str, sources: Sequence[ArticleSource]) -> ArticleSource | None:
    """Return the source whose page an address is: of those with its host, the one whose own address it goes on from."""
    mine = [source for source in sources if host_of(url) in source_hosts(source)]
    path = urlsplit(url).path

    def shared(source: ArticleSource) -> int:
        own = urlsplit(source.url or "").path.rstrip("/")
        return len(own) if f"{path}/".startswith(f"{own}/") else -1

    return max(mine, key=shared, default=None)


def _plan(sources: Sequence[ArticleSource], request: Request) -> dict[str, list[str]] | None:
    """Return the addresses that were given, by source; nothing where discovery is to find them."""
    written = list(request.urls)
    if request.urls_file is not None:
        found = read_addresses(request.urls_file.read_bytes(), None, "")
        for problem in [*found.problems, *([found.failure] if found.failure else [])]:
            tell(f"{request.urls_file}: {problem}")
        written += found.candidates
    elif not written:
        return None
    plan: dict[str, list[str]] = {}
    for one in written:
        url = clean_address(one)
        owner = owner_of(url, sources) if url else None
        if url is None or owner is None:
            tell(f"{one}: no source has that host, so it is not asked; give a source's file its host")
        else:
            plan.setdefault(owner.source_id, []).append(url)
    if not plan:
        stop("there is no address to ask for", Exit.USAGE)
    return plan


def _pull(
    settings: Settings, sources: Sequence[ArticleSource], plan: dict[str, list[str]] | None, request: Request, say: Tell
) -> list[Pulled]:
    path = settings.evidence / FILE_NAME
    archive = Archive(settings.evidence)
    with ExitStack() as stack:
        fetcher = stack.enter_context(open_fetcher(settings))
        journal = stack.enter_context(Journal.open(path))
        frontier = stack.enter_context(Frontier.open(path))
        try:
            if plan is None:
                return pull_sources(
                    sources, fetcher, archive, journal, frontier, since=request.since, limit=request.limit, tell=say
                )
            now = datetime.now(UTC).replace(tzinfo=None)
            return [
                pull_source(
                    source,
                    fetcher,
                    archive,
                    journal,
                    frontier,
                    now=now,
                    urls=plan[source.source_id],
                    limit=request.limit,
                    tell=say,
                )
                for source in sources
                if source.source_id in plan
            ]
        except KeyboardInterrupt:
            stop("stopped; what came is kept, and the same command goes on from here", Exit.NOT_CLEAN)
            raise


def _ask_for_contact(settings: Settings) -> None:
    if settings.contact is None:
        tell("no contact is set; set DX_CONTACT to an address under which the sites' operators reach you")


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Tell]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        tasks: dict[str, TaskID] = {}

        def say(progress: Progress) -> None:
            if progress.message:
                console.print(plain_text(f"dx: {progress.source_id}: {progress.message}"), soft_wrap=True)
                return
            if progress.source_id not in tasks:
                tasks[progress.source_id] = bar.add_task(progress.source_id, total=None)
            if progress.total:
                bar.update(tasks[progress.source_id], completed=progress.done, total=progress.total)

        yield say


def _account(pulled: Pulled) -> dict[str, Any]:
    return {
        "source_id": pulled.source_id,
        "failure": pulled.failure,
        "documents": pulled.documents,
        "found": pulled.found,
        **pulled.counts(),
        "failed_by_outcome": dict(pulled.failed),
        "left": pulled.left,
        "bodies": pulled.bodies,
        "bytes": pulled.bytes,
        "seconds": round(pulled.seconds, 1),
        "problems": pulled.problems,
    }


def _print_account(pulled: Sequence[Pulled]) -> None:
    columns = ["source", "new", "changed", "unchanged", "failed", "left", "bodies", "KB", "s"]
    rows = [
        (
            one.source_id,
            one.new,
            one.changed,
            one.unchanged,
            one.failed.total(),
            one.left,
            one.bodies,
            round(one.bytes / 1000),
            round(one.seconds, 1),
        )
        for one in pulled
    ]
    print_table("Pages", columns, rows)
    console = Console()
    failed = list(_failed(pulled))
    if failed:
        print_table("Failed", ["outcome", "pages", "the first of them"], failed)
    console.print(plain_text(in_words(pulled)), soft_wrap=True)
    for one in pulled:
        if one.failure:
            tell(f"{one.failure}; what was kept of it stays")


def _failed(pulled: Sequence[Pulled]) -> Iterator[tuple[str, int, str]]:
    pages = pl.concat([one.pages for one in pulled])
    failed = pages.filter(~pl.col("outcome").is_in(READABLE))
    told = pl.format("{}: {}", "url", pl.col("detail").fill_null("no more is known"))
    counted = failed.group_by("outcome", maintain_order=True).agg(pl.len(), told.first().alias("first"))
    yield from counted.sort("len", descending=True, maintain_order=True).iter_rows()


def in_words(pulled: Sequence[Pulled]) -> str:
    """Return what came of pulls, in a sentence."""
    new, changed, unchanged, left = (
        sum(getattr(one, name) for one in pulled) for name in ("new", "changed", "unchanged", "left")
    )
    rest = f"; {left} are left for the next time" if left else ""
    if new or changed:
        return f"{new} new pages, {changed} changed, {unchanged} unchanged{rest}"
    if unchanged:
        return f"nothing is new: {unchanged} pages were asked whether they had changed, and none had{rest}"
    return f"nothing is new, and no page was due{rest}"
