"""The command ``dx fetch``: its options and its help."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from dx_pipeline.cli.exits import clear_errors
from dx_pipeline.cli.options import Json, Warehouse, examples, parse_day, read_settings

SourcesFolder = Annotated[
    Path | None,
    typer.Option(
        "--sources",
        help="A folder of your own source files (articles/*.toml); else DX_SOURCES, else the catalogue.",
        metavar="FOLDER",
        exists=True,
        file_okay=False,
    ),
]
Since = Annotated[
    date | None,
    typer.Option(
        parser=parse_day, metavar="DAY", help="Go back to this day, as far as the site lists its pages (YYYY-MM-DD)."
    ),
]

EXAMPLES = examples(
    "dx fetch                                        all web sites of the catalogue",
    "dx fetch --source vgp-en --source mst-vi        only these",
    "dx fetch --source vgp-en --since 2025-01-01     their past, too",
    "dx fetch --url https://en.baochinhphu.vn/...    one page, however old",
    "dx fetch --urls addresses.txt --limit 200       pages of a list",
)


def fetch(
    *,
    source_ids: Annotated[
        list[str] | None, typer.Option("--source", help="Ask this web site only.", metavar="ID")
    ] = None,
    since: Since = None,
    url: Annotated[
        list[str] | None, typer.Option("--url", help="Ask for this page only, whatever its age and topic.")
    ] = None,
    urls: Annotated[
        Path | None,
        typer.Option(help="Ask for the pages of this text file, one address a line.", metavar="FILE", dir_okay=False),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Pages to ask for at most, of each site.", metavar="N")
    ] = None,
    sources: SourcesFolder = None,
    warehouse: Warehouse = None,
    as_json: Json = False,
) -> None:
    """Ask web sites for what is new and what has changed, and keep it; `dx run --live` does so, too, and goes on.

    Pages that are kept are asked for conditionally, seldomer as they grow old. A command that was stopped goes on where
    it was when it is given again. Ends with 1 where a site gave nothing at all.
    """
    from dx_pipeline.cli.fetching import Request, fetch_and_tell  # noqa: PLC0415 (imports Polars)

    request = Request(
        source_ids=tuple(dict.fromkeys(source_ids or ())),
        since=since,
        urls=tuple(url or ()),
        urls_file=urls,
        limit=limit,
        as_json=as_json,
    )
    with clear_errors():
        code = fetch_and_tell(read_settings(warehouse, sources=sources), request)
    raise typer.Exit(code)
