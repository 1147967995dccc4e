"""The commands ``dx language``: the skeleton of a new language, and how far a language is."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from dx_pipeline.cli.exits import Exit, clear_errors, stop
from dx_pipeline.cli.options import Json, examples
from dx_pipeline.settings import CATALOGUE

language_app = typer.Typer(
    help="Begin a new language, or see how far one is.", no_args_is_help=True, rich_markup_mode=None
)

Code = Annotated[str, typer.Argument(help="Tag of the language (BCP 47), such as de or zh-Hant.", metavar="CODE")]
Catalogue = Annotated[
    Path, typer.Option(help="Folder of the catalogue; else that of the project.", exists=True, file_okay=False)
]


@language_app.command(
    epilog=examples(
        "dx language new de                         into the project's catalogue",
        "dx language new pt --catalogue ~/my-catalogue",
        "dx language new de --force                 write over what is there",
    )
)
def new(
    code: Code,
    catalogue: Catalogue = CATALOGUE,
    force: Annotated[bool, typer.Option("--force", help="Write over files that are there.")] = False,
) -> None:
    """Write the skeleton of a language: every key, filled where CLDR knows the words, with English as a hint."""
    from dx_pipeline.packs.cldr import UnknownLanguageError  # noqa: PLC0415 (imports Polars)
    from dx_pipeline.packs.skeleton import write_skeleton  # noqa: PLC0415

    try:
        with clear_errors():
            made = write_skeleton(catalogue, code, force=force)
    except UnknownLanguageError as error:
        stop(str(error), Exit.USAGE)
        raise
    for path in made.paths:
        typer.echo(path)
    typer.echo(
        f"dx: CLDR filled {made.filled} of {made.entries} entries ({made.forms} words, separators and patterns); "
        f"fill in the rest, then run `dx language check {code}`",
        err=True,
    )


@language_app.command(
    epilog=examples(
        "dx language check de",
        "dx language check de --json | jq -r '.empty[]'",
        "dx language check de --catalogue ~/my-catalogue && echo ready",
    )
)
def check(
    code: Code,
    catalogue: Catalogue = CATALOGUE,
    as_json: Json = False,
) -> None:
    """Tell what a language still lacks, which of its tests fail, and how much of the registry it names.

    Ends with 0 where it is ready, 1 where something is empty or a test fails, 3 where its files would stop a run.
    """
    from dx_pipeline.cli.output import plain_text, print_json  # noqa: PLC0415 (imports Polars)
    from dx_pipeline.packs.check import check_language  # noqa: PLC0415

    with clear_errors():
        report = check_language(catalogue, code)
    if as_json:
        print_json(asdict(report) | {"is_ready": report.is_ready})
    else:
        for line in report.lines():
            typer.echo(plain_text(line).plain)
    if report.broken:
        raise typer.Exit(Exit.FAILED)
    raise typer.Exit(Exit.OK if report.is_ready else Exit.NOT_CLEAN)
