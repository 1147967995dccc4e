"""How linking grows: ``python -m dx_pipeline_tests.benchmark_linking --articles 10000 30000 100000``.

Articles are generated: each story is a labelled article with digits of its own, told on one day by one to four
sites: the original, a copy that prints its source, a rewrite with some sentences left out, and a translation, for which
an article in another language stands that is given the story's numbers. Times are of the processor, on one core;
extraction is timed on a sample of such articles, so that the two can be compared.
"""

import argparse
import hashlib
import random
import re
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import NamedTuple

import polars as pl

from dx_pipeline.extraction.extract import extract
from dx_pipeline.extraction.lexicon import load_lexicon
from dx_pipeline.identifiers import stable_id
from dx_pipeline.quality.measure import read_documents
from dx_pipeline.quality.sets import shipped_sets
from dx_pipeline.schemas.documents import ParsedArticles
from dx_pipeline.schemas.frames import polars_schema
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.stories.link import link_stories
from dx_pipeline_tests.benchmark import repeat_documents, stay_on_one_core
from dx_pipeline_tests.builders import Row

_YEAR_OR_DIGIT = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|\d")
_FIRST_DAY = date(2019, 1, 1)
_STORIES_A_DAY = 40
_EXTRACTED = 400


def main(arguments: Sequence[str] | None = None) -> int:
    """Link as many articles as are asked for, and print seconds, articles per second and what extraction takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, nargs="+", default=[2_000], help="articles to link")
    parser.add_argument("--seed", type=int, default=1, help="seed of the digits")
    options = parser.parse_args(arguments)
    stay_on_one_core()
    extraction = _time_extraction(options.seed)
    sys.stdout.write(f"extraction: {1 / extraction:.0f} articles/s on {_EXTRACTED} articles\n")
    for count in options.articles:
        articles, told = generate_articles(count, random.Random(options.seed))  # noqa: S311 - no secrets
        started = time.process_time()
        linked = link_stories(articles)
        took = time.process_time() - started
        sys.stdout.write(
            f"linking: {count} articles in {took:.1f} s ({count / took:.0f} articles/s), "
            f"{linked.stories.height} stories of {told}; extraction would take {count * extraction:.0f} s\n"
        )
    return 0


def generate_articles(count: int, chance: random.Random) -> tuple[pl.DataFrame, int]:
    """Return ``count`` articles (``ParsedArticles``) and the number of stories that they tell."""
    read = pl.concat([read_documents(labelled.articles).articles for labelled in shipped_sets(CATALOGUE)])
    names = polars_schema(ParsedArticles).names()
    patterns = read.filter(pl.col("language").is_not_null()).select(names).to_dicts()
    rows: list[Row] = []
    stories = 0
    generated = _stories(patterns, chance)
    while len(rows) < count:
        rows += next(generated)
        stories += 1
    return pl.DataFrame(rows[:count], schema=polars_schema(ParsedArticles)), stories


def _stories(patterns: Sequence[Row], chance: random.Random) -> Iterator[list[Row]]:
    number = 0
    while True:
        pattern = patterns[number % len(patterns)]
        day = _FIRST_DAY + timedelta(days=number // _STORIES_A_DAY)
        text = _YEAR_OR_DIGIT.sub(lambda found: _other(found.group(), chance), pattern["text"])
        source = f"https://site-{number % 7}.example/news/story-number-{number}-of-the-day.html"
        members = [_article(pattern, f"{number}-0", text, day, canonical_url=source)]
        for copy in range(chance.randrange(4)):
            member = (_copy, _rewrite, _translation)[copy]
            others = [one for one in patterns if one["language"] != pattern["language"]]
            told = _Told(f"{number}-{copy + 1}", text, day, source)
            members.append(member(told, pattern, others, chance))
        yield members
        number += 1


class _Told(NamedTuple):
    """What a further article of a story begins with: its name, and the original's text, day and address."""

    name: str
    text: str
    day: date
    source: str


def _copy(told: _Told, pattern: Row, _others: Sequence[Row], _chance: random.Random) -> Row:
    address = f"https://copy.example/{told.name}.html"
    return _article(pattern, told.name, told.text, told.day, is_based_on=told.source, canonical_url=address)


def _rewrite(told: _Told, pattern: Row, _others: Sequence[Row], chance: random.Random) -> Row:
    kept = [line for line in told.text.split("\n") if chance.random() < 0.9] or [told.text]
    return _article(pattern, told.name, "\n".join(kept), told.day + timedelta(days=1))


def _translation(told: _Told, _pattern: Row, others: Sequence[Row], chance: random.Random) -> Row:
    other = chance.choice(others)
    numbers = re.findall(r"\d[\d.,]*\d|\d", told.text)
    words = re.sub(r"\d[\d.,]*", "", other["text"])[: len(told.text)]
    text = words + "\n" + " ".join(f"({number})" for number in islice(numbers, 400))
    return _article(other, told.name, text, told.day + timedelta(days=1))


def _article(pattern: Row, name: str, text: str, day: date, **columns: str) -> Row:
    return pattern | {
        "article_id": stable_id("art", name),
        "capture_id": stable_id("cap", name),
        "url": f"file:///articles/{name}.txt",
        "canonical_url": None,
        "is_based_on": None,
        "publisher": f"Site {stable_id('s', name)[-2:]}",
        "published_on": day,
        "published_on_source": "page",
        "text": text,
        "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
        **columns,
    }


def _other(found: str, chance: random.Random) -> str:
    return found if len(found) > 1 else str(chance.randint(1, 9))


def _time_extraction(seed: int) -> float:
    """Return the seconds that the extraction of one article takes."""
    articles, blocks = repeat_documents(_EXTRACTED, random.Random(seed))  # noqa: S311 - no secrets
    lexicon = load_lexicon(CATALOGUE)
    started = time.process_time()
    extract(articles, blocks, lexicon)
    return (time.process_time() - started) / _EXTRACTED


if __name__ == "__main__":
    sys.exit(main())
