"""The skeleton of a new language: a pack and a file of page words with every key, filled where CLDR knows the words.

Both are written after the English files, with their order and their comments; beside each key that is still empty
stand the English phrases as a hint.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dx_pipeline.documents.languages import is_detectable
from dx_pipeline.packs.cldr import LanguageData, UnknownLanguageError, read_language
from dx_pipeline.packs.statements import Statement, bare, comment_lines, read_statements, toml
from dx_pipeline.shape import REFERENCE
from dx_pipeline.specs import CatalogueError, read_toml

FOLDERS = ("languages", "pages")
_GENERATED = "from CLDR"
_BESIDE = 80  # up to so many letters a hint stands on the line of its entry
_TERRITORIES = ("directives.foreign.after", "indicators.here")
_SAME = {"indicators.per_cent": ["%"]}  # written alike in every language


@dataclass(frozen=True, slots=True, kw_only=True)
class Skeleton:
    """The files written, and how many of their entries CLDR filled."""

    paths: tuple[Path, ...]
    entries: int
    filled: int
    forms: int


def write_skeleton(catalogue: Path, code: str, *, force: bool = False) -> Skeleton:
    """Write ``languages/<code>.toml`` and ``pages/<code>.toml`` into a catalogue.

    Raises:
        UnknownLanguageError: where the code is no language that CLDR and the detector of languages know.
        CatalogueError: where one of the files is there and is not to be overwritten, or the English one is not there.
    """
    data = read_language(code)
    if not is_detectable(code):
        raise UnknownLanguageError(f"no text is ever found to be in {code!r}, so that its pack would not be used")
    paths = tuple(catalogue / folder / f"{code}.toml" for folder in FOLDERS)
    for path in paths:
        if code == REFERENCE:
            raise CatalogueError(f"{path}: is what the others are written after; take another language")
        if path.exists() and not force:
            raise CatalogueError(f"{path}: is there already; edit it, or overwrite it with --force")
    months = _months_of_others(catalogue, code)
    made = [_fill(_english(catalogue, folder), _known(data, folder, months), data, folder) for folder in FOLDERS]
    for path, (text, _) in zip(paths, made, strict=True):
        path.write_text(text, encoding="utf-8")
    filled = [value for _, counted in made for value in counted]
    return Skeleton(
        paths=paths,
        entries=len(filled),
        filled=sum(value is not None for value in filled),
        forms=sum(_count(value) for value in filled),
    )


def _english(catalogue: Path, folder: str) -> str:
    path = catalogue / folder / f"{REFERENCE}.toml"
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise CatalogueError(
            f"{path}: cannot be read ({error.strerror}); restore it, packs are written after it"
        ) from error


def _months_of_others(catalogue: Path, code: str) -> dict[str, int]:
    """Names of months in the page words of other languages, which count on every page: no other month may have them."""
    paths = [path for path in (catalogue / FOLDERS[1]).glob("*.toml") if path.stem != code]
    lists = [read_toml(path).get("months", []) for path in paths]
    return {name: number for months in lists for number, names in enumerate(months, start=1) for name in names}


def _known(data: LanguageData, folder: str, taken: Mapping[str, int]) -> dict[str, Any]:
    """What CLDR fills, by the field's dotted name."""
    if folder == "pages":
        return {
            "day_first": data.day_first,
            "domains": data.domains,
            "alphabet": data.alphabet,
            "encodings": data.encodings,
            "months": [
                [name for name in names if taken.get(name, number) == number]
                for number, names in enumerate(data.months, start=1)
            ],
            "weekdays": [*data.weekdays, *data.short_weekdays],
        }
    return {
        "language": data.code,
        "abbreviations": data.abbreviations,
        "numbers.group": data.group,
        "numbers.decimal": data.decimal,
        **{f"numbers.scales.1e{power}": forms for power, forms in data.scales.items()},
        "time.weekdays": data.weekdays,
        "time.months": data.months,
        "time.quarters": data.quarters,
        "time.starts": data.starts,
        "time.patterns": data.patterns,
        "deadlines.day_units": dict(data.units),
        "directives.words.conjunction": data.conjunctions,
        **_SAME,
    }


def _fill(english: str, known: Mapping[str, Any], data: LanguageData, folder: str) -> tuple[str, list[Any]]:
    """The text of a skeleton after the English one, and for each of its entries what filled it or ``None``."""
    lines: list[str | None] = [_head(data, folder)]
    counted: list[Any] = []
    seen: set[str] = set()
    table = ""
    for number, statement in enumerate(read_statements(english)):
        if statement.table != table:
            lines += [_further(table, known, seen)]
            table = statement.table
        if statement.key is None:
            lines += [statement.text] if number else []
            continue
        seen.add(statement.field)
        value = _value(statement, known, data)
        counted.append(value)
        lines += _written(statement, value)
    text = "\n".join(line for line in lines if line is not None)
    return text.rstrip() + "\n" + (_example(english) if folder == FOLDERS[0] else ""), counted


def _head(data: LanguageData, folder: str) -> str:
    what = "Words and number formats only" if folder == FOLDERS[0] else "Words of web pages that are no part of a story"
    return (
        f"# {data.english_name} ({data.name}). {what}; see {REFERENCE}.toml.\n"
        f"# Made by `dx language new {data.code}`. What is marked '{_GENERATED}' was generated "
        f"(Babel {version('babel')}).\n"
        "# Look it through: short forms that are words of their own do harm. All else is still empty, with the\n"
        f"# English words as a hint; `dx language check {data.code}` tells what is missing."
    )


def _value(statement: Statement, known: Mapping[str, Any], data: LanguageData) -> Any:
    if statement.field in known:
        return known[statement.field] or None
    if statement.field in _TERRITORIES:
        return [data.territories[name] for name in statement.value if name in data.territories] or None
    return None


def _written(statement: Statement, value: Any) -> Iterator[str]:
    """The lines of an entry: its hint above it, or beside it where that is short, and what English says of it."""
    key, remarks = bare(str(statement.key)), [statement.comment.removeprefix("# ")] if statement.comment else []
    if isinstance(statement.value, Mapping):
        forms = {name: list((value or {}).get(name, [])) for name in statement.value}
        hints = [f"{name}: {', '.join(statement.value[name])}" for name in forms if not forms[name]]
        yield comment_lines(f"{REFERENCE}:", hints)
        yield _entry(key, forms, [_GENERATED, *remarks] if value else remarks)
    elif value is not None:
        yield _entry(key, value, [_GENERATED, *remarks])
    elif isinstance(statement.value, bool):
        yield _entry(key, statement.value, ["as in English", *remarks])
    elif isinstance(statement.value, str):
        yield _entry(key, "", remarks)
    else:
        nested = bool(statement.value) and isinstance(statement.value[0], list)
        hints = [text for one in statement.value for text in (one if nested else [one])]
        beside = f"{REFERENCE}: {', '.join(hints)}"
        if hints and len(beside) > _BESIDE:
            yield comment_lines(f"{REFERENCE}:", hints)
        elif hints:
            remarks = [beside, *remarks]
        yield _entry(key, [[]] * len(statement.value) if nested else [], remarks)


def _entry(key: str, value: Any, remarks: list[str]) -> str:
    return f"{key} = {toml(value)}" + (f"  # {'; '.join(remarks)}" if remarks else "")


def _further(table: str, known: Mapping[str, Any], seen: set[str]) -> str | None:
    """Entries of a table that English has not, such as a magnitude of its own."""
    ahead = f"{table}."
    own = [field for field in known if table and field.startswith(ahead) and field not in seen]
    own = [field for field in own if "." not in field.removeprefix(ahead)]
    lines = [_entry(bare(field.removeprefix(ahead)), known[field], [_GENERATED]) for field in own]
    return "\n".join(lines) if lines else None


def _example(english: str) -> str:
    """The English file's first test, as a comment to be written over."""
    first = english[english.index("[[tests]]") :].split("\n\n", maxsplit=1)[0] if "[[tests]]" in english else ""
    return "\n" + "".join(f"# {line}\n" for line in first.splitlines())


def _count(value: Any) -> int:
    """How many words, separators and patterns a value holds."""
    if isinstance(value, Mapping):
        return sum(map(_count, value.values()))
    if isinstance(value, list | tuple):
        return sum(map(_count, value))
    return int(bool(value))
