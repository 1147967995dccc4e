"""An entry tried before it is written: what a run would refuse it for."""

from pathlib import Path
from typing import Any

import polars as pl

from dx_pipeline.review.apply import apply_corrections
from dx_pipeline.review.correction_file import parse_pieces, read_corrections, read_text
from dx_pipeline.review.entry import read_entry
from dx_pipeline.review.fields import KnownIds
from dx_pipeline.schemas.frames import empty_frame, frame_of, polars_schema
from dx_pipeline.schemas.mentions import DirectiveCandidates, IndicatorCandidates
from dx_pipeline.schemas.review import CorrectionEntries

_MODELS = {"directive": DirectiveCandidates, "indicator": IndicatorCandidates}
_NEW = "the new entry"


def find_refusals(
    path: Path, table: dict[str, Any], mention: pl.DataFrame, article: pl.DataFrame, known: KnownIds
) -> list[str]:
    """Return why an entry cannot be added to a file, nothing where it can.

    It is applied, after those that the file has, to its statement alone.

    Args:
        path: The file of corrections.
        table: The entry by key, with its kind.
        mention: Its statement, as published: one row of ``DirectiveMentions`` or ``IndicatorMentions``.
        article: The statement's article (``Articles``).
        known: The registry's ids.

    Raises:
        CorrectionError: where the file cannot be read.
    """
    row, problems = read_entry({key: value for key, value in table.items() if value is not None}, known)
    if problems:
        return [f"{problem.field}: {problem.text}" for problem in problems]
    earlier = read_corrections(path, known, "").entries
    if row["correction_id"] in set(earlier["correction_id"]):
        return [f"{path} says exactly that already"]
    position = len(list(parse_pieces(read_text(path)))) + 1
    new = frame_of(CorrectionEntries, [{**row, "position": position, "place": _NEW}])
    frames = {kind: empty_frame(model) for kind, model in _MODELS.items()}
    frames[table["kind"]] = mention.select(polars_schema(_MODELS[table["kind"]]).names())
    result = apply_corrections(pl.concat([earlier, new]), frames["directive"], frames["indicator"], article, "")
    return result.quarantine.filter(pl.col("detail").str.starts_with(_NEW))["detail"].to_list()
