"""How a source's files become observations: the settings of ``catalogue/statistics/<id>.toml`` as typed records.

Keys of such a file, beside the five that every source has:

``captured_on``
    Day on which the embedded files were taken.
``attribution``
    The line that NOTICE repeats.
``status_codes``
    The publisher's words for a status and their SDMX codes.
``[layout]``
    Keys of ``[[files]]`` that hold for all of them.
``[[files]]``, ``[[series]]``, ``[editions.<name>]``, ``[[breaks]]``, ``[[expectations]]``
    The records below. A template is text in which ``{column}`` stands for a row's cell.

Only these records and their reading belong here.
"""

import re
import types
from collections.abc import Container, Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from typing import Any, TypeVar, get_args, get_origin

from dx_pipeline.schemas.statistics import OBS_STATUS
from dx_pipeline.specs import CatalogueError, StatisticsSource
from dx_pipeline.statistics.tables import canonical

_Record = TypeVar("_Record")
_COLUMN = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file of a source and what its columns mean.

    ``path`` is relative to the catalogue. ``area``, ``period``, ``edition`` and the four after them are
    templates. ``series`` names the series to read from it, all where it is empty. ``leave_out`` gives,
    by column, the cells of rows that are not wanted, such as aggregates among countries.
    """

    path: str
    area: str
    period: str
    edition: str
    vintage: str = ""
    status: str = ""
    note: str = ""
    origin: str = ""
    series: tuple[str, ...] = ()
    leave_out: dict[str, list[str]] = field(default_factory=dict)
    delimiter: str = ","
    decimal: str = "."

    @property
    def columns(self) -> set[str]:
        """The columns, in canonical spelling, that its templates use."""
        templates = (self.area, self.period, self.edition, self.vintage, self.status, self.note, self.origin)
        named = {name for template in templates for name in _COLUMN.findall(template)}
        return {canonical(name) for name in named | set(self.leave_out)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A series: the column it is read from and what its values may be.

    ``where`` picks its rows in a long file, by column. An empty cell is an observation without a value
    (``blank = "missing"``) or none at all (``blank = "skip"``, for extracts that hold only some
    cells). ``missing_where_zero`` names columns in which 0 or nothing says that this series has no
    value either. ``labels`` is its code list, for coded values. ``out_of_column`` holds the number of
    ranked areas; without it the edition's number is taken.
    """

    series_id: str
    name: str
    column: str
    unit_measure: str
    metric_id: str | None = None
    better: str | None = None
    where: dict[str, str] = field(default_factory=dict)
    minimum: float | None = None
    maximum: float | None = None
    blank: str = "missing"
    missing_where_zero: tuple[str, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)
    out_of_column: str | None = None
    note: str | None = None

    @property
    def is_rank(self) -> bool:
        """Whether its values are places in a ranking."""
        return self.unit_measure == "rank"

    @property
    def columns(self) -> set[str]:
        """The columns, in canonical spelling, that it is read from."""
        out_of = {self.out_of_column} if self.out_of_column else set()
        return {canonical(name) for name in {self.column, *self.where, *self.missing_where_zero} | out_of}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What is known of an edition: when it came out, how many areas it has and ranks, what readers must know.

    ``due_on`` is set for an edition that is awaited.
    """

    vintage_on: date | None = None
    out_of: int | None = None
    areas: int | None = None
    obs_status: str | None = None
    note: str | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodBreak:
    """A series that from some period on is measured otherwise (``method``) or not published (``discontinued``)."""

    series_id: str
    from_period: str
    from_edition: str
    kind: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """Something that must hold for a source as a whole; see ``expectations.py`` for the kinds of ``check``."""

    check: str
    series_id: str
    editions: tuple[str, ...] = ()
    ref_area: str | None = None
    time_period: str | None = None
    value: float | None = None
    tolerance: float = 0.0
    weights: dict[str, float] = field(default_factory=dict)
    index: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceMapping:
    """A source with the records of its file."""

    source_id: str
    files: tuple[SourceFile, ...]
    series: Mapping[str, Series]
    editions: Mapping[str, Edition]
    breaks: tuple[MethodBreak, ...]
    expectations: tuple[Expectation, ...]
    status_codes: Mapping[str, str]

    def series_of(self, file: SourceFile) -> list[Series]:
        """Return the series that a file holds."""
        return [self.series[series_id] for series_id in file.series or self.series]

    def edition(self, name: str) -> Edition:
        """Return what is known of an edition; nothing where the catalogue has no entry for it."""
        return self.editions.get(name, Edition())


def fill(template: str, cells: Mapping[str, str]) -> str:
    """Fill a template with a row's cells, each stripped; the columns must be there.

    >>> fill("WDI {Vintage}", {"vintage": "2026-07-13 "})
    'WDI 2026-07-13'
    """
    return _COLUMN.sub(lambda match: cells[canonical(match[1])].strip(), template)


def read_mapping(source: StatisticsSource) -> SourceMapping:
    """Read a source's settings into records.

    Raises:
        CatalogueError: where a key is unknown, missing or of another type, or names what is not there.
    """
    place = f"catalogue/statistics/{source.source_id}.toml"
    known = {"captured_on", "attribution", "status_codes", "layout"}
    tables = {"files", "series", "editions", "breaks", "expectations"}
    if unknown := set(source.settings) - known - tables:
        raise CatalogueError(f"{place}: unknown keys {sorted(unknown)}; mend their spelling or remove them")
    settings = source.settings
    layout = _table(settings, "layout", place)
    files = [{**layout, **entry} for entry in _tables(settings, "files", place)]
    series = [_record(Series, entry, f"{place}: series") for entry in _tables(settings, "series", place)]
    editions = _table(settings, "editions", place)
    expectations = _tables(settings, "expectations", place)
    mapping = SourceMapping(
        source_id=source.source_id,
        files=tuple(_record(SourceFile, entry, f"{place}: files") for entry in files),
        series={one.series_id: one for one in series},
        editions={name: _record(Edition, entry, f"{place}: editions.{name}") for name, entry in editions.items()},
        breaks=tuple(_record(MethodBreak, one, f"{place}: breaks") for one in _tables(settings, "breaks", place)),
        expectations=tuple(_record(Expectation, entry, f"{place}: expectations") for entry in expectations),
        status_codes={words.casefold(): code for words, code in _table(settings, "status_codes", place).items()},
    )
    for wrong in _contradictions(mapping, len(series)):
        raise CatalogueError(f"{place}: {wrong}")
    return mapping


def check_metrics(sources: Iterable[StatisticsSource], metric_ids: Container[str]) -> None:
    """Refuse a series of a metric that the registry does not know: no claim would ever be checked against it.

    Raises:
        CatalogueError: where there is one, or where a source's settings cannot be used.
    """
    for mapping in map(read_mapping, sources):
        for series in mapping.series.values():
            if series.metric_id is not None and series.metric_id not in metric_ids:
                raise CatalogueError(
                    f"catalogue/statistics/{mapping.source_id}.toml: series {series.series_id!r}, field 'metric_id': "
                    f"{series.metric_id!r} is no metric of registry/metrics.toml; add it or mend the id"
                )


def _contradictions(mapping: SourceMapping, series_count: int) -> list[str]:
    """Return what in a source's records does not fit together, each with the remedy."""
    wrong = []
    if not mapping.files or not mapping.series:
        wrong.append("no files or no series; add [[files]] and [[series]]")
    if len(mapping.series) < series_count:
        wrong.append("two series have one series_id; rename one of them")
    named = [name for file in mapping.files for name in file.series]
    named += [one.series_id for one in mapping.breaks]
    for expectation in mapping.expectations:
        named += [expectation.series_id, *expectation.weights, *([expectation.index] if expectation.index else [])]
    wrong += [f"no series is called {name!r}; add it or mend the name" for name in named if name not in mapping.series]
    statuses = [*mapping.status_codes.values(), *(e.obs_status for e in mapping.editions.values() if e.obs_status)]
    wrong += [f"{code!r} is no status; use one of {sorted(OBS_STATUS)}" for code in statuses if code not in OBS_STATUS]
    words: list[tuple[str, str | None, tuple[str | None, ...]]] = []
    words += [("blank", s.blank, ("missing", "skip")) for s in mapping.series.values()]
    words += [("better", s.better, ("higher", "lower", None)) for s in mapping.series.values()]
    words += [("kind", b.kind, ("method", "discontinued")) for b in mapping.breaks]
    wrong += [f"{key} is {word!r}; write one of {allowed}" for key, word, allowed in words if word not in allowed]
    return wrong


def _tables(settings: Mapping[str, Any], name: str, place: str) -> list[dict[str, Any]]:
    entries = settings.get(name, [])
    if isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries):
        return entries
    raise CatalogueError(f"{place}: {name} is no list of tables; write [[{name}]] above each")


def _table(settings: Mapping[str, Any], name: str, place: str) -> dict[str, Any]:
    entry = settings.get(name, {})
    if isinstance(entry, dict):
        return entry
    raise CatalogueError(f"{place}: {name} is no table; write [{name}] above its keys")


def _record(kind: type[_Record], entry: object, place: str) -> _Record:
    """Build a record from a TOML table; its fields' names and types are the keys it may have."""
    if not isinstance(entry, dict):
        raise CatalogueError(f"{place}: not a table; write its name in brackets above its keys")
    known = {one.name: one for one in fields(kind)}  # type: ignore[arg-type]
    if unknown := set(entry) - set(known):
        raise CatalogueError(f"{place}: unknown keys {sorted(unknown)}; mend their spelling or remove them")
    needed = {n for n, one in known.items() if one.default is MISSING and one.default_factory is MISSING}
    if missing := needed - set(entry):
        raise CatalogueError(f"{place}: keys {sorted(missing)} are missing; add them")
    for name, value in entry.items():
        if not _fits(value, known[name].type):
            raise CatalogueError(f"{place}: {name} is {value!r}; it must be {_words(known[name].type)}")
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()})


def _fits(value: object, kind: Any) -> bool:
    arguments = get_args(kind)
    if get_origin(kind) is types.UnionType:
        return any(_fits(value, one) for one in arguments)
    if get_origin(kind) in {tuple, list}:
        return isinstance(value, list) and all(_fits(one, arguments[0]) for one in value)
    if get_origin(kind) is dict:
        return isinstance(value, dict) and all(_fits(one, arguments[1]) for one in value.values())
    if kind is float:
        return isinstance(value, int | float)
    return isinstance(value, kind)


def _words(kind: Any) -> str:
    return getattr(kind, "__name__", None) or str(kind)
