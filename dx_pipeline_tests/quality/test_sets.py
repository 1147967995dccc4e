"""Labelled sets on disk: which there are, what is refused, and what makes a set another one."""

from pathlib import Path

import pytest

from dx_pipeline.quality.sets import LabelledSet, describe_sets, given_set, shipped_sets
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import CatalogueError
from dx_pipeline_tests.quality.examples import write_set


def test_every_sub_folder_is_a_set() -> None:
    folders = {path.name for path in (CATALOGUE / "labelled").iterdir() if path.is_dir()}
    assert {one.name for one in shipped_sets(CATALOGUE)} == folders >= {"blind", "sample"}


def test_the_sample_set_labels_the_sample_articles() -> None:
    (sample,) = (one for one in shipped_sets(CATALOGUE) if one.name == "sample")
    assert sample.articles == CATALOGUE / "sample" / "articles"


def test_a_new_sub_folder_is_a_new_set(tmp_path: Path) -> None:
    write_set(tmp_path / "labelled" / "third")
    (found,) = shipped_sets(tmp_path)
    assert (found.name, len(found.label_files())) == ("third", 2)


@pytest.mark.parametrize(
    ("described", "told"),
    [
        ("article = '../press'", "set.toml: field 'article' is unknown"),
        ("articles = 7", "set.toml: field 'articles' is missing or no text"),
        ("", "set.toml: field 'articles' is missing or no text"),
        ("articles = '../press'", "which is no folder; name another"),
        ("articles =", "no valid TOML"),
    ],
)
def test_a_wrong_description_is_told(tmp_path: Path, described: str, told: str) -> None:
    write_set(tmp_path / "labelled" / "third")
    (tmp_path / "labelled" / "third" / "set.toml").write_text(described, encoding="utf-8")
    with pytest.raises(CatalogueError) as error:
        shipped_sets(tmp_path)
    assert told in str(error.value)


def test_folders_without_articles_or_labels_are_refused(small_set: LabelledSet) -> None:
    with pytest.raises(CatalogueError, match="which is no folder"):
        given_set(small_set.gold, small_set.articles / "none")
    with pytest.raises(CatalogueError, match="holds no label file"):
        given_set(small_set.articles, small_set.articles)


def test_the_hash_follows_labels_and_articles_and_not_the_place(small_set: LabelledSet, tmp_path: Path) -> None:
    elsewhere = write_set(tmp_path / "elsewhere")

    def sha256() -> str:
        return str(describe_sets([elsewhere])["gold_sha256"][0])

    hashes = [describe_sets([small_set])["gold_sha256"][0]]
    assert sha256() == hashes[0]
    for path in (elsewhere.gold / "orders.yaml", elsewhere.articles / "orders.txt"):
        path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        assert sha256() not in hashes
        hashes.append(sha256())
