"""Rows of facts and official figures for the findings' tests: complete, valid, and named by what they say."""

from datetime import date
from typing import Any

import polars as pl

from dx_pipeline.identifiers import stable_id
from dx_pipeline.schemas.facts import Directives, Indicators, Metrics
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.schemas.statistics import Statistics

Row = dict[str, Any]

METRICS = frame_of(
    Metrics,
    [
        {"metric_id": "un-egdi-rank", "name_en": "EGDI, rank", "unit": "rank", "better": "lower", "publisher_id": "un"},
        {"metric_id": "itu-gci-rank", "name_en": "GCI, rank", "unit": "rank", "better": "lower", "publisher_id": "itu"},
        {"metric_id": "itu-gci-tier", "name_en": "GCI, tier", "unit": "tier", "better": "lower", "publisher_id": "itu"},
        {
            "metric_id": "digital-economy-share-of-gdp",
            "name_en": "digital economy, share of GDP",
            "unit": "percent",
            "better": "higher",
            "publisher_id": "vnm-nso",
        },
        {"metric_id": "internet-users-share", "name_en": "internet users", "unit": "percent", "better": "higher"},
        {"metric_id": "vnm-public-sector-databases", "name_en": "databases", "unit": "databases", "better": "higher"},
        {"metric_id": "vnm-national-databases", "name_en": "national databases", "unit": "databases"},
        {"metric_id": "sim-cards", "name_en": "SIM cards", "unit": "cards", "better": "higher"},
    ],
)


def indicator(name: str, metric_id: str | None, **columns: Any) -> Row:
    """Return an ``Indicators`` row of 2024, stated in February 2025."""
    row = {
        "indicator_id": stable_id("ind", name),
        "story_id": stable_id("sty", "story"),
        "metric_id": metric_id,
        "area": "VNM",
        "period": "2024",
        "comparator": "=",
        "kind": "actual",
        "stated_on": date(2025, 2, 6),
        "confidence": 0.9,
        "mention_id": stable_id("men", name),
        "mention_count": 1,
        "origin_count": 1,
        "language_count": 1,
        "languages": ["en"],
        "conflicts": [],
    } | columns
    if row["period"] is not None and "period_end" not in columns:
        row["period_end"] = date(int(row["period"][:4]), 12, 31)
    return row


def directive(name: str, **columns: Any) -> Row:
    """Return a ``Directives`` row, ordered on 6 May 2024, without deadline and goal."""
    return {
        "directive_id": stable_id("dir", name),
        "story_id": stable_id("sty", "story"),
        "addressee_ids": ["vnm-mic"],
        "action": "keep the register up to date",
        "language": "en",
        "modality": "order",
        "issued_on": date(2024, 5, 6),
        "instrument_ids": [],
        "missing": [],
        "confidence": 0.9,
        "mention_id": stable_id("men", name),
        "mention_count": 1,
        "origin_count": 1,
        "language_count": 1,
        "languages": ["en"],
        "conflicts": [],
    } | columns


def figure(metric_id: str, period: str, value: float | None, vintage_on: date | None, **columns: Any) -> Row:
    """Return a ``Statistics`` row for Viet Nam."""
    return {
        "series_id": metric_id,
        "metric_id": metric_id,
        "ref_area": "VNM",
        "time_period": period,
        "obs_value": value,
        "unit_measure": "rank" if metric_id.endswith("rank") else "percent",
        "obs_status": "A",
        "source_id": "office",
        "edition": f"edition {period}",
        "vintage_on": vintage_on,
        "capture_id": stable_id("cap", metric_id, period),
        "is_latest": True,
    } | columns


def egdi() -> list[Row]:
    """Return the EGDI ranks of 2022 and 2024."""
    return [
        figure("un-egdi-rank", "2022", 86.0, date(2022, 9, 28), out_of=193),
        figure("un-egdi-rank", "2024", 71.0, date(2024, 9, 17), out_of=193),
    ]


def gci() -> list[Row]:
    """Return the GCI rank of 2020 and the tier of 2024, when no ranks were published."""
    return [
        figure("itu-gci-rank", "2020", 25.0, date(2021, 6, 29), out_of=194),
        figure("itu-gci-tier", "2024", 1.0, date(2024, 9, 12), unit_measure="tier"),
    ]


GCI_BREAKS = pl.DataFrame(
    {
        "metric_id": ["itu-gci-rank"],
        "from_period": ["2024"],
        "reason": ["the edition publishes tiers, no ranks"],
        "kind": ["discontinued"],
    }
)


def indicators(*rows: Row, valid: bool = True) -> pl.DataFrame:
    """Build and, unless told not to, validate an ``Indicators`` frame."""
    frame = frame_of(Indicators, rows)
    return Indicators.validate(frame, lazy=True) if valid else frame


def directives(*rows: Row, valid: bool = True) -> pl.DataFrame:
    """Build and, unless told not to, validate a ``Directives`` frame."""
    frame = frame_of(Directives, rows)
    return Directives.validate(frame, lazy=True) if valid else frame


def statistics(*rows: Row, valid: bool = True) -> pl.DataFrame:
    """Build and, unless told not to, validate a ``Statistics`` frame."""
    frame = frame_of(Statistics, rows)
    return Statistics.validate(frame, lazy=True) if valid else frame


def method_break(metric_id: str, from_period: str) -> pl.DataFrame:
    """Build the frame of one change of method, and of one that concerns no metric."""
    return pl.DataFrame(
        {
            "metric_id": [metric_id, None],
            "from_period": [from_period, "2000"],
            "reason": ["new weights", "another"],
            "kind": ["method", "method"],
        }
    )
