"""Wording as evidence: copies within one language share most of their five-word sequences.

Only the cleaning, sketching and comparing of wording belongs here.
"""

import re
import zlib

import polars as pl

_LONGEST_TEXT = 200_000  # code points
_SHINGLE_WORDS = 5
_SKETCH_SIZE = 128  # standard error of a resemblance of one half: 0.04
_LAYOUT_WEEKS = 3  # a story spans at most two of them
_WORD = re.compile(r"\w+")

Sketch = tuple[int, ...]


def drop_layout(articles: pl.DataFrame) -> list[str]:
    """Return each article's text without the lines that belong to the site, in the order of the frame.

    ``articles`` has ``text`` and ``published_on``. A line printed in three different weeks or more
    cannot belong to one story and is layout: menus, appeals, captions of the house. A text of which
    nothing would be left has itself been printed again, and stays whole.
    """
    lines = (
        articles.select(
            pl.int_range(pl.len()).alias("article"),
            pl.col("published_on").dt.epoch("d").floordiv(7).alias("week"),
            pl.col("text").str.slice(0, _LONGEST_TEXT).str.split("\n").alias("line"),
        )
        .explode("line")
        .with_columns(pl.col("line").str.strip_chars())
    )
    layout = lines.group_by("line").agg(pl.col("week").drop_nulls().n_unique()).filter(pl.col("week") >= _LAYOUT_WEEKS)
    kept = (
        lines.join(layout, on="line", how="anti", maintain_order="left")
        .group_by("article", maintain_order=True)
        .agg(pl.col("line").str.join("\n"))
    )
    told = dict(zip(kept["article"], kept["line"], strict=True))
    whole = articles["text"].to_list()
    return [told[n] if len(told.get(n, "").split()) >= _SHINGLE_WORDS else text for n, text in enumerate(whole)]


def sketch_wording(text: str) -> Sketch:
    """Return the smallest hashes of the text's five-word sequences, ascending; empty under five words.

    The bottom-k sketch of A. Broder, On the resemblance and containment of documents (1997), with 128
    values. CRC-32 serves as the hash: it is the same on every machine and fast.
    """
    words = _WORD.findall(text[:_LONGEST_TEXT].casefold())
    sequences = {" ".join(words[n : n + _SHINGLE_WORDS]) for n in range(len(words) - _SHINGLE_WORDS + 1)}
    return tuple(sorted({zlib.crc32(sequence.encode()) for sequence in sequences})[:_SKETCH_SIZE])


def resemblance(left: Sketch, right: Sketch) -> float:
    """Return the estimated share of word sequences that two texts have in common, from 0 to 1.

    >>> resemblance((1, 2, 3), (2, 3, 4))
    0.5
    """
    smallest = sorted({*left, *right})[:_SKETCH_SIZE]
    return len({*left} & {*right} & {*smallest}) / len(smallest) if smallest else 0.0
