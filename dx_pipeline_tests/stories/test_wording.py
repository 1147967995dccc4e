from datetime import date, timedelta

import pytest

from dx_pipeline.stories.wording import drop_layout, resemblance, sketch_wording
from dx_pipeline_tests.builders import DAY, parsed_article, parsed_articles


def _words(count: int, seed: int) -> list[str]:
    return [f"w{(seed * 7919 + n * n * 31) % 5003}" for n in range(count)]


def test_resemblance_estimates_the_shared_share_of_sequences() -> None:
    shared, one, other = _words(900, 1), _words(300, 2), _words(300, 3)
    estimate = resemblance(sketch_wording(" ".join(shared + one)), sketch_wording(" ".join(shared + other)))
    assert estimate == pytest.approx(900 / 1500, abs=0.12)


def test_short_texts_are_compared_exactly() -> None:
    left, right = sketch_wording("one two three four five six"), sketch_wording("two three four five six seven")
    assert resemblance(left, right) == pytest.approx(1 / 3)
    assert sketch_wording("one two three") == ()
    assert resemblance((), ()) == 0


def test_case_and_punctuation_do_not_count() -> None:
    assert sketch_wording("The plan, once agreed, is binding.") == sketch_wording("the plan once agreed is BINDING")


def test_lines_of_three_different_weeks_are_layout() -> None:
    menu = "Home Politics Economy Science Culture Sport"
    rows = [
        parsed_article(f"a{week}", f"{menu}\nStory number {week} has its own line", published_on=day)
        for week, day in enumerate([DAY, DAY + timedelta(days=8), DAY + timedelta(days=16)])
    ]
    assert drop_layout(parsed_articles(*rows)) == [f"Story number {week} has its own line" for week in range(3)]


def test_lines_of_one_week_stay_however_many_copy_them() -> None:
    text = "A wire report that many newspapers print\nin the very same words"
    assert drop_layout(parsed_articles(*(parsed_article(f"a{n}", text) for n in range(9)))) == [text] * 9


def test_a_text_printed_again_and_again_stays_whole() -> None:
    text = "The same appeal in the same words again"
    rows = [parsed_article(f"a{n}", text, published_on=date(2025, n, 1)) for n in range(1, 7)]
    assert drop_layout(parsed_articles(*rows)) == [text] * 6


def test_an_empty_text_stays_in_its_place() -> None:
    rows = [parsed_article("a", ""), parsed_article("b", "\n\n"), parsed_article("c", "Some words that say a little")]
    assert drop_layout(parsed_articles(*rows))[2] == "Some words that say a little"
