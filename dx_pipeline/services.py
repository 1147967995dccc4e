"""Requests to statistics services, described by data: which addresses there are, and what comes after an answer.

``evidence`` asks by these descriptions and ``statistics`` reads what came by the same ones, so that both agree on
which answers belong together. Nothing here opens a connection, and nothing knows what a column means.

A request of ``catalogue/statistics/<id>.toml`` (``[[requests]]``) is asked as one *sheet* for each value of its
placeholders: ``{code}`` stands for the publisher's code of each series, other names for the values in ``each``. A sheet
comes in one or more *parts*: pages, or batches of a query. The parts of one pull are a *round*, which the first part
opens. The address of a part is its URL; what was posted is told behind a ``#``, which is never sent.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from dx_pipeline.records import keys_of, read_record, read_table, read_tables
from dx_pipeline.specs import CatalogueError, StatisticsSource

FLOWS = ("get", "post", "form", "pxweb")
FORMATS = ("csv", "json", "px", "json-stat", "sdmx")
PAGINGS = ("none", "page", "skip")
_JSON_FORMATS = ("json", "px", "json-stat")
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_SPAN = re.compile(r"([0-9]{4})\.\.([0-9]{4})?(?:/([0-9]{1,2}))?")
_PARTS = ("page", "skip")
_NUMBER = "[0-9]{1,9}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """How a table of a service is asked for.

    ``flow`` is ``get``; ``post`` (``fields`` as a form); ``form`` (the page of ``url`` is read, its hidden fields and,
    with ``choose_all``, all values of its lists are posted back with ``fields``, and the first link of the answer that
    holds ``link`` is followed where the answer is a page); or ``pxweb`` (the table's description is read and its values
    are asked in batches of ``batch`` values of the variable ``batch_by``). ``format`` is what the answer should be.
    ``rows`` is the dotted path of the rows in a JSON answer. ``paging`` is ``page`` (``{page}`` counts from 1 to the
    number at ``total``), ``skip`` (``{skip}`` rows are passed over until there are as many as ``total`` says).
    ``version`` is the path of what tells one release of the publisher from another: a round of two versions is asked
    anew. ``error`` is the path of something that only an error has, ``error_id`` of its number and ``outcomes`` what
    numbers mean.
    A request with ``unless`` is asked only where the one of that name did not come whole.
    """

    name: str
    url: str
    flow: str = "get"
    format: str = "csv"
    each: dict[str, str | list[str]] = field(default_factory=dict)
    series: tuple[str, ...] = ()
    fields: dict[str, str] = field(default_factory=dict)
    link: str | None = None
    choose_all: bool = False
    batch_by: str | None = None
    batch: int = 10
    rows: str = ""
    paging: str = "none"
    total: str | None = None
    version: str | None = None
    error: str | None = None
    error_id: str | None = None
    outcomes: dict[str, str] = field(default_factory=dict)
    unless: str | None = None

    @property
    def is_json(self) -> bool:
        """Whether its answers are JSON."""
        return self.format in _JSON_FORMATS


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table to ask for: a request with a value for each placeholder but the number of the part."""

    request: Request
    values: Mapping[str, str]

    def address(self, part: int, skip: int = 0) -> str:
        """Return the address of a part, counted from 0; ``skip`` rows came in the parts before."""
        numbers = {"page": str(part + 1), "skip": str(skip)}
        if self.request.flow == "pxweb" and part > 0:
            return f"{self.url()}#{urlencode({'part': part})}"
        return self.url(numbers) + self._posted()

    def url(self, numbers: Mapping[str, str] | None = None) -> str:
        """Return the URL with its placeholders filled, each percent-encoded; those of ``numbers`` too."""
        given = {**self.values, **(numbers or {"page": "1", "skip": "0"})}
        return _PLACEHOLDER.sub(lambda one: quote(given[one[1]], safe=""), self.request.url)

    def fields(self) -> dict[str, str]:
        """Return the fields to post, with the placeholders filled."""
        return {name: self.fill(text) for name, text in self.request.fields.items()}

    def fill(self, text: str) -> str:
        """Return a text with the placeholders filled, as they are."""
        return _PLACEHOLDER.sub(lambda one: self.values.get(one[1], one[0]), text)

    def is_address(self, address: str) -> bool:
        """Tell whether an address is that of one of its parts."""
        return self.addresses().fullmatch(address) is not None

    def addresses(self) -> re.Pattern[str]:
        """Return the pattern of the addresses of its parts."""
        if self.request.flow == "pxweb":
            return re.compile(re.escape(self.url()) + r"(#part=[0-9]{1,9})?")
        pieces = _PLACEHOLDER.split(self.request.url)  # text and names by turns
        told = [re.escape(piece) if index % 2 == 0 else self._pattern(piece) for index, piece in enumerate(pieces)]
        return re.compile("".join(told) + re.escape(self._posted()))

    def _pattern(self, name: str) -> str:
        return _NUMBER if name in _PARTS else re.escape(quote(self.values[name], safe=""))

    def _posted(self) -> str:
        return f"#{urlencode(self.fields())}" if self.request.flow in {"post", "form"} and self.request.fields else ""


class AnswerError(ValueError):
    """Bytes are not what was asked for; the message says what they are."""


def decode(body: bytes) -> str:
    """Return the text of an answer: UTF-8, without a byte order mark, cut at the first NUL, with which some are padded.

    Raises:
        AnswerError: where it is no UTF-8.

    >>> decode(bytes([0xEF, 0xBB, 0xBF]) + b"{}" + bytes(2))
    '{}'
    """
    try:
        return body.split(b"\0", 1)[0].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise AnswerError(f"no UTF-8 at byte {error.start}") from error


def decode_json(body: bytes) -> Any:
    """Return the JSON document of an answer, its numbers as they are written.

    Raises:
        AnswerError: where the bytes are no JSON.

    >>> decode_json(b'[{"value": 84.150}]')
    [{'value': '84.150'}]
    """
    try:
        return _decoded(body)
    except (ValueError, RecursionError) as error:
        raise AnswerError(f"no JSON ({error})") from error


@lru_cache(maxsize=2)  # an answer is looked at several times in a row: for its parts, its version and its rows
def _decoded(body: bytes) -> Any:
    return json.loads(decode(body), parse_float=str, parse_int=str, parse_constant=str)


def dig(document: Any, path: str) -> Any:
    """Return what stands at a dotted path of keys and positions; ``None`` where there is nothing.

    >>> dig([{"total": 2}, [{"id": "VN"}]], "1.0.id"), dig([], "0.total")
    ('VN', None)
    """
    for step in path.split(".") if path else ():
        if isinstance(document, Mapping):
            document = document.get(step)
        elif isinstance(document, list) and step.isdecimal() and int(step) < len(document):
            document = document[int(step)]
        else:
            return None
    return document


def parts_missing(request: Request, answers: Sequence[bytes]) -> bool:
    """Tell whether a round needs more parts than these answers, the first of which opened it.

    The number of pages and of rows is taken from the first answer: some services count anew behind the end.

    Raises:
        AnswerError: where an answer cannot be read.
    """
    if not answers:
        return True
    if request.flow == "pxweb":
        return len(answers) <= len(pxweb_batches(answers[0], request))
    if request.paging == "page":
        return len(answers) < _whole(dig(decode_json(answers[0]), request.total or ""))
    if request.paging == "skip":
        counts = [row_count(request, body) for body in answers]
        return counts[-1] > 0 and sum(counts) < _whole(dig(decode_json(answers[0]), request.total or ""))
    return False


def rounds_of(sheet: Sheet, captures: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Return the captures of a sheet by round, oldest first; within a round by part.

    ``captures`` are rows of ``Captures`` in order of time that left bytes to read; other sheets' are passed over.
    """
    rounds: list[list[Mapping[str, Any]]] = []
    opening, addresses = sheet.address(0), sheet.addresses()
    for capture in captures:
        if not addresses.fullmatch(capture["url"]):
            continue
        if capture["url"] == opening:
            rounds.append([capture])
        elif rounds and capture["url"] not in {part["url"] for part in rounds[-1]}:
            rounds[-1].append(capture)
    return rounds


def row_count(request: Request, body: bytes) -> int:
    """Return the number of rows in a JSON answer; none where its rows are ``null``.

    Raises:
        AnswerError: where the bytes are no JSON.
    """
    rows = dig(decode_json(body), request.rows)
    return len(rows) if isinstance(rows, list) else 0


def version_of(request: Request, body: bytes) -> str | None:
    """Return the release that an answer says it belongs to; ``None`` where it says nothing."""
    if request.version is None or not request.is_json:
        return None
    found = dig(decode_json(body), request.version)
    return None if found is None else str(found)


def pxweb_batches(description: bytes, request: Request) -> list[list[dict[str, Any]]]:
    """Return the queries that ask a PX-Web table in batches, given the table's description.

    Each query has all values of every variable but of ``batch_by``, whose values are parted: services refuse queries of
    too many cells.

    Raises:
        AnswerError: where the description lists no variables.
    """
    variables = dig(decode_json(description), "variables")
    if not isinstance(variables, list) or not variables:
        raise AnswerError("the table's description lists no variables")
    values = {str(one.get("code")): [str(value) for value in one.get("values") or []] for one in variables}
    parted = request.batch_by if request.batch_by in values else next(iter(values))
    chosen = values[parted]
    batches = [chosen[start : start + request.batch] for start in range(0, len(chosen), request.batch)]
    return [
        [
            {"code": code, "selection": {"filter": "item", "values": batch if code == parted else every}}
            for code, every in values.items()
        ]
        for batch in batches
    ]


def series_entries(source: StatisticsSource) -> list[dict[str, Any]]:
    """Return the tables of all series of a source: those of ``[[series]]``, and one for each line of ``[codes]``.

    A line of ``[codes]`` is the publisher's code and the keys of its series; ``[each_series]`` has the keys that all of
    them share, in which ``{code}`` stands for the code and ``{slug}`` for the code in lower case with hyphens.

    Raises:
        CatalogueError: where one of the three is of another shape.
    """
    place = f"catalogue/statistics/{source.source_id}.toml"
    shared = read_table(source.settings, "each_series", place)
    entries = [dict(entry) for entry in read_tables(source.settings, "series", place)]
    for code, own in read_table(source.settings, "codes", place).items():
        if not isinstance(own, dict):
            raise CatalogueError(f'{place}: codes: {code!r} is no table; write "{code}" = {{ name = "…" }}')
        entries.append({"code": code, **_put_code(shared, code), **own})
    return entries


def read_requests(source: StatisticsSource) -> list[Request]:
    """Return the requests of a source in the order in which they are asked.

    Keys that say what an answer means are passed over: they are read, and unknown ones refused, by ``statistics``.

    Raises:
        CatalogueError: where a request cannot be asked as described.
    """
    place = f"catalogue/statistics/{source.source_id}.toml"
    requests: list[Request] = []
    for entry in read_tables(source.settings, "requests", place):
        own = {key: value for key, value in entry.items() if key in keys_of(Request)}
        request = read_record(Request, own, f"{place}: requests")
        for wrong in _contradictions(request):
            raise CatalogueError(f"{place}: requests, {request.name!r}: {wrong}")
        if request.unless is not None and request.unless not in {one.name for one in requests}:
            raise CatalogueError(
                f"{place}: requests, {request.name!r}: unless is {request.unless!r}; name a request above it"
            )
        requests.append(request)
    if len({one.name for one in requests}) < len(requests):
        raise CatalogueError(f"{place}: two requests have one name; rename one of them")
    return requests


def read_sheets(source: StatisticsSource, request: Request, until: date) -> list[Sheet]:
    """Return the sheets of a request; a span of years without an end (``2010..``) goes to the year of ``until``."""
    combined: list[dict[str, str]] = [{}]
    for name, values in _values(source, request, until).items():
        combined = [{**one, name: value} for one in combined for value in values]
    return [Sheet(request, one) for one in combined]


def _values(source: StatisticsSource, request: Request, until: date) -> dict[str, list[str]]:
    values = {name: list(_span(told, until)) for name, told in request.each.items()}
    if "code" in _PLACEHOLDER.findall(request.url + "".join(request.fields.values())) and "code" not in values:
        entries = [one for one in series_entries(source) if one.get("code")]
        wanted = [one for one in entries if not request.series or one.get("series_id") in request.series]
        values["code"] = list(dict.fromkeys(str(one["code"]) for one in wanted))
    return values


def _span(told: str | list[str], until: date) -> Iterator[str]:
    if not isinstance(told, str):
        yield from told
    elif span := _SPAN.fullmatch(told):
        yield from map(str, range(int(span[1]), int(span[2] or until.year) + 1, int(span[3] or 1)))
    else:
        yield told


def _put_code(entry: Any, code: str) -> Any:
    if isinstance(entry, str):
        slug = re.sub(r"[^a-z0-9]+", "-", code.lower()).strip("-")
        return entry.replace("{code}", code).replace("{slug}", slug)
    if isinstance(entry, dict):
        return {key: _put_code(value, code) for key, value in entry.items()}
    return [_put_code(value, code) for value in entry] if isinstance(entry, list) else entry


def _contradictions(request: Request) -> Iterator[str]:
    for key, word, allowed in (
        ("flow", request.flow, FLOWS),
        ("format", request.format, FORMATS),
        ("paging", request.paging, PAGINGS),
    ):
        if word not in allowed:
            yield f"{key} is {word!r}; write one of {allowed}"
    if not re.match(r"https?://", request.url):
        yield f"url is {request.url!r}; it must begin with https:// or http://"
    if request.paging in _PARTS and (request.total is None or f"{{{request.paging}}}" not in request.url):
        yield f"paging is {request.paging!r}; add total, and {{{request.paging}}} to the url"
    known = {*request.each, "code", *_PARTS}
    named = _PLACEHOLDER.findall(request.url + "".join(request.fields.values()))
    if unknown := sorted(set(named) - known):
        yield f"{unknown} have no values; add them to each"
    if request.batch < 1:
        yield f"batch is {request.batch}; write 1 or more"


def _whole(number: Any) -> int:
    text = str(number)
    return int(text) if re.fullmatch(r"[0-9]{1,12}", text) else 0
