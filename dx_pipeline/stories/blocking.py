"""Blocking: which articles are worth comparing, so that the work grows with the articles, not their pairs.

Only the choice of pairs belongs here; what a pair has in common is judged elsewhere.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeVar

Key = TypeVar("Key", int, str)

_WHOLE_BLOCK = 24  # members up to which every pair is compared
_REACH = 8  # neighbours compared in a larger block


def pair_by_keys(keys: Mapping[str, Sequence[Key]]) -> list[tuple[str, str]]:
    """Return the pairs of ids that share a key, each pair ordered and once, sorted.

    In a block of more than 24 members each is paired only with its eight neighbours when they are
    sorted by their keys: like stands next to like, so the many copies of one text still form a chain,
    while a key that everybody has costs no more than a few comparisons for each member.
    """
    blocks: dict[Key, list[str]] = defaultdict(list)
    for member in sorted(keys, key=lambda member: (tuple(keys[member]), member)):
        for key in set(keys[member]):
            blocks[key].append(member)
    pairs: set[tuple[str, str]] = set()
    for members in blocks.values():
        reach = len(members) if len(members) <= _WHOLE_BLOCK else _REACH
        for place, left in enumerate(members):
            pairs.update((min(left, right), max(left, right)) for right in members[place + 1 : place + 1 + reach])
    return sorted(pairs)


def rarest_values(values: Mapping[str, AbstractSet[str]], shared: int) -> dict[str, list[str]]:
    """Return each member's values, rarest first, without the ``shared - 1`` that are commonest overall.

    Two members with at least ``shared`` values in common always keep one of them: the prefix filter of
    S. Chaudhuri, V. Ganti and R. Kaushik, A primitive operator for similarity joins (2006).
    """
    frequency = Counter(value for owned in values.values() for value in owned)
    ranked = {member: sorted(owned, key=lambda value: (frequency[value], value)) for member, owned in values.items()}
    return {member: owned[: max(0, len(owned) - shared + 1)] for member, owned in ranked.items()}
