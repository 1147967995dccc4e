"""Label files: what was stated in one article, as a person who read it says; read, checked, refused where wrong.

A file with an error is not measured, for half of its labels would turn right rows into false alarms. Where labels
stand in the text and what extraction makes of it belongs in ``matching`` and ``judging``.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from dx_pipeline.schemas.mentions import COMPARATORS, INDICATOR_KINDS

Entry = Mapping[str, Any]
FACTS = ("directives", "indicators")


@dataclass(frozen=True, slots=True)
class Label:
    """One label file: the article's file name, its header, and its facts by kind, as checked."""

    path: Path
    document: str
    header: Mapping[str, Any]
    facts: Mapping[str, tuple[Entry, ...]]

    @property
    def language(self) -> str:
        """BCP 47 tag of the article."""
        return str(self.header["language"])


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Why a label file is not measured: the file, the place in it, what is wrong and what to do."""

    path: Path
    place: str
    message: str

    def __str__(self) -> str:
        """``path: place: message``, or without the place where the whole file is meant."""
        return f"{self.path}: {self.place}: {self.message}" if self.place else f"{self.path}: {self.message}"


class LabelError(ValueError):
    """A label file cannot be used; ``place`` tells the field."""

    def __init__(self, place: str, message: str) -> None:
        """Take the place in the file, empty for the whole of it, and what is wrong there."""
        super().__init__(message)
        self.place = place


def read_label(path: Path) -> Label:
    """Read and check one label file.

    Raises:
        LabelError: where it is no YAML, or lacks a field, or has one that is unknown or wrong.
    """
    table = _yaml(path)
    _check(table, "", _FILE, required=("file", "article", *FACTS))
    _check(table["article"], "article", _ARTICLE, required=("language",))
    facts = {kind: tuple(_entries(table[kind], kind)) for kind in FACTS}
    return Label(path=path, document=table["file"], header=table["article"], facts=facts)


def quotes_of(entry: Entry) -> list[str]:
    """Return the quotes of a labelled fact: one, or several of a fact that is told more than once."""
    quote = entry["quote"]
    return [quote] if isinstance(quote, str) else list(quote)


def is_optional(entry: Entry) -> bool:
    """Tell whether a labelled fact is a borderline case: finding it neither helps nor hurts."""
    return bool(entry.get("optional", False))


def _yaml(path: Path) -> Any:
    import yaml  # type: ignore[import-untyped]  # noqa: PLC0415 (only who measures needs it)

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # in C: ten times as fast
        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            names: set[Any] = set()
            for key, _ in node.value:  # YAML forbids what PyYAML takes: the last of two would silently win
                if isinstance(key.value, str) and key.value in names:
                    raise yaml.MarkedYAMLError(problem=f"{key.value!r} is given twice", problem_mark=key.start_mark)
                names.add(key.value if isinstance(key.value, str) else id(key))
            return super().construct_mapping(node, deep=deep)

    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=Loader)  # noqa: S506 (a safe loader)
    except OSError as error:
        raise LabelError("", f"cannot be read ({error.strerror}); make it readable") from error
    except UnicodeDecodeError as error:
        raise LabelError("", f"is no UTF-8 ({error}); save it as UTF-8") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark is not None else ""
        problem = getattr(error, "problem", None) or "not readable as such"
        raise LabelError(place, f"no valid YAML ({problem}); mend that line") from error
    except (ValueError, RecursionError) as error:  # a day that is none (2025-02-30); brackets without end
        raise LabelError("", f"no valid YAML ({error}); mend that value") from error


def _entries(entries: Any, kind: str) -> Iterator[Entry]:
    if not isinstance(entries, list):
        raise LabelError(kind, "is no list; write [] where nothing is stated")
    seen: set[str] = set()
    for number, entry in enumerate(entries, start=1):
        identifier = entry.get("id") if isinstance(entry, Mapping) else None
        place = f"{kind}.{identifier}" if isinstance(identifier, str) else f"{kind} number {number}"
        _check(entry, place, _FIELDS[kind], required=("id", "quote"))
        if "target" in entry and entry["target"] is not None:
            _check(entry["target"], f"{place}.target", _TARGET, required=())
        if entry["id"] in seen:
            raise LabelError(f"{place}.id", "given twice; rename one of them")
        seen.add(entry["id"])
        yield {name: _plain(name, value) for name, value in entry.items()}


def _plain(name: str, value: Any) -> Any:
    """A period as text: YAML reads 2024 as a number and 2024-09-17 as a day."""
    return str(value) if name in _PERIODS and value is not None else value


def _check(table: Any, place: str, known: Mapping[str, "_Kind"], required: tuple[str, ...]) -> None:
    if not isinstance(table, Mapping):
        raise LabelError(place, f"holds no fields; write {required[0] if required else 'metric'}: … and the others")
    for name in table:
        if name not in known:
            raise LabelError(
                _below(place, name), f"unknown; mend its spelling or remove it, known are {', '.join(sorted(known))}"
            )
    for name in required:
        if name not in table:
            raise LabelError(_below(place, name), "missing; add it")
    for name, value in table.items():
        kind = known[name]
        if not (value is None and name not in required) and not kind.fits(value):
            raise LabelError(_below(place, name), f"{value!r} is {kind.remedy}"[:_MESSAGE])


def _below(place: str, name: object) -> str:
    return f"{place}.{name}" if place else str(name)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a field's value may be, and what to tell where it is not."""

    fits: Callable[[Any], bool]
    remedy: str


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_numbers(value: Any) -> bool:
    return _is_number(value) or (isinstance(value, list) and len(value) == 2 and all(map(_is_number, value)))


def _is_quote(value: Any) -> bool:
    return _is_text(value) or (_is_texts(value) and bool(value))


_MESSAGE = 300  # characters: a value from outside may be long
_PERIODS = frozenset({"period", "change_since"})
_ANY = _Kind(lambda value: isinstance(value, str | int | Mapping), "neither text nor table")
_TEXT = _Kind(_is_text, "no text; write one")
_TEXTS = _Kind(_is_texts, "no list of texts; write [a, b]")
_QUOTE = _Kind(_is_quote, "no quote; write the article's words, or a list of quotes")
_DAY = _Kind(lambda value: type(value) is date, "no day; write YYYY-MM-DD without quotes")
_FLAG = _Kind(lambda value: isinstance(value, bool), "neither true nor false; write one of them")
_NUMBER = _Kind(_is_number, "no number; write one, without unit and separators")
_NUMBERS = _Kind(_is_numbers, "no number; write one, or the two ends of a range as [low, high]")
_PERIOD = _Kind(
    lambda value: _is_text(value) or type(value) in (int, date),
    "no period; write 2024, 2024-09, 2024-Q3, 2024-H1 or 2024-09-17",
)


def _choice(values: frozenset[str]) -> _Kind:
    return _Kind(lambda value: value in sorted(values), f"unknown; take one of {' '.join(sorted(values))}")


_FACTS = _Kind(lambda value: isinstance(value, list), "no list; write [] where nothing is stated")
_FILES = _Kind(lambda value: _is_text(value) or _is_texts(value), "no file name; write one, or a list of them")
_FILE = {"file": _TEXT, "split": _TEXT, "article": _ANY, "instruments": _TEXTS, **dict.fromkeys(FACTS, _FACTS)}
_ARTICLE = {"title": _TEXT, "language": _TEXT, "published_on": _DAY, "event": _ANY, "same_story_as": _FILES}
_SHARED = {"id": _TEXT, "quote": _QUOTE, "optional": _FLAG}
_FIELDS = {
    "directives": {
        **_SHARED,
        "issuer": _TEXT,
        "addressees": _TEXTS,
        "due_on": _DAY,
        "instruments": _TEXTS,
        "target": _ANY,
    },
    "indicators": {
        **_SHARED,
        **dict.fromkeys(("metric", "area", "unit"), _TEXT),
        **dict.fromkeys(("period", "change_since"), _PERIOD),
        **dict.fromkeys(("change", "change_percent", "out_of"), _NUMBER),
        "value": _NUMBERS,
        "comparator": _choice(COMPARATORS),
        "kind": _choice(INDICATOR_KINDS),
    },
}
_TARGET = {"metric": _TEXT, "unit": _TEXT, "comparator": _choice(COMPARATORS), "value": _NUMBER, "change": _NUMBER}
