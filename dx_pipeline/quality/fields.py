"""What a row says in each field against what its label says: the fields of directives, indicators and headers.

A field that the label is silent about is judged only where silence says that there is nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from dx_pipeline.quality.labels import Entry
from dx_pipeline.quality.matching import Row, is_close, numbers, squeeze


@dataclass(frozen=True, slots=True)
class Comparison:
    """One field of one fact: what is wanted, what was found, whether they agree. Empty is ``None`` or no items."""

    field: str
    wanted: Any
    found: Any
    agrees: bool

    @property
    def verdict(self) -> str:
        """One of the verdicts of ``Judgements``."""
        wants, finds = not _is_empty(self.wanted), not _is_empty(self.found)
        if self.agrees:
            return "right" if wants else "empty"
        if wants and finds:
            return "wrong"
        return "missing" if wants else "surplus"


def compare_directive(entry: Entry, row: Row) -> Iterator[Comparison]:
    """Compare issuer, addressees and deadline, and instruments and target where the label names them."""
    addressees, bodies = set(entry.get("addressees") or ()), set(row["addressee_ids"])
    yield _same("issuer", entry.get("issuer"), row["issuer_id"])
    yield Comparison("addressees", sorted(addressees), sorted(bodies), addressees == bodies)
    yield _same("due_on", entry.get("due_on"), row["due_on"])
    if entry.get("instruments"):
        wanted, named = set(entry["instruments"]), set(row["instrument_ids"])
        yield Comparison("instruments", sorted(wanted), sorted(named), wanted <= named)
    if entry.get("target"):
        yield _target(entry["target"], row)


def compare_indicator(entry: Entry, row: Row) -> Iterator[Comparison]:
    """Compare the value and the kind of figure, and every other field that the label speaks of."""
    wanted = numbers(entry.get("value"))
    ends = (row["value"], row["value_high"])[: max(1, len(wanted))]
    agrees = all(is_close(end, number) for end, number in zip(ends, wanted, strict=False))
    yield Comparison("value", wanted, [end for end in ends if wanted and end is not None], agrees)
    yield _same("kind", entry.get("kind") or "actual", row["kind"])
    for field, column in _COLUMNS.items():
        if entry.get(field) is not None:
            said, found = entry[field], row[column]
            is_number = isinstance(said, int | float)
            yield Comparison(field, said, found, is_close(found, said) if is_number else said == found)


def compare_header(header: Entry, article: Row) -> Iterator[Comparison]:
    """Compare the fields of an article's header that the label gives; a title's case and blanks do not matter."""
    for field in ("language", "published_on"):
        if header.get(field) is not None:
            yield _same(field, header[field], article[field])
    if header.get("title") is not None:
        wanted, found = header["title"], article["title"]
        same = found is not None and squeeze(wanted)[0].strip() == squeeze(found)[0].strip()
        yield Comparison("title", wanted, found, same)


Compare = Callable[[Entry, Row], Iterator[Comparison]]
COMPARE: dict[str, Compare] = {"directives": compare_directive, "indicators": compare_indicator}

_COLUMNS = {
    "metric": "metric_id",
    **{name: name for name in ("unit", "period", "area", "comparator")},
    **{name: name for name in ("change", "change_percent", "change_since", "out_of")},
}


def _same(field: str, wanted: Any, found: Any) -> Comparison:
    return Comparison(field, wanted, found, wanted == found)


def _target(target: Entry, row: Row) -> Comparison:
    parts = ("metric_id", "comparator", "value", "change", "unit")
    found = {part.removesuffix("_id"): row[f"target_{part}"] for part in parts if row[f"target_{part}"] is not None}
    agrees = found.get("metric") == target.get("metric") and any(
        is_close(found.get(name), target[name]) for name in ("value", "change") if target.get(name) is not None
    )
    return Comparison("target", dict(target), found, agrees)


def _is_empty(value: Any) -> bool:
    return value is None or value in ([], {})
