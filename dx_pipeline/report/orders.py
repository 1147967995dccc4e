"""Directives as the page lists them: by status, each with who, whom, what, when, why and proof."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from dx_pipeline.report.citations import Citation, Names, cite
from dx_pipeline.report.formats import day, review_mark

LIMIT = 400
"""Directives shown per status; a page is read by people, the rest is in the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One directive."""

    directive_id: str
    issuer: str
    addressees: str
    action: str
    lang: str
    due: str | None
    due_iso: str | None
    due_text: str | None
    issued: str
    basis: tuple[str, ...]
    label: str
    review: str | None
    explanation: str
    citations: Sequence[Citation]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Directives of one status."""

    name: str
    title: str
    remark: str
    orders: Sequence[Order]
    total: int
    collapsed: bool


_GROUPS = (
    ("overdue", "Overdue", "The day has passed. No evidence of completion is known; that is not proof of failure."),
    ("due_soon", "Due soon", "Due within the next thirty days."),
    ("open", "Open", "Due later."),
    ("met", "Met", "An official figure meets the goal, or a later article or document says that it was carried out."),
    (
        "missed",
        "Missed",
        "A figure of the deadline falls short, an article says so, or it was ordered again after its day.",
    ),
    ("not_comparable", "Not comparable", "There is a numeric goal, but the official figures cannot judge it."),
    ("no_deadline", "Without a deadline", "Nobody stated a day that could be missed."),
)
_LABELS = {"met_late": "Met late"} | {name: title for name, title, _ in _GROUPS} | {"no_deadline": "No deadline"}


def group_orders(tables: Mapping[str, pl.DataFrame], organisations: Names) -> list[Group]:
    """Return the directives by status, those with the earliest deadline first; empty groups are left out.

    Args:
        tables: published tables by name.
        organisations: names of issuers and addressees.
    """
    newest = tables["directive_status"].sort("as_of").unique("directive_id", keep="last", maintain_order=True)
    joined = tables["directives"].join(newest.select("directive_id", "status", "explanation"), on="directive_id")
    ordered = joined.sort("due_on", "issued_on", "directive_id", nulls_last=True)
    citations = cite(tables["directives"], tables["directive_mentions"], tables["articles"], "directive_id")
    instruments = Names(tables["instruments"], "instrument_id", "name")
    groups = []
    for name, title, remark in _GROUPS:
        statuses = ["met", "met_late"] if name == "met" else [name]
        rows = ordered.filter(pl.col("status").is_in(statuses))
        if rows.height:
            orders = [_order(row, organisations, instruments, citations) for row in rows.head(LIMIT).to_dicts()]
            groups.append(
                Group(
                    name=name,
                    title=title,
                    remark=remark,
                    orders=orders,
                    total=rows.height,
                    collapsed=name == "no_deadline",
                )
            )
    return groups


def _order(
    row: dict[str, Any], organisations: Names, instruments: Names, citations: Mapping[str, list[Citation]]
) -> Order:
    due_on: date | None = row["due_on"]
    addressees = [organisations.of(identifier, "") for identifier in row["addressee_ids"]]
    return Order(
        directive_id=row["directive_id"],
        issuer=organisations.of(row["issuer_id"], "Issuer not stated"),
        addressees=_enumerate(addressees) or "addressee not stated",
        action=row["action"],
        lang=row["language"],
        due=day(due_on) if due_on else None,
        due_iso=due_on.isoformat() if due_on else None,
        due_text=row["due_text"],
        issued=day(row["issued_on"]),
        basis=tuple(instruments.of(identifier, "") for identifier in row["instrument_ids"]),
        label=_LABELS[row["status"]],
        review=review_mark(row["review"]),
        explanation=row["explanation"],
        citations=citations.get(row["directive_id"], []),
    )


def _enumerate(names: Sequence[str]) -> str:
    """Join names as a sentence does.

    >>> _enumerate(["ministries", "agencies", "localities"])
    'ministries, agencies and localities'
    """
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
