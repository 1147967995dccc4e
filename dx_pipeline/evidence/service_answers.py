"""What an answer of a statistics service is: what was asked for, an error in disguise, or a page meant for people.

Services say "error" with status 200, send HTML where JSON is due, and nothing at all where they take the asker for a
robot. Only telling these apart belongs here; the figures in an answer are read by ``statistics``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dx_pipeline.evidence.answers import Reply
from dx_pipeline.services import AnswerError, Request, decode_json, dig

MALFORMED, BLOCKED = "malformed", "blocked"
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,1000}<(!doctype\s+html|html|head|body|\?xml|!--)?", re.IGNORECASE)
_LONGEST = 160
_PASSING = 400  # what the World Bank's service answers to good requests while it fails
_REFUSALS = frozenset({400, 403, 405, 406, 409, 415, 422})
_JUDGED_BY_BODY = frozenset({"ok", "empty"})
_JUDGED_WITH_BODY = frozenset({"wrong_media_type", "malformed"})  # services send JSON as text/html, or with a NUL
PAGE = "page"  # in place of a format: a step on the way, which people see


@dataclass(frozen=True, slots=True)
class Judged:
    """How an attempt ended, what went wrong (``None`` where nothing did), and whether asking again may help."""

    outcome: str
    detail: str | None = None
    again: bool = False


def judge_answer(request: Request, reply: Reply) -> Judged:
    """Judge an answer to a request.

    Returns:
        The outcome to be kept. An answer of status 2xx without a body, or a page where data is due, is ``blocked``.
        A page with status 400 where JSON is due is a passing failure of the service: ``server_error``, to ask again.
        A document of JSON with an error's status is the service's own refusal: ``refused``.
    """
    status = reply.http_status or 0
    if 400 <= status < 500 and reply.outcome == "blocked":
        if status in _REFUSALS and "json" in (reply.media_type or ""):
            return Judged("refused", f"the service refuses the request (status {status}); mend it in the source's file")
        if status == _PASSING and request.is_json and "html" in (reply.media_type or ""):
            detail = "a page with status 400 where JSON is due: the service fails; it is asked again"
            return Judged("server_error", detail, again=True)
    body = reply.body or b""
    told = _told_error(request, body) if body and request.is_json and request.error is not None else None
    if told is not None:
        return told
    if reply.outcome not in _JUDGED_BY_BODY and not (body and reply.outcome in _JUDGED_WITH_BODY):
        return Judged(reply.outcome)  # the fetcher has asked again already
    return _judge_body(request, body)


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
    return _judge_json(body) if request.is_json else Judged("ok")


def _judge_json(body: bytes) -> Judged:
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
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
