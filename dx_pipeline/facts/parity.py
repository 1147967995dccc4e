"""Parity: where translations of one text do not say the same, fact by fact, with the words of both.

Only the comparison of translations with each other belongs here: articles of one story and one origin in
different languages. What independent origins say differently stands in the facts' own ``conflicts``.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from dx_pipeline.facts.alignment import align_in_order
from dx_pipeline.facts.statements import Row, best_first, printed
from dx_pipeline.schemas.facts import TranslationParity
from dx_pipeline.schemas.frames import frame_of

_FIELDS = {
    "directive": (
        *("issuer_id", "addressee_ids", "due_on", "recurrence"),
        *("target_metric_id", "target_comparator", "target_value", "target_change", "target_unit"),
    ),
    "indicator": (
        *("metric_id", "area", "period", "value", "value_high", "unit", "comparator", "change", "change_percent"),
        *("change_since", "out_of", "kind"),
    ),
}
# how much a field that two statements share speaks for one fact, and how much one that differs speaks against it
_WEIGHTS = {
    "metric_id": (2.0, -math.inf), "kind": (0.0, -math.inf), "period": (2.0, -1.0), "unit": (1.0, -0.5),
    "value": (2.0, -1.0), "change": (1.0, -0.5), "change_percent": (1.0, -0.5), "out_of": (1.0, -0.5),
    "issuer_id": (0.5, -0.5), "addressee_ids": (2.0, -1.0), "due_on": (2.0, -1.0), "recurrence": (2.0, -1.0),
    "target_metric_id": (2.0, -1.0), "target_value": (2.0, -1.0), "target_change": (2.0, -1.0),
}  # fmt: skip
_SAME_FACT = 10.0  # settled as one fact before
_LIKELY = 1.0  # less in common than that, and two statements are two facts
_WHOLE = 0.5  # of the longest text's length: a shorter one is no translation of all of it


@dataclass(frozen=True, slots=True)
class _Said:
    """What one language says of one fact: the fact's id and its statements, most trusted first."""

    fact_id: str
    rows: tuple[Row, ...]

    def witness(self, field: str) -> Row | None:
        """Return the most trusted statement that gives a field."""
        return next((row for row in self.rows if row[field] not in (None, [])), None)


_Cluster = dict[str, _Said]  # one fact: what each language says of it


def compare_translations(articles: pl.DataFrame, directives: pl.DataFrame, indicators: pl.DataFrame) -> pl.DataFrame:
    """Compare what translations of one text say: one row per story, fact, language and field that differs.

    ``articles`` is an ``Articles`` frame, ``directives`` a ``DirectiveMentions`` and ``indicators`` an
    ``IndicatorMentions`` frame. Gives ``TranslationParity``.

    Texts of one story and one origin in different languages are translations of each other. Their facts are
    paired in the order of the text, those settled as one fact first. What most languages say holds, of equals
    what the original says; each language that says something else has a row, and so has each that lacks
    the fact though its text is long enough to hold all. A field that a language leaves open is no disagreement.
    """
    rows: list[Row] = []
    told = {"directive": _by_article(directives), "indicator": _by_article(indicators)}
    for group in _translations(articles):
        for kind, by_article in told.items():
            rows.extend(_compare(kind, group, by_article))
    return frame_of(TranslationParity, rows).sort("story_id", "fact_kind", "fact_id", "language", "field")


def _by_article(mentions: pl.DataFrame) -> dict[str, list[Row]]:
    told: dict[str, list[Row]] = defaultdict(list)
    for row in mentions.sort("article_id", "ordinal").iter_rows(named=True):
        told[row["article_id"]].append(row)
    return told


def _translations(articles: pl.DataFrame) -> Iterator[dict[str, list[Row]]]:
    """Yield, for each text told in several languages, its articles by language, the original's first.

    The original is the one that prints no source, else the earliest.
    """
    known = articles.filter(pl.col("relevant") & pl.col("language").is_not_null())
    ordered = known.sort("published_on", "article_id", nulls_last=True)
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    columns = ("story_id", "origin_id", "article_id", "is_based_on", "language", "text")
    for row in ordered.select(columns).iter_rows(named=True):
        if row["origin_id"] is not None:
            groups[row["story_id"], row["origin_id"]].append(row)
    for (_, origin_id), members in sorted(groups.items()):
        languages: dict[str, list[Row]] = defaultdict(list)
        by_source = sorted(
            members,
            key=lambda one: (one["is_based_on"] is not None, one["article_id"] != origin_id, one["language"]),
        )
        for member in by_source:
            languages[member["language"]].append(member)
        if len(languages) > 1:
            yield dict(languages)


def _compare(kind: str, group: Mapping[str, Sequence[Row]], told: Mapping[str, Sequence[Row]]) -> Iterator[Row]:
    original = next(iter(group))
    lengths = {language: max(len(one["text"]) for one in members) for language, members in group.items()}
    whole = [language for language, length in lengths.items() if length >= _WHOLE * max(lengths.values())]
    clusters: list[_Cluster] = []
    for language, members in group.items():
        said = _facts_of([row for one in members for row in told.get(one["article_id"], ())], f"{kind}_id")
        new: list[_Cluster] = [{language: fact} for fact in said]
        pairs = align_in_order(clusters, new, _score)
        clusters = [(clusters[i] if i is not None else {}) | (new[j] if j is not None else {}) for i, j in pairs]
    for cluster in clusters:
        fact_id = _first(cluster).fact_id
        for language in whole:
            if language not in cluster:
                yield _missing(kind, fact_id, cluster, group[language][0])
        for field in _FIELDS[kind]:
            yield from _differing(kind, fact_id, cluster, field, original)


def _facts_of(rows: Iterable[Row], key: str) -> list[_Said]:
    """Return one language's facts in the order in which they are told first."""
    facts: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        facts[row[key]].append(row)
    return [_Said(fact_id, tuple(best_first(statements))) for fact_id, statements in facts.items()]


def _score(cluster: _Cluster, other: _Cluster) -> float | None:
    best = max(_likeness(known, said) for known in cluster.values() for said in other.values())
    return best if best > _LIKELY else None


def _likeness(known: _Said, said: _Said) -> float:
    if known.fact_id == said.fact_id:
        return _SAME_FACT
    score = 0.0
    for field, (agreement, contradiction) in _WEIGHTS.items():
        if field in known.rows[0]:
            one, other = known.witness(field), said.witness(field)
            if one is not None and other is not None:
                if _equal(one[field], other[field]):
                    score += agreement
                elif not _is_slip(one[field], other[field]):
                    score += contradiction
    return score


def _is_slip(one: Any, other: Any) -> bool:
    """Whether two numbers differ as a slip of the pen would: by one digit, or by the place of the decimal mark."""
    if not isinstance(one, float) or not isinstance(other, float):
        return False
    left, right = (f"{number:.15f}".replace(".", "").strip("0-") for number in (one, other))
    return left == right or (len(left) == len(right) and sum(map(str.__ne__, left, right)) == 1)


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-6)
    if isinstance(one, list):
        return set(one) == set(other)
    return bool(one == other)


def _first(cluster: _Cluster) -> _Said:
    return next(iter(cluster.values()))


def _missing(kind: str, fact_id: str, cluster: _Cluster, article: Row) -> Row:
    witness = _first(cluster).rows[0]
    text = f"not found in {article['language']}; told in {', '.join(cluster)}"
    return _row(kind, fact_id, "missing", witness, text) | {
        "verdict": "missing",
        "language": article["language"],
        "article_id": article["article_id"],
        "mention_id": None,
        "said_fact_id": None,
        "said": None,
        "quote": None,
        "other_said": None,
    }


def _differing(kind: str, fact_id: str, cluster: _Cluster, field: str, original: str) -> Iterator[Row]:
    """Yield a row for each language that does not say of a field what most say; a translation errs, an original not."""
    said = {language: row for language, fact in cluster.items() if (row := fact.witness(field)) is not None}
    counts = Counter(printed(row[field]) for row in said.values())
    if len(counts) < 2:
        return
    holds = counts.most_common(1)[0][0]  # of equals the first told
    witness = next(row for row in said.values() if printed(row[field]) == holds)
    agreeing = ", ".join(language for language, row in said.items() if printed(row[field]) == holds)
    for language, row in said.items():
        value = printed(row[field])
        if value != holds:
            text = f"{field}: {value} ({language}) against {holds} ({agreeing})"
            yield _row(kind, fact_id, field, witness, text) | {
                "verdict": "unresolved" if language == original else "translation_error",
                "language": language,
                "article_id": row["article_id"],
                "mention_id": row["mention_id"],
                "said_fact_id": row[f"{kind}_id"],
                "said": value,
                "quote": row["quote"],
                "other_said": holds,
            }


def _row(kind: str, fact_id: str, field: str, witness: Row, explanation: str) -> Row:
    return {
        "story_id": witness["story_id"],
        "fact_kind": kind,
        "fact_id": fact_id,
        "field": field,
        "other_language": witness["language"],
        "other_article_id": witness["article_id"],
        "other_mention_id": witness["mention_id"],
        "other_quote": witness["quote"],
        "explanation": explanation,
    }
