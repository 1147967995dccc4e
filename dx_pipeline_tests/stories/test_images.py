import pytest

from dx_pipeline.stories.images import read_images


@pytest.mark.parametrize("text", ["5.jpg", "logo-2024-site.png", "img1.png", "no picture here", "a" * 300 + "1234.jpg"])
def test_names_that_tell_no_image(text: str) -> None:
    assert read_images(text) == frozenset()


def test_sizes_and_case_are_folded() -> None:
    assert read_images("HALL_20240711-768x512.JPG and hall_20240711.webp") == {"hall_20240711"}


def test_a_long_run_of_word_characters_is_read_in_one_go() -> None:
    assert read_images("x" * 200_000) == frozenset()
