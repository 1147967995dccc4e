"""How often each rule was right on the labelled sets: the counts that confidence rests on, and the file they are in.

What confidence is made of them is the extractor's matter (``extraction/confidence.py``), which reads the file only.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl

from dx_pipeline.extraction.confidence import FILE
from dx_pipeline.quality.figures import count
from dx_pipeline.quality.files import write_text

PRIOR_WEIGHT = 2  # cases that a rule's prior counts for: as many as in Laplace's rule
_HEAD = """\
# How often each rule was right on the labelled sets; a row's confidence is the m-estimate of it (see
# extraction/confidence.py): (right + prior_weight * prior) / (right + wrong + prior_weight). Written by
# `dx quality --write-confidence`; run that after a change of rules, packs or labels. Rules that are not here were not
# seen and have their prior.
"""


def count_rules(judgements: pl.DataFrame) -> dict[str, tuple[int, int]]:
    """Return how many facts each rule found rightly and wrongly, over all sets, in order of rule.

    Rows that match an optional label, or tell again what another row tells, count for neither.
    """
    counted = count(judgements, ["rule_id"]).group_by("rule_id").agg(pl.col("hits", "false_alarms").sum())
    return {rule_id: (right, wrong) for rule_id, right, wrong in counted.sort("rule_id").iter_rows()}


def write_confidence(catalogue: Path, counts: Mapping[str, tuple[int, int]], sets: Iterable[str]) -> Path:
    """Write the counts to the catalogue's file and return its path.

    Raises:
        OSError: where it cannot be written.
    """
    names = ", ".join(f'"{name}"' for name in sorted(sets))
    lines = [f'"{rule_id}" = {{ right = {right}, wrong = {wrong} }}' for rule_id, (right, wrong) in counts.items()]
    text = "\n".join([f"{_HEAD}prior_weight = {PRIOR_WEIGHT}", f"sets = [{names}]", "", "[rules]", *lines, ""])
    path = catalogue / FILE
    write_text(path, text)
    return path
