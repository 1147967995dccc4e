"""How fast text becomes facts on one core: ``python -m dx_pipeline_tests.benchmark --documents 2000``.

The labelled articles are repeated, each copy with other digits (years stay years), so that no copy is the
same text. Only extraction is timed: documents are read and linked beforehand, nothing is written.
"""

import argparse
import os
import random
import re
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import cycle, islice

import polars as pl

from dx_pipeline.extraction.extract import extract
from dx_pipeline.extraction.lexicon import load_lexicon
from dx_pipeline.identifiers import stable_id
from dx_pipeline.quality.measure import read_documents
from dx_pipeline.quality.sets import shipped_sets
from dx_pipeline.settings import CATALOGUE
from dx_pipeline_tests.builders import Row

_YEAR_OR_DIGIT = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|\d")


def main(arguments: Sequence[str] | None = None) -> int:
    """Time the extraction of as many documents as are asked for, and print the rates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=500, help="documents to extract from")
    parser.add_argument("--seed", type=int, default=1, help="seed of the digits")
    options = parser.parse_args(arguments)
    stay_on_one_core()
    articles, blocks = repeat_documents(options.documents, random.Random(options.seed))  # noqa: S311 - no secrets
    lexicon = load_lexicon(CATALOGUE)
    started = time.perf_counter()
    extracted = extract(articles, blocks, lexicon)
    took = time.perf_counter() - started
    megabytes = sum(len(text.encode()) for text in articles["text"]) / 1e6
    sys.stdout.write(
        f"{articles.height} documents, {megabytes:.1f} MB, {took:.2f} s on one core: "
        f"{articles.height / took:.0f} documents/s, {megabytes / took:.2f} MB/s; "
        f"{extracted.directives.height} directives, {extracted.indicators.height} indicators\n"
    )
    return 0


def stay_on_one_core() -> None:
    """Keep this process and its threads on one processor, where the system can do so."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def repeat_documents(count: int, digits: random.Random) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return ``count`` linked articles, jittered copies of the labelled ones, and their blocks."""
    read = [read_documents(labelled.articles) for labelled in shipped_sets(CATALOGUE)]
    articles, blocks = pl.concat([one.articles for one in read]), pl.concat([one.blocks for one in read])
    copies = pl.DataFrame(list(islice(_copies(articles, digits), count)), schema=articles.schema | {"of": pl.String})
    names = copies.select(pl.col("of").alias("article_id"), pl.col("article_id").alias("copy"))
    copied = names.join(blocks, on="article_id").drop("article_id").rename({"copy": "article_id"})
    return copies.drop("of"), copied.select(blocks.columns)


def _copies(articles: pl.DataFrame, digits: random.Random) -> Iterator[Row]:
    for number, article in enumerate(cycle(articles.to_dicts())):
        text = _YEAR_OR_DIGIT.sub(lambda found: _other(found.group(), digits), article["text"])
        yield article | {
            "article_id": stable_id("art", article["article_id"], number),
            "text": text,
            "of": article["article_id"],
        }


def _other(digits_found: str, digits: random.Random) -> str:
    return digits_found if len(digits_found) > 1 else str(digits.randint(1, 9))


if __name__ == "__main__":
    sys.exit(main())
