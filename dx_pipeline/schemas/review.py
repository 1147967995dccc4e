"""What people decided on extracted statements: the entries of the file of corrections, and what became of each."""

import pandera.polars as pa
import polars as pl

from dx_pipeline.schemas.types import ID_PATTERN, column

DECISIONS = frozenset({"confirm", "reject", "amend"})
KINDS = frozenset({"directive", "indicator"})


class Corrected(pa.DataFrameModel):
    """What every correction says, in the file and in the table."""

    correction_id: str = column(
        "Id of the correction: what it says of which statement.", unique=True, pattern=ID_PATTERN
    )
    mention_id: str = column("The statement that it was written for.", pattern=ID_PATTERN)
    kind: str = column("What that is a statement of; empty where nothing tells.", values=KINDS, optional=True)
    decision: str = column("What was decided.", values=DECISIONS)
    author: str = column("Who decided it.")
    decided_on: pl.Date = column("Day of the decision.")
    reason: str = column("Why, in the author's words.")

    class Config:
        strict = True


class CorrectionEntries(Corrected):
    """Entries of the file of corrections that can be used, one row each, in the file's order."""

    position: pl.Int64 = column("Position in the file, from 1.", unique=True, ge=1)
    place: str = column("File, position and line, for messages.")
    fields: str = column("Columns to set with their values, as JSON; empty but for an amendment.", optional=True)
    quote: str = column("The statement's words when the correction was written.", optional=True)
    article_url: str = column("The address of its article then.", optional=True)


class Corrections(Corrected):
    """What people decided on single statements, and whether it took effect in this run."""

    applied: bool = column("Whether it took effect; where not, detail says why.")
    applied_to: str = column(
        "The statement that it took effect on: mention_id, or the one found again by its quote.",
        pattern=ID_PATTERN,
        optional=True,
    )
    detail: str = column(
        "Why it took no effect (stale: the statement is not in this run) or how its statement was found again; "
        "empty where it was found by its id.",
        optional=True,
    )
    fields_before: str = column(
        "As JSON: the columns amended as they were extracted; of a rejected statement, all of it.", optional=True
    )
    fields_after: str = column("As JSON: the columns amended as they are now.", optional=True)
    quote: str = column("The statement's words; of a stale correction, those that the file gives.", optional=True)
    article_url: str = column("The address of its article; of a stale correction, what the file gives.", optional=True)
