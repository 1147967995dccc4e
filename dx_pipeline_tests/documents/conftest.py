"""Documents of five languages, written for these tests, and the way from bytes to a parsed frame."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

import polars as pl
import pytest

from dx_pipeline.documents.parse import Parsed, parse_captures
from dx_pipeline.identifiers import stable_id
from dx_pipeline.schemas.evidence import Captures
from dx_pipeline.schemas.frames import frame_of

CAPTURED_AT = datetime.fromisoformat("2026-01-15T12:00:00")


def captured(name: str, body: bytes, media_type: str | None = "text/plain", **more: Any) -> dict[str, Any]:
    """Return the row of a capture that ended well, unless ``more`` says otherwise."""
    sha256 = hashlib.sha256(body).hexdigest()
    return {
        "capture_id": stable_id("cap", name, sha256),
        "source_id": "papers",
        "url": f"file:///papers/{name}",
        "captured_at": CAPTURED_AT,
        "outcome": "ok",
        "media_type": media_type,
        "bytes": len(body),
        "sha256": sha256,
        **more,
    }


def parse(documents: dict[str, bytes], media_type: str | None = "text/plain", **more: Any) -> Parsed:
    """Parse documents by name as one frame of captures."""
    rows = [captured(name, body, media_type, **more) for name, body in documents.items()]
    bodies = {row["sha256"]: body for row, body in zip(rows, documents.values(), strict=True)}
    return parse_captures(frame_of(Captures, rows), bodies.__getitem__, "run-1")


def labelled(parsed: Parsed) -> list[tuple[str, str]]:
    """Return (kind, text) of the blocks of the one article that was parsed."""
    text = parsed.articles["text"][0]
    return [(b["kind"], text[b["start_char"] : b["end_char"]]) for b in parsed.blocks.iter_rows(named=True)]


def texts(parsed: Parsed, *kinds: str) -> list[str]:
    """Return the text of the blocks of these kinds."""
    return [text for kind, text in labelled(parsed) if kind in kinds]


@pytest.fixture
def article() -> Callable[..., tuple[dict[str, Any], Parsed]]:
    """Give the one article of one document, and the frames that it stands in."""

    def read(source: str | bytes, media_type: str = "text/plain", **more: Any) -> tuple[dict[str, Any], Parsed]:
        body = source.encode() if isinstance(source, str) else source
        parsed = parse({"page.txt": body}, media_type, **more)
        assert parsed.quarantine.is_empty(), parsed.quarantine["detail"].to_list()
        return parsed.articles.row(0, named=True), parsed

    return read


@pytest.fixture
def empty_captures() -> pl.DataFrame:
    return frame_of(Captures, [])
