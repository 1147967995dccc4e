"""How a source's files become observations: the settings of ``catalogue/statistics/<id>.toml`` as typed records.

Keys of such a file, beside the five that every source has:

``captured_on``
    Day on which the embedded files were taken.
``attribution``
    The line that NOTICE repeats.
``status_codes``
    The publisher's words for a status and their SDMX codes; they are found in the period's cell, too.
``area_codes``
    The publisher's own codes of areas and their alpha-3 codes.
``optional``
    Whether the source may stay away without anything being amiss.
``local_only``
    Whether its licence forbids to pass its figures on: then none may lie in the catalogue.
``rhythm_hours``, ``delay_seconds``
    How long what came whole is not asked for again, and the pause between two requests.
``[layout]``
    Keys of ``[[files]]`` and of ``[[requests]]`` that hold for all of them.
``[codes]``, ``[each_series]``
    Series by the publisher's code, one a line; see ``dx_pipeline/services.py``.
``[[requests]]``
    How a service is asked (``Request`` there), and what its answers mean (``SourceFile`` here).
``[[files]]``, ``[[series]]``, ``[editions.<name>]``, ``[[breaks]]``, ``[[expectations]]``
    The records below. A template is text in which ``{column}`` stands for a row's cell.

Only these records and their reading belong here.
"""

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from dx_pipeline.records import keys_of, read_record, read_table, read_tables
from dx_pipeline.schemas.statistics import OBS_STATUS
from dx_pipeline.services import Request, read_requests, series_entries
from dx_pipeline.specs import CatalogueError, StatisticsSource
from dx_pipeline.statistics.tables import canonical

_COLUMN = re.compile(r"\{([^{}]*)\}")
_LOOKUP = frozenset({"request", "by", "is"})
_SETTINGS = frozenset(
    {"captured_on", "attribution", "status_codes", "layout", "area_codes", "optional", "local_only"}
    | {"rhythm_hours", "delay_seconds", "each_series", "codes"}
)
_TABLES = frozenset({"files", "requests", "series", "editions", "breaks", "expectations"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file of a source, or the answers to one of its requests, and what the columns mean.

    ``path`` is relative to the catalogue. ``area``, ``period``, ``edition`` and the five after them are
    templates. ``series`` names the series to read from it, all where it is empty. ``keep`` gives, by column, the
    cells of rows that are wanted, ``leave_out`` of rows that are not; neither are periods before ``since``, nor groups
    of areas (``groups.csv``).

    ``columns`` gives our name of a column and the publisher's, where they differ; ``head`` names columns whose cell
    stands once in a JSON document, at a dotted path; ``counted`` columns that hold the number of rows with a cell in
    another one; a placeholder of the request is a column ``@name``. ``beside`` takes columns from the answer to another
    request, the row whose column ``is`` equals our column ``by``. Answers with ``lookup`` are read for that only.
    """

    path: str
    area: str = ""
    period: str = ""
    edition: str = ""
    vintage: str = ""
    status: str = ""
    note: str = ""
    origin: str = ""
    unit_mult: str = ""
    series: tuple[str, ...] = ()
    since: str = ""
    keep: dict[str, list[str]] = field(default_factory=dict)
    leave_out: dict[str, list[str]] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    head: dict[str, str] = field(default_factory=dict)
    counted: dict[str, str] = field(default_factory=dict)
    beside: dict[str, str] = field(default_factory=dict)
    lookup: bool = False
    format: str = "csv"
    rows: str = ""
    delimiter: str = ","
    decimal: str = "."

    @property
    def needed(self) -> set[str]:
        """The columns, in canonical spelling, without which nothing can be read."""
        filters = {name for name, cells in (self.keep | self.leave_out).items() if "" not in cells}
        return _named(self.area, self.period, self.edition) | {canonical(name) for name in filters}

    @property
    def wanted(self) -> set[str]:
        """The columns that its other templates use; a service leaves them out where it has nothing to say."""
        return _named(self.vintage, self.status, self.note, self.origin, self.unit_mult)

    @property
    def taken(self) -> dict[str, str]:
        """The columns that it takes from another request's answer, and what they are called there."""
        return {name: told for name, told in self.beside.items() if name not in _LOOKUP}


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A series: the column it is read from and what its values may be.

    ``where`` picks its rows in a long file, by column. An empty cell is an observation without a value
    (``blank = "missing"``) or none at all (``blank = "skip"``, for extracts that hold only some
    cells). ``missing_where_zero`` names columns in which 0 or nothing says that this series has no
    value either. ``labels`` is its code list, for coded values. ``out_of_column`` holds the number of
    ranked areas; without it the edition's number is taken.

    ``code`` is the publisher's, which requests name. ``unit_mult`` is the power of ten that turns the published figure
    into ``unit_measure``. ``jump`` is the factor by which a value may differ from those of the periods around it before
    it is taken for one in another unit.
    """

    series_id: str
    name: str
    column: str
    unit_measure: str
    code: str | None = None
    unit_mult: int = 0
    jump: float | None = None
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
    requests: tuple[Request, ...]
    answers: Mapping[str, SourceFile]
    series: Mapping[str, Series]
    editions: Mapping[str, Edition]
    breaks: tuple[MethodBreak, ...]
    expectations: tuple[Expectation, ...]
    status_codes: Mapping[str, str]
    area_codes: Mapping[str, str]

    def series_of(self, file: SourceFile) -> list[Series]:
        """Return the series that a file holds."""
        return [self.series[series_id] for series_id in file.series or self.series]

    def edition(self, name: str) -> Edition:
        """Return what is known of an edition; nothing where the catalogue has no entry for it."""
        return self.editions.get(name, Edition())


def _named(*templates: str) -> set[str]:
    return {canonical(name) for template in templates for name in _COLUMN.findall(template)}


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
    if unknown := set(source.settings) - _SETTINGS - _TABLES:
        raise CatalogueError(f"{place}: unknown keys {sorted(unknown)}; mend their spelling or remove them")
    settings = source.settings
    layout = read_table(settings, "layout", place)
    series = [read_record(Series, entry, f"{place}: series") for entry in series_entries(source)]
    editions = read_table(settings, "editions", place)
    expectations = read_tables(settings, "expectations", place)
    status_codes = read_table(settings, "status_codes", place)
    mapping = SourceMapping(
        source_id=source.source_id,
        files=tuple(_file({**layout, **entry}, f"{place}: files") for entry in read_tables(settings, "files", place)),
        requests=tuple(read_requests(source)),
        answers={
            str(entry.get("name")): _answers(layout, entry, f"{place}: requests")
            for entry in read_tables(settings, "requests", place)
        },
        series={one.series_id: one for one in series},
        editions={name: read_record(Edition, entry, f"{place}: editions.{name}") for name, entry in editions.items()},
        breaks=tuple(
            read_record(MethodBreak, one, f"{place}: breaks") for one in read_tables(settings, "breaks", place)
        ),
        expectations=tuple(read_record(Expectation, entry, f"{place}: expectations") for entry in expectations),
        status_codes={words.casefold(): code for words, code in status_codes.items()},
        area_codes=read_table(settings, "area_codes", place),
    )
    for wrong in _contradictions(mapping, len(series), source):
        raise CatalogueError(f"{place}: {wrong}")
    return mapping


def _file(entry: dict[str, object], place: str) -> SourceFile:
    """Read what a table of figures means; without area, period and edition there are none."""
    if not entry.get("lookup") and (missing := sorted({"area", "period", "edition"} - set(entry))):
        raise CatalogueError(f"{place}: keys {missing} are missing; add them")
    return read_record(SourceFile, entry, place)


def _answers(layout: Mapping[str, object], entry: Mapping[str, object], place: str) -> SourceFile:
    """Read what the answers to a request mean; where they were got and what they note is not the layout's to say."""
    if unknown := sorted(set(entry) - keys_of(SourceFile) - keys_of(Request)):
        raise CatalogueError(f"{place}: unknown keys {unknown}; mend their spelling or remove them")
    own = {key: value for key, value in entry.items() if key in keys_of(SourceFile)}
    shared = {key: value for key, value in layout.items() if key not in {"origin", "note"}}
    return _file({**shared, **own, "path": f"request {entry.get('name')!r}"}, place)


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


def _contradictions(mapping: SourceMapping, series_count: int, source: StatisticsSource) -> list[str]:
    """Return what in a source's records does not fit together, each with the remedy."""
    wrong = []
    if not (mapping.files or mapping.requests) or not mapping.series:
        wrong.append("no files or no series; add [[files]] or [[requests]], and [[series]]")
    if len(mapping.series) < series_count:
        wrong.append("two series have one series_id; rename one of them")
    if mapping.files and source.settings.get("local_only"):
        wrong.append(
            "its figures may not be passed on (local_only), so none may lie in the catalogue; remove [[files]]"
        )
    named = [name for file in (*mapping.files, *mapping.answers.values()) for name in file.series]
    named += [one.series_id for one in mapping.breaks]
    for expectation in mapping.expectations:
        own = [*expectation.weights, *([expectation.index] if expectation.index else [])]
        named += [expectation.series_id, *(own if expectation.check != "agrees" else [])]
    wrong += [f"no series is called {name!r}; add it or mend the name" for name in named if name not in mapping.series]
    for file in mapping.answers.values():
        if file.beside and (not file.beside.keys() >= _LOOKUP or file.beside["request"] not in mapping.answers):
            wrong.append(f"beside is {file.beside}; give request (one of this file), by and is")
    statuses = [*mapping.status_codes.values(), *(e.obs_status for e in mapping.editions.values() if e.obs_status)]
    wrong += [f"{code!r} is no status; use one of {sorted(OBS_STATUS)}" for code in statuses if code not in OBS_STATUS]
    words: list[tuple[str, str | None, tuple[str | None, ...]]] = []
    words += [("blank", s.blank, ("missing", "skip")) for s in mapping.series.values()]
    words += [("better", s.better, ("higher", "lower", None)) for s in mapping.series.values()]
    words += [("kind", b.kind, ("method", "discontinued")) for b in mapping.breaks]
    wrong += [f"{key} is {word!r}; write one of {allowed}" for key, word, allowed in words if word not in allowed]
    return wrong
