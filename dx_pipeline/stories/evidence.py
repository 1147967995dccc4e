"""What two articles have in common: the evidence that one is a copy or a translation of the other.

The reading of an article as evidence and the finding of bonds belong here; which bonds hold in the
end, given the days of publication, is decided in ``link``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from dx_pipeline.stories.addresses import page_address, site, slug
from dx_pipeline.stories.blocking import Key, pair_by_keys, pair_in_time, rarest_values
from dx_pipeline.stories.fingerprints import heavy_values, number_overlap, number_similarity, read_numbers
from dx_pipeline.stories.images import read_images
from dx_pipeline.stories.wording import Sketch, drop_layout, resemblance, sketch_wording

FENCE_DAYS = 3  # known days of publication further apart are never one story

_SAME_NUMBERS = 0.5
_SAME_HEAVY_VALUES = 4
_SAME_WORDING = 0.5
_REPRINT = 0.9
_SHORT_SKETCH = 20  # word sequences; shorter texts must agree in full
_BLOCKING_HASHES = 12  # two copies miss all of them once in 4,000 times at a resemblance of one half

_SAME_IMAGES = 2  # that is enough in itself; one needs numbers beside it, as houses print a photograph twice
_IMAGE_VALUES = 2
_IMAGE_OVERLAP = 0.5

Kind = Literal["address", "slug", "wording", "image", "numbers"]


@dataclass(frozen=True, slots=True)
class Reading:
    """An article as evidence: its header, its numbers and a sketch of its wording."""

    article_id: str
    published_on: date | None
    language: str | None
    publisher: str | None
    newsroom: str | None  # who wrote it: the site of the printed source, else the publisher
    own_addresses: frozenset[str]
    printed_source: str | None
    slugs: frozenset[str]
    images: frozenset[str]
    text_sha256: str
    numbers: frozenset[str]
    heavy: frozenset[str]
    sketch: Sketch

    @property
    def addresses(self) -> frozenset[str]:
        """Its own addresses and the one that it prints as its source."""
        return self.own_addresses | ({self.printed_source} if self.printed_source else frozenset())

    def days_from(self, other: "Reading") -> int:
        """Return the days between the two publications; 0 where one is unknown."""
        if self.published_on is None or other.published_on is None:
            return 0
        return abs((self.published_on - other.published_on).days)


@dataclass(frozen=True, slots=True)
class Bond:
    """Evidence that two articles tell one text; ``strength`` runs from 0 to 1, ``left`` < ``right``."""

    kind: Kind
    strength: float
    days: int
    first_on: date  # the earlier known day of the two; the last day there is where none is known
    left: str
    right: str


def read_evidence(articles: pl.DataFrame) -> dict[str, Reading]:
    """Read each article of a ``ParsedArticles`` frame as evidence, by article id."""
    readings = {}
    for row, told in zip(articles.iter_rows(named=True), drop_layout(articles), strict=True):
        numbers = read_numbers(told)
        publisher = " ".join((row["publisher"] or "").casefold().split()) or None
        own = {page_address(row["canonical_url"]), page_address(row["url"])}
        slugs = map(slug, (row["canonical_url"], row["url"], row["is_based_on"]))
        readings[row["article_id"]] = Reading(
            article_id=row["article_id"],
            published_on=row["published_on"],
            language=row["language"],
            publisher=publisher,
            newsroom=site(row["is_based_on"]) or publisher,
            own_addresses=frozenset(address for address in own if address),
            printed_source=page_address(row["is_based_on"]),
            slugs=frozenset(filter(None, slugs)),
            images=read_images(row["text"], row.get("image_urls") or ()),
            text_sha256=row["text_sha256"],
            numbers=numbers,
            heavy=heavy_values(numbers),
            sketch=sketch_wording(told),
        )
    return readings


def find_bonds(readings: Mapping[str, Reading]) -> list[Bond]:
    """Return the bonds between articles, the most telling first, in an order that depends on content alone.

    Addresses come before slugs, slugs before wording, then images and numbers. Articles whose days of publication are
    known to lie more than :data:`FENCE_DAYS` apart have no bond.
    """
    bonds = [
        *_bonds_of_addresses(readings),
        *_bonds_of_slugs(readings),
        *_bonds_of_wording(readings),
        *_bonds_of_images(readings),
        *_bonds_of_numbers(readings),
    ]
    return sorted(bonds, key=_telling)


def find_reprints(readings: Mapping[str, Reading]) -> list[Bond]:
    """Return the bonds that reach across the fence: one printed source and nearly the same words."""
    keys = {key: [reading.printed_source] for key, reading in readings.items() if reading.printed_source}
    reprints = []
    for left, right in _pairs(readings, pair_by_keys(keys)):
        alike = resemblance(left.sketch, right.sketch)
        if left.days_from(right) > FENCE_DAYS and alike >= _REPRINT:
            reprints.append(_bond("address", alike, left, right))
    return sorted(reprints, key=_telling)


def _bonds_of_addresses(readings: Mapping[str, Reading]) -> Iterator[Bond]:
    keys = {key: sorted(reading.addresses) for key, reading in readings.items()}
    for left, right in _near_pairs(readings, keys):
        yield _bond("address", 1.0, left, right)


def _bonds_of_slugs(readings: Mapping[str, Reading]) -> Iterator[Bond]:
    keys = {key: sorted(reading.slugs) for key, reading in readings.items() if reading.slugs}
    for left, right in _near_pairs(readings, keys):
        if not left.addresses & right.addresses and not _told_of_other_numbers(left, right):
            yield _bond("slug", 1.0, left, right)


def _bonds_of_images(readings: Mapping[str, Reading]) -> Iterator[Bond]:
    keys = {key: sorted(reading.images) for key, reading in readings.items() if reading.images}
    for left, right in _near_pairs(readings, keys):
        shared = left.images & right.images
        if _told_of_other_numbers(left, right):
            continue
        alike = number_overlap(left.numbers, right.numbers)
        if len(shared) >= _SAME_IMAGES or (len(left.heavy & right.heavy) >= _IMAGE_VALUES and alike >= _IMAGE_OVERLAP):
            yield _bond("image", len(shared) / len(left.images | right.images), left, right)


def _bonds_of_wording(readings: Mapping[str, Reading]) -> Iterator[Bond]:
    keys = {key: reading.sketch[:_BLOCKING_HASHES] for key, reading in readings.items()}
    for left, right in _near_pairs(readings, keys):
        alike = resemblance(left.sketch, right.sketch)
        needed = 1.0 if min(len(left.sketch), len(right.sketch)) < _SHORT_SKETCH else _SAME_WORDING
        if alike >= needed and not _told_of_other_numbers(left, right):
            yield _bond("wording", alike, left, right)


def _bonds_of_numbers(readings: Mapping[str, Reading]) -> Iterator[Bond]:
    keys = rarest_values({key: reading.heavy for key, reading in readings.items()}, _SAME_HEAVY_VALUES)
    for left, right in _near_pairs(readings, keys):
        if len(left.heavy & right.heavy) >= _SAME_HEAVY_VALUES:
            alike = number_similarity(left.numbers, right.numbers)
            if alike >= _SAME_NUMBERS:
                yield _bond("numbers", alike, left, right)


def _told_of_other_numbers(left: Reading, right: Reading) -> bool:
    """Whether two texts fill one form with different numbers, as the bulletins of two days do."""
    enough = min(len(left.heavy), len(right.heavy)) >= _SAME_HEAVY_VALUES
    return enough and number_overlap(left.numbers, right.numbers) < _SAME_NUMBERS


def _pairs(readings: Mapping[str, Reading], pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[Reading, Reading]]:
    return ((readings[left], readings[right]) for left, right in pairs)


def _near_pairs(
    readings: Mapping[str, Reading], keys: Mapping[str, Sequence[Key]]
) -> Iterator[tuple[Reading, Reading]]:
    days = {key: readings[key].published_on for key in keys}
    return _pairs(readings, pair_in_time(keys, days, FENCE_DAYS))


def _bond(kind: Kind, strength: float, left: Reading, right: Reading) -> Bond:
    first_on = min(left.published_on or date.max, right.published_on or date.max)
    return Bond(kind, round(strength, 6), left.days_from(right), first_on, left.article_id, right.article_id)


def _telling(bond: Bond) -> tuple[int, float, int, date, str, str]:
    """Order bonds by kind and strength; among equals the nearer and then the earlier days come first."""
    order = {"address": 0, "slug": 1, "wording": 2, "image": 3, "numbers": 4}
    return order[bond.kind], -bond.strength, bond.days, bond.first_on, bond.left, bond.right
