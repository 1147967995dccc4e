"""Rows of a table to observations, each cell checked on its own.

One bad cell costs its own observation only; a row whose area, period, edition, vintage or status
cannot be read gives none at all.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from dx_pipeline.schemas.statistics import OBS_STATUS
from dx_pipeline.statistics.areas import Areas
from dx_pipeline.statistics.mapping import Edition, Series, SourceFile, SourceMapping, fill
from dx_pipeline.statistics.problems import Problem, RejectionError
from dx_pipeline.statistics.tables import Row, Table, canonical
from dx_pipeline.statistics.values import is_missing, parse_day, parse_number, parse_period, shorten

_SHORTEST_WORD = 3  # for a status in a period's cell; letters that are codes stand in cells of their own


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One observation in the columns of ``Statistics`` without ``is_latest``, and the row it was read from."""

    series_id: str
    metric_id: str | None
    ref_area: str
    time_period: str
    obs_value: float | None
    unit_measure: str
    unit_mult: int | None
    obs_status: str
    source_id: str
    edition: str
    vintage_on: date | None
    capture_id: str
    out_of: int | None
    note: str | None
    origin: str | None
    place: str
    row: Row

    @property
    def key(self) -> tuple[str, str, str]:
        """What it observes: series, area and period."""
        return self.series_id, self.ref_area, self.time_period

    @property
    def figure(self) -> tuple[float | None, str]:
        """What it says: value and status."""
        return self.obs_value, self.obs_status

    def problem(self, check: str, detail: str) -> Problem:
        """Return the problem of this observation, with its row."""
        return Problem(
            source_id=self.source_id,
            file=self.place,
            line=self.row.line,
            cells=self.row.cells,
            check=f"{self.series_id}: {check}",
            detail=detail,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """What the cells of one row have in common."""

    ref_area: str
    time_period: str
    edition: str
    vintage_on: date | None
    status: str | None
    power: int


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads the rows of one captured file or answer; ``place`` is what it is called in messages.

    Of an answer about one ``code``, the rows are of the series with that code.
    """

    mapping: SourceMapping
    file: SourceFile
    areas: Areas
    capture_id: str
    place: str
    code: str | None = None

    def read_table(self, table: Table) -> Iterator[Observation | Problem]:
        """Yield the observations of a table, and the problems of its rows.

        Raises:
            RejectionError: where the table lacks a column.
        """
        self._check_columns(table)
        for row, wrong in table.misfits:
            yield self.problem(row, "row", wrong)
        for row in table.rows:
            yield from self.read(row)

    def _series(self) -> Iterable[Series]:
        every = self.mapping.series_of(self.file)
        return every if self.code is None else [one for one in every if one.code in {None, self.code}]

    def _check_columns(self, table: Table) -> None:
        if not table.columns and self.file.format != "csv":
            return  # a service that has no rows names no columns
        needed = self.file.needed.union(*(series.columns for series in self.mapping.series_of(self.file)))
        if self.file.format == "csv":
            needed |= self.file.wanted
        for row in table.rows:
            row.cells.update(dict.fromkeys(self.file.wanted - row.cells.keys(), ""))
        if missing := sorted(needed - set(table.columns)):
            raise RejectionError(
                "header",
                f"columns {missing} are missing; the first line begins {', '.join(table.columns)[:120]!r}",
                "fetch the file again, or follow the publisher's new names in the source's file",
            )

    def whole_problem(self, rejection: RejectionError) -> Problem:
        """Return the problem of a file or an answer that cannot be read as a table."""
        return Problem(
            source_id=self.mapping.source_id,
            file=self.place,
            line=None,
            cells={},
            check=f"file: {rejection.check}",
            detail=str(rejection),
        )

    def read(self, row: Row) -> Iterator[Observation | Problem]:
        """Yield the row's observations, and a problem for each cell or row that cannot be used."""
        if self._is_left_out(row) or self._is_early(row) or self.areas.is_group(fill(self.file.area, row.cells)):
            return
        fitting = [series for series in self._series() if _is_of(series, row)]
        try:
            if not fitting:
                raise RejectionError(
                    "series", "no series is read from this row", "add a [[series]] for it to the catalogue"
                )
            place = self._place(row)
        except RejectionError as rejection:
            yield self.problem(row, rejection.check, str(rejection))
            return
        for series in fitting:
            try:
                if (observation := self._observe(series, place, row)) is not None:
                    yield observation
            except RejectionError as rejection:
                yield self.problem(row, f"{series.series_id}: {rejection.check}", str(rejection))

    def problem(self, row: Row, check: str, detail: str) -> Problem:
        """Return the problem of a row of this file."""
        return Problem(
            source_id=self.mapping.source_id,
            file=self.place,
            line=row.line,
            cells=row.cells,
            check=check,
            detail=detail,
        )

    def _is_left_out(self, row: Row) -> bool:
        return any(_cell(row, name) in cells for name, cells in self.file.leave_out.items()) or any(
            _cell(row, name) not in cells for name, cells in self.file.keep.items()
        )

    def _is_early(self, row: Row) -> bool:
        period = fill(self.file.period, row.cells) if self.file.since else ""
        return period[:4].isdecimal() and period < self.file.since

    def _place(self, row: Row) -> _Place:
        written = fill(self.file.area, row.cells)
        ref_area = self.areas.resolve(self.mapping.area_codes.get(written, written))
        if ref_area is None:
            raise RejectionError(
                "ref_area",
                f"{shorten(written)} is no known area",
                "add the name to catalogue/statistics/areas.csv, or leave the row out in the source's file",
            )
        edition = fill(self.file.edition, row.cells)
        if not edition:
            raise RejectionError("edition", "the row names no edition", "fill the cell, or set edition for this file")
        known = self.mapping.edition(edition)
        period, said = self._period(fill(self.file.period, row.cells))
        return _Place(
            ref_area=ref_area,
            time_period=period,
            edition=edition,
            vintage_on=known.vintage_on or parse_day(fill(self.file.vintage, row.cells)),
            status=self._status(fill(self.file.status, row.cells)) or said or known.obs_status,
            power=_power(fill(self.file.unit_mult, row.cells)),
        )

    def _period(self, written: str) -> tuple[str, str | None]:
        """Return a period, and the status that stands in its cell beside it, as in "Sơ bộ 2025"."""
        plain = unicodedata.normalize("NFC", written).casefold()
        for words, code in self.mapping.status_codes.items():
            if len(words) >= _SHORTEST_WORD and words in plain:
                return parse_period(plain.replace(words, "", 1).strip(" ()*,:;-")), code
        return parse_period(written), None

    def _status(self, written: str) -> str | None:
        if not written:
            return None
        if code := self.mapping.status_codes.get(written.casefold()):
            return code
        if written in OBS_STATUS:
            return written
        raise RejectionError(
            "obs_status", f"{shorten(written)} is no known status", "add it to status_codes in the source's file"
        )

    def _observe(self, series: Series, place: _Place, row: Row) -> Observation | None:
        power = place.power + series.unit_mult
        value = self._value(series, row, power)
        if value is None and series.blank == "skip":
            return None
        known = self.mapping.edition(place.edition)
        out_of = self._out_of(series, known, row)
        if value is not None:
            _check_range(series, value, out_of)
        breaks = [
            one
            for one in self.mapping.breaks
            if one.series_id == series.series_id and one.kind == "method" and one.from_period == place.time_period
        ]
        notes = (
            _label(series, value),
            series.note,
            known.note,
            fill(self.file.note, row.cells),
            *(one.reason for one in breaks),
        )
        return Observation(
            series_id=series.series_id,
            metric_id=series.metric_id,
            ref_area=place.ref_area,
            time_period=place.time_period,
            obs_value=value,
            unit_measure=series.unit_measure,
            unit_mult=power or None,
            obs_status="M" if value is None else place.status or ("B" if breaks else "A"),
            source_id=self.mapping.source_id,
            edition=place.edition,
            vintage_on=place.vintage_on,
            capture_id=self.capture_id,
            out_of=out_of,
            note="; ".join(filter(None, notes)) or None,
            origin=fill(self.file.origin, row.cells) or self.place,
            place=self.place,
            row=row,
        )

    def _value(self, series: Series, row: Row, power: int) -> float | None:
        value = self._number(series.column, row, power)
        if value is None or any(not self._number(name, row) for name in series.missing_where_zero):
            return None
        return value

    def _out_of(self, series: Series, known: Edition, row: Row) -> int | None:
        if not series.is_rank:
            return None
        if series.out_of_column is None:
            return known.out_of
        number = self._number(series.out_of_column, row)
        if number is not None and (number < 1 or not number.is_integer()):
            raise RejectionError(
                "out_of", f"{number} is no number of areas", f"correct the column {series.out_of_column}"
            )
        return None if number is None else int(number)

    def _number(self, column: str, row: Row, power: int = 0) -> float | None:
        return parse_number(row.cells[canonical(column)], self.file.decimal, power)


def _cell(row: Row, name: str) -> str:
    return unicodedata.normalize("NFC", row.cells.get(canonical(name), "")).strip()


def _is_of(series: Series, row: Row) -> bool:
    return all(_cell(row, name) == cell for name, cell in series.where.items())


def _power(written: str) -> int:
    if re.fullmatch(r"-?[0-9]{1,2}", written):
        return int(written)
    if is_missing(written):
        return 0
    raise RejectionError("unit_mult", f"{shorten(written)} is no power of ten", "look at the publisher's unit")


def _check_range(series: Series, value: float, out_of: int | None) -> None:
    """Refuse a value outside what its series can hold: limits, places of a ranking, code list."""
    lowest = 1 if series.is_rank and series.minimum is None else series.minimum
    highest = out_of if series.is_rank and series.maximum is None else series.maximum
    remedy = "compare the cell with the publisher's table, or correct the limits in the source's file"
    if lowest is not None and value < lowest:
        raise RejectionError("range", f"{value:g} {series.unit_measure} is under {lowest:g}", remedy)
    if highest is not None and value > highest:
        raise RejectionError("range", f"{value:g} {series.unit_measure} is over {highest:g}", remedy)
    if series.is_rank and not value.is_integer():
        raise RejectionError("range", f"{value:g} is no place in a ranking", remedy)
    if series.labels and _code(value) not in series.labels:
        raise RejectionError("code list", f"{value:g} is none of {', '.join(series.labels)}", remedy)


def _label(series: Series, value: float | None) -> str | None:
    return None if value is None else series.labels.get(_code(value))


def _code(value: float) -> str:
    return str(int(value)) if value.is_integer() else str(value)
