from hypothesis import given
from hypothesis import strategies as st

from dx_pipeline.facts.alignment import align_in_order, pair_best


def _same(one: int, other: int) -> float | None:
    return 1.0 if one == other else None


def test_best_pairs_come_first_and_each_item_once() -> None:
    assert pair_best([10, 20], [19, 11], lambda a, b: -float(abs(a - b))) == {0: 1, 1: 0}
    assert pair_best([1], [1, 1], _same) == {0: 0}


def test_equal_scores_are_paired_in_order() -> None:
    assert pair_best([1, 1, 1], [1, 1], _same) == {0: 0, 1: 1}


def test_a_gap_in_either_list_shifts_nothing() -> None:
    assert align_in_order([1, 2, 3], [2, 3, 4], _same) == [(0, None), (1, 0), (2, 1), (None, 2)]
    assert align_in_order([], [1], _same) == [(None, 0)]
    assert align_in_order([1], [], _same) == [(0, None)]


@given(st.lists(st.integers(0, 3), max_size=6), st.lists(st.integers(0, 3), max_size=6))
def test_alignment_keeps_order_and_loses_nothing(left: list[int], right: list[int]) -> None:
    path = align_in_order(left, right, _same)
    assert [i for i, _ in path if i is not None] == list(range(len(left)))
    assert [j for _, j in path if j is not None] == list(range(len(right)))
    assert all(left[i] == right[j] for i, j in path if i is not None and j is not None)
