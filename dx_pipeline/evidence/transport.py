"""One request and its answer: a connection to an address that was checked, read up to its limits.

Only the wire belongs here: connecting, TLS, one request, one answer, its framing and content coding. Which
addresses may be asked, and what an answer means, is decided elsewhere.

Every read waits no longer than the deadline allows, so that a server that sends a byte now and then ends there too.
"""

import contextlib
import http.client
import re
import socket
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from functools import cache
from typing import Any

import certifi
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, SSLError

from dx_pipeline.evidence.addresses import Target
from dx_pipeline.evidence.inflate import CorruptError, IncompleteError, Inflater

_CHUNK = 64 * 1024
_ERROR_BYTES = 64 * 1024
_WITHOUT_BODY = frozenset({204, 205, 304, 301, 302, 303, 307, 308})  # or with one that nobody needs
_CLOSING_SECONDS = 0.05  # how long an answer that was whole is looked at for bytes too many


class TransportError(Exception):
    """A request that ended without a whole answer.

    ``outcome`` is one of ``OUTCOMES``, the message tells what happened, ``transient`` whether another try may help.
    ``status`` and ``headers`` are those of the answer, as far as it came.
    """

    def __init__(self, outcome: str, detail: str, *, transient: bool) -> None:
        super().__init__(detail)
        self.outcome = outcome
        self.transient = transient
        self.status: int | None = None
        self.headers: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Limits of one exchange: ``ends_at`` on the monotonic clock, seconds for connecting and for each read."""

    ends_at: float
    connect_seconds: float
    read_seconds: float
    max_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """A proxy to go through: its host and port, and the header that it wants, if any."""

    host: str
    port: int
    authorization: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What is sent: method, headers (Host and framing excepted) and body."""

    method: str
    headers: Mapping[str, str]
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: ``framed`` tells whether its length was declared, so that nothing can be missing unseen.

    Header names are in lower case. Of an answer cut at ``max_bytes`` by request, ``body`` is the beginning.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    framed: bool


class _Bounded:
    """What a socket needs to end its reads in time."""

    ends_at = float("inf")
    read_seconds = float("inf")

    def bound(self) -> float:
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        return min(left, self.read_seconds)


class _PlainSocket(socket.socket, _Bounded):
    def recv_into(self, *arguments: Any, **options: Any) -> int:
        self.settimeout(self.bound())
        return super().recv_into(*arguments, **options)


class _TLSSocket(ssl.SSLSocket, _Bounded):
    def recv_into(self, *arguments: Any, **options: Any) -> int:
        self.settimeout(self.bound())
        return super().recv_into(*arguments, **options)


@cache
def tls_context(authorities: str | None = None) -> ssl.SSLContext:
    """Return the settings of TLS: certificates and names are always verified.

    The machine's authorities are trusted, those of certifi, and the ones of the PEM file ``authorities``.

    Raises:
        OSError: where the file cannot be read.
    """
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    if authorities:
        context.load_verify_locations(authorities)
    context.sslsocket_class = _TLSSocket
    return context


def exchange(
    target: Target,
    addresses: Sequence[str],
    sending: Sending,
    deadlines: Deadlines,
    context: ssl.SSLContext,
    *,
    proxy: Proxy | None = None,
    cut: bool = False,
) -> Answer:
    """Send one request and read its answer.

    ``addresses`` are tried in their order; the host's name is used for TLS and the Host header only. ``cut`` takes
    the first ``max_bytes`` of a longer body instead of failing.

    Raises:
        TransportError: where there is no whole answer.
    """
    connection = _connection(target, addresses, deadlines, context, proxy)
    try:
        _connect(connection, target, proxy)
        sock: Any = connection.sock  # kept, as http.client lets go of it once the head is read
        sock.ends_at, sock.read_seconds = deadlines.ends_at, deadlines.read_seconds
        response = _head(connection, target, sending, proxy)
        try:
            return _read(response, sock, deadlines, cut)
        except TransportError as error:
            error.status, error.headers = response.status, _headers(response.msg)
            raise
        finally:
            response.close()
    finally:
        with contextlib.suppress(OSError):
            connection.close()


class _Pinned:
    """A connection that looks no name up: it goes to the addresses it was given."""

    addresses: Sequence[str]
    deadlines: Deadlines
    port: int

    def _new_conn(self) -> socket.socket:
        failure: OSError = OSError("no address")
        for address in self.addresses:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            sock = _PlainSocket(family, socket.SOCK_STREAM)
            try:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                left = self.deadlines.ends_at - time.monotonic()
                sock.settimeout(max(0.001, min(self.deadlines.connect_seconds, left)))
                sock.connect((address, self.port))
                # A proxy's answer to CONNECT is read before the caller has the socket.
                sock.ends_at, sock.read_seconds = self.deadlines.ends_at, self.deadlines.read_seconds
                return sock
            except OSError as error:
                sock.close()
                failure = error
        raise failure


class _PinnedHTTP(_Pinned, HTTPConnection):
    pass


class _PinnedHTTPS(_Pinned, HTTPSConnection):
    pass


def _connection(
    target: Target, addresses: Sequence[str], deadlines: Deadlines, context: ssl.SSLContext, proxy: Proxy | None
) -> _PinnedHTTP | _PinnedHTTPS:
    host, port = (proxy.host, proxy.port) if proxy else (target.host, target.port)
    connection: _PinnedHTTP | _PinnedHTTPS
    if target.scheme == "https":
        connection = _PinnedHTTPS(host, port, ssl_context=context)
        if proxy:
            headers = {"Proxy-Authorization": proxy.authorization} if proxy.authorization else {}
            connection.set_tunnel(target.host, target.port, headers=headers)
    else:
        connection = _PinnedHTTP(host, port)
    connection.addresses, connection.deadlines = addresses, deadlines
    return connection


def _connect(connection: _PinnedHTTP | _PinnedHTTPS, target: Target, proxy: Proxy | None) -> None:
    via = f"the proxy {proxy.host}:{proxy.port}" if proxy else target.host
    try:
        connection.connect()
    except (ssl.SSLCertVerificationError, SSLError, ssl.CertificateError) as error:
        raise TransportError(
            "tls_failure", f"{target.host} has no valid certificate ({_reason(error)})", transient=False
        ) from error
    except ssl.SSLError as error:
        raise TransportError(
            "tls_failure", f"TLS with {target.host} failed ({_reason(error)})", transient=False
        ) from error
    except TimeoutError as error:
        raise TransportError("timeout", f"no connection to {via} in time", transient=True) from error
    except (OSError, HTTPError, http.client.HTTPException, ValueError) as error:
        raise TransportError("unreachable", f"no connection to {via} ({_reason(error)})", transient=True) from error


def _head(
    connection: _PinnedHTTP | _PinnedHTTPS, target: Target, sending: Sending, proxy: Proxy | None
) -> http.client.HTTPResponse:
    headers = dict(sending.headers)
    path = target.path
    if proxy and target.scheme == "http":
        path = target.url
        if proxy.authorization:
            headers["Proxy-Authorization"] = proxy.authorization
    try:
        connection.request(sending.method, path, body=sending.data, headers=headers)
        # The answer of http.client itself: urllib3's would take an unframed or over-long body for a whole one.
        response = http.client.HTTPConnection.getresponse(connection)
    except TimeoutError as error:
        raise TransportError("timeout", "the head of the answer did not come in time", transient=True) from error
    except http.client.RemoteDisconnected as error:
        raise TransportError("unreachable", "the connection was closed without an answer", transient=True) from error
    except (http.client.HTTPException, ValueError) as error:
        raise TransportError("malformed", f"the answer is no HTTP ({_reason(error)})", transient=False) from error
    except (OSError, HTTPError) as error:
        raise TransportError("unreachable", f"the connection broke ({_reason(error)})", transient=True) from error
    return response


def _read(response: http.client.HTTPResponse, sock: Any, deadlines: Deadlines, cut: bool) -> Answer:
    headers = _headers(response.msg)
    if response.status < 200 or response.status in _WITHOUT_BODY:
        return Answer(response.status, headers, b"", framed=True)
    if response.status >= 400:
        return _read_error(response, headers, sock, deadlines)
    length, received = _declared_length(response), 0
    if length is not None and length > deadlines.max_bytes and not cut:
        raise _too_large(deadlines)
    try:
        inflater = Inflater(headers.get("content-encoding", ""), deadlines.max_bytes)
        for piece in _pieces(response, length, deadlines.ends_at):
            received += len(piece)
            inflater.feed(piece)
            if received > deadlines.max_bytes or inflater.full:
                return _first_bytes(response, headers, inflater, deadlines, cut)
        _look_for_more(response, sock, length, received)
        return Answer(response.status, headers, inflater.finish(), framed=response.chunked or length is not None)
    except TimeoutError as error:
        detail = f"the body did not come in time; {received} bytes had come"
        raise TransportError("timeout", detail, transient=True) from error
    except (http.client.IncompleteRead, IncompleteError, OSError) as error:
        detail = f"the body broke off after {received} bytes ({_reason(error)})"
        raise TransportError("truncated", detail, transient=True) from error
    except (CorruptError, http.client.HTTPException, ValueError) as error:
        raise TransportError("malformed", f"the body cannot be read ({_reason(error)})", transient=False) from error


def _read_error(
    response: http.client.HTTPResponse, headers: Mapping[str, str], sock: Any, deadlines: Deadlines
) -> Answer:
    """Return the beginning of an error's page, as far as it comes: the status says what matters."""
    sock.ends_at = min(sock.ends_at, time.monotonic() + deadlines.read_seconds)
    pieces = b""
    with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
        inflater = Inflater(headers.get("content-encoding", ""), _ERROR_BYTES)
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
            for piece in _pieces(response, response.length, sock.ends_at):
                inflater.feed(piece)
                if inflater.full:
                    break
        pieces = inflater.beginning()
    return Answer(response.status, headers, pieces, framed=False)


def _pieces(response: http.client.HTTPResponse, length: int | None, ends_at: float) -> Iterator[bytes]:
    received = 0
    while length is None or received < length:
        piece = response.read1(_CHUNK) if response.chunked else _read_some(response)
        if not piece:
            return
        received += len(piece)
        yield piece
        if time.monotonic() > ends_at:  # unpacking takes time as well
            raise TimeoutError("the deadline has passed")


def _read_some(response: http.client.HTTPResponse) -> bytes:
    # Past http.client, which ends at the declared length and so would never show that there is more.
    return response.fp.read1(_CHUNK) or b"" if response.fp else b""


def _look_for_more(response: http.client.HTTPResponse, sock: Any, length: int | None, received: int) -> None:
    """Refuse a body shorter or longer than it was said to be."""
    if length is None:
        return
    if received < length:
        detail = f"the body broke off: {length} bytes were declared, {received} came"
        raise TransportError("truncated", detail, transient=True)
    if received == length and response.fp:
        sock.ends_at = min(sock.ends_at, time.monotonic() + (_CLOSING_SECONDS if response.will_close else 0.001))
        with contextlib.suppress(OSError):
            received += len(_read_some(response))
    if received > length:
        detail = (
            f"the body is longer than declared: {length} bytes were declared, more came, so where it ends is unknown"
        )
        raise TransportError("truncated", detail, transient=True)


def _first_bytes(
    response: http.client.HTTPResponse, headers: Mapping[str, str], inflater: Inflater, deadlines: Deadlines, cut: bool
) -> Answer:
    if cut:
        return Answer(response.status, headers, inflater.beginning(), framed=False)
    raise _too_large(deadlines)


def _too_large(deadlines: Deadlines) -> TransportError:
    return TransportError("too_large", f"the body has more than {deadlines.max_bytes} bytes", transient=False)


def _declared_length(response: http.client.HTTPResponse) -> int | None:
    """Return the length that the headers declare.

    Raises:
        TransportError: where they contradict each other or are no lengths.
    """
    codings = ", ".join(response.msg.get_all("transfer-encoding", [])).strip().lower()
    lengths = {one.strip() for value in response.msg.get_all("content-length", []) for one in value.split(",")}
    if codings not in {"", "chunked", "identity"}:
        raise TransportError("malformed", f"transfer coding {codings[:40]!r} was not asked for", transient=False)
    if response.chunked or not lengths:
        return None
    if len(lengths) > 1 or not re.fullmatch(r"[0-9]{1,18}", text := lengths.pop()):
        raise TransportError("malformed", "Content-Length is no single number", transient=False)
    return int(text)


def _headers(message: Message) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in message.items():
        text = _readable(str(value))
        key = name.lower()
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def _readable(value: str) -> str:
    with contextlib.suppress(UnicodeError):  # http.client reads headers as Latin-1; many servers write UTF-8
        value = value.encode("latin-1").decode("utf-8")
    return " ".join(value.split())


def _reason(error: BaseException) -> str:
    """Return what an error says, without the numbers and classes around it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.lower().replace("_", " ")
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    if isinstance(error, http.client.IncompleteRead):
        return "a chunk is cut"
    # What a server sent may be in it.
    plain = "".join(sign if sign.isprintable() else " " for sign in str(error)[:200])
    return " ".join(plain.split()) or type(error).__name__
