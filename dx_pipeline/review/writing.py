"""Writing the file of corrections: one more entry at its end; what people wrote in it stays as it is."""

import json
import os
import shutil
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from dx_pipeline.review.correction_file import read_text
from dx_pipeline.review.entry import KEYS
from dx_pipeline.review.errors import CorrectionError
from dx_pipeline.review.fields import Row

_HEAD = """\
# What people decided on statements that were found in articles. Each entry is one [[correction]]; write here by hand
# or with `dx review`. The next run heeds it; taking an entry out takes its effect back.
"""


def append_entry(path: Path, table: Row) -> int:
    """Write an entry at the end of the file, in one atomic step, and return the line on which it begins.

    A link is followed, so that the file that it names is written; its rights stay.

    Args:
        path: The file of corrections; made where it is missing.
        table: The entry by key, as :func:`dx_pipeline.review.entry.read_entry` takes it.

    Raises:
        CorrectionError: where the file is no TOML, or would not be any more.
        OSError: where it cannot be written.
    """
    before = read_text(path)
    _demand_toml(path, before, "mend it first; `dx review list` tells the place")
    newline = "\r\n" if "\r\n" in before else "\n"
    start = before or _HEAD.replace("\n", newline)
    start += newline if start.endswith("\n") else newline * 2
    text = start + newline.join([*_lines(table), ""])
    _demand_toml(path, text, "nothing was written; begin each entry in it with [[correction]]")
    _replace(path.resolve(), text)
    return start.count("\n") + 1


def format_value(value: object) -> str:
    r"""Write a value as TOML: a text, a day, a number or a list of texts.

    >>> format_value('say "no"\x7f'), format_value(4.0), format_value(["a"]), format_value(date(2025, 5, 31))
    ('"say \\"no\\"\\u007f"', '4.0', '["a"]', '2025-05-31')
    """
    if isinstance(value, list):
        return "[" + ", ".join(format_value(item) for item in value) + "]"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)


def _lines(table: Row) -> Iterator[str]:
    yield "[[correction]]"
    for key in KEYS:
        if key != "fields" and table.get(key) is not None:
            yield f"{key} = {format_value(table[key])}"
    fields: dict[str, Any] = table.get("fields") or {}
    if fields:
        yield "[correction.fields]"
        yield from (f"{name} = {format_value(value)}" for name, value in fields.items())


def _demand_toml(path: Path, text: str, remedy: str) -> None:
    try:
        tomllib.loads(text)
        text.encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise CorrectionError(f"{path}: no valid TOML ({error}); {remedy}") from error


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("xb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
