"""What was asked for and what came back: sources and captures.

One model per evidence table. Every attempt has a row, the failed ones too.
"""

import pandera.polars as pa
import polars as pl

from dx_pipeline.schemas.types import ID_PATTERN, Timestamp, column

OUTCOMES = frozenset(
    {
        "ok", "not_modified", "blocked", "not_found", "gone", "soft_404", "paywall", "empty", "too_large",
        "wrong_media_type", "malformed", "truncated", "timeout", "tls_failure", "dns_failure",
        "redirect_loop", "unreachable", "refused", "throttled", "server_error",
    }
)  # fmt: skip
READABLE = ("ok", "not_modified")  # the outcomes that leave bytes to read


class Sources(pa.DataFrameModel):
    """Registered sources of articles and of official statistics, one row each."""

    source_id: str = column("Id of the source: the stem of its file in the catalogue.", unique=True)
    kind: str = column("What it gives.", values={"articles", "statistics"})
    name: str = column("Name of the source.")
    publisher: str = column("Who publishes it.")
    url: str = column("Where it is found.", optional=True)
    language: str = column("BCP 47 tag of its language; empty where it has many or none.", optional=True)
    licence: str = column("Terms under which it may be used.", optional=True)
    last_capture_at: Timestamp = column("Time of the newest attempt.", unit="UTC", optional=True)
    last_outcome: str = column("Outcome of the newest attempt.", values=OUTCOMES, optional=True)

    class Config:
        strict = True


class Captures(pa.DataFrameModel):
    """Attempts to get bytes, one row each, the failed ones included."""

    capture_id: str = column("Id of the attempt.", unique=True, pattern=ID_PATTERN)
    source_id: str = column("The source that was asked.")
    url: str = column("The address asked for; a file's address for a document read from a folder.")
    captured_at: Timestamp = column(
        "When the bytes came: for a file, its modification time.", unit="UTC", optional=True
    )
    outcome: str = column("How the attempt ended.", values=OUTCOMES)
    http_status: pl.Int64 = column("HTTP status code, where HTTP was spoken.", optional=True)
    media_type: str = column("Media type of the bytes.", optional=True)
    bytes: pl.Int64 = column("Length of the body.", unit="bytes", optional=True, ge=0)
    sha256: str = column("SHA-256 of the body, in hexadecimal.", optional=True, pattern=r"^[0-9a-f]{64}$")
    etag: str = column("ETag header.", optional=True)
    last_modified: str = column("Last-Modified header, as sent.", optional=True)
    final_url: str = column("The address that answered, where redirects led to another one.", optional=True)
    headers: str = column("The other headers of the answer that matter, as a JSON object.", optional=True)
    elapsed_ms: pl.Int64 = column(
        "Time from the first request to the last byte, retries included.", unit="ms", optional=True, ge=0
    )
    requests: pl.Int64 = column(
        "Requests sent for it: redirects and retries included.", unit="requests", optional=True, ge=0
    )
    detail: str = column("What went wrong and what to do, for an attempt that did not end well.", optional=True)

    class Config:
        strict = True
