"""The course of asking: what is sent, what is kept, turns, retries, redirects, robots.txt and proxies."""

import contextlib
import gzip
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.metadata import version
from itertools import pairwise

import pytest

from dx_pipeline.evidence.fetch import Accept, Fetcher, Limits
from dx_pipeline_tests.loopback.bench import ARTICLE, CONTACT, HASTY, LIMITS, Bench, page
from dx_pipeline_tests.loopback.server import Act, Line, LoopbackServer, answer
from dx_pipeline_tests.loopback.wire import chunked, drip, hang, raw


def robots(text: str) -> bytes:
    return answer(text.encode(), media_type="text/plain")


def test_a_page_comes_with_what_there_is_to_know_of_it(bench: Bench) -> None:
    headers = (("ETag", '"1"'), ("Last-Modified", "Tue, 04 Mar 2025 07:00:00 GMT"), ("Set-Cookie", "a=b"))
    bench.server.route("/whole", raw(answer(ARTICLE.encode(), headers=headers)))
    with bench.fetcher("whole.test") as fetcher:
        reply = fetcher.get(bench.url("whole.test", "/whole#part"))
    assert (reply.outcome, reply.http_status, reply.requests) == ("ok", 200, 2)
    assert reply.body == ARTICLE.encode()
    assert (reply.etag, reply.last_modified) == ('"1"', "Tue, 04 Mar 2025 07:00:00 GMT")
    assert "set-cookie" not in reply.headers
    assert reply.url == reply.final_url == bench.url("whole.test", "/whole#part")
    assert reply.asked_at.tzinfo is None
    assert reply.detail is None


def test_requests_tell_honestly_who_asks_and_what_is_known(bench: Bench) -> None:
    bench.server.route("/known", raw(answer(status="304 Not Modified", length=None)))
    fetcher = bench.fetcher("known.test")
    reply = fetcher.get(bench.url("known.test", "/known"), etag='W/"é"', last_modified="Tue, 04 Mar 2025 07:00:00 GMT")
    assert (reply.outcome, reply.body) == ("not_modified", None)
    sent = bench.server.asked("/known")[0].headers
    assert sent["user-agent"] == f"dx-pipeline/{version('dx-pipeline')} (+{CONTACT})"
    assert sent["host"] == f"known.test:{bench.server.port}"
    assert sent["accept-encoding"] == "gzip"
    assert sent["if-modified-since"] == "Tue, 04 Mar 2025 07:00:00 GMT"
    assert "if-none-match" not in sent  # a header is ASCII
    assert "cookie" not in sent


@pytest.mark.parametrize("contact", ["a\r\nX: y", "nguyễn@press.example", "a (b)"])
def test_a_contact_that_would_break_the_header_is_refused(contact: str) -> None:
    with pytest.raises(ValueError, match="DX_CONTACT"):
        Fetcher(contact=contact)


def test_limits_that_leave_no_room_are_refused() -> None:
    for wrong in ({"tries": 0}, {"total_seconds": 0.0}, {"max_bytes": 0}):
        with pytest.raises(ValueError, match="give at least one try"):
            replace(Limits(), **wrong)


def test_a_question_is_posted_through_the_same_guard(bench: Bench) -> None:
    bench.server.route("/query", raw(answer(b'{"value": [1]}', media_type="application/json")))
    reply = bench.fetcher("post.test").post(
        bench.url("post.test", "/query"),
        data=b'{"query": []}',
        content_type="application/json",
        headers={"X-Key": "1", "User-Agent": "Mozilla/5.0", "Accept": "application/json"},
    )
    seen = bench.server.asked("/query")[0]
    assert (reply.outcome, reply.body) == ("ok", b'{"value": [1]}')
    assert (seen.method, seen.body, seen.headers["content-type"]) == ("POST", b'{"query": []}', "application/json")
    assert (seen.headers["x-key"], seen.headers["accept"]) == ("1", "application/json")
    assert seen.headers["user-agent"].startswith("dx-pipeline/")
    assert (
        bench.fetcher("post.test").post("http://127.0.0.1/", data=b"", content_type="text/plain").outcome == "refused"
    )


@pytest.mark.parametrize(("status", "method"), [("302 Found", "GET"), ("303 See Other", "GET"), ("307 Again", "POST")])
def test_a_posted_question_is_redirected_as_browsers_do(bench: Bench, status: str, method: str) -> None:
    host = f"moved{status[:3]}.test"
    bench.server.route(f"/{host}", raw(answer(status=status, headers=(("Location", f"/to-{host}"),))))
    bench.server.route(f"/to-{host}", raw(answer(b"[1]", media_type="application/json")))
    reply = bench.fetcher(host).post(bench.url(host, f"/{host}"), data=b"x", content_type="text/plain")
    assert (reply.outcome, reply.final_url) == ("ok", bench.url(host, f"/to-{host}"))
    assert [(one.method, one.body) for one in bench.server.asked(f"/to-{host}")] == [
        (method, b"x" * (method == "POST"))
    ]


def test_a_key_for_one_site_goes_to_no_other(bench: Bench) -> None:
    with LoopbackServer() as other:
        hosts = frozenset({f"keys.test:{bench.server.port}", f"other.test:{other.port}"})
        to = f"http://other.test:{other.port}/asked"
        bench.server.route("/asked", raw(answer(status="307 Elsewhere", headers=(("Location", to),))))
        other.route("/asked", raw(answer(b"[1]", media_type="application/json")))
        reply = bench.fetcher("keys.test", more={"private_hosts": hosts}).post(
            bench.url("keys.test", "/asked"),
            data=b"x",
            content_type="text/plain",
            headers={"Authorization": "Bearer 1"},
        )
        assert reply.outcome == "ok"
        assert bench.server.asked("/asked")[0].headers["authorization"] == "Bearer 1"
        (seen,) = other.asked("/asked")
        assert (seen.method, seen.body, seen.headers.get("authorization")) == ("POST", b"x", None)


def test_robots_txt_is_asked_for_once_and_heeded(bench: Bench) -> None:
    with LoopbackServer({"/a": [page], "/b": [page]}) as server:
        server.route(
            "/robots.txt", raw(robots("User-agent: *\nDisallow: /private\nDisallow: /*?print\nCrawl-delay: 0.1"))
        )
        host = f"robots.test:{server.port}"
        fetcher = bench.fetcher("robots.test", more={"private_hosts": frozenset({host})})
        outcomes = [fetcher.get(f"http://{host}{path}").outcome for path in ("/a", "/private/x", "/b?print=1", "/b")]
        assert outcomes == ["ok", "blocked", "blocked", "ok"]
        assert [one.path for one in server.seen] == ["/robots.txt", "/a", "/b"]
        times = [one.at for one in server.seen]
        assert times[2] - times[1] >= 0.1
        assert fetcher.get(f"http://{host}/private/x", obey_robots=False).outcome == "not_found"


def test_robots_txt_of_the_host_that_a_redirect_leads_to_is_heeded(bench: Bench) -> None:
    with LoopbackServer({"/robots.txt": [raw(robots("User-agent: *\nDisallow: /"))], "/x": [page]}) as other:
        hosts = frozenset({f"from.test:{bench.server.port}", f"to.test:{other.port}"})
        bench.server.route(
            "/away", raw(answer(status="301 Moved", headers=(("Location", f"http://to.test:{other.port}/x"),)))
        )
        reply = bench.fetcher("from.test", more={"private_hosts": hosts}).get(bench.url("from.test", "/away"))
        assert reply.outcome == "blocked"
        assert "robots.txt of to.test" in (reply.detail or "")
        assert [one.path for one in other.seen] == ["/robots.txt"]


@pytest.mark.parametrize(
    ("acts", "outcome", "pages"),
    [
        ([raw(answer(status="404 Not Found"))], "ok", 1),
        ([raw(answer(status="403 Forbidden"))], "ok", 1),
        ([raw(answer(status="503 Busy")), raw(robots(""))], "ok", 1),
        ([raw(answer(status="503 Busy"))], "server_error", 0),
        ([raw(answer(status="429 Slow down"))], "throttled", 0),
        ([hang()], "timeout", 0),
        ([raw(robots("User-agent: *\nAllow: /\n" + "#" * 600_000))], "ok", 1),
        ([raw(answer(status="302 Found", headers=(("Location", "/robots.txt"),)))], "ok", 1),
        ([raw(answer(b"User-agent: *\nDisallow: /", media_type=None, length=None))], "blocked", 0),
    ],
)  # fmt: skip
def test_what_robots_txt_answers_decides(bench: Bench, acts: list[Act], outcome: str, pages: int) -> None:
    with LoopbackServer({"/robots.txt": acts, "/a": [page]}) as server:
        host = f"rules.test:{server.port}"
        limits = replace(LIMITS, read_seconds=0.5, tries=2)
        fetcher = bench.fetcher("rules.test", limits=limits, more={"private_hosts": frozenset({host})})
        assert fetcher.get(f"http://{host}/a").outcome == outcome
        assert len(server.asked("/a")) == pages
        asked = len(server.asked("/robots.txt"))
        assert fetcher.get(f"http://{host}/a").outcome == outcome  # known by now, or failed a moment ago
        assert len(server.asked("/robots.txt")) == asked


def test_a_crawl_delay_beyond_patience_is_told_and_not_waited_for(bench: Bench) -> None:
    with LoopbackServer({"/robots.txt": [raw(robots("User-agent: *\nCrawl-delay: 999999"))], "/a": [page]}) as server:
        host = f"slow.test:{server.port}"
        reply = bench.fetcher("slow.test", more={"private_hosts": frozenset({host})}).get(f"http://{host}/a")
        assert (reply.outcome, reply.not_before is not None) == ("throttled", True)


def test_a_host_that_asks_for_a_long_pause_is_asked_nothing_meanwhile(bench: Bench) -> None:
    bench.server.route("/busy", raw(answer(status="429 Too Many Requests", headers=(("Retry-After", "3600"),))))
    fetcher = bench.fetcher("busy.test")
    replies = [fetcher.get(bench.url("busy.test", "/busy")) for _ in range(3)]
    assert [reply.outcome for reply in replies] == ["throttled"] * 3
    assert [reply.requests for reply in replies] == [2, 0, 0]
    assert all(reply.not_before and "not before" in (reply.detail or "") for reply in replies)
    assert len(bench.server.asked("/busy")) == 1


def test_a_pause_asked_for_is_kept_exactly_and_by_every_thread(bench: Bench) -> None:
    bench.server.route("/brief", raw(answer(status="503 Busy", headers=(("Retry-After", "1"),))), page)
    bench.server.route("/beside", page)
    fetcher = bench.fetcher("brief.test")
    fetcher.get(bench.url("brief.test", "/beside"))
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(fetcher.get, bench.url("brief.test", "/brief"))
        while not bench.server.asked("/brief"):
            time.sleep(0.005)
        rest = [pool.submit(fetcher.get, bench.url("brief.test", "/beside")) for _ in range(3)]
        outcomes = {one.result().outcome for one in (first, *rest)}
    refused, granted = (one.at for one in bench.server.asked("/brief"))
    between = [one for one in bench.server.asked("/beside")[1:] if refused < one.at < refused + 0.99]
    assert (outcomes, between) == ({"ok"}, [])
    assert 1.0 <= granted - refused < 3.0


def test_hosts_are_asked_side_by_side_and_each_by_one_at_a_time(bench: Bench) -> None:
    inside, most = {"left": 0, "right": 0}, {"left": 0, "right": 0, "both": 0}
    guard = threading.Lock()

    def slow(line: Line) -> None:
        name = line.request.path[1:]
        with guard:
            inside[name] += 1
            most[name] = max(most[name], inside[name])
            most["both"] = max(most["both"], sum(inside.values()))
        line.wait(0.05)
        with guard:
            inside[name] -= 1
        page(line)

    for name in ("left", "right"):
        bench.server.route(f"/{name}", slow)
    hosts = frozenset(f"{name}.test:{bench.server.port}" for name in ("left", "right"))
    fetcher = bench.fetcher("left.test", more={"private_hosts": hosts})
    urls = [bench.url(f"{name}.test", f"/{name}") for name in ("left", "right")] * 4
    with ThreadPoolExecutor(8) as pool:
        assert {reply.outcome for reply in pool.map(fetcher.get, urls)} == {"ok"}
    assert most == {"left": 1, "right": 1, "both": 2}


def test_a_delay_is_kept_between_the_requests_of_one_host(bench: Bench) -> None:
    bench.server.route("/delayed", page)
    fetcher = bench.fetcher("delayed.test")
    for _ in range(3):
        fetcher.get(bench.url("delayed.test", "/delayed"), delay_seconds=0.1)
    times = [one.at for one in bench.server.asked("/delayed")]
    assert all(after - before >= 0.1 for before, after in pairwise(times))


@pytest.mark.parametrize(
    "act",
    [
        hang(),
        drip(b"", answer(ARTICLE.encode())),
        drip(answer(length=5000), b"x" * 5000),
        drip(chunked(b"", ended=False), b"0" * 99),
    ],
)
def test_every_try_ends_at_its_deadline(bench: Bench, act: Act) -> None:
    bench.server.route("/late", act)
    limits = replace(HASTY, tries=2, total_seconds=0.5, read_seconds=0.4)
    fetcher = bench.fetcher("late.test", limits=limits)
    started = time.monotonic()
    reply = fetcher.get(bench.url("late.test", "/late"), obey_robots=False)
    assert time.monotonic() - started < 2 * 0.5 + 1.0
    assert (reply.outcome, reply.requests) == ("timeout", 2)
    assert reply.elapsed_ms >= 400


def test_feeds_and_data_are_asked_for_as_such(bench: Bench) -> None:
    feed = gzip.compress(b"<?xml version='1.0'?><urlset></urlset>", mtime=0)
    bench.server.route("/sitemap.xml.gz", raw(answer(feed, media_type="application/gzip")))
    reply = bench.fetcher("feed.test").get(bench.url("feed.test", "/sitemap.xml.gz"), accept=Accept.FEED)
    assert (reply.outcome, reply.body) == ("ok", feed)
    assert "application/rss+xml" in bench.server.asked("/sitemap.xml.gz")[0].headers["accept"]


def test_hosts_that_a_source_does_not_name_are_not_asked(bench: Bench) -> None:
    bench.server.route("/out", raw(answer(status="302 Found", headers=(("Location", "http://elsewhere.example/"),))))
    fetcher = bench.fetcher("named.test")
    reply = fetcher.get(bench.url("named.test", "/out"), allowed_hosts=frozenset({"Named.test"}))
    assert (reply.outcome, reply.requests) == ("refused", 2)
    assert "elsewhere.example is no host of the source" in (reply.detail or "")


def test_a_page_over_tls_is_taken_where_the_certificate_holds(bench: Bench) -> None:
    bench.secure.route("/safe", page)
    url = bench.url("secure.test", "/safe", secure=True)
    assert bench.fetcher("secure.test").get(url).outcome == "ok"
    assert bench.fetcher("secure.test", more={"authorities": None}).get(url).outcome == "tls_failure"


def test_nothing_that_a_server_sends_raises(bench: Bench) -> None:
    answers = [
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 2x0 OK\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"\0" * 9,
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\n: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nabc",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 3,
        b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: \xff\xfe\r\n\r\n",
        b"HTTP/1.1 999 Odd\r\n\r\n",
        b"HTTP/1.1 206 Partial\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\nabc",
    ]
    for number, sent in enumerate(answers):
        reply = bench.get(f"odd{number}.test", raw(sent), limits=replace(HASTY, tries=1))
        assert reply.outcome not in {"ok", "not_modified"}, sent
        assert reply.detail, sent
        assert reply.detail.isprintable(), sent


def test_a_proxy_is_gone_through_but_for_private_literals_and_named_hosts() -> None:
    asked: list[str] = []

    def proxy(line: Line) -> None:
        seen = line.request
        asked.append(f"{seen.method} {seen.path} {seen.headers.get('proxy-authorization')}")
        page(line)

    with LoopbackServer({"http://press.example/a?b": [proxy]}) as server:
        proxies = {"http": f"http://user:p%40ss@127.0.0.1:{server.port}", "no": "direct.example, .inner.example"}
        looked_up: list[str] = []

        def resolve(host: str) -> list[str]:
            looked_up.append(host)
            return ["127.0.0.1"]

        fetcher = Fetcher(contact=None, proxies=proxies, resolve=resolve, limits=LIMITS)
        assert fetcher.get("http://press.example/a?b", obey_robots=False).outcome == "ok"
        assert fetcher.get("http://127.0.0.1/", obey_robots=False).outcome == "refused"
        assert fetcher.get("http://[64:ff9b::7f00:1]/", obey_robots=False).outcome == "refused"
        for host in ("direct.example", "a.direct.example", "b.inner.example"):
            assert fetcher.get(f"http://{host}/", obey_robots=False).outcome == "refused"  # looked up here, so judged
    assert asked == ["GET http://press.example/a?b Basic dXNlcjpwQHNz"]
    assert looked_up == ["127.0.0.1", "direct.example", "a.direct.example", "b.inner.example"]


def test_tls_goes_through_a_proxy_by_a_tunnel_and_is_verified(bench: Bench) -> None:
    bench.secure.route("/tunnel", page)
    asked: list[bytes] = []

    def tunnel(listener: socket.socket) -> None:
        taken, _ = listener.accept()
        asked.append(taken.recv(4096))
        taken.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with taken, socket.create_connection(("127.0.0.1", bench.secure.port)) as onward:
            back = threading.Thread(target=_pump, args=(onward, taken))
            back.start()
            _pump(taken, onward)
            back.join(5)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        worker = threading.Thread(target=tunnel, args=(listener,))
        worker.start()
        proxies = {"https": f"127.0.0.1:{listener.getsockname()[1]}"}
        fetcher = Fetcher(
            contact=None, proxies=proxies, authorities=str(bench.authority.path), limits=replace(LIMITS, tries=1)
        )
        reply = fetcher.get("https://secure.test/tunnel", obey_robots=False)
        worker.join(5)
    assert reply.outcome == "ok"
    assert asked[0].startswith(b"CONNECT secure.test:443 HTTP/1.")


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)


@pytest.mark.parametrize("value", ["socks5://127.0.0.1:1080", "http://:80", "http://proxy:99999"])
def test_a_proxy_that_cannot_be_used_is_named(value: str) -> None:
    with pytest.raises(ValueError, match="the proxy for https is none that can be used"):
        Fetcher(contact=None, proxies={"https": value})
