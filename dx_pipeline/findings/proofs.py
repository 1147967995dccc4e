"""Proofs other than figures that an order was or was not carried out: articles, documents, the order given again.

What a proof makes of a status belongs here; where proofs come from, in ``facts``.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from dx_pipeline.findings.wording import in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One proof: since when it is known, what it says, and the words or the document that say so."""

    kind: str
    evidence_id: str
    stated_on: date
    is_completed: bool
    completed_on: date | None = None
    quote: str | None = None
    document: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A status with its reason and what it rests on."""

    status: str
    explanation: str
    series_id: str | None = None
    proof: Proof | None = None
    known_on: date | None = None
    completed_on: date | None = None


def read_proofs(
    evidence: pl.DataFrame | None, repetitions: pl.DataFrame | None, as_of: date
) -> Mapping[str, Sequence[Proof]]:
    """Return the proofs known at the end of a day, by directive, the earliest known first.

    ``evidence`` is a ``DirectiveEvidence`` frame, ``repetitions`` a ``DirectiveRepetitions`` frame.
    """
    proofs: dict[str, list[Proof]] = defaultdict(list)
    if evidence is not None:
        for row in evidence.filter(pl.col("stated_on") <= as_of).iter_rows(named=True):
            proofs[row["directive_id"]].append(
                Proof(
                    kind=row["kind"],
                    evidence_id=row["evidence_id"],
                    stated_on=row["stated_on"],
                    is_completed=row["says"] == "completed",
                    completed_on=row["completed_on"],
                    quote=row["quote"],
                    document=row["instrument_id"],
                )
            )
    if repetitions is not None:
        for directive_id, proof in _given_again(repetitions, as_of):
            proofs[directive_id].append(proof)
    return {key: sorted(told, key=lambda one: (one.stated_on, one.evidence_id)) for key, told in proofs.items()}


def judge_by_proofs(directive: Mapping[str, Any], proofs: Sequence[Proof], calendar: Judgement) -> Judgement:
    """Return what proofs make of an order; ``calendar`` is what its deadline alone says.

    A document counts before an article, as it has a day of its own. Where nobody tells the day of
    completion, the order counts as met and the sentence says that the day is not known.
    """
    due_on: date | None = directive["due_on"]
    done = sorted(
        (p for p in proofs if p.is_completed), key=lambda p: (p.completed_on is None, p.completed_on or p.stated_on)
    )
    if done:
        return _met(done[0], due_on)
    late = [p for p in proofs if due_on is not None and p.stated_on > due_on]
    if late and due_on is not None and directive["recurrence"] is None:
        return _missed(late[0], due_on)
    return calendar


def _met(proof: Proof, due_on: date | None) -> Judgement:
    where = f"{proof.document} shows it" if proof.document else f"an article of {in_words(proof.stated_on)} says so"
    day = proof.completed_on
    if day is None and due_on is not None and proof.stated_on > due_on:
        text = f"It was carried out, {where}; on what day is not told, so not whether by {in_words(due_on)}."
        return Judgement(status="met", explanation=text, proof=proof)
    if day is not None and due_on is not None and day > due_on:
        late = f"{(day - due_on).days} days after the deadline of {in_words(due_on)}"
        text = f"It was carried out on {in_words(day)}, {late}: {where}."
        return Judgement(status="met_late", explanation=text, proof=proof, completed_on=day)
    told = f"It was carried out on {in_words(day)}" if day is not None else "It was carried out"
    in_time = f", by the deadline of {in_words(due_on)}" if due_on is not None else ""
    return Judgement(status="met", explanation=f"{told}{in_time}: {where}.", proof=proof, completed_on=day)


def _missed(proof: Proof, due_on: date) -> Judgement:
    if proof.kind == "repetition":
        said = f"and ordered again on {in_words(proof.stated_on)}, so it was not done by then"
    else:
        said = f"and an article of {in_words(proof.stated_on)} says that it was not done by then"
    text = f"It was due on {in_words(due_on)} {said}."
    return Judgement(status="missed", explanation=text, proof=proof)


def _given_again(repetitions: pl.DataFrame, as_of: date) -> list[tuple[str, Proof]]:
    """Return, for each order of a chain, the first time that it was given again after its day."""
    told = repetitions.filter(pl.col("issued_on").is_not_null() & (pl.col("issued_on") <= as_of))
    found = []
    for _, chain in told.sort("issued_on", "directive_id").group_by("first_directive_id", maintain_order=True):
        rows = chain.to_dicts()
        for row in rows:
            later = [one for one in rows if row["due_on"] and one["issued_on"] > max(row["due_on"], row["issued_on"])]
            if later:
                proof = Proof(
                    kind="repetition",
                    evidence_id=later[0]["directive_id"],
                    stated_on=later[0]["issued_on"],
                    is_completed=False,
                )
                found.append((row["directive_id"], proof))
    return found
