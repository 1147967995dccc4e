"""What an answer of a statistics service is: what was asked for, an error in disguise, or a page meant for people.

Services say "error" with status 200, send HTML where JSON is due, and nothing at all where they take the asker for a
robot. Only telling these apart belongs here; the figures in an answer are read by ``statistics``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dx_pipeline.services import AnswerError, Request, decode_json, dig

MALFORMED, BLOCKED = "malformed", "blocked"
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,1000}<(!doctype\s+html|html|head|body|\?xml|!--)?", re.IGNORECASE)
_SHORTEST = 160
_JUDGED_BY_BODY = frozenset({"ok", "empty", "wrong_media_type"})  # services send JSON as text/html, and worse
PAGE = "page"  # in place of a format: a step on the way, which people see


@dataclass(frozen=True, slots=True)
class Judged:
    """How an attempt ended, what went wrong (``None`` where nothing did), and whether asking again may help."""

    outcome: str
    detail: str | None = None
    again: bool = False


def judge_answer(request: Request, outcome: str, http_status: int | None, body: bytes | None) -> Judged:
    """Judge an answer to a request.

    Args:
        request: what was asked.
        outcome: how the exchange itself ended.
        http_status: status of the answer, where there was one.
        body: its bytes, decompressed.

    Returns:
        The outcome to be kept. An answer of status 2xx without a body, or a page where data is due, is ``blocked``.
        A page with status 4xx where JSON is due is a passing failure of the service: ``server_error``, to ask again.
    """
    if outcome == "not_modified":
        return Judged(outcome)
    answered = http_status is not None
    if answered and 400 <= (http_status or 0) < 500 and body and request.is_json and is_markup(body):
        if http_status in {403, 404, 410, 429}:
            return Judged(outcome, None if outcome == "ok" else f"status {http_status}")
        return Judged(
            "server_error", "a page with an error where JSON is due; the service fails, ask later", again=True
        )
    if body and request.is_json and request.error is not None and (told := _told_error(request, body)) is not None:
        return told
    if outcome not in _JUDGED_BY_BODY or (outcome == "wrong_media_type" and not body):
        return Judged(outcome)  # the fetcher has asked again already
    return _judge_body(request, body or b"")


def _judge_body(request: Request, body: bytes) -> Judged:
    if not body.strip(b"\0 \t\r\n"):
        return Judged(BLOCKED, "the answer has no body: the service takes us for a robot; read its figures elsewhere")
    if request.format == PAGE:
        return Judged("ok")
    if request.format != "sdmx" and is_markup(body):
        if _MARKUP.match(body)[0].lower().endswith(b"<?xml"):  # type: ignore[index]
            return Judged(MALFORMED, f"XML where {request.format} is due; ask again", again=True)
        return Judged(BLOCKED, f"a page where {request.format} is due: a challenge or a login; nothing can be read")
    if request.format == "sdmx" and re.search(rb"<!DOCTYPE\s+html|<html", body[:1000], re.IGNORECASE):
        return Judged(BLOCKED, "a page where SDMX is due: a challenge or a login; nothing can be read")
    if request.is_json:
        try:
            decode_json(body)
        except AnswerError as error:
            return Judged(MALFORMED, f"{error}; ask again", again=True)
    return Judged("ok")


def _told_error(request: Request, body: bytes) -> Judged | None:
    """Return the error that a document tells of, whatever its status."""
    try:
        document = decode_json(body)
    except AnswerError:
        return None
    told = dig(document, request.error or "")
    if told is None or told in ("", False):
        return None
    number = dig(document, request.error_id) if request.error_id else None
    outcome = request.outcomes.get(str(number), "refused")
    return Judged(outcome, f"the service says: {_shorten(told)}; mend the request in the source's file")


def is_markup(body: bytes) -> bool:
    """Tell whether bytes are HTML or XML."""
    return _MARKUP.match(body) is not None


def _shorten(told: Any) -> str:
    if isinstance(told, list) and told:
        told = told[0]
    if isinstance(told, Mapping):
        told = told.get("value") or told.get("message") or dict(told)
    text = " ".join(str(told).split())
    return text if len(text) <= _SHORTEST else text[:_SHORTEST] + "…"
