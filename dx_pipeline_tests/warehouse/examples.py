"""A small warehouse for tests: two editions of every kind of table that the checks look at."""

from datetime import date, datetime

import polars as pl

from dx_pipeline.identifiers import stable_id
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.schemas.tables import table
from dx_pipeline.warehouse.publish import RunRecord

TEXT = "Kế hoạch 😀\nThe ministry shall open 40 data sets by 1 March 2025."
QUOTE = "The ministry shall open 40 data sets by 1 March 2025."
START = TEXT.index(QUOTE)
ARTICLE = stable_id("art", "one")
STORY = stable_id("sto", "one")
MENTION = stable_id("men", "one")
DIRECTIVE = stable_id("dir", "one")


def run_record(name: str) -> RunRecord:
    """A run called ``name``."""
    return RunRecord(
        run_id=name,
        started_at=datetime.fromisoformat("2025-04-01"),
        code_version="1.0",
        input_sha256="0" * 64,
        as_of=date(2025, 4, 1),
    )


def edition(name: str) -> dict[str, pl.DataFrame]:
    """Tables whose every row says which edition it belongs to, so that a mixture would show."""
    evidence = {
        "article_id": ARTICLE, "quote": QUOTE, "start_char": START, "end_char": START + len(QUOTE),
    }  # fmt: skip
    mention = evidence | {
        "mention_id": MENTION, "story_id": STORY, "language": "en", "confidence": 0.9,
        "rule_id": name, "extractor_version": name,
    }  # fmt: skip
    order = {
        "addressee_ids": ["ministry"], "action": "open 40 data sets", "modality": "require",
        "due_on": date(2025, 3, 1), "instrument_ids": [],
    }  # fmt: skip
    rows: dict[str, list[dict[str, object]]] = {
        "sources": [
            {"source_id": source, "kind": "articles", "name": name, "publisher": "A gazette"} for source in ("b", "a")
        ],
        "articles": [
            {
                "article_id": ARTICLE, "source_id": "a", "capture_id": stable_id("cap", "one"),
                "url": "file:///one.txt", "title": f"Plan, {name}", "language": "en", "text": TEXT,
                "text_sha256": "0" * 64, "story_id": STORY, "relevance": 1.0, "relevant": True,
                "relevance_reason": name, "published_on": date(2025, 1, 2), "published_on_source": "page",
                "version_no": 1, "is_latest": True,
            }
        ],
        "stories": [
            {
                "story_id": STORY, "title": name, "article_count": 1, "language_count": 1, "publisher_count": 1,
                "origin_count": 1, "languages": ["en"], "linked_by": [],
            }
        ],
        "directive_mentions": [mention | order | {"directive_id": DIRECTIVE, "ordinal": 0}],
        "directives": [
            order
            | {
                "directive_id": DIRECTIVE, "story_id": STORY, "language": "en", "missing": [name], "confidence": 0.9,
                "mention_id": MENTION, "mention_count": 1, "origin_count": 1, "language_count": 1,
                "languages": ["en"], "conflicts": [],
            }
        ],
        "directive_status": [
            {
                "directive_id": DIRECTIVE, "as_of": date(2025, 4, 1), "status": "overdue", "days_left": -31,
                "evidence_kind": "none", "rubric_version": name, "explanation": name,
            }
        ],
    }  # fmt: skip
    return {table_name: frame_of(table(table_name).model, table_rows) for table_name, table_rows in rows.items()}
