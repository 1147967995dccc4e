"""The command ``dx``: its commands, their options and their help.

A command reads its options, calls one function and prints what it gives. Dagster and Polars are
imported inside the commands, so that ``dx --help`` is there at once.
"""

import gc
import webbrowser
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from dx_pipeline.cli.archive import archive_app
from dx_pipeline.cli.exits import EXPLAINED, Exit, clear_errors, stop
from dx_pipeline.cli.fetch import EXAMPLES as FETCH_EXAMPLES
from dx_pipeline.cli.fetch import SourcesFolder, fetch
from dx_pipeline.cli.language import language_app
from dx_pipeline.cli.options import AsOf, Json, Warehouse, demand_articles
from dx_pipeline.cli.options import examples as _examples
from dx_pipeline.cli.options import read_settings as _settings
from dx_pipeline.cli.review import review_app
from dx_pipeline.cli.sources import sources_app

app = typer.Typer(
    help="Watch a country's digital-transformation programme: what was ordered, what is measured, what holds.",
    epilog=EXPLAINED,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
release_app = typer.Typer(
    help="List the releases on disk, or go back to one.", no_args_is_help=True, rich_markup_mode=None
)
app.command(epilog=FETCH_EXAMPLES)(fetch)
app.add_typer(sources_app, name="sources")
app.add_typer(release_app, name="release")
app.add_typer(archive_app, name="archive")
app.add_typer(review_app, name="review")
app.add_typer(language_app, name="language")


class Dimension(StrEnum):
    """What figures of quality may be told by."""

    KIND = "kind"
    FIELD = "field"
    LANGUAGE = "language"
    RULE = "rule"
    DOCUMENT = "document"


@app.command(
    epilog=_examples(
        "dx run                              the catalogue's sources",
        "dx run --articles ~/press           your own folder of HTML, text, Markdown, PDF and WARC",
        "dx run --articles crawl.warc.gz     the pages of a web archive",
        "dx run --live                       the web sites, asked for what is new and has changed",
        "dx run --as-of 2025-06-30 --json    judged on a day, told to a program",
    )
)
def run(
    *,
    articles: Annotated[
        Path | None,
        typer.Option(
            help="A folder of documents, or a WARC file, to read instead of the catalogue's sources.",
            exists=True,
            callback=demand_articles,
        ),
    ] = None,
    warehouse: Warehouse = None,
    corrections: Annotated[
        Path | None,
        typer.Option(
            help="File of people's corrections; else DX_CORRECTIONS, else corrections.toml of the warehouse.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    as_of: AsOf = None,
    live: Annotated[
        bool,
        typer.Option("--live", help="Ask the web sites instead of reading the embedded edition; else DX_LIVE."),
    ] = False,
    sources: SourcesFolder = None,
    as_json: Json = False,
) -> None:
    """Read every source, settle the facts, judge them, and publish what is new."""
    if live and articles is not None:
        stop("give --live or --articles, not both: a folder is read instead of all other sources", Exit.USAGE)
    gc.disable()  # what the import makes lives as long as the process: looking for garbage in it costs a second
    from dx_pipeline.cli.running import run_and_tell  # noqa: PLC0415 (imports Dagster)

    gc.freeze()
    gc.enable()

    with clear_errors():
        settings = _settings(warehouse, articles, as_of, corrections, sources)
        code = run_and_tell(replace(settings, live=live or settings.live), as_json=as_json)
    raise typer.Exit(code)


@app.command(
    epilog=_examples(
        "dx status",
        "dx status --as-of 2025-12-31",
        "dx status --json | jq '.[] | select(.status == \"overdue\") | .action'",
    )
)
def status(warehouse: Warehouse = None, as_of: AsOf = None, as_json: Json = False) -> None:
    """Show the directives by status, the pressing ones first."""
    from dx_pipeline.cli.board import read_board  # noqa: PLC0415 (imports Polars)
    from dx_pipeline.cli.output import print_json, print_table  # noqa: PLC0415

    with clear_errors():
        board = read_board(_settings(warehouse).warehouse, as_of)
    if as_json:
        print_json(board.to_dicts())
        return
    shown = board.select("status", "due_on", "days_left", "addressees", "action")
    print_table("Directives", ["status", "due", "days left", "who", "what"], shown.iter_rows())


@app.command(
    epilog=_examples(
        'dx sql "select * from data_dictionary"', 'dx sql "from directives where due_on < today()" --csv > due.csv'
    )
)
def sql(
    statement: Annotated[str, typer.Argument(help="One reading statement.", metavar="SELECT")],
    warehouse: Warehouse = None,
    limit: Annotated[int, typer.Option(min=1, help="Rows to print at most.")] = 1000,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    as_json: Json = False,
) -> None:
    """Ask the published database; nothing can be changed by it."""
    from dx_pipeline.cli.output import print_csv, print_json, print_table  # noqa: PLC0415 (imports Polars)
    from dx_pipeline.warehouse.read import query  # noqa: PLC0415

    if as_csv and as_json:
        stop("give --csv or --json, not both", Exit.USAGE)
    with clear_errors():
        answer = query(_settings(warehouse).warehouse, statement, limit)
    if as_csv:
        print_csv(answer.rows)
    elif as_json:
        print_json(answer.rows.to_dicts())
    else:
        print_table("", answer.rows.columns, answer.rows.iter_rows())
    if answer.is_cut:
        typer.echo(f"dx: only the first {limit} rows are shown; --limit shows more", err=True)


@app.command(epilog=_examples("dx report", "dx report --open"))
def report(
    warehouse: Warehouse = None,
    open_page: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
) -> None:
    """Say where the page is that people read."""
    path = _settings(warehouse).report
    if not path.is_file():
        stop(f"{path} is not there yet; run `dx run` first", Exit.FAILED)
    typer.echo(path)
    if open_page and not webbrowser.open(path.as_uri()):
        stop("no browser could be started; open the file by hand", Exit.FAILED)


@app.command(
    epilog=_examples(
        "dx quality                                     the sets that come with dx",
        "dx quality --set blind --by rule --by language",
        "dx quality --errors                            what is missing, wrong and surplus, with its quote",
        "dx quality --gold labels --articles press      your own articles, labelled",
        "dx quality --floors floors.toml                fails where a figure is below its floor",
    )
)
def quality(
    *,
    gold: Annotated[
        Path | None, typer.Option(help="Your labels, one YAML file per article; needs --articles.", metavar="FOLDER")
    ] = None,
    articles: Annotated[Path | None, typer.Option(help="The articles that they label.", metavar="FOLDER")] = None,
    sets: Annotated[list[str] | None, typer.Option("--set", help="Measure this set only.", metavar="NAME")] = None,
    by: Annotated[
        list[Dimension] | None, typer.Option(help="What to tell the figures by; else by kind and by field.")
    ] = None,
    errors: Annotated[bool, typer.Option("--errors", help="List what is missing, wrong and surplus.")] = False,
    floors: Annotated[
        Path | None, typer.Option(help="Hold the figures to the floors of this file.", metavar="FILE")
    ] = None,
    raise_floors: Annotated[
        bool, typer.Option("--raise-floors", help="Raise the floors of that file to what was measured; none sinks.")
    ] = False,
    write_confidence: Annotated[
        bool, typer.Option("--write-confidence", help="Write how often each rule was right to the catalogue.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Measure extraction on labelled articles: precision, recall and F1, each with its denominator."""
    from dx_pipeline.cli.quality import Request, measure_and_tell  # noqa: PLC0415 (imports Polars)

    request = Request(
        gold=gold,
        articles=articles,
        sets=sets or (),
        by=tuple(dict.fromkeys(one.value for one in by or ())),
        errors=errors,
        floors=floors,
        raise_floors=raise_floors,
        write_confidence=write_confidence,
        as_json=as_json,
    )
    with clear_errors():
        code = measure_and_tell(request)
    raise typer.Exit(code)


@app.command(epilog=_examples("dx doctor"))
def doctor(warehouse: Warehouse = None, as_json: Json = False) -> None:
    """Look at everything that a run needs, and say what to do where something is wrong."""
    from dx_pipeline.cli.doctor import diagnose  # noqa: PLC0415 (imports Polars)
    from dx_pipeline.cli.output import print_json, print_table  # noqa: PLC0415

    found = list(diagnose(_settings(warehouse)))
    if as_json:
        print_json([{"subject": one.subject, "found": one.found, "remedy": one.remedy} for one in found])
    else:
        rows = [("ok" if one.is_well else "WRONG", one.subject, one.found, one.remedy or "") for one in found]
        print_table("", ["", "subject", "found", "what to do"], rows)
    raise typer.Exit(Exit.OK if all(one.is_well for one in found) else Exit.NOT_CLEAN)


@release_app.command("list", epilog=_examples("dx release list"))
def list_(warehouse: Warehouse = None, as_json: Json = False) -> None:
    """List the releases on disk, the newest first."""
    from dx_pipeline.cli.output import print_json, print_table  # noqa: PLC0415 (imports Polars)
    from dx_pipeline.cli.releases import describe_releases  # noqa: PLC0415

    with clear_errors():
        releases = describe_releases(_settings(warehouse).warehouse)
    if as_json:
        print_json(releases)
    else:
        rows = [
            ("→" if one["is_current"] else "", one["number"], one["built_at"], one["rows"], one["code_version"])
            for one in releases
        ]
        print_table("Releases", ["", "number", "built at (UTC)", "rows", "code"], rows)


@release_app.command("use", epilog=_examples("dx release use 3"))
def use(number: Annotated[int, typer.Argument(help="Number of the release.")], warehouse: Warehouse = None) -> None:
    """Point the published database at another release; the next run that finds something new publishes again."""
    from dx_pipeline.warehouse.releases import use_release  # noqa: PLC0415

    with clear_errors():
        release = use_release(
            _settings(warehouse).warehouse, number, say=lambda message: typer.echo(f"dx: {message}", err=True)
        )
    typer.echo(f"release {release.number} is current: {release.database}")


def main() -> None:
    """Run the command line."""
    app()
