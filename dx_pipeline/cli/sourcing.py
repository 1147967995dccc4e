"""What ``dx sources`` tells: every source with how it last did, and a look ahead at a pull."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from dx_pipeline.cli.exits import Exit, tell
from dx_pipeline.cli.fetching import choose_sources, open_fetcher
from dx_pipeline.cli.output import print_json, print_table
from dx_pipeline.evidence.frontier import Frontier, failing_since
from dx_pipeline.evidence.journal import FILE_NAME
from dx_pipeline.evidence.preview import Preview, preview_source
from dx_pipeline.schemas.evidence import READABLE
from dx_pipeline.settings import CATALOGUE, Settings
from dx_pipeline.specs import ArticleSource, StatisticsSource, read_article_sources, read_statistics_sources
from dx_pipeline.warehouse.read import read_tables

Source = ArticleSource | StatisticsSource


def list_sources(settings: Settings) -> list[dict[str, Any]]:
    """Return every source of the catalogue, or of the folder that stands in for it, with how it last did.

    Web sites are told of by the list of known pages, which pulls keep; folders and statistics by the current
    release. A source that was never asked has no last outcome.

    Raises:
        CatalogueError: where a source's file cannot be used.
        OSError: where what is known cannot be read.
    """
    root = settings.sources or CATALOGUE
    every: list[Source] = [*read_article_sources(root), *read_statistics_sources(root)]
    released = _released(settings)
    with Frontier.open(settings.evidence / FILE_NAME, read_only=True) as frontier:
        return [
            _facts(source)
            | (_by_pulls(source, frontier) if _is_web(source) else released.get(source.source_id, _NEVER))
            for source in every
        ]


def table_rows(listed: Sequence[Mapping[str, Any]]) -> Iterator[list[object]]:
    """Yield the sources as rows of the table that people read."""
    for one in listed:
        kind = " ".join([one["kind"], *one["languages"]])
        last = f"{one['last_outcome'] or 'never asked'} {_minute(one['last_at']) or ''}"
        yield [
            one["source_id"],
            f"{kind}; {one['publisher']}; {one['licence']}",
            last,
            one["pages_kept"],
            _minute(one["failing_since"]),
        ]


def check_and_tell(settings: Settings, source_id: str, *, since: date | None, limit: int, as_json: bool) -> Exit:
    """Look ahead at a pull of one web site, print what it would do, and return the exit code."""
    (source,) = choose_sources(settings, [source_id])
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    with (
        open_fetcher(settings) as fetcher,
        Frontier.open(settings.evidence / FILE_NAME, read_only=True) as frontier,
    ):
        preview = preview_source(source, fetcher, frontier, now=now, since=since)
    code = Exit.NOT_CLEAN if preview.is_failing or not preview.candidates else Exit.OK
    if as_json:
        print_json({"exit_code": int(code), **asdict(preview)})
    else:
        _print_preview(preview, limit)
    return code


_NEVER: dict[str, Any] = {"last_outcome": None, "last_at": None, "pages_kept": 0, "failing_since": None, "detail": None}


def _is_web(source: Source) -> bool:
    return isinstance(source, ArticleSource) and bool(source.discovery)


def _facts(source: Source) -> dict[str, Any]:
    return {
        "source_id": source.source_id,
        "kind": "web" if _is_web(source) else "folder" if isinstance(source, ArticleSource) else "statistics",
        "name": source.name,
        "languages": list(source.languages) if isinstance(source, ArticleSource) else [],
        "publisher": source.publisher,
        "licence": source.licence,
        "url": source.url,
    }


def _by_pulls(source: Source, frontier: Frontier) -> dict[str, Any]:
    pulls = frontier.pulls(source.source_id)
    last = next((pull for pull in pulls if pull.finished_at), None)
    if last is None:
        return _NEVER | {
            "last_outcome": "stopped" if pulls else None,
            "last_at": pulls[0].started_at if pulls else None,
        }
    return {
        "last_outcome": "failed" if last.failure else "ok",
        "last_at": last.finished_at,
        "pages_kept": frontier.count_held(source.source_id),
        "failing_since": failing_since(pulls),
        "detail": last.failure,
    }


def _released(settings: Settings) -> dict[str, dict[str, Any]]:
    tables = read_tables(settings.warehouse, ("sources", "captures"))
    kept = (
        tables["captures"].filter(pl.col("outcome").is_in(READABLE)).group_by("source_id").agg(pl.col("url").n_unique())
    )
    counts = dict(kept.iter_rows())
    return {
        row["source_id"]: _NEVER
        | {
            "last_outcome": row["last_outcome"],
            "last_at": row["last_capture_at"],
            "pages_kept": counts.get(row["source_id"], 0),
        }
        for row in tables["sources"].iter_rows(named=True)
    }


def _print_preview(preview: Preview, limit: int) -> None:
    documents = [(one.kind, one.url, one.outcome, one.candidates, one.problem) for one in preview.documents]
    print_table("Discovery", ["kind", "address", "outcome", "addresses", "problem"], documents)
    shown = preview.candidates[:limit]
    rows = [("ask" if one.is_asked else "", one.reason, _day(one.newest_at), one.title, one.url) for one in shown]
    print_table("Pages", ["", "why", "of", "title", "address"], rows)
    tell(
        f"{preview.asked} of {len(preview.candidates)} pages would be asked for, "
        f"one every {preview.crawl_delay_seconds:g} s; nothing was written"
    )
    if len(preview.candidates) > limit:
        tell(f"only the first {limit} are shown; --limit shows more")


def _minute(time: datetime | None) -> str | None:
    return f"{time:%Y-%m-%d %H:%M}" if time else None


def _day(time: datetime | None) -> str | None:
    return f"{time:%Y-%m-%d}" if time else None
