"""Every fault that is served to the fetcher, and the outcome that must be recorded.

A row of the fault catalogue (H1 to H12) or of the list of answers that bare ``requests`` takes for good ones stands
beside each.
"""

import gzip
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from dx_pipeline.evidence.fetch import Accept, Limits, Reply
from dx_pipeline_tests.loopback import pages
from dx_pipeline_tests.loopback.bench import HASTY, LIMITS, Bench, Trial, page
from dx_pipeline_tests.loopback.server import Act, LoopbackServer, answer
from dx_pipeline_tests.loopback.wire import (
    BODY,
    GZIP,
    chunked,
    drip,
    endless,
    gzip_bomb,
    hang,
    many_members,
    raw,
    reset,
)


@dataclass(frozen=True)
class Fault:
    """What is served, and how the asking must end."""

    row: str
    served: str
    outcome: str
    trial: Trial


def serve(*acts: Act, limits: Limits = LIMITS, **options: Any) -> Trial:
    """Serve answers in turn and ask for the page."""
    return lambda bench, host: bench.get(host, *acts, limits=limits, **options)


def slow(*acts: Act) -> Trial:
    """Serve answers that take too long, and be in haste."""
    return serve(*acts, limits=HASTY, obey_robots=False)


def redirect(*locations: str, status: str = "302 Found", to: Act | None = None) -> Trial:
    """Redirect from one path to the next; ``{own}`` stands for the first one. The last may be answered."""

    def trial(bench: Bench, host: str) -> Reply:
        path = f"/{host}"
        for location in locations:
            after = location.format(own=f"/{host}")
            bench.server.route(path, raw(answer(status=status, headers=(("Location", after),))))
            path = after
        if to:
            bench.server.route(path, to)
        return bench.fetcher(host).get(bench.url(host, f"/{host}"))

    return trial


def ask(url: str, **more: Any) -> Trial:
    """Ask for an address as it stands; ``{port}`` is the server's."""
    return lambda bench, host: bench.fetcher(host, more=more).get(url.format(port=bench.server.port))


def _closed_port(bench: Bench, host: str) -> Reply:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # taken, so that nobody else listens there
        address = f"{host}:{unused.getsockname()[1]}"
        fetcher = bench.fetcher(host, more={"private_hosts": frozenset({address})})
        return fetcher.get(f"http://{address}/")


def _robots(*acts: Act) -> Trial:
    def trial(bench: Bench, host: str) -> Reply:
        with LoopbackServer({"/robots.txt": list(acts), "/page": [page]}) as server:
            address = f"{host}:{server.port}"
            fetcher = bench.fetcher(host, more={"private_hosts": frozenset({address})})
            return fetcher.get(f"http://{address}/page")

    return trial


def _secured(*, name: str | None = None, expired: bool = False, stranger: bool = False) -> Trial:
    def trial(bench: Bench, host: str) -> Reply:
        authority = bench.stranger if stranger else bench.authority
        with LoopbackServer(
            {f"/{host}": [page]}, tls=authority.server_context(name or host, expired=expired)
        ) as server:
            address = f"{host}:{server.port}"
            fetcher = bench.fetcher(host, more={"private_hosts": frozenset({address})})
            return fetcher.get(f"https://{address}/{host}")

    return trial


def _no_tls(bench: Bench, host: str) -> Reply:
    with LoopbackServer(greeting=answer(status="400 Bad Request")) as server:
        address = f"{host}:{server.port}"
        return bench.fetcher(host, more={"private_hosts": frozenset({address})}).get(f"https://{address}/")


def _no_handshake(bench: Bench, host: str) -> Reply:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections and never says a word
        address = f"{host}:{silent.getsockname()[1]}"
        fetcher = bench.fetcher(host, limits=HASTY, more={"private_hosts": frozenset({address})})
        return fetcher.get(f"https://{address}/")


def _downgrade(bench: Bench, _: str) -> Reply:
    to = bench.url("secure.test", "/plain")
    bench.secure.route("/down", raw(answer(status="301 Moved Permanently", headers=(("Location", to),))))
    return bench.fetcher("secure.test").get(bench.url("secure.test", "/down", secure=True))


def _slow_names(bench: Bench, host: str) -> Reply:
    def resolve(_: str) -> list[str]:
        time.sleep(1)
        return []

    limits = replace(HASTY, connect_seconds=0.1)
    return bench.fetcher(host, limits=limits, more={"resolve": resolve}).get(bench.url(host))


def _known_name(address: str) -> Trial:
    def trial(bench: Bench, host: str) -> Reply:
        return bench.fetcher(host, more={"resolve": lambda _: [address]}).get(
            f"http://press.example:{bench.server.port}/"
        )

    return trial


def _conditional(bench: Bench, host: str) -> Reply:
    bench.server.route(f"/{host}", raw(answer(status="304 Not Modified", headers=(("ETag", '"7"'),), length=None)))
    return bench.fetcher(host).get(bench.url(host, f"/{host}"), etag='"7"')


def _other_host(bench: Bench, host: str) -> Reply:
    return bench.fetcher(host).get(bench.url(host), allowed_hosts=frozenset({"press.example"}))


def _busy(retry_after: str, *more: tuple[str, str]) -> Act:
    return raw(answer(status="429 Too Many Requests", headers=(("Retry-After", retry_after), *more)))


def _failing(status: str, *headers: tuple[str, str]) -> Act:
    return raw(answer(b"<h1>Broken</h1>", status=status, headers=headers))


def _typed(body: bytes, media_type: str | None, **options: Any) -> Trial:
    return serve(raw(answer(body, media_type=media_type)), **options)


def _unframed(body: bytes, media_type: str, **options: Any) -> Trial:
    return serve(raw(answer(body, media_type=media_type, length=None)), limits=replace(LIMITS, tries=1), **options)


ONCE = replace(LIMITS, tries=1)
CLOCK = ("Date", "Wed, 21 Oct 2015 07:28:00 GMT")
PACKED = gzip.compress(BODY, mtime=0)
PDF = b"%PDF-1.7\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"
ACCENTS = BODY.replace(b"Registers", "Régistres \u2013".encode())
FAULTS: Sequence[Fault] = (
    # what comes right in the end
    Fault("H3", "status 503 twice, then the page", "ok", serve(_failing("503 Busy"), _failing("503 Busy"), page)),
    Fault("H2", "status 429 with Retry-After: 1, then the page", "ok", serve(_busy("1"), page)),
    Fault("H2", "status 429 with Retry-After as a date, one second after the server's own clock, which is years late",
          "ok", serve(_busy("Wed, 21 Oct 2015 07:28:01 GMT", CLOCK), page)),
    Fault("H2", "status 429 with Retry-After: soon, then the page", "ok", serve(_busy("soon"), page)),
    Fault("H4", "a connection reset in the body, then the page", "ok",
          serve(reset(answer(BODY[:300], length=900)), page)),
    Fault("H9", "a page in windows-1252 that says UTF-8", "ok",
          _typed(ACCENTS.decode().encode("cp1252"), "text/html; charset=utf-8")),
    Fault("H9", "a page in UTF-8 that says ISO-8859-1", "ok", _typed(ACCENTS, "text/html; charset=iso-8859-1")),
    Fault("H9", "a page in UTF-8 that says nothing of it", "ok", _typed(ACCENTS, "text/html")),
    Fault("H9", "a page with a byte order mark of UTF-16 that says UTF-8", "ok",
          _typed(ACCENTS.decode().encode("utf-16"), "text/html; charset=utf-8")),
    Fault("H10", "a page without a media type", "ok", _typed(BODY, None)),
    Fault("H10", "an article about error 404 and captchas", "ok", _typed(pages.ABOUT_ERRORS, "text/html")),
    Fault("H5", "a page in gzip, in two members", "ok",
          serve(raw(answer(gzip.compress(BODY[:500]) + gzip.compress(BODY[500:]), headers=GZIP)))),
    Fault("H6", "a redirect to the page", "ok", redirect("/moved-ok", status="308 Permanent Redirect", to=page)),
    # conditional
    Fault("H12", "status 304 to the ETag of the version kept", "not_modified", _conditional),
    # blocked
    Fault("H10", "status 403", "blocked", serve(_failing("403 Forbidden"))),
    Fault("H10", "status 401", "blocked", serve(_failing("401 Unauthorized"))),
    Fault("H10", "status 451", "blocked", serve(_failing("451 Unavailable For Legal Reasons"))),
    Fault("H10", "a check of the visitor, with status 200", "blocked", _typed(pages.CHALLENGE, "text/html")),
    Fault("H10", "a check of the visitor, with status 503", "blocked",
          serve(raw(answer(pages.CHALLENGE, status="503 Service Unavailable")))),
    Fault("H10", "the header of a check of the visitor", "blocked",
          serve(raw(answer(BODY, status="403 Forbidden", headers=(("cf-mitigated", "challenge"),))))),
    Fault("H10", "a page of consent instead of the page", "blocked", _typed(pages.CONSENT, "text/html")),
    Fault("robots", "a robots.txt that forbids the page", "blocked",
          _robots(raw(answer(b"User-agent: *\nDisallow: /pa", media_type="text/plain")))),
    # not there
    Fault("H10", "status 404", "not_found", serve(_failing("404 Not Found"))),
    Fault("H10", "status 410", "gone", serve(_failing("410 Gone"))),
    Fault("H10", "a page of status 200 that says it is not there", "soft_404", _typed(pages.SOFT_404, "text/html")),
    Fault("H10", "the same in Vietnamese", "soft_404", _typed(pages.SOFT_404_VI, "text/html; charset=utf-8")),
    Fault("H10", "a redirect to a page for all that is not there", "soft_404",
          redirect("/404", to=raw(answer(pages.SORRY)))),
    # paywall
    Fault("H10", "a stub that asks for a subscription", "paywall", _typed(pages.PAYWALL, "text/html")),
    Fault("H10", "status 402", "paywall", serve(_failing("402 Payment Required"))),
    # empty
    Fault("H10", "a body of no bytes", "empty", _typed(b"", "text/html")),
    Fault("H10", "a body of blanks", "empty", _typed(b" \r\n\t \n", "text/html")),
    Fault("H10", "a page that scripts are to fill", "empty", _typed(pages.SHELL, "text/html")),
    Fault("H10", "status 204", "empty", serve(raw(answer(status="204 No Content", length=None)))),
    # too large
    Fault("H5", "a body of 300 MB", "too_large", serve(endless(answer(length=None), b"x" * 100_000, 3_000))),
    Fault("H5", "a body that says it has 300 MB", "too_large", serve(hang(answer(BODY, length=300_000_000)))),
    Fault("H5", "10 GB of zeros in 10 MB of gzip", "too_large", serve(gzip_bomb(10))),
    # wrong media type
    Fault("H10", "a PDF that says it is HTML", "wrong_media_type", _typed(PDF, "text/html")),
    Fault("H10", "a page that says it is a PDF", "wrong_media_type", _typed(BODY, "application/pdf")),
    Fault("H10", "a picture", "wrong_media_type", _typed(b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "image/png")),
    Fault("H10", "a page where a feed was asked for", "wrong_media_type",
          _typed(BODY, "text/html", accept=Accept.FEED)),
    Fault("H10", "a page where data were asked for", "wrong_media_type",
          _typed(BODY, "application/json", accept=Accept.DATA)),
    # malformed
    Fault("H5", "a coding that was not asked for (br)", "malformed",
          serve(raw(answer(b"\x0b\x02\x80", headers=(("Content-Encoding", "br"),))))),
    Fault("H5", "gzip in gzip", "malformed",
          serve(raw(answer(gzip.compress(PACKED), headers=(("Content-Encoding", "gzip, gzip"),))))),
    Fault("H5", "bytes that are no gzip and say so", "malformed", serve(raw(answer(BODY, headers=GZIP)))),
    Fault("H5", "a million empty members of gzip", "malformed", serve(many_members())),
    Fault("H5", "500 headers", "malformed",
          serve(raw(answer(BODY, headers=[(f"X-{number}", "x") for number in range(500)])))),
    Fault("H5", "a header of 100 KB", "malformed", serve(raw(answer(BODY, headers=(("X-Long", "x" * 100_000),))))),
    Fault("H4", "two lengths that differ", "malformed", serve(raw(answer(BODY, headers=(("Content-Length", "9"),))))),
    Fault("H4", "a transfer coding that was not asked for", "malformed",
          serve(raw(answer(PACKED, length=None, headers=(("Transfer-Encoding", "gzip, chunked"),))))),
    Fault("wire", "bytes that are no HTTP", "malformed", serve(raw(b"SSH-2.0-OpenSSH_9.2\r\n"))),
    Fault("H9", "bytes that are no text", "malformed",
          _typed(b"<html><body>" + bytes(range(256)) * 20 + b"</body></html>", "text/html; charset=utf-8")),
    Fault("H5", "50 KB of markup that would fill gigabytes once parsed", "malformed",
          _typed(pages.OVERGROWN, "text/html")),
    Fault("H12", "status 304 to a request that knew no version", "malformed",
          serve(raw(answer(status="304 Not Modified", length=None)))),
    # truncated
    Fault("H4", "a connection reset in the body", "truncated",
          serve(reset(answer(BODY[:300], length=900)), limits=ONCE)),
    Fault("H4", "a body shorter than its length", "truncated", serve(raw(answer(BODY[:300], length=900)), limits=ONCE)),
    Fault("H4", "a body longer than its length", "truncated", serve(raw(answer(BODY, length=20)), limits=ONCE)),
    Fault("H4", "chunks without the last one", "truncated", serve(raw(chunked(BODY, ended=False)), limits=ONCE)),
    Fault("H4", "half of a chunk", "truncated", serve(raw(chunked(BODY)[:-200]), limits=ONCE)),
    Fault("H4", "half of a gzip, of the length it says", "truncated",
          serve(raw(answer(PACKED[: len(PACKED) // 2], headers=GZIP)), limits=ONCE)),
    Fault("H4", "half a page without a length", "truncated", _unframed(BODY[:700], "text/html")),
    Fault("H4", "half of a JSON without a length", "truncated",
          _unframed(b'{"value": [1, 2', "application/json", accept=Accept.DATA)),
    Fault("H4", "a CSV without a length whose last line is cut", "truncated",
          _unframed(b"year,value\n2024,1\n2025,1", "text/csv", accept=Accept.DATA)),
    Fault("H4", "half of a PDF without a length", "truncated", _unframed(PDF[:-20], "application/pdf")),
    # timeout
    Fault("H1", "a server that takes the request and says nothing", "timeout", slow(hang())),
    Fault("H1", "a head that comes byte by byte", "timeout", slow(drip(b"", answer(BODY)))),
    Fault("H1", "a body that comes byte by byte", "timeout", slow(drip(answer(length=len(BODY)), BODY))),
    Fault("H1", "a body that stops half-way, without an end", "timeout",
          slow(hang(answer(BODY[:300], length=900)))),
    Fault("H1", "a length of a chunk that comes byte by byte", "timeout",
          slow(drip(chunked(b"", ended=False), b"0" * 200))),
    Fault("H1", "a server that takes the connection and never greets in TLS", "timeout", _no_handshake),
    # TLS
    Fault("H8", "a certificate that has expired", "tls_failure", _secured(expired=True)),
    Fault("H8", "a certificate for another name", "tls_failure", _secured(name="other.test")),
    Fault("H8", "a certificate of an unknown authority", "tls_failure", _secured(stranger=True)),
    Fault("H8", "plain HTTP where TLS is spoken", "tls_failure", _no_tls),
    # names and hosts
    Fault("dns", "a name that is not there", "dns_failure", ask("http://nowhere.example/")),
    Fault("dns", "a look-up that does not end", "dns_failure", _slow_names),
    Fault("wire", "a port where nobody listens", "unreachable", _closed_port),
    Fault("wire", "a connection closed without an answer", "unreachable", serve(raw(b""))),
    Fault("wire", "a connection reset without an answer", "unreachable", serve(reset(b""))),
    # redirects
    Fault("H6", "a redirect to itself", "redirect_loop", redirect("{own}")),
    Fault("H6", "a redirect there and back", "redirect_loop", redirect("/there", "{own}")),
    Fault("H6", "seven redirects", "redirect_loop", redirect(*(f"/hop{number}" for number in range(7)))),
    # refused before any connection
    Fault("H6", "a redirect to file:///etc/passwd", "refused", redirect("file:///etc/passwd")),
    Fault("H6", "a redirect from https to http", "refused", _downgrade),
    Fault("H7", "a redirect to a private address", "refused", redirect("http://169.254.169.254/latest/meta-data/")),
    Fault("H7", "a redirect to another port of this machine", "refused", redirect("http://127.0.0.1:22/")),
    Fault("H7", "the address of this machine", "refused", ask("http://127.0.0.1:{port}/")),
    Fault("H7", "the address of this machine as one number", "refused", ask("http://2130706433:{port}/")),
    Fault("H7", "the address of this machine mapped into IPv6", "refused", ask("http://[::ffff:127.0.0.1]:{port}/")),
    Fault("H7", "a name that leads to this machine", "refused", _known_name("127.0.0.1")),
    Fault("H7", "a name that leads to NAT64 of this machine", "refused", _known_name("64:ff9b::7f00:1")),
    Fault("H7", "an address with a password", "refused", ask("http://user:pass@press.example/")),
    Fault("H7", "an address of a host that the source does not name", "refused", _other_host),
    # too much asked
    Fault("H2", "status 429 with Retry-After: 1000000000", "throttled", serve(_busy("1000000000"))),
    Fault("H2", "status 429 for ever", "throttled", serve(_failing("429 Too Many Requests"))),
    Fault("H2", "status 503 with Retry-After: 3600", "throttled",
          serve(_failing("503 Service Unavailable", ("Retry-After", "3600")))),
    # the server's own
    Fault("H3", "status 500 for ever", "server_error", serve(_failing("500 Internal Server Error"))),
    Fault("H3", "status 501", "server_error", serve(_failing("501 Not Implemented"))),
    Fault("robots", "a robots.txt that fails with status 500", "server_error", _robots(_failing("500 Broken"))),
)  # fmt: skip
