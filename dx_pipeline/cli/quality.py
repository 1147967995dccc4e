"""``dx quality``: labelled sets measured and told as tables or JSON, held to floors, counted for confidence."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console

from dx_pipeline.cli.exits import Exit, stop, tell
from dx_pipeline.cli.output import plain_text, print_json, print_table
from dx_pipeline.extraction.lexicon import load_lexicon
from dx_pipeline.quality.confidence import count_rules, write_confidence
from dx_pipeline.quality.figures import DIMENSIONS, count, headline_figures
from dx_pipeline.quality.floors import Fallen, find_fallen, raise_floors, read_floors, write_floors
from dx_pipeline.quality.measure import Measured, measure_sets
from dx_pipeline.quality.sets import LabelledSet, given_set, shipped_sets
from dx_pipeline.settings import CATALOGUE

_DEFAULT = ("kind", "field")
_SHARES = {"precision": "precision", "recall": "recall", "f1": "F1", "accuracy": "agreement"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is to be measured and what to do with it; the fields are the command's options."""

    gold: Path | None = None
    articles: Path | None = None
    sets: Sequence[str] = ()
    by: Sequence[str] = ()
    errors: bool = False
    floors: Path | None = None
    raise_floors: bool = False
    write_confidence: bool = False
    as_json: bool = False


def measure_and_tell(request: Request) -> Exit:
    """Measure what is asked for, print it, and return the exit code.

    Raises:
        CatalogueError: where a set, the catalogue or the file of floors cannot be used.
        OSError: where a file cannot be written.
    """
    _refuse_contradictions(request)
    sets = _chosen(request)
    floors = read_floors(request.floors) if request.floors and not _begins(request) else {}
    measured = measure_sets(sets, load_lexicon(CATALOGUE))
    fallen = list(find_fallen(floors, headline_figures(measured.judgements)))
    written = list(_write(request, sets, measured, floors))  # before a word is said: who reads it may stop listening
    if request.as_json:
        print_json(_account(request, sets, measured, fallen))
    else:
        _print(request, measured)
    for line in (*measured.problems, *fallen, *written):
        tell(str(line))
    if measured.judgements.is_empty():
        return Exit.FAILED
    return Exit.NOT_CLEAN if measured.problems or fallen else Exit.OK


def _write(
    request: Request, sets: Sequence[LabelledSet], measured: Measured, floors: dict[str, dict[str, float]]
) -> Iterator[str]:
    """Write what was asked for, and yield what to say of it."""
    if measured.problems and (request.raise_floors or request.write_confidence):
        yield "nothing was written, as not all labels were measured; mend them first"
        return
    if request.raise_floors and request.floors is not None:
        write_floors(request.floors, raise_floors(floors, headline_figures(measured.judgements)))
        yield f"floors written to {request.floors}"
    if request.write_confidence:
        counts = count_rules(measured.judgements)
        path = write_confidence(CATALOGUE, counts, [one.name for one in sets])
        yield f"counts of {len(counts)} rules written to {path}"


def _begins(request: Request) -> bool:
    """Whether the file of floors is to be made."""
    return request.raise_floors and request.floors is not None and not request.floors.exists()


def _refuse_contradictions(request: Request) -> None:
    if (request.gold is None) != (request.articles is None):
        stop("give --gold and --articles together: the labels and the articles that they are about", Exit.USAGE)
    if request.gold is not None and request.sets:
        stop("give --set for sets that come with dx, or --gold and --articles for your own, not both", Exit.USAGE)
    if request.raise_floors and request.floors is None:
        stop("--raise-floors needs the file: give --floors FILE", Exit.USAGE)
    if request.write_confidence and (request.gold is not None or request.sets):
        stop("--write-confidence counts over all sets that come with dx: leave out --set and --gold", Exit.USAGE)


def _chosen(request: Request) -> list[LabelledSet]:
    if request.gold is not None and request.articles is not None:
        return [given_set(request.gold, request.articles)]
    shipped = {one.name: one for one in shipped_sets(CATALOGUE)}
    for name in request.sets:
        if name not in shipped:
            stop(f"no set is called {name!r}; there are {', '.join(shipped)}", Exit.USAGE)
    return [one for name, one in shipped.items() if not request.sets or name in request.sets]


def _account(
    request: Request, sets: Sequence[LabelledSet], measured: Measured, fallen: Sequence[Fallen]
) -> dict[str, Any]:
    judgements = measured.judgements
    account: dict[str, Any] = {
        "sets": [{"name": one.name, "gold": str(one.gold), "articles": str(one.articles)} for one in sets],
        "figures": {by: count(judgements, DIMENSIONS[by]).to_dicts() for by in request.by or _DEFAULT},
        "problems": [{"file": str(one.path), "place": one.place, "message": str(one)} for one in measured.problems],
        "below_floor": [
            {"set_name": one.set_name, "name": one.name, "floor": one.floor, "figure": one.figure} for one in fallen
        ],
    }
    return account | ({"errors": list_errors(judgements).to_dicts()} if request.errors else {})


def list_errors(judgements: pl.DataFrame) -> pl.DataFrame:
    """Return the judgements that are not as they should be, in order of the articles.

    A header is told by its fields, and as a whole only where the document could not be read.
    """
    is_header = (pl.col("kind") == "headers") & pl.col("field").is_null() & (pl.col("verdict") == "wrong")
    return judgements.filter(~pl.col("verdict").is_in(["right", "empty"]) & ~is_header)


def _print(request: Request, measured: Measured) -> None:
    for by in request.by or _DEFAULT:
        columns = DIMENSIONS[by]
        counted = count(measured.judgements, columns)
        if columns:  # a table for each set and kind, so that the columns fit a terminal
            for (set_name, kind), part in counted.group_by("set_name", "kind", maintain_order=True):
                _print_figures(f"{set_name}, {kind} by {by}", columns, part)
        else:
            _print_figures("By kind", ("set_name", "kind"), counted)
    if request.errors:
        _print_errors(list_errors(measured.judgements))


def _print_figures(title: str, columns: Sequence[str], counted: pl.DataFrame) -> None:
    shares = [name for name in _SHARES if counted[name].is_not_null().any()]
    headings = [*(name.removesuffix("_id").removesuffix("_name") for name in columns), *map(_SHARES.get, shares)]
    rows = [
        [*(row[name] for name in columns), *(_share(row, name) for name in shares)]
        for row in counted.iter_rows(named=True)
    ]
    print_table(title, [heading or "" for heading in headings], rows)
    sys.stdout.write("\n")


def _share(row: dict[str, Any], name: str) -> str:
    """A share with the counts that it comes from; F1 comes from those of the two before it."""
    if row[name] is None:
        return ""
    counts = {
        "precision": (row["hits"], row["hits"] + row["false_alarms"]),
        "recall": (row["hits"], row["hits"] + (row["misses"] or 0)),
        "accuracy": (row["agreed"], row["compared"]),
    }.get(name)
    return f"{row[name]:.3f}" + (f" {counts[0]}/{counts[1]}" if counts else "")


def _print_errors(errors: pl.DataFrame) -> None:
    console = Console()
    console.print(plain_text(f"{errors.height} errors"), style="bold")
    for row in errors.iter_rows(named=True):
        about = " ".join(part for part in (row["set_name"], row["document"], row["label_id"]) if part)
        what = " ".join(part for part in (row["kind"], row["field"], row["verdict"]) if part)
        said = [f"{name} {row[name]}" for name in ("wanted", "found") if row[name] is not None]
        told = f"{about}: {what}" + (f": {', '.join(said)}" if said else "")
        console.print(plain_text(told), soft_wrap=True)
        if row["quote"] is not None:
            console.print(plain_text(f"    {row['quote']}"), soft_wrap=True)
