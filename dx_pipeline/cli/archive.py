"""The commands ``dx archive``: whether the evidence is whole, and the evidence as other archives read it."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from dx_pipeline.cli.exits import clear_errors
from dx_pipeline.cli.options import Json, Warehouse, examples, parse_day, read_settings

archive_app = typer.Typer(
    help="Look after the evidence: the bytes that were captured, and the journal of every attempt.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@archive_app.command(
    epilog=examples(
        "dx archive verify",
        "dx archive verify --json | jq -r '.faults[] | .detail + \": \" + .remedy'",
        "dx archive verify || mail -s 'evidence is damaged' ops@example.org < /dev/null",
    )
)
def verify(warehouse: Warehouse = None, as_json: Json = False) -> None:
    """Hash every body again, and look for every body that an attempt names; a pull may go on meanwhile.

    Ends with 0 where all is whole, 1 where a body is corrupt, missing or of another length, or the journal is damaged,
    3 where the evidence cannot be looked at. Bodies that no attempt names and files that a killed process left
    are told and do no harm.
    """
    from dx_pipeline.cli.archiving import verify_and_tell  # noqa: PLC0415 (imports Polars)

    with clear_errors():
        code = verify_and_tell(read_settings(warehouse), as_json=as_json)
    raise typer.Exit(code)


@archive_app.command(
    epilog=examples(
        "dx archive export --warc evidence.warc.gz",
        "dx archive export --warc march.warc.gz --source vietnam-vn --since 2025-03-01",
        "dx run --articles evidence.warc.gz --warehouse elsewhere     reads it again",
    )
)
def export(
    *,
    warc: Annotated[Path, typer.Option(help="File to write; its name ends in .warc.gz or .warc.", metavar="FILE")],
    source: Annotated[str | None, typer.Option(help="Attempts at this source only.", metavar="ID")] = None,
    since: Annotated[
        date | None,
        typer.Option(parser=parse_day, metavar="DAY", help="Attempts on this day (YYYY-MM-DD, UTC) or later."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    warehouse: Warehouse = None,
    as_json: Json = False,
) -> None:
    """Write what was pulled as a WARC 1.1 file, which the tools of web archives read.

    Ends with 1 where a body could not be read; the others are written.
    """
    from dx_pipeline.cli.archiving import export_and_tell  # noqa: PLC0415 (imports Polars)

    with clear_errors():
        code = export_and_tell(read_settings(warehouse), warc, source, since, force=force, as_json=as_json)
    raise typer.Exit(code)
