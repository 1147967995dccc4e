"""What changed, for programs: a JSON file and an Atom feed of the changes that the releases on disk tell of.

Only the writing of the two formats belongs here; what a change is, is decided in ``findings``.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

import polars as pl

LIMIT = 1000
"""Entries of the feed; the newest and the most telling come first, and the JSON file has all."""

_ATOM = "http://www.w3.org/2005/Atom"
_FEED_ID = "tag:dx-pipeline,2024:changes"
_TELLING = (
    "newly_overdue", "newly_missed", "newly_met", "lost_source", "source_back", "revised_figure", "withdrawn", "new",
    "changed",
)  # fmt: skip
_NEWS = {
    "newly_overdue": "Newly overdue",
    "newly_missed": "Newly missed",
    "newly_met": "Newly met",
    "lost_source": "Source lost",
    "source_back": "Source back",
    "revised_figure": "Official figure revised",
    "withdrawn": "Withdrawn",
    "new": "New",
    "changed": "Changed",
}
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The changes of one release: its number, when it was built (UTC), and its ``Changes``."""

    number: int
    built_at: datetime
    changes: pl.DataFrame


def render_changes_json(editions: Sequence[Edition]) -> str:
    """Return the changes of all editions as one JSON object, the newest release first."""
    releases = [
        {
            "release": edition.number,
            "built_at": _stamp(edition.built_at),
            "counts": dict(edition.changes.group_by("news").len().sort("news").iter_rows()),
            "changes": [_as_json(row) for row in _ordered(edition)],
        }
        for edition in _newest_first(editions)
    ]
    return json.dumps({"releases": releases}, ensure_ascii=False, indent=1)


def render_changes_atom(editions: Sequence[Edition]) -> str:
    """Return the changes of all editions as an Atom feed (RFC 4287); it is valid whatever the rows say.

    An entry's id is made of release, table, row and column, so that a reader knows what it has seen.
    """
    feed = ElementTree.Element(f"{{{_ATOM}}}feed")
    ordered = list(_newest_first(editions))
    _add(feed, "id", _FEED_ID)
    _add(feed, "title", "What changed in the digital-transformation warehouse")
    _add(feed, "updated", _stamp(ordered[0].built_at) if ordered else "1970-01-01T00:00:00Z")
    _add(_add(feed, "author", ""), "name", "dx-pipeline")
    entries = ((edition, row) for edition in ordered for row in _ordered(edition))
    for _, (edition, row) in zip(range(LIMIT), entries, strict=False):
        entry = _add(feed, "entry", "")
        place = [row["table_name"], row["row_id"], row["change"], row["column_name"] or ""]
        _add(entry, "id", f"{_FEED_ID}/{edition.number}/" + "/".join(map(str, place)))
        _add(entry, "title", f"{_NEWS.get(row['news'], row['news'])}: {row['title']}")
        _add(entry, "updated", _stamp(edition.built_at))
        ElementTree.SubElement(entry, f"{{{_ATOM}}}category", {"term": row["news"]})
        _add(entry, "summary", row["explanation"])
    ElementTree.register_namespace("", _ATOM)
    return ElementTree.tostring(feed, encoding="unicode", xml_declaration=True)


def _ordered(edition: Edition) -> list[dict[str, Any]]:
    rank = {news: place for place, news in enumerate(_TELLING)}
    rows = edition.changes.to_dicts()
    return sorted(rows, key=lambda row: (rank[row["news"]], row["table_name"], row["row_id"], row["column_name"] or ""))


def _newest_first(editions: Sequence[Edition]) -> list[Edition]:
    return sorted(editions, key=lambda edition: edition.number, reverse=True)


def _as_json(row: dict[str, Any]) -> dict[str, Any]:
    values = {name: json.loads(row[name]) if row[name] is not None else None for name in ("before", "after")}
    return {**row, **values}


def _add(parent: ElementTree.Element, name: str, text: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}")
    child.text = _NOT_XML.sub("\ufffd", text) or None
    return child


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}Z"
