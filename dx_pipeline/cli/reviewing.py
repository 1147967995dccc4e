"""``dx review``: looking a statement up in the published warehouse, writing a correction, listing what there is."""

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from dx_pipeline.cli.exits import Exit
from dx_pipeline.review.correction_file import read_corrections
from dx_pipeline.review.entry import fields_of
from dx_pipeline.review.fields import FIELDS, KnownIds
from dx_pipeline.review.trial import find_refusals
from dx_pipeline.review.writing import append_entry
from dx_pipeline.settings import CATALOGUE, Settings
from dx_pipeline.warehouse.errors import ReleaseError
from dx_pipeline.warehouse.lock import REVIEW_LOCK, hold_lock
from dx_pipeline.warehouse.read import read_tables
from dx_pipeline.warehouse.releases import current_release

_WAIT_SECONDS = 10.0
_SUGGESTED = 3


class RefusedError(ValueError):
    """A correction that cannot be written; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A published statement: its kind, its row, its article, and the other statements of the same fact."""

    kind: str
    row: pl.DataFrame
    article: pl.DataFrame
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Where an entry was written, and the statement that it is about."""

    line: int
    mention: Mention


def write_correction(settings: Settings, table: dict[str, Any], say: Callable[[str], None]) -> Written:
    """Check a correction as a run would, and write it with its statement's quote and its article's address.

    Args:
        settings: Where warehouse and file are.
        table: The entry by key, without quote, address and kind.
        say: Takes a message for who waits for another process.

    Raises:
        RefusedError: where a run would refuse it, or its statement is not published.
        ReleaseError: where nothing is published yet.
        CorrectionError: where the file cannot be read or written.
    """
    mention = find_mention(settings, table["mention_id"])
    url = mention.article["url"][0] if mention.article.height else None
    whole = table | {"kind": mention.kind, "quote": mention.row["quote"][0], "article_url": url}
    path = settings.corrections_file
    with hold_lock(settings.warehouse, f"a correction by {table['author']}", _WAIT_SECONDS, say, REVIEW_LOCK):
        refusals = find_refusals(path, whole, mention.row, mention.article, KnownIds.read(CATALOGUE))
        if refusals:
            raise RefusedError(f"{'; '.join(refusals)}; nothing was written")
        return Written(line=append_entry(path, whole), mention=mention)


def find_mention(settings: Settings, mention_id: str) -> Mention:
    """Look a statement up in the published warehouse.

    Raises:
        RefusedError: where there is none of that id; the message suggests one.
        ReleaseError: where nothing is published yet.
    """
    if current_release(settings.warehouse) is None:
        raise ReleaseError(f"nothing is published in {settings.warehouse} yet; run `dx run` first")
    names = ("directive_mentions", "indicator_mentions", "instrument_mentions", "articles", "corrections")
    tables = read_tables(settings.warehouse, names)
    for kind in FIELDS:
        mentions = tables[f"{kind}_mentions"]
        rows = mentions.filter(pl.col("mention_id") == mention_id)
        if rows.height:
            same = mentions.filter(pl.col(f"{kind}_id") == rows[f"{kind}_id"][0], pl.col("mention_id") != mention_id)
            return Mention(
                kind=kind,
                row=rows,
                article=tables["articles"].filter(pl.col("article_id") == rows["article_id"][0]),
                others=tuple(same["mention_id"]),
            )
    raise RefusedError(_why_unknown(settings, mention_id, tables))


def list_corrections(settings: Settings) -> list[dict[str, Any]]:
    """Return every entry of the file with what became of it, and what the release knows but the file no more.

    ``state`` begins with applied, stale, new, removed or "cannot be used".

    Raises:
        CorrectionError: where the file cannot be read.
    """
    path = settings.corrections_file
    reading = read_corrections(path, KnownIds.read(CATALOGUE), "")
    published = {
        row["correction_id"]: row for row in read_tables(settings.warehouse, ["corrections"])["corrections"].to_dicts()
    }
    refused = set(read_tables(settings.warehouse, ["quarantine"])["quarantine"]["detail"])
    listed = [
        _line(entry, _state(entry, published.pop(entry["correction_id"], None), refused))
        for entry in reading.entries.to_dicts()
    ]
    listed += [
        _line({}, f"cannot be used: {detail.removeprefix(f'{path}: ')}") for detail in reading.quarantine["detail"]
    ]
    return [*listed, *(_line(row, "removed: the next run takes it back") for row in published.values())]


def exit_code(listed: list[dict[str, Any]]) -> Exit:
    """Return what the exit code says of a list of corrections."""
    return Exit.NOT_CLEAN if any(one["state"].startswith("cannot be used") for one in listed) else Exit.OK


def _why_unknown(settings: Settings, mention_id: str, tables: dict[str, pl.DataFrame]) -> str:
    """Say why no statement of that id can be reviewed, and which one may be meant."""
    if mention_id in set(tables["instrument_mentions"]["mention_id"]):
        return f"{mention_id} names a document; only statements of directives and indicators can be reviewed"
    decided = tables["corrections"].filter((pl.col("applied_to") == mention_id) & (pl.col("decision") == "reject"))
    if decided.height:
        one = decided.to_dicts()[0]
        return (
            f"{mention_id} was rejected by {one['author']} on {one['decided_on']} ({one['reason']}); "
            f"to decide anew, remove that entry from {settings.corrections_file}"
        )
    for kind in FIELDS:
        mentions = tables[f"{kind}_mentions"]
        stated = mentions.filter(pl.col(f"{kind}_id") == mention_id)["mention_id"].to_list()
        if stated:
            return f"{mention_id} is a {kind}; review its statements one by one: {', '.join(stated)}"
    known = [key for kind in FIELDS for key in tables[f"{kind}_mentions"]["mention_id"]]
    near = [key for key in known if len(mention_id) > 8 and (key[:8] == mention_id[:8] or key[-6:] == mention_id[-6:])]
    close = difflib.get_close_matches(mention_id, near, n=_SUGGESTED, cutoff=0.6)
    remedy = (
        f"did you mean {' or '.join(close)}?"
        if close
        else 'ids are in the column mention_id: dx sql "select mention_id, quote from directive_mentions"'
    )
    return f"no published statement has the id {mention_id!r}; {remedy}"


def _state(entry: dict[str, Any], published: dict[str, Any] | None, refused: set[str]) -> str:
    if published is None:
        details = [detail for detail in refused if detail.startswith(f"{entry['place']},")]
        return f"cannot be used: {details[0].partition(': ')[2]}" if details else "new: the next run heeds it"
    if not published["applied"]:
        return str(published["detail"])
    return f"applied; {published['detail']}" if published["detail"] else "applied"


def _line(entry: dict[str, Any], state: str) -> dict[str, Any]:
    shown = ("mention_id", "kind", "decision", "author", "decided_on", "reason")
    fields = fields_of(entry) if entry.get("fields") else {}
    return {**{name: entry.get(name) for name in shown}, "fields": fields, "state": state}


def in_words(fields: dict[str, Any]) -> str:
    """Return columns and values as people type them.

    >>> in_words({"due_on": None, "addressee_ids": ["a", "b"]})
    'due_on=, addressee_ids=a,b'
    """
    return ", ".join(_assignments(fields))


def _assignments(fields: dict[str, Any]) -> Iterator[str]:
    for name, value in fields.items():
        if isinstance(value, list):
            yield f"{name}={','.join(value)}"
        else:
            yield f"{name}={value.isoformat() if isinstance(value, date) else '' if value is None else value}"
