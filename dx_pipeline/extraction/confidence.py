"""Confidence of a rule: how often it was right on labelled articles, drawn towards a prior where it was seldom seen.

``rules/confidence.toml`` holds the counts; ``dx quality --write-confidence`` writes it. The estimator is the
m-estimate (B. Cestnik, Estimating probabilities: a crucial task in machine learning, ECAI 1990, pp. 147-149):
``(right + m * prior) / (right + wrong + m)``. With a prior of 0.5 and m = 2 it is Laplace's (right + 1) / (n + 2);
a rule that was never seen has its prior.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dx_pipeline.specs import CatalogueError, read_toml

FILE = Path("rules") / "confidence.toml"
_DIGITS = 4
_REMEDY = "mend it, or write the file anew: delete it, then run `dx quality --write-confidence`"


def estimate(right: int, wrong: int, prior: float, weight: float) -> float:
    """Return the m-estimate of a rule's precision, from 0 to 1; ``weight`` is how many cases the prior counts for.

    >>> estimate(0, 0, 0.6, 2), estimate(8, 0, 0.5, 2), estimate(0, 8, 0.5, 2)
    (0.6, 0.9, 0.1)
    """
    return round((right + weight * prior) / (right + wrong + weight), _DIGITS)


def read_confidence(catalogue: Path, priors: Mapping[str, float]) -> dict[str, float]:
    """Return the confidence of each rule that has a prior; where there is no file, that is the prior.

    Counts of a rule that is no more are passed over: the file is written anew after a change of the rules.

    Raises:
        CatalogueError: where the file lacks a field or has one that is wrong; the message names it.
    """
    path = catalogue / FILE
    if not path.exists():
        return dict(priors)
    table = read_toml(path)
    weight, rules = table.get("prior_weight"), table.get("rules")
    if not isinstance(weight, int | float) or isinstance(weight, bool) or not 0 < weight < float("inf"):
        raise CatalogueError(f"{path}: field 'prior_weight' is {weight!r} and no number above 0; {_REMEDY}")
    if not isinstance(rules, Mapping):
        raise CatalogueError(f"{path}: field 'rules' is missing or no table; {_REMEDY}")
    counts = {rule_id: _counts(path, rule_id, entry) for rule_id, entry in rules.items()}
    return {rule_id: estimate(*counts.get(rule_id, (0, 0)), prior, weight) for rule_id, prior in priors.items()}


def _counts(path: Path, rule_id: str, entry: Any) -> tuple[int, int]:
    if not isinstance(entry, Mapping):
        raise CatalogueError(f"{path}: field {f'rules.{rule_id}'!r} is no table of right and wrong; {_REMEDY}")
    right, wrong = (_count(path, rule_id, name, entry.get(name)) for name in ("right", "wrong"))
    return right, wrong


def _count(path: Path, rule_id: str, name: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise CatalogueError(f"{path}: field {f'rules.{rule_id}.{name}'!r} is {value!r} and no count; {_REMEDY}")
    return value
