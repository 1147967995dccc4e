"""Numbers of documents: what kind of document a printed number is, and which registered one it names.

Viet Nam numbers its documents "57-NQ/TW" or "749/QĐ-TTg"; the letters tell the kind. A document
that the registry does not hold gets an id of its own from kind and number.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dx_pipeline.extraction.country import Country, without_strokes
from dx_pipeline.registry import Instrument

NUMBER = re.compile(
    r"\d{1,5}(?:/(?:19|20)\d\d)?(?:/[A-ZĐ][A-ZĐa-z]{0,6}(?:-[A-ZĐ][A-ZĐa-z&]{0,9}){1,3}|-[A-ZĐ]{1,5}/[A-ZĐ][A-ZĐa-z]{0,6})"
)
_SHORT = re.compile(r"\d{1,5}(?:/(?:19|20)\d\d)?(?![\d,.]*\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A document named by its number."""

    start: int
    end: int
    instrument_id: str
    kind: str
    number: str


class ReferenceRecogniser:
    """Recognises documents by number, in any of the spellings that printers without Đ use."""

    def __init__(self, instruments: tuple[Instrument, ...], country: Country) -> None:
        """Index the registered documents by number and by kind with leading number."""
        self._country = country
        self._by_number: dict[str, str] = {}
        self._by_kind: dict[tuple[str, str], set[str]] = {}
        for instrument in instruments:
            for number in instrument.numbers:
                self._by_number[without_strokes(number)] = instrument.instrument_id
                kind = country.kind_of(number) or instrument.kind
                for stem in _stems(number):
                    self._by_kind.setdefault((kind, stem), set()).add(instrument.instrument_id)

    def find_numbers(self, text: str, start: int, end: int) -> Iterator[Reference]:
        """Yield the documents named by a full number in ``text[start:end]``."""
        for match in NUMBER.finditer(text, start, end):
            if match.start() > start and (text[match.start() - 1].isalnum() or text[match.start() - 1] in "/-"):
                continue
            number = match.group()
            kind = self._country.kind_of(number) or "document"
            known = self._by_number.get(without_strokes(number))
            yield Reference(
                start=match.start(),
                end=match.end(),
                instrument_id=known or f"{kind}:{number}",
                kind=kind,
                number=number,
            )

    def read_short(self, text: str, at: int, end: int, kind: str) -> Reference | None:
        """Return the document of a kind whose short number ("73/2019", "505") begins at ``at``."""
        match = _SHORT.match(text, at, end)
        if match is None:
            return None
        known = self._by_kind.get((kind, match.group()), set())
        identifier = next(iter(known)) if len(known) == 1 else f"{kind}:{match.group()}"
        return Reference(
            start=match.start(), end=match.end(), instrument_id=identifier, kind=kind, number=match.group()
        )


def _stems(number: str) -> Iterator[str]:
    parts = re.split(r"[/-]", number)
    yield parts[0]
    if len(parts) > 1 and re.fullmatch(r"(?:19|20)\d\d", parts[1]):
        yield f"{parts[0]}/{parts[1]}"
