"""Products: what orders are to deliver, recognised in every language by the phrases of ``rules/products.toml``.

The reading of that file and the recognising of its phrases belong here; what follows from a product that two
orders, or an order and a later sentence, have in common is decided by those who ask.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from dx_pipeline.settings import CATALOGUE
from dx_pipeline.shape import error, is_texts
from dx_pipeline.specs import read_toml

PRODUCTS = CATALOGUE / "rules" / "products.toml"

_GAP = r"(?:\W+\w+){0,6}?"
_CUES = ("completed", "missed", "vetoes")
_PRODUCT = ("id", "name", "documents", "orders", "words", "reported")

Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One thing that orders ask for: its words by language, the documents that deliver it, those that order it.

    ``reported`` is whether a sentence that names it can tell that an order was carried out.
    """

    product_id: str
    name: str
    documents: frozenset[str]
    orders: frozenset[str]
    words: Mapping[str, Pattern]
    reported: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Cues:
    """The words of one language that tell that something was delivered, or that its day passed without it."""

    completed: Pattern
    missed: Pattern
    vetoes: Pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class Products:
    """All products and cues."""

    products: tuple[Product, ...]
    cues: Mapping[str, Cues]

    @property
    def reported(self) -> frozenset[str]:
        """The products of which articles report that they were delivered."""
        return frozenset(product.product_id for product in self.products if product.reported)

    def named_in(self, text: str, language: str | None) -> frozenset[str]:
        """Return the ids of the products that a text names, by the words of its language."""
        folded = text.casefold()
        return frozenset(
            product.product_id
            for product in self.products
            if (pattern := product.words.get(language or "")) is not None and pattern.search(folded)
        )

    def ordered_by(self, action: str, language: str | None, instruments: Iterable[str]) -> frozenset[str]:
        """Return the ids of the products that an order asks for: by its words, or by a document that it names."""
        named = set(instruments)
        by_document = {product.product_id for product in self.products if product.orders & named}
        return self.named_in(action, language) | by_document


@cache
def read_products(path: Path = PRODUCTS) -> Products:
    """Read products and cues.

    Raises:
        CatalogueError: where a field is missing, unknown or of another type; the message names file, field and remedy.

    >>> sorted(read_products().named_in("finish the strategy for our semiconductor industry", "en"))
    ['semiconductor-strategy']
    """
    entry = read_toml(path)
    _refuse_others(entry, ("cues", "product"), "", path)
    cues, rows = entry.get("cues"), entry.get("product")
    if not isinstance(cues, Mapping) or not all(isinstance(one, Mapping) for one in cues.values()):
        raise error(str(path), "cues", "is missing or no table; write [cues.en] with completed, missed and vetoes")
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise error(str(path), "product", "is missing or no list of tables; write [[product]] above each")
    return Products(
        products=tuple(_product(row, number, path) for number, row in enumerate(rows, start=1)),
        cues={language: _cues(table, f"cues.{language}.", path) for language, table in cues.items()},
    )


def compile_phrases(phrases: Sequence[str]) -> Pattern:
    """Return the pattern that finds any of some phrases as whole words in a text in lower case.

    >>> bool(compile_phrases(["strateg* … chips"]).search("strategies for our chips"))
    True
    >>> bool(compile_phrases(["no"]).search("now"))
    False
    """
    return re.compile("|".join(rf"(?<!\w){_phrase(phrase.casefold())}" for phrase in phrases) or r"(?!)")


def _phrase(phrase: str) -> str:
    pieces = []
    for piece in phrase.split(" … "):
        words = re.findall(r"\w+\*?", piece)
        pieces.append(
            r"\W{1,3}".join(re.escape(w[:-1]) + r"\w*" if w.endswith("*") else re.escape(w) + r"(?!\w)" for w in words)
        )
    return (_GAP + r"\W+").join(pieces)


def _product(row: Mapping[str, Any], number: int, path: Path) -> Product:
    prefix = f"product, entry {number}, "
    _refuse_others(row, _PRODUCT, prefix, path)
    for field in ("id", "name"):
        if not isinstance(row.get(field), str) or not row[field].strip():
            raise error(str(path), prefix + field, f'is missing or no text; write {field} = "…"')
    words = row.get("words")
    if not isinstance(words, Mapping) or not words or not all(is_texts(phrases) for phrases in words.values()):
        raise error(
            str(path), prefix + "words", 'is missing or no table of phrases; write en = ["…"] under [product.words]'
        )
    return Product(
        product_id=row["id"],
        name=row["name"],
        documents=frozenset(_texts(row, "documents", prefix, path)),
        orders=frozenset(_texts(row, "orders", prefix, path)),
        reported=row.get("reported", True) is True,
        words={language: compile_phrases(phrases) for language, phrases in words.items()},
    )


def _cues(table: Mapping[str, Any], prefix: str, path: Path) -> Cues:
    _refuse_others(table, _CUES, prefix, path)
    completed, missed, vetoes = (compile_phrases(_texts(table, key, prefix, path)) for key in _CUES)
    return Cues(completed=completed, missed=missed, vetoes=vetoes)


def _texts(row: Mapping[str, Any], key: str, prefix: str, path: Path) -> Sequence[str]:
    value: Any = row.get(key, [])
    if not is_texts(value):
        raise error(str(path), prefix + key, f'is no list of texts; write {key} = ["…", "…"]')
    return tuple(value)


def _refuse_others(table: Mapping[str, Any], known: Sequence[str], prefix: str, path: Path) -> None:
    for key in table:
        if key not in known:
            names = ", ".join(known)
            raise error(str(path), prefix + key, f"is unknown; mend its spelling or remove it, known are {names}")
