"""Rows of a table to observations, each cell checked on its own.

One bad cell costs its own observation only; a row whose area, period, edition, vintage or status
cannot be read gives none at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from dx_pipeline.statistics.areas import Areas
from dx_pipeline.statistics.mapping import Edition, Series, SourceFile, SourceMapping, fill
from dx_pipeline.statistics.problems import Problem, RejectionError
from dx_pipeline.statistics.tables import Row, canonical
from dx_pipeline.statistics.values import parse_day, parse_number, parse_period, shorten


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One observation in the columns of ``Statistics`` without ``is_latest``, and the row it was read from."""

    series_id: str
    metric_id: str | None
    ref_area: str
    time_period: str
    obs_value: float | None
    unit_measure: str
    obs_status: str
    source_id: str
    edition: str
    vintage_on: date | None
    capture_id: str
    out_of: int | None
    note: str | None
    origin: str | None
    file: SourceFile
    row: Row


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """What the cells of one row have in common."""

    ref_area: str
    time_period: str
    edition: str
    vintage_on: date | None
    status: str | None


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads the rows of one captured file."""

    mapping: SourceMapping
    file: SourceFile
    areas: Areas
    capture_id: str

    def read(self, row: Row) -> Iterator[Observation | Problem]:
        """Yield the row's observations, and a problem for each cell or row that cannot be used."""
        if self._is_left_out(row):
            return
        fitting = [series for series in self.mapping.series_of(self.file) if _is_of(series, row)]
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
            file=self.file.path,
            line=row.line,
            cells=row.cells,
            check=check,
            detail=detail,
        )

    def _is_left_out(self, row: Row) -> bool:
        return any(row.cells[canonical(name)].strip() in cells for name, cells in self.file.leave_out.items())

    def _place(self, row: Row) -> _Place:
        written = fill(self.file.area, row.cells)
        ref_area = self.areas.resolve(written)
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
        return _Place(
            ref_area=ref_area,
            time_period=parse_period(fill(self.file.period, row.cells)),
            edition=edition,
            vintage_on=known.vintage_on or parse_day(fill(self.file.vintage, row.cells)),
            status=self._status(fill(self.file.status, row.cells)) or known.obs_status,
        )

    def _status(self, written: str) -> str | None:
        if not written:
            return None
        if code := self.mapping.status_codes.get(written.casefold()):
            return code
        raise RejectionError(
            "obs_status", f"{shorten(written)} is no known status", "add it to status_codes in the source's file"
        )

    def _observe(self, series: Series, place: _Place, row: Row) -> Observation | None:
        value = self._value(series, row)
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
            obs_status="M" if value is None else place.status or ("B" if breaks else "A"),
            source_id=self.mapping.source_id,
            edition=place.edition,
            vintage_on=place.vintage_on,
            capture_id=self.capture_id,
            out_of=out_of,
            note="; ".join(filter(None, notes)) or None,
            origin=fill(self.file.origin, row.cells) or None,
            file=self.file,
            row=row,
        )

    def _value(self, series: Series, row: Row) -> float | None:
        value = self._number(series.column, row)
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

    def _number(self, column: str, row: Row) -> float | None:
        return parse_number(row.cells[canonical(column)], self.file.decimal)


def _is_of(series: Series, row: Row) -> bool:
    return all(row.cells[canonical(name)].strip() == cell for name, cell in series.where.items())


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
