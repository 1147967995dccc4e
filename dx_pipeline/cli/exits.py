"""How a command ends: the exit codes, and errors told in one line on standard error."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

import typer
from sqlalchemy.exc import SQLAlchemyError

from dx_pipeline.specs import CatalogueError
from dx_pipeline.warehouse.errors import QueryError, WarehouseError
from dx_pipeline.warehouse.lock import LockTimeoutError


class Exit(IntEnum):
    """What the exit code says."""

    OK = 0
    NOT_CLEAN = 1
    USAGE = 2
    FAILED = 3
    LOCKED = 4


EXPLAINED = """\b
Exit codes:
  0  all is well
  1  published, but rows are in quarantine or a check is red; doctor, language: something is wrong;
     quality: a figure is below its floor, or a label file has an error; fetch: a site gave nothing;
     archive: a body is lost or damaged
  2  the command was not understood
  3  failed; what was published before is untouched
  4  another run holds the warehouse
"""


@contextmanager
def clear_errors() -> Iterator[None]:
    """Tell a foreseen error in one line on standard error and end with its exit code."""
    try:
        yield
    except QueryError as error:
        stop(str(error), Exit.USAGE)
    except LockTimeoutError as error:
        stop(str(error), Exit.LOCKED)
    except NotADirectoryError as error:
        stop(f"{error.filename} lies below a file, not a directory: name another with --warehouse", Exit.FAILED)
    except (WarehouseError, CatalogueError, OSError) as error:
        stop(str(error), Exit.FAILED)
    except SQLAlchemyError as error:  # Dagster keeps its history of runs with it
        reason = str(error).split("\n", 1)[0]
        stop(f"the history of runs cannot be written: {reason}; make room on the disk, then run again", Exit.FAILED)


def tell(message: str) -> None:
    """Say something to a person on standard error; controls and escapes in it are not obeyed."""
    shown = "".join(" " if unicodedata.category(char) in {"Cc", "Cf", "Cs"} else char for char in message)
    typer.echo(f"dx: {shown}", err=True)


def stop(message: str, code: Exit) -> None:
    """End the command with a message.

    Raises:
        typer.Exit: always.
    """
    typer.echo(f"dx: {message}", err=True)
    raise typer.Exit(code)
