"""How well extraction reads: labelled sets, judgements on what was found in them, and the figures made of them."""

import pandera.polars as pa
import polars as pl

from dx_pipeline.schemas.types import column

JUDGED_KINDS = frozenset({"directives", "indicators", "quotes", "headers"})
VERDICTS = frozenset({"right", "wrong", "missing", "surplus", "empty"})


class LabelledSets(pa.DataFrameModel):
    """Sets of articles whose facts were labelled by hand."""

    set_name: str = column("Name of the set: that of its folder.", unique=True)
    articles: str = column("Folder of the articles.")
    gold: str = column("Folder of the labels, one YAML file per article.")
    gold_files: pl.Int64 = column("Label files.", unit="files", ge=0)
    gold_sha256: str = column("SHA-256 over labels and articles.", pattern=r"^[0-9a-f]{64}$")

    class Config:
        strict = True


class Judgements(pa.DataFrameModel):
    """What extraction said, held against the labels: one row per fact and one per field of a fact found."""

    set_name: str = column("The labelled set.")
    document: str = column("The labelled article: the name of its file.")
    language: str = column("BCP 47 tag, as labelled.")
    kind: str = column("What is judged.", values=JUDGED_KINDS)
    field: str = column("Field judged; empty for the fact as a whole.", optional=True)
    verdict: str = column(
        "right; wrong: says another thing; missing: says nothing; surplus: says what is not there; empty: rightly silent.",
        values=VERDICTS,
    )
    rule_id: str = column("The rule that found it; empty where nothing was found.", optional=True)
    label_id: str = column("The label; empty for what is surplus.", optional=True)
    quote: str = column("The words in question: those found, else those labelled.", optional=True)
    wanted: str = column("What the label says.", optional=True)
    found: str = column("What extraction says.", optional=True)

    class Config:
        strict = True


class ExtractionQuality(pa.DataFrameModel):
    """Precision, recall and F1 of extraction on the labelled sets, with the counts that they come from.

    A row holds for one set and kind; an empty field, language or rule means all together. Fields are judged on the
    facts that were found. Of a rule only the precision is known: nobody labels which rule should have found a fact.
    """

    set_name: str = column("The labelled set.")
    kind: str = column("Directives, indicators, quotes or headers of articles.", values=JUDGED_KINDS)
    field: str = column("Field judged; empty for the fact as a whole.", optional=True)
    language: str = column("BCP 47 tag, as labelled; empty for all together.", optional=True)
    rule_id: str = column("Rule judged; empty for all together.", optional=True)
    hits: pl.Int64 = column("Right.", unit="facts", ge=0)
    false_alarms: pl.Int64 = column("Found but not there, or found otherwise than it is.", unit="facts", ge=0)
    misses: pl.Int64 = column(
        "There but not found, or found otherwise than it is; empty for a rule and for quotes.",
        unit="facts",
        optional=True,
        ge=0,
    )
    precision: float = column(
        "Hits over all found, hits + false_alarms; empty where nothing was found.",
        unit="share",
        optional=True,
        ge=0,
        le=1,
    )
    recall: float = column(
        "Hits over all there, hits + misses; empty where nothing was there.", unit="share", optional=True, ge=0, le=1
    )
    f1: float = column("Harmonic mean of the two.", unit="share", optional=True, ge=0, le=1)
    compared: pl.Int64 = column("Facts found whose label speaks of the field.", unit="facts", optional=True, ge=0)
    agreed: pl.Int64 = column(
        "Those of them where both say the same, that there is none included.", unit="facts", optional=True, ge=0
    )
    accuracy: float = column("Agreed over compared.", unit="share", optional=True, ge=0, le=1)
    gold_sha256: str = column("SHA-256 over the set's labels and articles.")
    extractor_version: str = column("Version of the extractor measured, as in the mentions.")
    code_version: str = column("Version of all code and data measured: documents, stories, extraction, catalogue.")

    class Config:
        strict = True
        unique = ["set_name", "kind", "field", "language", "rule_id"]
