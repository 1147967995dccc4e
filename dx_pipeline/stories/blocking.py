"""Blocking: which articles are worth comparing, so that the work grows with the articles, not their pairs.

Only the choice of pairs belongs here; what a pair has in common is judged elsewhere.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
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


def pair_in_time(
    keys: Mapping[str, Sequence[Key]], days: Mapping[str, date | None], most_days: int
) -> Iterator[tuple[str, str]]:
    """Yield the pairs of :func:`pair_by_keys` whose known days lie at most ``most_days`` apart, each once.

    Members are paired within windows of time, so that what was published in other months makes no block
    large: the work for an article does not grow with the years. A member without a day is compared with all.
    """
    width = most_days + 1
    windows: dict[int, list[str]] = defaultdict(list)
    for member in keys:
        day = days[member]
        if day is not None:
            first = day.toordinal() // width
            windows[first].append(member)
            windows[first - 1].append(member)
    for first, members in sorted(windows.items()):
        for left, right in pair_by_keys({member: keys[member] for member in members}):
            one, other = days[left], days[right]
            if one is None or other is None or abs((one - other).days) > most_days:
                continue
            if min(one, other).toordinal() // width == first:  # in the window before, it was a pair already
                yield left, right
    yield from _pair_undated(keys, days)


def _pair_undated(keys: Mapping[str, Sequence[Key]], days: Mapping[str, date | None]) -> Iterator[tuple[str, str]]:
    asked = {key for member, owned in keys.items() if days[member] is None for key in owned}
    shared = {member: kept for member, owned in keys.items() if (kept := [key for key in owned if key in asked])}
    yield from (pair for pair in pair_by_keys(shared) if days[pair[0]] is None or days[pair[1]] is None)


def rarest_values(values: Mapping[str, AbstractSet[str]], shared: int) -> dict[str, list[str]]:
    """Return each member's values, rarest first, without the ``shared - 1`` that are commonest overall.

    Two members with at least ``shared`` values in common always keep one of them: the prefix filter of
    S. Chaudhuri, V. Ganti and R. Kaushik, A primitive operator for similarity joins (2006).
    """
    frequency = Counter(value for owned in values.values() for value in owned)
    ranked = {member: sorted(owned, key=lambda value: (frequency[value], value)) for member, owned in values.items()}
    return {member: owned[: max(0, len(owned) - shared + 1)] for member, owned in ranked.items()}
