"""Disjoint sets of articles that grow by joining, within a span of days.

Only the data structure belongs here; what joins two articles is decided elsewhere.
"""

from collections.abc import Iterable, Mapping
from datetime import date


class Partition:
    """Disjoint sets with path halving (R. E. Tarjan and J. van Leeuwen, 1984)."""

    def __init__(self, members: Iterable[str], days: Mapping[str, date | None] | None = None) -> None:
        """Put each member in a set of its own; ``days`` gives the known days for the span of a set."""
        self._parent = {member: member for member in members}
        self._span = {member: (day, day) for member, day in (days or {}).items() if day is not None}

    def name(self, member: str) -> str:
        """Return the name of the member's set: its smallest member."""
        while self._parent[member] != member:
            self._parent[member] = self._parent[self._parent[member]]
            member = self._parent[member]
        return member

    def join(self, left: str, right: str, most_days: int | None = None) -> bool:
        """Join two members' sets, unless the joint span of known days would exceed ``most_days``.

        Returns whether the two are in one set now.

        >>> days = {"a": date(2025, 1, 1), "b": None, "c": date(2025, 2, 1)}
        >>> partition = Partition("abc", days)
        >>> partition.join("a", "b", most_days=3), partition.join("b", "c", most_days=3)
        (True, False)
        """
        low, high = sorted((self.name(left), self.name(right)))
        if low == high:
            return True
        spans = [self._span[name] for name in (low, high) if name in self._span]
        if spans:
            first, last = min(span[0] for span in spans), max(span[1] for span in spans)
            if most_days is not None and (last - first).days > most_days:
                return False
            self._span[low] = (first, last)
        self._parent[high] = low
        return True
