"""A TOML file as the statements it is written in, so that one can be written after the pattern of another.

Comments and order are kept, which a parsed file has lost.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_WIDTH = 118


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A heading, a key with its value, or a line of comment (``key`` is ``None``); ``table`` is where it stands."""

    text: str
    table: str = ""
    key: str | None = None
    value: Any = None
    comment: str = ""

    @property
    def field(self) -> str:
        """The key's dotted name."""
        return f"{self.table}.{self.key}" if self.table else str(self.key)


def read_statements(text: str) -> Iterator[Statement]:
    r"""Yield the statements of a TOML text, up to its first array of tables.

    >>> text = '\n'.join(['a = "#"  # one', '[b]', 'c = [', ']'])
    >>> [(one.field, one.value, one.comment) for one in read_statements(text) if one.key]
    [('a', '#', '# one'), ('b.c', [], '')]
    """
    table, pending = "", ""
    for line in text.splitlines():
        if not pending and line.startswith("[["):
            return
        if not pending and line.startswith("["):
            table = line[1 : line.index("]")]
            yield Statement(text=line, table=table)
            continue
        pending = f"{pending}\n{line}" if pending else line
        parsed = _parse(pending)
        if parsed is None:
            continue
        if parsed:
            ((key, value),) = parsed.items()
            yield Statement(text=pending, table=table, key=key, value=value, comment=_comment(pending))
        else:
            yield Statement(text=pending, table=table)
        pending = ""


def toml(value: Any) -> str:
    r"""Return a value as TOML: texts, switches, lists and tables, on one line but for lists of lists of texts.

    >>> toml({"days": ["Tag"], "weeks": []})
    '{ days = ["Tag"], weeks = [] }'
    >>> toml(r"{D}\. {M}")
    "'{D}\\. {M}'"
    """
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{bare(key)} = {toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        inner = [toml(one) for one in value]
        if any(isinstance(one, list | tuple) and one for one in value):
            return "[\n" + "".join(f"  {one},\n" for one in inner) + "]"
        return "[" + ", ".join(inner) + "]"
    if isinstance(value, str) and "\\" in value and "'" not in value:
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False)


def bare(key: str) -> str:
    """Return a key as TOML writes it, between quotes where it must be."""
    return key if key.replace("_", "").replace("-", "").isalpha() and key.isascii() else json.dumps(key)


def comment_lines(label: str, texts: list[str]) -> str:
    """Return texts as lines of comment, broken between two of them."""
    lines, line = [], f"# {label}"
    for number, text in enumerate(texts):
        piece = text + ("," if number < len(texts) - 1 else "")
        if len(line) + 1 + len(piece) > _WIDTH:
            lines.append(line)
            line = "#  "
        line = f"{line} {piece}"
    return "\n".join([*lines, line])


def _parse(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _comment(text: str) -> str:
    """The comment after a value: what is left of the line once the statement is whole without it."""
    last = text.rpartition("\n")[2]
    ahead = text[: len(text) - len(last)]
    for at, letter in enumerate(last):
        if letter == "#" and _parse(ahead + last[:at]):
            return last[at:].strip()
    return ""
