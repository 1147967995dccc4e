"""Which statement of this run a correction is about: by its id, else by its words in the same article."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from dx_pipeline.review.fields import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The statement that a correction is about; ``detail`` says how it was found where not by its id."""

    kind: str
    row: Row
    article_url: str | None
    detail: str | None = None


def find_statements(
    entries: Sequence[Row], candidates: Mapping[str, pl.DataFrame], articles: pl.DataFrame
) -> Iterator[Found | str]:
    """Yield for each entry the statement that it is about, or why it is stale.

    An id changes when an article's bytes do, or when the engine finds another statement before it in the
    same article. Then a statement of the same kind, with exactly the words that the entry quotes, in the
    article that it names, is the same one if there is no second. Documents read from a folder have the
    address that the folder has on each machine: there the file's name is compared.

    Args:
        entries: Rows of ``CorrectionEntries``.
        candidates: ``DirectiveCandidates`` and ``IndicatorCandidates`` by kind of statement.
        articles: ``Articles``.
    """
    urls: dict[str, str] = dict(articles.select("article_id", "url").iter_rows())
    names = {
        article_id: _names(*addresses)
        for article_id, *addresses in articles.select("article_id", "url", "canonical_url").iter_rows()
    }
    read = set().union(*names.values())
    by_id = dict(_select(candidates, "mention_id", [entry["mention_id"] for entry in entries]))
    lost = [entry["quote"] for entry in entries if entry["mention_id"] not in by_id and entry["quote"]]
    by_quote: dict[str, list[tuple[str, Row]]] = {}
    for quote, statement in _select(candidates, "quote", lost):
        by_quote.setdefault(quote, []).append(statement)
    for entry in entries:
        if entry["mention_id"] in by_id:
            kind, row = by_id[entry["mention_id"]]
            yield Found(kind=kind, row=row, article_url=urls.get(row["article_id"]))
        elif not entry["quote"] or not entry["article_url"]:
            yield (
                "stale: no statement of this run has this id, and the entry has no quote and article_url to find it "
                "by; add them, or remove the entry"
            )
        elif not _names(entry["article_url"]) & read:
            yield (
                "stale: no statement of this run has this id, and its article is not read; "
                "remove the entry if it will not be read again"
            )
        else:
            yield _find_again(entry, by_quote, names, urls)


def _select(
    candidates: Mapping[str, pl.DataFrame], column: str, values: Sequence[str]
) -> Iterator[tuple[str, tuple[str, Row]]]:
    """Yield the statements whose column has one of the values: that value, and kind and row."""
    for kind, frame in candidates.items():
        for row in frame.filter(pl.col(column).is_in(sorted(set(values)))).to_dicts():
            yield row[column], (kind, row)


def _find_again(
    entry: Row,
    by_quote: Mapping[str, Sequence[tuple[str, Row]]],
    names: Mapping[str, set[str]],
    urls: Mapping[str, str],
) -> Found | str:
    wanted = _names(entry["article_url"])
    found = [
        (kind, row)
        for kind, row in by_quote.get(entry["quote"], ())
        if entry["kind"] in (None, kind) and wanted & names.get(row["article_id"], set())
    ]
    if len(found) != 1:
        count = f"{len(found)} statements say" if found else "no statement says"
        return (
            f"stale: no statement of this run has this id, and {count} its quote in its article; "
            "look at the article's statements and write the entry anew, or remove it"
        )
    kind, row = found[0]
    return Found(
        kind=kind,
        row=row,
        article_url=urls[row["article_id"]],
        detail=f"{entry['mention_id']} is no statement of this run; found again by its quote in the same article, "
        f"where it is {row['mention_id']}",
    )


def _names(*urls: str | None) -> set[str]:
    """What an article goes by: its addresses; for a file's address its name in place of the machine's folders."""
    return {url.rpartition("/")[2] if url.startswith("file:") else url for url in urls if url} - {""}
