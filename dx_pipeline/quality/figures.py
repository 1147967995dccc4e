"""Figures: judgements counted by set, kind and whatever else one asks for, and the shares that follow.

Each share has the counts that it comes from beside it. Where nothing is to be divided by, a share is empty.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from dx_pipeline.schemas.frames import frame_of, polars_schema
from dx_pipeline.schemas.quality import ExtractionQuality

COUNTS = ("hits", "false_alarms", "misses", "precision", "recall", "f1", "compared", "agreed", "accuracy")
DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "kind": (),
    "field": ("field",),
    "language": ("language",),
    "rule": ("rule_id",),
    "document": ("document",),
}
"""What figures may be told by, and the columns that it groups by beside set and kind."""

_WHOLE = pl.col("field").is_null()
_FINDERS = ("directives", "indicators")
_GROUPINGS = ((), ("field",), ("language",), ("field", "language"), ("rule_id",))


def count(judgements: pl.DataFrame, by: Sequence[str] = ()) -> pl.DataFrame:
    """Count judgements by set, kind and further columns.

    Without ``field`` among the columns, facts are counted; with it, the fields of the facts that were found. With
    ``rule_id``, what each rule found; recall is empty, as nobody labels which rule should have found a fact.

    Args:
        judgements: a ``Judgements`` frame.
        by: columns of it beside ``set_name`` and ``kind``.

    Returns:
        ``set_name``, ``kind``, the columns asked for, and those of ``COUNTS``, in that order; sorted by the first.
    """
    keys = ["set_name", "kind", *by]
    rows = judgements.filter(~_WHOLE if "field" in by else _WHOLE)
    if "rule_id" in by:
        rows = rows.filter(pl.col("rule_id").is_not_null() & pl.col("kind").is_in(_FINDERS))
    has_recall = (pl.col("kind") != "quotes") & ("rule_id" not in by)
    told = pl.when(pl.lit("field" in by))  # a fact is there or not: there is nothing to be agreed about
    verdict = pl.col("verdict")
    counted = rows.group_by(keys).agg(
        (verdict == "right").sum().cast(pl.Int64).alias("hits"),
        verdict.is_in(["wrong", "surplus"]).sum().cast(pl.Int64).alias("false_alarms"),
        verdict.is_in(["wrong", "missing"]).sum().cast(pl.Int64).alias("misses"),
        told.then(pl.len()).cast(pl.Int64).alias("compared"),
        told.then(verdict.is_in(["right", "empty"]).sum()).cast(pl.Int64).alias("agreed"),
    )
    shares = counted.with_columns(pl.when(has_recall).then("misses").alias("misses")).with_columns(
        _share("hits", pl.col("hits") + pl.col("false_alarms")).alias("precision"),
        _share("hits", pl.col("hits") + pl.col("misses")).alias("recall"),
        _share(pl.col("hits") * 2, pl.col("hits") * 2 + pl.col("false_alarms") + pl.col("misses")).alias("f1"),
        _share("agreed", pl.col("compared")).alias("accuracy"),
    )
    return shares.select(*keys, *COUNTS).sort(keys)


def quality_rows(judgements: pl.DataFrame, measured: pl.DataFrame, extractor_version: str, code: str) -> pl.DataFrame:
    """Return the table ``extraction_quality``.

    Args:
        judgements: a ``Judgements`` frame.
        measured: the sets measured (``LabelledSets``), for their hashes.
        extractor_version: the version that mentions tell.
        code: the version of all code and data measured.
    """
    columns = polars_schema(ExtractionQuality)
    counted = pl.concat([frame_of(ExtractionQuality, ()), *(_filled(judgements, by) for by in _GROUPINGS)])
    hashes = measured.select("set_name", "gold_sha256")
    return (
        counted.drop("gold_sha256")
        .join(hashes, on="set_name", how="left", maintain_order="left")
        .with_columns(pl.lit(extractor_version).alias("extractor_version"), pl.lit(code).alias("code_version"))
        .select(columns.names())
    )


def still_hold(quality: pl.DataFrame, measured: pl.DataFrame, code: str) -> bool:
    """Tell whether figures made before hold: same sets, same labels and articles, same code and data measured."""
    if quality.schema != polars_schema(ExtractionQuality):
        return False
    before = set(quality.select("set_name", "gold_sha256", "code_version").iter_rows())
    return before == {(name, sha256, code) for name, sha256 in measured.select("set_name", "gold_sha256").iter_rows()}


def headline_figures(judgements: pl.DataFrame) -> dict[str, dict[str, float | None]]:
    """Return the figures that floors are set under, by set and name.

    Names are ``directives.precision``, ``.recall`` and ``.f1``, the same of indicators, ``quotes.in_place``, and for
    each field the share of facts on which label and row agree: ``directives.due_on``, ``headers.title``.
    """
    figures: dict[str, dict[str, float | None]] = {}
    for row in count(judgements).iter_rows(named=True):
        shares = {"quotes": {"in_place": row["precision"]}, "headers": {}}.get(
            row["kind"], {name: row[name] for name in ("precision", "recall", "f1")}
        )
        figures.setdefault(row["set_name"], {}).update(
            {f"{row['kind']}.{name}": share for name, share in shares.items()}
        )
    for row in count(judgements, ["field"]).iter_rows(named=True):
        figures.setdefault(row["set_name"], {})[f"{row['kind']}.{row['field']}"] = row["accuracy"]
    return figures


def _filled(judgements: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Counts in the columns of ``ExtractionQuality``; one that is not grouped by is empty."""
    counted = count(judgements, by)
    return pl.DataFrame(
        {
            name: counted[name] if name in counted.columns else pl.Series(name, [None] * counted.height, kind)
            for name, kind in polars_schema(ExtractionQuality).items()
        }
    )


def _share(part: str | pl.Expr, whole: pl.Expr) -> pl.Expr:
    numerator = pl.col(part) if isinstance(part, str) else part
    return pl.when(whole > 0).then(numerator / whole)
