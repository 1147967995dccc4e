"""How a web site does: whether it answered, whether it gives as many pages as expected, how fast it is.

Pure functions on its account, its pulls and its captures; nothing here imports Dagster.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from dx_pipeline.evidence.frontier import PullRecord, failing_since
from dx_pipeline.evidence.pull import Pulled
from dx_pipeline.schemas.evidence import READABLE
from dx_pipeline.specs import ArticleSource

PASSING = frozenset({"timeout", "dns_failure", "unreachable", "server_error"})
"""Outcomes that may be over in a minute. A host that asks for a pause is given it."""

_PATIENCE = 3  # rhythms of a source that it may fail or be silent for
_WEEK_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is to be said of a source; ``is_error`` where somebody has to act."""

    passed: bool
    is_error: bool = False
    words: str


def is_passing_failure(pulled: Pulled) -> bool:
    """Return whether a source as a whole gave nothing for a reason of the network that may pass."""
    return pulled.is_failed and not PASSING.isdisjoint(pulled.captures["outcome"].to_list())


def judge_answers(source: ArticleSource, pulled: Pulled, pulls: Sequence[PullRecord], now: datetime) -> Verdict:
    """Say whether the source answered, and if not, since when it fails, why, and what to do.

    Args:
        source: The web site.
        pulled: The account of its last pull.
        pulls: How its pulls ended, the newest first.
        now: The time, in UTC.
    """
    if not pulled.is_failed:
        failed = f", {pulled.failed.total()} failed" if pulled.failed else ""
        held = pulled.new + pulled.changed + pulled.unchanged
        return Verdict(passed=True, words=f"{held} pages answered{failed}")
    since = failing_since(pulls) or pulled.started_at
    lasts = now - since
    return Verdict(
        passed=False,
        is_error=lasts > _PATIENCE * timedelta(hours=source.expect.rhythm_hours),
        words=(
            f"{source.source_id} fails since {since:%Y-%m-%d %H:%M} UTC ({_in_words(lasts)}): {pulled.failure}; "
            f"what was kept of it stays and is read; `dx sources check {source.source_id}` shows what it answers now"
        ),
    )


def judge_pages(source: ArticleSource, pages: pl.DataFrame, now: datetime) -> Verdict:
    """Say whether the source gives as many new pages a day as its file expects, and whether it has fallen silent.

    The last seven days are looked at, once it has been asked for that long: the first pull brings what was there.

    Args:
        source: The web site.
        pages: ``Captures`` of its pages, without documents of discovery.
        now: The time, in UTC.
    """
    held = pages.filter(pl.col("outcome").is_in(READABLE))
    first_seen = held.group_by("url").agg(pl.col("captured_at").min())["captured_at"]
    began = first_seen.min()
    if not isinstance(began, datetime):
        return Verdict(passed=False, words=f"{source.source_id} has given no page yet; look at its [[discovery]]")
    if now - began < timedelta(days=_WEEK_DAYS):
        return Verdict(passed=True, words=f"{held['url'].n_unique()} pages; asked for less than a week")
    a_day = int((first_seen >= now - timedelta(days=_WEEK_DAYS)).sum()) / _WEEK_DAYS
    newest = first_seen.max()
    silence = now - newest if isinstance(newest, datetime) else timedelta(0)
    least, most = source.expect.pages_a_day
    told = f"{source.source_id} gave {a_day:.1f} new pages a day in the last week; expected are {least} to {most}"
    if not least <= a_day <= most:
        return Verdict(passed=False, words=f"{told}; look at its [[discovery]], or mend pages_a_day in its file")
    if least and silence > max(_PATIENCE * timedelta(hours=source.expect.rhythm_hours), timedelta(days=1)):
        return Verdict(
            passed=False, words=f"{source.source_id} has given no new page for {_in_words(silence)}; look at its site"
        )
    return Verdict(passed=True, words=told)


def pull_numbers(pulled: Pulled) -> dict[str, float]:
    """Return the numbers of a pull that plot over time, always the same ones."""
    waited = pulled.captures["elapsed_ms"].drop_nulls()
    return {
        "pages_asked": pulled.asked,
        "pages_new": pulled.new,
        "pages_changed": pulled.changed,
        "pages_unchanged": pulled.unchanged,
        "pages_failed": pulled.failed.total(),
        "pages_left": pulled.left,
        "discovery_documents": pulled.documents,
        "bodies": pulled.bodies,
        "body_bytes": pulled.bytes,
        "requests": int(pulled.captures["requests"].fill_null(0).sum()),
        "latency_p50_ms": round(waited.quantile(0.5) or 0),
        "latency_p95_ms": round(waited.quantile(0.95) or 0),
        "pull_seconds": pulled.seconds,
        "is_failed": int(pulled.is_failed),
    }


def _in_words(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    return f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.0f} days"
