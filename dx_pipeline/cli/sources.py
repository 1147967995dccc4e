"""The commands of ``dx sources``: their options and their help."""

from typing import Annotated

import typer

from dx_pipeline.cli.exits import Exit, clear_errors
from dx_pipeline.cli.fetch import Since, SourcesFolder
from dx_pipeline.cli.options import Json, Warehouse, examples, read_settings

sources_app = typer.Typer(
    help="List all sources with how they last did, or look ahead at what a pull of one would do.",
    rich_markup_mode=None,
    epilog=examples("dx sources", "dx sources --json | jq '.[] | select(.failing_since)'", "dx sources check vgp-en"),
)


@sources_app.callback(invoke_without_command=True)
def list_(
    context: typer.Context, sources: SourcesFolder = None, warehouse: Warehouse = None, as_json: Json = False
) -> None:
    """List all sources: folders, web sites and statistics, with licence, last outcome and what is kept."""
    if context.invoked_subcommand is not None:
        return
    from dx_pipeline.cli.output import print_json, print_table  # noqa: PLC0415 (imports Polars)
    from dx_pipeline.cli.sourcing import list_sources, table_rows  # noqa: PLC0415

    with clear_errors():
        listed = list_sources(read_settings(warehouse, sources=sources))
    if as_json:
        print_json(listed)
        return
    print_table(
        "Sources", ["source", "kind; publisher; licence", "last (UTC)", "kept", "failing since"], table_rows(listed)
    )


@sources_app.command(
    epilog=examples(
        "dx sources check vgp-en",
        "dx sources check vgp-en --since 2025-01-01 --limit 500",
        "dx sources check lakeside --sources ~/sources",
    )
)
def check(
    *,
    source_id: Annotated[str, typer.Argument(help="Id of a web site: the name of its file.", metavar="ID")],
    since: Since = None,
    limit: Annotated[int, typer.Option(min=1, help="Candidates to print at most.", metavar="N")] = 50,
    sources: SourcesFolder = None,
    warehouse: Warehouse = None,
    as_json: Json = False,
) -> None:
    """Tell what one pull of a web site would ask for, and why; asks robots.txt and discovery only, writes nothing.

    Ends with 1 where no document of discovery can be read, or none has a page for this source.
    """
    from dx_pipeline.cli.sourcing import check_and_tell  # noqa: PLC0415 (imports Polars)

    with clear_errors():
        settings = read_settings(warehouse, sources=sources)
        code = check_and_tell(settings, source_id, since=since, limit=limit, as_json=as_json)
    raise typer.Exit(code or Exit.OK)
