"""Judgements on one labelled article: every fact and every field, right or what is wrong with it.

Only rows and labels come in and rows of ``Judgements`` go out; counting them belongs in ``figures``.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dx_pipeline.quality.fields import COMPARE, Comparison, compare_header
from dx_pipeline.quality.labels import FACTS, Label, quotes_of
from dx_pipeline.quality.matching import Row, SqueezedText, match


def judge_article(
    set_name: str, label: Label, article: Row | None, facts: Mapping[str, Sequence[Row]]
) -> Iterator[dict[str, Any]]:
    """Yield the rows of ``Judgements`` on one article.

    Args:
        set_name: the set that the label belongs to.
        label: what the article states.
        article: its row of ``Articles``; ``None`` where the document could not be read: all of it is missing then.
        facts: its rows of candidates by kind, ``directives`` and ``indicators``.
    """
    where = {"set_name": set_name, "document": label.document, "language": label.language}
    yield from (where | row for row in _header(label, article))
    text = article["text"] if article is not None else ""
    squeezed = SqueezedText(text)
    for kind in FACTS:
        yield from (where | row for row in _facts(kind, label, squeezed, facts[kind]))
        yield from (where | _in_place(row, text) for row in facts[kind])


def _header(label: Label, article: Row | None) -> Iterator[dict[str, Any]]:
    silent = dict.fromkeys(("language", "published_on", "title"))
    compared = list(compare_header(label.header, silent if article is None else article))
    whole = "right" if all(one.agrees for one in compared) else "missing" if article is None else "wrong"
    yield {"kind": "headers", "verdict": whole}
    for one in compared:
        yield {"kind": "headers", **_field(one)}


def _facts(kind: str, label: Label, text: SqueezedText, rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    entries = label.facts[kind]
    matched = match(entries, text, rows)
    for i, j in matched.pairs:
        entry, row = entries[i], rows[j]
        about = {"kind": kind, "rule_id": row["rule_id"], "label_id": entry["id"], "quote": row["quote"]}
        yield about | {"verdict": "right"}
        for one in COMPARE[kind](entry, row):
            yield about | _field(one)
    for i in matched.missing:
        yield {"kind": kind, "verdict": "missing", "label_id": entries[i]["id"], "quote": quotes_of(entries[i])[0]}
    for j in matched.surplus:
        row = rows[j]
        yield {"kind": kind, "verdict": "surplus", "rule_id": row["rule_id"], "quote": row["quote"]}


def _in_place(row: Row, text: str) -> dict[str, Any]:
    found = text[row["start_char"] : row["end_char"]]
    verdict = "right" if found == row["quote"] else "surplus"
    about = {"kind": "quotes", "verdict": verdict, "rule_id": row["rule_id"], "quote": row["quote"]}
    return about | ({} if verdict == "right" else {"wanted": found, "found": row["quote"]})


def _field(one: Comparison) -> dict[str, Any]:
    return {"field": one.field, "verdict": one.verdict, "wanted": _told(one.wanted), "found": _told(one.found)}


def _told(value: Any) -> str | None:
    """A value in words; nothing for nothing."""
    if value is None or value in ([], {}):
        return None
    if isinstance(value, dict):
        return ", ".join(f"{name} {_told(part)}" for name, part in sorted(value.items()) if part is not None)
    if isinstance(value, list):
        return ", ".join(str(_told(part)) for part in value)
    return f"{value:.12g}" if isinstance(value, float) else str(value)
