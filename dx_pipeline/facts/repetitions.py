"""Repetitions: the same order given again at a later meeting, and what became of its deadline.

Which orders of different stories are one belongs here; statements of one story are merged in ``tasks``.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from dx_pipeline.facts.products import Products, read_products
from dx_pipeline.facts.statements import Row
from dx_pipeline.schemas.facts import DirectiveRepetitions
from dx_pipeline.schemas.frames import frame_of

_MOST_DAYS = 550  # an order that comes back later is a new one
_REWORDED = (0.6, 0.35)  # containment and Jaccard of the words that say something
_LEAST_WORDS = 3
_COMMON = 0.15  # a word in more than this share of a language's orders says nothing
_ENOUGH_ORDERS = 20  # to tell which words are common
_LOOKED_AT = 40  # newest orders compared for each thing in common
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class _Order:
    """A directive as it is compared: when, who, whom, what."""

    directive_id: str
    story_id: str
    issued_on: date
    issuer: str | None
    addressees: frozenset[str]
    due_on: date | None
    target: tuple[object, ...] | None
    products: frozenset[str]
    documents: frozenset[str]
    language: str
    words: frozenset[str]


def find_repetitions(
    directives: pl.DataFrame, organisations: pl.DataFrame | None = None, products: Products | None = None
) -> pl.DataFrame:
    """Find the directives that give an earlier story's order again.

    ``directives`` is a ``Directives`` frame, ``organisations`` one of the registry, for bodies that have
    succeeded others. Gives ``DirectiveRepetitions``, sorted by directive: one row for each order of a chain.

    Two orders are one where somebody addressed is the same and they ask for one product, set one target, or, in one
    language, use much the same words; an order of the same day, issuer, addressees and deadline in another text is
    that order, told once more. Orders of one story are never a repetition, nor are those without a day.
    """
    known = products or read_products()
    orders = sorted(_read(directives, _successors(organisations), known), key=lambda o: (o.issued_on, o.directive_id))
    previous: dict[str, tuple[_Order, list[str]]] = {}
    index: dict[tuple[str, object], list[_Order]] = defaultdict(list)
    for order in orders:
        found = _earlier(order, index)
        if found is not None:
            previous[order.directive_id] = found
        for key in _keys(order):
            index[key].append(order)
    return frame_of(DirectiveRepetitions, _rows(orders, previous)).sort("directive_id")


def _read(directives: pl.DataFrame, successors: Mapping[str, str], products: Products) -> Iterator[_Order]:
    rows = directives.filter(pl.col("issued_on").is_not_null()).to_dicts()
    spoken = {row["directive_id"]: frozenset(_WORD.findall(row["action"].casefold())) for row in rows}
    common = _common_words(rows, spoken)
    for row in rows:
        target = (row["target_metric_id"], row["target_value"], row["target_change"])
        yield _Order(
            directive_id=row["directive_id"],
            story_id=row["story_id"],
            issued_on=row["issued_on"],
            issuer=row["issuer_id"],
            addressees=frozenset(successors.get(name, name) for name in row["addressee_ids"]),
            due_on=row["due_on"],
            target=target if row["target_metric_id"] and (target[1] is not None or target[2] is not None) else None,
            products=products.ordered_by(row["action"], row["language"], row["instrument_ids"]),
            documents=frozenset(row["instrument_ids"]),
            language=row["language"],
            words=frozenset(word for word in spoken[row["directive_id"]] - common[row["language"]] if len(word) > 1),
        )


def _common_words(rows: Sequence[Row], spoken: Mapping[str, frozenset[str]]) -> dict[str, set[str]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    totals = Counter(row["language"] for row in rows)
    for row in rows:
        counts[row["language"]].update(spoken[row["directive_id"]])
    return {
        language: {word for word, count in counted.items() if count > _COMMON * totals[language]}
        if totals[language] >= _ENOUGH_ORDERS
        else {word for word in counted if len(word) < 4}
        for language, counted in counts.items()
    }


def _successors(organisations: pl.DataFrame | None) -> dict[str, str]:
    """Return the body that holds each body's tasks today."""
    if organisations is None:
        return {}
    told = organisations.filter(pl.col("successor_id").is_not_null())
    next_of: dict[str, str] = dict(told.select("organisation_id", "successor_id").iter_rows())
    last: dict[str, str] = {}
    for name in next_of:
        heir, seen = name, {name}
        while heir in next_of and next_of[heir] not in seen:
            heir = next_of[heir]
            seen.add(heir)
        last[name] = heir
    return last


def _keys(order: _Order) -> Iterator[tuple[str, object]]:
    """What orders that may be one have in common; a word counts with who must act, as words alone are many."""
    yield from (("product", product) for product in sorted(order.products))
    if order.target is not None:
        yield "target", order.target
    if order.due_on is not None:
        yield "day", (order.issued_on, order.due_on)
    for addressee in sorted(order.addressees):
        yield from (("word", (order.language, addressee, word)) for word in sorted(order.words, key=len)[-6:])


def _earlier(order: _Order, index: Mapping[tuple[str, object], Sequence[_Order]]) -> tuple[_Order, list[str]] | None:
    """Return the newest earlier order that this one gives again, and what tells so."""
    candidates = {one.directive_id: one for key in _keys(order) for one in index.get(key, ())[-_LOOKED_AT:]}
    found = [(one, basis) for one in candidates.values() if (basis := _basis(one, order))]
    return max(found, key=lambda pair: (len(pair[1]), pair[0].issued_on, pair[0].directive_id), default=None)


def _basis(earlier: _Order, later: _Order) -> list[str]:
    if earlier.story_id == later.story_id or (later.issued_on - earlier.issued_on).days > _MOST_DAYS:
        return []
    if not _same_addressees(earlier.addressees, later.addressees):
        return []
    if earlier.issued_on == later.issued_on:
        return _basis_of_retelling(earlier, later)
    basis = []
    if earlier.products & later.products and _same_issuer(earlier, later):
        basis.append("product")
    if earlier.target is not None and earlier.target == later.target:
        basis.append("target")
    if earlier.language == later.language and _alike(earlier.words, later.words) and _same_issuer(earlier, later):
        basis.append("wording")
    if basis and earlier.documents & later.documents:
        basis.append("document")
    return basis


def _basis_of_retelling(earlier: _Order, later: _Order) -> list[str]:
    """Tell the same order of the same day in another text by its day, its product or its words."""
    if not _same_issuer(earlier, later):
        return []
    basis = ["product"] if earlier.products & later.products else []
    if earlier.language == later.language and _alike(earlier.words, later.words):
        basis.append("wording")
    if earlier.due_on is not None and earlier.due_on == later.due_on and earlier.addressees == later.addressees:
        basis.append("deadline")
    return basis


def _same_addressees(one: frozenset[str], other: frozenset[str]) -> bool:
    if not one or not other:
        return False
    return 2 * len(one & other) >= min(len(one), len(other)) and bool(one & other)


def _same_issuer(one: _Order, other: _Order) -> bool:
    return one.issuer is None or other.issuer is None or one.issuer == other.issuer


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    shared = len(one & other)
    if shared < _LEAST_WORDS:
        return False
    return shared / min(len(one), len(other)) >= _REWORDED[0] and shared / len(one | other) >= _REWORDED[1]


def _rows(orders: Sequence[_Order], previous: Mapping[str, tuple[_Order, list[str]]]) -> Iterator[Row]:
    chains: dict[str, list[_Order]] = defaultdict(list)
    root: dict[str, str] = {}
    for order in orders:
        before = previous.get(order.directive_id)
        root[order.directive_id] = root[before[0].directive_id] if before else order.directive_id
        chains[root[order.directive_id]].append(order)
    for first_id, chain in chains.items():
        if len(chain) > 1:
            yield from _chain_rows(first_id, chain, previous)


def _chain_rows(
    first_id: str, chain: Sequence[_Order], previous: Mapping[str, tuple[_Order, list[str]]]
) -> Iterator[Row]:
    days = sorted({order.issued_on for order in chain})
    first_due = next((order.due_on for order in chain if order.due_on is not None), None)
    for order in chain:
        before, basis = previous.get(order.directive_id, (None, []))
        due_before = _due_before(order, chain)
        slipped = (order.due_on - due_before).days if order.due_on and due_before else None
        total = (order.due_on - first_due).days if order.due_on and first_due else None
        yield {
            "directive_id": order.directive_id,
            "first_directive_id": first_id,
            "previous_directive_id": before.directive_id if before else None,
            "kind": "first" if before is None else "retold" if before.issued_on == order.issued_on else "repeated",
            "first_issued_on": chain[0].issued_on,
            "issued_on": order.issued_on,
            "repetition": days.index(order.issued_on),
            "times_repeated": len(days) - 1,
            "first_due_on": first_due,
            "previous_due_on": due_before,
            "due_on": order.due_on,
            "slipped_days": slipped,
            "total_slip_days": total,
            "basis": basis,
            "explanation": _explain(order, before, chain[0], due_before, slipped),
        }


def _due_before(order: _Order, chain: Sequence[_Order]) -> date | None:
    """Return the newest deadline that was set on a day before this order."""
    told = [one for one in chain if one.issued_on < order.issued_on and one.due_on is not None]
    return told[-1].due_on if told else None


def _explain(order: _Order, before: _Order | None, first: _Order, due_before: date | None, slipped: int | None) -> str:
    if before is None:
        return f"Ordered on {order.issued_on} for the first time that is known."
    if before.issued_on == order.issued_on:
        return f"The order of {order.issued_on}, told in another text."
    text = f"Ordered on {first.issued_on} for the first time, again on {order.issued_on}"
    if slipped is None or due_before is None:
        return text + "."
    if slipped == 0:
        return f"{text}; the deadline of {due_before} stands."
    way = "later" if slipped > 0 else "earlier"
    return f"{text}; the deadline moved from {due_before} to {order.due_on}, {abs(slipped)} days {way}."
