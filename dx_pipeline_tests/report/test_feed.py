import json
from datetime import datetime
from xml.etree import ElementTree

from dx_pipeline.report.feed import Edition, render_changes_atom, render_changes_json
from dx_pipeline.schemas.findings import Changes
from dx_pipeline.schemas.frames import frame_of

ATOM = "{http://www.w3.org/2005/Atom}"
NEW = {
    "table_name": "directives", "row_id": "dir-1", "change": "new", "news": "new", "title": "open <data> & more\x00",
    "after": '{"action": "open"}', "explanation": "Directive new.",
}  # fmt: skip
OVERDUE = {
    "table_name": "directive_status", "row_id": "dir-2", "change": "changed", "news": "newly_overdue",
    "title": "build the centre", "column_name": "status", "before": '"open"', "after": '"overdue"',
    "explanation": 'Status: status was "open", is now "overdue".',
}  # fmt: skip


def edition(number: int, *rows: dict[str, str]) -> Edition:
    built_at = datetime(2025, 3, number, 7, 30)  # noqa: DTZ001 - releases carry UTC without a zone
    return Edition(number=number, built_at=built_at, changes=Changes.validate(frame_of(Changes, rows)))


def test_the_feed_is_atom_whatever_the_rows_say() -> None:
    feed = ElementTree.fromstring(render_changes_atom([edition(1, NEW), edition(2, OVERDUE)]))  # noqa: S314 - our own
    assert feed.tag == f"{ATOM}feed"
    assert all(feed.find(f"{ATOM}{name}") is not None for name in ("id", "title", "updated", "author"))
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [
        "Newly overdue: build the centre",
        "New: open <data> & more\ufffd",
    ]
    assert all(entry.findtext(f"{ATOM}{name}") for entry in entries for name in ("id", "updated", "summary"))
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 2


def test_an_entry_keeps_its_id_when_a_release_is_added() -> None:
    first = render_changes_atom([edition(1, NEW)])
    second = render_changes_atom([edition(1, NEW), edition(2, OVERDUE)])
    entry_id = ElementTree.fromstring(first).findtext(f"{ATOM}entry/{ATOM}id")  # noqa: S314 - our own
    assert entry_id is not None
    assert entry_id in second


def test_the_json_has_values_and_the_newest_release_first() -> None:
    told = json.loads(render_changes_json([edition(1, NEW), edition(2, OVERDUE)]))
    assert [one["release"] for one in told["releases"]] == [2, 1]
    assert told["releases"][0]["counts"] == {"newly_overdue": 1}
    assert told["releases"][0]["changes"][0]["after"] == "overdue"
    assert told["releases"][1]["changes"][0]["after"] == {"action": "open"}


def test_without_a_release_both_are_empty_and_valid() -> None:
    assert json.loads(render_changes_json([])) == {"releases": []}
    assert not ElementTree.fromstring(render_changes_atom([])).findall(f"{ATOM}entry")  # noqa: S314 - our own
