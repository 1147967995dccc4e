from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from dx_pipeline.stories.blocking import pair_by_keys, rarest_values


def test_pairs_share_a_key() -> None:
    assert pair_by_keys({"a": [1, 2], "b": [2], "c": [3]}) == [("a", "b")]


def test_a_key_that_everybody_has_costs_a_few_comparisons_each() -> None:
    crowd = {f"m{n:05}": [7] for n in range(3000)}
    pairs = pair_by_keys(crowd)
    assert len(pairs) <= 8 * len(crowd)
    assert {member for pair in pairs for member in pair} == set(crowd)


def test_like_stands_next_to_like_in_a_large_block() -> None:
    crowd = {f"m{n:03}": [0, 1 + n % 40] for n in range(200)}
    pairs = set(pair_by_keys(crowd))
    assert all((f"m{n:03}", f"m{n + 40:03}") in pairs for n in range(160))


@given(st.dictionaries(st.sampled_from("abcdef"), st.sets(st.sampled_from([str(n) for n in range(12)]))))
def test_the_prefix_filter_misses_no_pair(values: dict[str, set[str]]) -> None:
    pairs = set(pair_by_keys(rarest_values(values, 4)))
    for left, right in combinations(sorted(values), 2):
        if len(values[left] & values[right]) >= 4:
            assert (left, right) in pairs
