from pathlib import Path

import pytest

from dx_pipeline.facts.products import PRODUCTS, compile_phrases, read_products
from dx_pipeline.registry import read_instruments
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import CatalogueError


def test_every_document_is_in_the_registry() -> None:
    known = {one.instrument_id for one in read_instruments(CATALOGUE)}
    documents = {name for product in read_products().products for name in product.documents}
    assert documents <= known


def test_every_product_is_told_in_every_language() -> None:
    languages = {path.stem for path in (CATALOGUE / "languages").glob("*.toml")}
    assert set(read_products().cues) == languages
    for product in read_products().products:
        assert set(product.words) == languages, product.product_id


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the steering committees stand", True),
        ("a steering  committee", True),
        ("steering the committee", False),
        ("committee", False),
    ],
)
def test_phrases_are_whole_words(text: str, found: bool) -> None:
    assert bool(compile_phrases(["steering committee*"]).search(text)) == found


def test_a_gap_has_at_most_six_words() -> None:
    pattern = compile_phrases(["strategy … chips"])
    assert pattern.search("strategy for one two three four five chips")
    assert not pattern.search("strategy for one two three four five six chips")


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (("[cues.en]", "[cues.en]\nfinished = []"), "cues.en.finished"),
        (('id = "mobile-signal"', "id = 7"), "'product, entry"),
        (("orders = [", "order = ["), "is unknown"),
        (('documents = ["decree:82/2024/NĐ-CP"]', "documents = 82"), "documents"),
    ],
)
def test_a_broken_file_is_told(tmp_path: Path, broken: tuple[str, str], told: str) -> None:
    text = PRODUCTS.read_text(encoding="utf-8")
    assert broken[0] in text
    (tmp_path / "products.toml").write_text(text.replace(*broken), encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"products\.toml") as error:
        read_products(tmp_path / "products.toml")
    assert told in str(error.value)
