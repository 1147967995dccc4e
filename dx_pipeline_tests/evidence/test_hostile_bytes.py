"""Whatever bytes a server sends and whatever a redirect says, there is a reply and no exception."""

import contextlib
from dataclasses import replace

import hypothesis
import hypothesis.strategies as st

from dx_pipeline.evidence.addresses import RefusedError, read_target
from dx_pipeline.evidence.charset import UndecodableError, read_charset
from dx_pipeline.evidence.judgement import Body, judge, read_walls
from dx_pipeline.evidence.media import Accept
from dx_pipeline.evidence.robots import read_robots
from dx_pipeline.schemas.evidence import OUTCOMES
from dx_pipeline_tests.loopback.bench import HASTY, Bench
from dx_pipeline_tests.loopback.wire import raw

SHARED = hypothesis.settings(
    max_examples=60, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture], deadline=None
)
QUICK = replace(HASTY, read_seconds=2, total_seconds=3, backoff_seconds=0.001)
LINES = st.sampled_from(
    [
        b"Content-Length: ",
        b"Transfer-Encoding: ",
        b"Content-Type: ",
        b"Content-Encoding: ",
        b"Retry-After: ",
        b"Date: ",
        b"ETag: ",
    ]
)
VALUES = st.one_of(
    st.binary(max_size=20),
    st.sampled_from([b"5", b"-1", b"chunked", b"gzip", b"text/html; charset=utf-16", b"1e9", b""]),
)
STATUS = st.sampled_from(
    [100, 103, 199, 200, 202, 204, 206, 300, 301, 304, 305, 400, 401, 403, 418, 429, 500, 503, 511, 999]
)


@SHARED
@hypothesis.given(STATUS, st.lists(st.tuples(LINES, VALUES), max_size=4), st.binary(max_size=200))
def test_any_answer_has_an_outcome(bench: Bench, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    head = b"HTTP/1.1 %d X\r\n" % status + b"".join(name + value + b"\r\n" for name, value in headers) + b"\r\n"
    reply = bench.get("any.test", raw(head + body), limits=QUICK, obey_robots=False)
    assert reply.outcome in OUTCOMES
    assert reply.outcome in {"ok", "not_modified"} or reply.detail


@SHARED
@hypothesis.given(st.binary(max_size=60))
def test_any_redirect_has_an_outcome(bench: Bench, location: bytes) -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: " + location.replace(b"\n", b"").replace(b"\r", b"") + b"\r\n\r\n"
    reply = bench.get("redirect.test", raw(head), limits=QUICK, obey_robots=False)
    assert reply.outcome in OUTCOMES - {"ok"}


@hypothesis.given(st.text(max_size=60))
def test_any_text_is_a_target_or_is_refused(text: str) -> None:
    for url in (text, f"https://{text}/", f"https://press.example/{text}"):
        try:
            target = read_target(url)
        except RefusedError:
            continue
        assert target.url.isascii()
        assert target.url.isprintable()
        assert read_target(target.url) == target


@hypothesis.given(st.binary(max_size=300), st.text(max_size=30))
def test_any_bytes_are_judged(body: bytes, media_type: str) -> None:
    headers = {"content-type": media_type}
    url = "https://press.example/a"
    for accept in Accept:
        judged = judge(Body(url=url, final_url=url, headers=headers, content=body, framed=False), accept, read_walls())
        assert judged.outcome in OUTCOMES
    with contextlib.suppress(UndecodableError):
        read_charset(body, media_type)
    read_robots(body).refusal("/a")
