"""Ids depend on their parts alone, and no part can pass for another."""

import re
import subprocess
import sys

from hypothesis import assume, given
from hypothesis import strategies as st

from dx_pipeline.identifiers import stable_id
from dx_pipeline.schemas.types import ID_PATTERN

_PARTS = st.lists(st.one_of(st.none(), st.text(st.characters(exclude_characters="\x00\x1f"), max_size=8)), max_size=4)


@given(_PARTS)
def test_ids_have_the_form_that_the_models_ask_for(parts: list[str | None]) -> None:
    assert re.fullmatch(ID_PATTERN, stable_id("art", *parts))


@given(_PARTS, _PARTS)
def test_other_parts_give_another_id(one: list[str | None], other: list[str | None]) -> None:
    assume(one != other)
    assume([] not in (one, other))  # an id has at least one part
    assert stable_id("art", *one) != stable_id("art", *other)


def test_parts_cannot_be_shifted_into_each_other() -> None:
    assert stable_id("art", "ab", "c") != stable_id("art", "a", "bc")
    assert stable_id("art", "a", None) != stable_id("art", "a")
    assert stable_id("art", "a", "") != stable_id("art", "a")


def test_the_prefix_tells_kinds_apart() -> None:
    assert stable_id("dir", "a").removeprefix("dir") == stable_id("ind", "a").removeprefix("ind")
    assert stable_id("dir", "a") != stable_id("ind", "a")


def test_ids_do_not_hang_on_the_process() -> None:
    script = "from dx_pipeline.identifiers import stable_id; print(stable_id('art', 'Nghệ An', 7, None))"
    printed = subprocess.run(
        [sys.executable, "-c", script], env={"PYTHONHASHSEED": "5"}, capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() == stable_id("art", "Nghệ An", 7, None)
