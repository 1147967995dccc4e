"""Alignment: which of two articles' facts are the same, when each states it at most once.

Only the pairing of two lists by a score belongs here; the scores come from the modules of each kind.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Score = Callable[[Item, Item], float | None]


def pair_best(left: Sequence[Item], right: Sequence[Item], score: Score[Item]) -> dict[int, int]:
    """Pair items whatever their order, best score first, each once; returns the left place by right place.

    ``score`` gives ``None`` for a pair that cannot be one fact. Equal scores are paired in order.

    >>> pair_best([1, 5], [5, 9], lambda a, b: 1.0 if a == b else None)
    {0: 1}
    """
    scored = [
        (-value, i, j)
        for i, one in enumerate(left)
        for j, other in enumerate(right)
        if (value := score(one, other)) is not None
    ]
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in sorted(scored):
        if i not in taken and j not in pairs:
            pairs[j] = i
            taken.add(i)
    return pairs


def align_in_order(
    left: Sequence[Item], right: Sequence[Item], score: Score[Item]
) -> list[tuple[int | None, int | None]]:
    """Align two lists that tell the same things in the same order; either may lack some.

    Returns the places of both in their joint order; ``None`` stands for a gap. The alignment with the
    highest total score is taken (S. Needleman and C. Wunsch, 1970; for translations W. Gale and
    K. Church, 1993). ``score`` gives ``None`` for a pair that cannot be one fact.

    >>> align_in_order(["a", "b", "c"], ["a", "c"], lambda a, b: 1.0 if a == b else None)
    [(0, 0), (1, None), (2, 1)]
    """
    totals = [[0.0] * (len(right) + 1) for _ in range(len(left) + 1)]
    scores: dict[tuple[int, int], float | None] = {}
    for i in range(len(left) - 1, -1, -1):
        for j in range(len(right) - 1, -1, -1):
            scores[i, j] = value = score(left[i], right[j])
            paired = totals[i + 1][j + 1] + value if value is not None else 0.0
            totals[i][j] = max(paired, totals[i + 1][j], totals[i][j + 1])
    return _trace(totals, scores)


def _trace(
    totals: Sequence[Sequence[float]], scores: dict[tuple[int, int], float | None]
) -> list[tuple[int | None, int | None]]:
    rows, columns = len(totals) - 1, len(totals[0]) - 1
    path: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < rows and j < columns:
        value = scores[i, j]
        if value is not None and totals[i][j] == totals[i + 1][j + 1] + value:
            path.append((i, j))
            i, j = i + 1, j + 1
        elif totals[i][j] == totals[i + 1][j]:
            path.append((i, None))
            i += 1
        else:
            path.append((None, j))
            j += 1
    path.extend((place, None) for place in range(i, rows))
    path.extend((None, place) for place in range(j, columns))
    return path
