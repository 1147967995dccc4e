"""The options that several commands share, how a command's help shows examples, and the settings that options make."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from dx_pipeline.cli.exits import Exit, stop
from dx_pipeline.settings import Settings


def examples(*lines: str) -> str:
    """Return the end of a command's help: examples, a line each."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])


def parse_day(value: str) -> date:
    """Return a day that a person typed.

    Raises:
        typer.BadParameter: where it is none.
    """
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise typer.BadParameter(f"{value!r} is no day: give it as YYYY-MM-DD") from error


def demand_articles(path: Path | None) -> Path | None:
    """Return the place of articles that a person named: a folder or a WARC file.

    Raises:
        typer.BadParameter: where it is another file.
    """
    from dx_pipeline.evidence.warc import is_warc  # noqa: PLC0415 (imports Polars)

    if path is not None and path.is_file() and not is_warc(path):
        raise typer.BadParameter(f"{path} is a file: give a folder of documents, or a .warc or .warc.gz file")
    return path


Warehouse = Annotated[
    Path | None, typer.Option(help="Directory of the warehouse; else DX_WAREHOUSE, else warehouse/ of the project.")
]
AsOf = Annotated[date | None, typer.Option(parser=parse_day, metavar="DAY", help="Judge on this day (YYYY-MM-DD).")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON value on standard output, and nothing else there.")]


def read_settings(
    warehouse: Path | None,
    articles: Path | None = None,
    as_of: date | None = None,
    corrections: Path | None = None,
    sources: Path | None = None,
) -> Settings:
    """Return the settings of the environment, those of the options before them; a wrong variable ends the command."""
    try:
        settings = Settings.read()
    except ValueError as error:
        stop(str(error), Exit.USAGE)
        raise
    return replace(
        settings,
        warehouse=warehouse.absolute() if warehouse else settings.warehouse,
        articles=articles.absolute() if articles else settings.articles,
        as_of=as_of or settings.as_of,
        corrections=corrections.absolute() if corrections else settings.corrections,
        sources=sources.absolute() if sources else settings.sources,
    )
