"""Story links: texts that are about one another without being one text.

Which stories report one meeting, pass on one document, or give the same orders belongs here; copies and
translations are one story and are joined in ``stories``.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import polars as pl

from dx_pipeline.facts.statements import Row
from dx_pipeline.schemas.facts import StoryLinks
from dx_pipeline.schemas.frames import frame_of

_PASSED_ON = ("notice", "conclusion", "dispatch")  # documents by which an office passes on what others decided
_MOST_STORIES = 50  # a meeting or document named by more is common knowledge and links nothing in particular
_DAYS_OF_A_SESSION = 45  # after which a report of it is a look back
_DAYS_OF_A_DOCUMENT = 120


def link_related(
    stories: pl.DataFrame,
    events: pl.DataFrame,
    instruments: pl.DataFrame,
    repetitions: pl.DataFrame,
    directives: pl.DataFrame,
) -> pl.DataFrame:
    """Link stories of one meeting, of one notice, and of the same orders.

    ``stories`` is a ``Stories`` frame, ``events`` one of ``Events``, ``instruments`` of ``InstrumentMentions``,
    ``repetitions`` of ``DirectiveRepetitions``, ``directives`` of ``Directives``. Gives ``StoryLinks``, sorted; the
    earlier story comes first in each row.
    """
    days = dict(stories.select("story_id", "first_published_on").iter_rows())
    rows = [
        *_same_meeting(events, days),
        *_same_document(instruments, days),
        *_same_orders(repetitions, dict(directives.select("directive_id", "story_id").iter_rows()), days),
    ]
    return frame_of(StoryLinks, rows).sort("story_id", "other_story_id", "kind")


def _same_meeting(events: pl.DataFrame, days: Mapping[str, date | None]) -> Iterator[Row]:
    sessions: dict[str, set[str]] = defaultdict(set)
    for row in events.filter(pl.col("body_id").is_not_null()).iter_rows(named=True):
        if row["ordinal"] is not None:
            sessions[f"{row['body_id']}, meeting {row['ordinal']}"].add(row["story_id"])
        if row["held_on"] is not None and row["kind"] == "meeting":
            sessions[f"{row['body_id']}, {row['held_on']}"].add(row["story_id"])
    for (earlier, later), told in _pairs(sessions, days, _DAYS_OF_A_SESSION).items():
        text = f"Both report one session: {'; '.join(told)}."
        yield _row((earlier, later), "same_meeting", told, text, days)


def _same_document(instruments: pl.DataFrame, days: Mapping[str, date | None]) -> Iterator[Row]:
    documents: dict[str, set[str]] = defaultdict(set)
    told = instruments.filter(pl.col("kind").is_in(_PASSED_ON))
    for instrument_id, story_id in told.select("instrument_id", "story_id").unique().iter_rows():
        documents[instrument_id].add(story_id)
    for (earlier, later), named in _pairs(documents, days, _DAYS_OF_A_DOCUMENT).items():
        yield _row((earlier, later), "same_document", named, f"Both name {', '.join(named)}.", days)


def _same_orders(
    repetitions: pl.DataFrame, story_of: Mapping[str, str], days: Mapping[str, date | None]
) -> Iterator[Row]:
    orders: dict[tuple[str, str], list[str]] = defaultdict(list)
    told = repetitions.filter(pl.col("previous_directive_id").is_not_null())
    for later, earlier in told.select("directive_id", "previous_directive_id").sort("directive_id").iter_rows():
        orders[_ordered(story_of[earlier], story_of[later], days)].append(later)
    for (one, other), again in orders.items():
        count = f"{len(again)} of the orders" if len(again) > 1 else "an order"
        yield _row((one, other), "same_orders", again, f"The later one gives {count} of the earlier one again.", days)


def _pairs(
    groups: Mapping[str, set[str]], days: Mapping[str, date | None], most_days: int
) -> dict[tuple[str, str], list[str]]:
    pairs: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, members in sorted(groups.items()):
        if len(members) > _MOST_STORIES:
            continue
        ordered = sorted(members)
        for place, one in enumerate(ordered):
            for other in ordered[place + 1 :]:
                between = _days_between(one, other, days)
                if between is None or between <= most_days:
                    pairs[_ordered(one, other, days)].append(name)
    return pairs


def _ordered(one: str, other: str, days: Mapping[str, date | None]) -> tuple[str, str]:
    first, second = sorted((one, other), key=lambda story_id: (days.get(story_id) or date.max, story_id))
    return first, second


def _days_between(one: str, other: str, days: Mapping[str, date | None]) -> int | None:
    left, right = days.get(one), days.get(other)
    return abs((left - right).days) if left is not None and right is not None else None


def _row(
    pair: tuple[str, str], kind: str, evidence: Sequence[str], explanation: str, days: Mapping[str, date | None]
) -> Row:
    earlier, later = pair
    return {
        "story_id": earlier,
        "other_story_id": later,
        "kind": kind,
        "days_between": _days_between(earlier, later, days),
        "evidence": list(evidence),
        "explanation": explanation,
    }
