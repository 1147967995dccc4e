"""The registry: who and what articles speak of, read from the catalogue as typed records and as published tables.

Organisations, instruments, metrics and units with their spellings in every language belong here, and the
checks that keep them consistent; how spellings are found in a text is the extraction's matter.

Files under ``catalogue/registry/``: ``organisations/*.toml``, ``provinces.toml`` (offices that every province
has, as patterns, times the provinces), ``instruments.toml``, ``metrics.toml``, ``units.toml``.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import polars as pl

from dx_pipeline.entries import FIELDS, SPELLINGS, Entry, Spellings, edtf_day, index_entries, read_entries, shared
from dx_pipeline.schemas.facts import Instruments, Metrics, Organisations
from dx_pipeline.schemas.frames import frame_of

ORGANISATION_KINDS = frozenset(
    {
        "head-of-state", "government", "party", "assembly", "committee", "ministry", "agency", "department", "office",
        "person-office", "court", "association", "group", "province", "company", "media", "university", "international",
    }
)  # fmt: skip
UNIT_KINDS = frozenset({"count", "share", "currency", "speed", "rank", "time"})
_ORGANISATIONS = ("registry/organisations/*.toml", "registry/provinces.toml")
_ACTS = frozenset({"body", "head", "group"})
_TABLE_LANGUAGES = ("en", "vi", "fr", "pl", "nb")


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A body, an office or a group that orders, is ordered or measures.

    ``names`` holds what it is called, the label first; ``forms`` inflected names; ``heads`` titles of its head,
    who stands for it; ``weak`` spellings too common to count unless another actor stands beside them; ``short`` what is
    left of a name behind the noun that several share ("the Ministries of Health, Finance").
    """

    organisation_id: str
    kind: str
    acts: str
    area: str | None
    since: str | None
    until: str | None
    successor: str | None
    parent: str | None
    source: str
    names: Spellings
    forms: Spellings
    heads: Spellings
    weak: Spellings
    short: Spellings


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A document, programme or system; ``numbers`` are those that identify it, ``number`` the official one."""

    instrument_id: str
    kind: str
    number: str | None
    numbers: tuple[str, ...]
    date: date | None
    issuer: str | None
    source: str
    names: Spellings
    forms: Spellings


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """Something measured; ``cues`` are words that tell it, in the notation of the extraction."""

    metric_id: str
    unit: str | None
    better: str | None
    publisher: str | None
    source: str
    names: Spellings
    cues: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit or a thing counted, with every inflected form of the words for it, in lower case."""

    unit_id: str
    kind: str
    forms: Spellings


@shared(*_ORGANISATIONS)
def read_organisations(catalogue: Path) -> tuple[Organisation, ...]:
    """Read ``registry/organisations/*.toml`` and ``registry/provinces.toml``, in order of id.

    Raises:
        CatalogueError: on a missing or wrong field, an id given twice, an unknown successor or parent, or a spelling
            that two organisations of the same time claim in one language; the message names file, entry and field.
    """
    entries = _organisation_entries(catalogue)
    known = index_entries(entries)
    for entry in entries:
        for field in ("successor", "parent"):
            other = entry.optional(field)
            if other is not None and other not in known:
                raise entry.error(field, f"{other!r} is no organisation of the registry; add it or mend the id")
    organisations = tuple(sorted((_organisation(e) for e in entries), key=lambda o: o.organisation_id))
    _refuse_shared_spellings(organisations, known)
    return organisations


def read_instruments(catalogue: Path) -> tuple[Instrument, ...]:
    """Read ``registry/instruments.toml``, in order of id.

    Raises:
        CatalogueError: on a missing or wrong field, an id given twice, an issuer that is no organisation of the
            registry, or a number or spelling that two instruments claim; the message names file, entry and field.
    """
    entries = list(read_entries(catalogue / "registry" / "instruments.toml", "instrument"))
    known = index_entries(entries)
    organisations = {entry.id for entry in _organisation_entries(catalogue)}
    for entry in entries:
        issuer = entry.optional("issuer")
        if issuer is not None and issuer not in organisations:
            raise entry.error("issuer", f"{issuer!r} is no organisation of the registry; add it or mend the id")
    instruments = tuple(sorted((_instrument(e) for e in entries), key=lambda i: i.instrument_id))
    _refuse_shared(known, "numbers", ((i.instrument_id, "", n) for i in instruments for n in i.numbers))
    _refuse_shared(
        known,
        "names",
        (
            (i.instrument_id, tag, t)
            for i in instruments
            for s in (i.names, i.forms)
            for tag, ts in s.items()
            for t in ts
        ),
    )
    return instruments


def read_metrics(catalogue: Path) -> tuple[Metric, ...]:
    """Read ``registry/metrics.toml``, in order of id; ``cues`` is passed on as it stands.

    Raises:
        CatalogueError: on a missing, wrong or unknown field, an id given twice, or a unit that is none of the
            registry; the message names file, entry and field.
    """
    entries = list(read_entries(catalogue / "registry" / "metrics.toml", "metric"))
    index_entries(entries)
    _refuse_unknown_units(entries, catalogue)
    return tuple(
        sorted(
            (
                Metric(
                    metric_id=entry.id,
                    unit=entry.optional("unit"),
                    better=entry.choice("better", {"higher", "lower"}) if "better" in entry.table else None,
                    publisher=entry.optional("publisher"),
                    source=entry.text("source"),
                    names=entry.names(),
                    cues={language: list(cues) for language, cues in entry.spellings("cues").items()},
                )
                for entry in entries
            ),
            key=lambda metric: metric.metric_id,
        )
    )


def read_units(catalogue: Path) -> tuple[Unit, ...]:
    """Read ``registry/units.toml``, in order of id.

    Raises:
        CatalogueError: on a missing or wrong field, an id given twice, or a form that two units claim in one
            language; the message names file, entry and field.
    """
    entries = list(read_entries(catalogue / "registry" / "units.toml", "unit"))
    known = index_entries(entries)
    units = sorted(
        (Unit(unit_id=e.id, kind=e.choice("kind", UNIT_KINDS), forms=e.spellings("forms")) for e in entries),
        key=lambda unit: unit.unit_id,
    )
    _refuse_shared(known, "forms", ((u.unit_id, tag, f) for u in units for tag, fs in u.forms.items() for f in fs))
    return tuple(units)


def organisations_frame(organisations: Iterable[Organisation]) -> pl.DataFrame:
    """Return the published table of organisations: an ``Organisations`` frame, one row each, as given."""
    return frame_of(
        Organisations,
        (
            {
                "organisation_id": organisation.organisation_id,
                "kind": organisation.kind,
                **_labels(organisation.names),
                "area": organisation.area,
                "valid_from": organisation.since,
                "valid_until": organisation.until,
                "successor_id": organisation.successor,
                "parent_id": organisation.parent,
                "source": organisation.source,
            }
            for organisation in organisations
        ),
    )


def metrics_frame(metrics: Iterable[Metric]) -> pl.DataFrame:
    """Return the published table of metrics: a ``Metrics`` frame, one row each, as given."""
    return frame_of(
        Metrics,
        (
            {
                "metric_id": metric.metric_id,
                **_labels(metric.names),
                "unit": metric.unit,
                "better": metric.better,
                "publisher_id": metric.publisher,
                "source": metric.source,
            }
            for metric in metrics
        ),
    )


def instruments_frame(instruments: Iterable[Instrument]) -> pl.DataFrame:
    """Return the registry's instruments as an ``Instruments`` frame, one row each; nobody has named them yet."""
    return frame_of(
        Instruments,
        (
            {
                "instrument_id": instrument.instrument_id,
                "kind": instrument.kind,
                "number": instrument.number,
                "date": instrument.date,
                "issuer_id": instrument.issuer,
                "name": instrument.names["en"][0],
                "mention_count": 0,
            }
            for instrument in instruments
        ),
    )


def _refuse_unknown_units(metrics: Iterable[Entry], catalogue: Path) -> None:
    measured = [entry for entry in metrics if entry.optional("unit") is not None]
    known = {e.id for e in read_entries(catalogue / "registry" / "units.toml", "unit")} if measured else set()
    for entry in measured:
        if entry.text("unit") not in known:
            unit = entry.text("unit")
            raise entry.error("unit", f"{unit!r} is no unit of registry/units.toml; add it or mend the id")


@shared(*_ORGANISATIONS)
def _organisation_entries(catalogue: Path) -> list[Entry]:
    registry = catalogue / "registry"
    files = sorted((registry / "organisations").glob("*.toml"))
    return [e for path in files for e in read_entries(path, "organisation")] + _provinces(registry / "provinces.toml")


def _provinces(path: Path) -> list[Entry]:
    """Give every province each office, the province's spellings put into the office's patterns.

    A province without spellings in a language takes the English ones; for ``weak`` patterns its ``bare``
    spellings count, where it has that table.
    """
    places = list(read_entries(path, "province", beside=("office",)))
    kinds = {place.text("kind") for place in places}
    offices = list(read_entries(path, "office", beside=("province",)))
    for office in offices:
        office.refuse_others({*FIELDS["office"], *kinds})
        for kind in kinds & set(office.table):
            patterns = office.part(kind)
            patterns.refuse_others(SPELLINGS)
            for field in SPELLINGS:
                patterns.spellings(field)  # refuses what is no list of texts
    return [_office(office, place) for place in places for office in offices]


def _office(office: Entry, place: Entry) -> Entry:
    def filled(field: str) -> dict[str, list[str]]:
        patterns = office.table.get(place.text("kind"), {}).get(field, {})
        bare = field == "weak" and "bare" in place.table
        spellings = place.spellings("bare") if bare else place.names()
        return {
            language: [text.replace("{name}", name) for name in spellings.get(language, fallback) for text in texts]
            for fallback in [spellings.get("en", ())]
            for language, texts in patterns.items()
        }

    successor, parent = place.optional("successor"), office.optional("parent")
    table = {
        **{key: value for key, value in place.table.items() if key in {"area", "since", "until", "source"}},
        "kind": office.text("kind"),
        "acts": office.text("acts"),
        **({"successor": f"vnm-{successor}-{office.id}"} if successor else {}),
        **({"parent": f"vnm-{place.id}-{parent}"} if parent else {}),
        **{field: filled(field) for field in SPELLINGS},
    }
    return Entry(place.path, f"vnm-{place.id}-{office.id}", table)


def _organisation(entry: Entry) -> Organisation:
    since, until = entry.edtf("since"), entry.edtf("until")
    if since is not None and until is not None and edtf_day(since, last=False) > edtf_day(until, last=True):
        raise entry.error("until", f"{until!r} lies before since = {since!r}; mend one of them")
    return Organisation(
        organisation_id=entry.id,
        kind=entry.choice("kind", ORGANISATION_KINDS),
        acts=entry.choice("acts", _ACTS),
        area=entry.optional("area"),
        since=since,
        until=until,
        successor=entry.optional("successor"),
        parent=entry.optional("parent"),
        source=entry.text("source"),
        names=entry.names(),
        forms=entry.spellings("forms"),
        heads=entry.spellings("heads"),
        weak=entry.spellings("weak"),
        short=entry.spellings("short"),
    )


def _instrument(entry: Entry) -> Instrument:
    number = entry.optional("number")
    numbers = ([number] if number else []) + list(entry.texts("numbers"))
    return Instrument(
        instrument_id=entry.id,
        kind=entry.text("kind"),
        number=number,
        numbers=tuple(dict.fromkeys(numbers)),
        date=entry.day("date"),
        issuer=entry.optional("issuer"),
        source=entry.text("source"),
        names=entry.names(),
        forms=entry.spellings("forms"),
    )


def _refuse_shared_spellings(organisations: Iterable[Organisation], known: Mapping[str, Entry]) -> None:
    """Refuse a spelling that two organisations claim, unless they never were at the same time or one claims weakly."""
    listed = tuple(organisations)
    by_id = {organisation.organisation_id: organisation for organisation in listed}

    def successive(one: str, other: str) -> bool:
        (since, until), (since_2, until_2) = validity(by_id[one]), validity(by_id[other])
        return until < since_2 or until_2 < since

    claims = (
        (o.organisation_id, tag, text)
        for o in listed
        for spellings in (o.names, o.forms, o.heads)
        for tag, texts in spellings.items()
        for text in set(texts) - set(o.weak.get(tag, ()))
    )
    _refuse_shared(known, "names", claims, successive)


def _refuse_shared(
    known: Mapping[str, Entry],
    field: str,
    claims: Iterable[tuple[str, str, str]],
    allowed: Callable[[str, str], bool] = lambda _one, _other: False,
) -> None:
    """Refuse what two entries claim; ``claims`` are (id, language, spelling)."""
    owners: dict[tuple[str, str], set[str]] = defaultdict(set)
    for identifier, language, text in claims:
        owners[language, _comparable(text)].add(identifier)
    for (language, text), identifiers in owners.items():
        for one, other in combinations(sorted(identifiers), 2):
            if not allowed(one, other):
                where = f"{field}.{language}" if language else field
                raise known[one].error(
                    where, f"{text!r} is claimed by {other!r} in {known[other].path} too; take it from one of them"
                )


def _comparable(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).replace("’", "'").casefold().split())


def _labels(names: Spellings) -> dict[str, str | None]:
    return {f"name_{language}": names[language][0] if language in names else None for language in _TABLE_LANGUAGES}


def validity(organisation: Organisation) -> tuple[date, date]:
    """Return the first and the last day on which an organisation exists; all of time where nothing is known."""
    first = date.min if organisation.since is None else edtf_day(organisation.since, last=False)
    return first, date.max if organisation.until is None else edtf_day(organisation.until, last=True)
