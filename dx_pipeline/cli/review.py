"""The commands of ``dx review``: their options and their help."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from dx_pipeline.cli.exits import Exit, clear_errors, stop
from dx_pipeline.cli.options import Json, Warehouse, examples, parse_day, read_settings

review_app = typer.Typer(
    help="Confirm, reject or amend what was extracted; it holds in every run from the next one on.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

MentionId = Annotated[str, typer.Argument(help="Id of the statement: column mention_id of the tables.")]
Reason = Annotated[str, typer.Option(help="Why; it stands in the table corrections.")]
Author = Annotated[str | None, typer.Option(help="Who decides; else DX_AUTHOR.")]
On = Annotated[
    date | None, typer.Option(parser=parse_day, metavar="DAY", help="Day of the decision; today without it.")
]
Corrections = Annotated[
    Path | None,
    typer.Option(
        help="File of corrections; else DX_CORRECTIONS, else corrections.toml of the warehouse.", dir_okay=False
    ),
]


@review_app.command(
    "list",
    epilog=examples(
        "dx review list",
        "dx review list --json | jq '.[] | select(.state | startswith(\"stale\"))'",
        'dx sql "select mention_id, confidence, quote from directive_mentions order by confidence limit 20"',
        "                            what is trusted least and perhaps worth a look",
    ),
)
def list_(warehouse: Warehouse = None, corrections: Corrections = None, as_json: Json = False) -> None:
    """List the corrections and what became of each; ends with 1 where one cannot be used."""
    from dx_pipeline.cli.output import print_json, print_table  # noqa: PLC0415 (imports Polars)
    from dx_pipeline.cli.reviewing import exit_code, in_words, list_corrections  # noqa: PLC0415

    with clear_errors():
        listed = list_corrections(read_settings(warehouse, corrections=corrections))
    if as_json:
        print_json(listed)
    else:
        columns = ["mention_id", "decision", "fields", "author", "decided_on", "reason", "state"]
        rows = [[(one | {"fields": in_words(one["fields"])})[name] for name in columns] for one in listed]
        print_table("Corrections", ["statement", "decision", "sets", "by", "on", "why", "state"], rows)
    raise typer.Exit(exit_code(listed))


@review_app.command(
    epilog=examples('dx review confirm men-0123456789abcdef --author "N. Ha" --reason "read in the gazette"')
)
def confirm(
    mention_id: MentionId,
    *,
    reason: Reason,
    author: Author = None,
    on: On = None,
    warehouse: Warehouse = None,
    corrections: Corrections = None,
) -> None:
    """Say that a statement is right as extracted; it is trusted fully from then on."""
    _write(warehouse, corrections, {"decision": "confirm", **_told(mention_id, author, reason, on)})


@review_app.command(
    epilog=examples('dx review reject men-0123456789abcdef --author "N. Ha" --reason "a quote of a 2019 order"')
)
def reject(
    mention_id: MentionId,
    *,
    reason: Reason,
    author: Author = None,
    on: On = None,
    warehouse: Warehouse = None,
    corrections: Corrections = None,
) -> None:
    """Say that a statement is none; it leaves the tables and stays visible in the table corrections."""
    _write(warehouse, corrections, {"decision": "reject", **_told(mention_id, author, reason, on)})


@review_app.command(
    epilog=examples(
        'dx review amend men-0123456789abcdef --set due_on=2025-05-31 --reason "the annex says May"',
        "dx review amend men-0123456789abcdef --set addressee_ids=vnm-mof,vnm-mst --set issuer_id= --reason …",
        "                            a list by commas; nothing after = empties the column",
    )
)
def amend(
    mention_id: MentionId,
    *,
    reason: Reason,
    assigned: Annotated[
        list[str], typer.Option("--set", metavar="FIELD=VALUE", help="Column and value; may be given again.")
    ],
    author: Author = None,
    on: On = None,
    warehouse: Warehouse = None,
    corrections: Corrections = None,
) -> None:
    """Set columns of a statement to what they should say; its quote stays."""
    from dx_pipeline.review.fields import parse_field  # noqa: PLC0415 (imports Polars)

    fields: dict[str, object] = {}
    for text in assigned:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals or name in fields:
            stop(f"--set {text!r}: give each column once, as FIELD=VALUE", Exit.USAGE)
        fields[name] = parse_field(name, value.strip())
    _write(warehouse, corrections, {"decision": "amend", **_told(mention_id, author, reason, on), "fields": fields})


def _told(mention_id: str, author: str | None, reason: str, on: date | None) -> dict[str, Any]:
    return {
        "mention_id": mention_id.encode("utf-8", "replace").decode().strip(),  # an argument may be no text
        "author": author,
        "reason": reason,
        "decided_on": on or datetime.now(UTC).date(),
    }


def _write(warehouse: Path | None, corrections: Path | None, table: dict[str, Any]) -> None:
    from dx_pipeline.cli.reviewing import RefusedError, write_correction  # noqa: PLC0415 (imports Polars)

    settings = read_settings(warehouse, corrections=corrections)
    table["author"] = table["author"] or settings.author
    if not table["author"]:
        stop("who decides? give --author, or set DX_AUTHOR", Exit.USAGE)
    with clear_errors():
        try:
            written = write_correction(settings, table, lambda message: typer.echo(f"dx: {message}", err=True))
        except RefusedError as error:
            stop(str(error), Exit.USAGE)
    typer.echo(f"{settings.corrections_file}:{written.line}: written; the next `dx run` heeds it")
    if written.mention.others:
        others = ", ".join(written.mention.others)
        typer.echo(f"not changed by it, other statements of the same {written.mention.kind}: {others}")
