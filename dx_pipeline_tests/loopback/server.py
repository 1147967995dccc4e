"""A web server on loopback that sends exactly the bytes it is told to, at the pace it is told to.

A framework's server would mend what is broken. Here an answer is a function that is handed the connection and may
send half of it, drip, hang, or reset.
"""

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

_HEAD_LIMIT = 64 * 1024


@dataclass(frozen=True)
class Seen:
    """A request as it came; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    at: float  # on the monotonic clock


@dataclass
class Line:
    """A connection on which one request has come, for an answer to write to."""

    sock: socket.socket
    request: Seen
    closing: threading.Event

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.sock.sendall(data)

    def drip(self, data: bytes, seconds: float) -> None:
        """Send byte by byte, so long apart."""
        for number in range(len(data)):
            self.send(data[number : number + 1])
            self.wait(seconds)

    def wait(self, seconds: float) -> None:
        """Wait, unless the server closes meanwhile."""
        self.closing.wait(seconds)

    def reset(self) -> None:
        """End the connection by a reset instead of an end."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


Act = Callable[[Line], None]


@dataclass
class LoopbackServer:
    """A server on a free port of 127.0.0.1, a thread for each connection.

    ``routes`` maps a path to its answers, one for each request; the last one is given ever after. A path that is not
    there is answered with status 404.
    """

    routes: dict[str, list[Act]] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    greeting: bytes = b""  # sent on connection, whatever is asked
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._threads: list[threading.Thread] = []

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._listener.getsockname()[1])

    def __enter__(self) -> "LoopbackServer":
        self._start(self._listen)
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def route(self, path: str, *acts: Act) -> None:
        """Answer a path so."""
        self.routes[path] = list(acts)

    def asked(self, path: str) -> list[Seen]:
        """Return the requests that came for a path, in order."""
        return [one for one in self.seen if one.path == path]

    def _start(self, run: Callable[[], None]) -> None:
        thread = threading.Thread(target=run, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _listen(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._start(lambda taken=sock: self._answer(taken))  # type: ignore[misc]

    def _answer(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):  # whoever asked may hang up
            sock.settimeout(10)
            if self.greeting:
                sock.sendall(self.greeting)
            if self.tls:
                sock = self.tls.wrap_socket(sock, server_side=True)
            request = _read_request(sock)
            if request:
                with self._lock:
                    self.seen.append(request)
                    acts = self.routes.get(request.path, [plain_404])
                    act = acts.pop(0) if len(acts) > 1 else acts[0]
                act(Line(sock, request, self._closing))
        with contextlib.suppress(OSError):
            sock.close()


def plain_404(line: Line) -> None:
    """Answer that there is no such page."""
    line.send(answer(b"<h1>No such page</h1>", status="404 Not Found"))


def answer(
    body: bytes = b"",
    *,
    status: str = "200 OK",
    media_type: str | None = "text/html; charset=utf-8",
    headers: Iterable[tuple[str, str]] = (),
    length: int | None = -1,
) -> bytes:
    """Return the bytes of an answer; ``length`` is what it declares, its own where it is -1, none where ``None``."""
    lines = [f"HTTP/1.1 {status}"]
    if media_type is not None:
        lines.append(f"Content-Type: {media_type}")
    if length is not None:
        lines.append(f"Content-Length: {len(body) if length == -1 else length}")
    lines += [f"{name}: {value}" for name, value in headers]
    lines += ["Connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def _read_request(sock: socket.socket) -> Seen | None:
    head = b""
    while b"\r\n\r\n" not in head and len(head) < _HEAD_LIMIT:
        piece = sock.recv(4096)
        if not piece:
            return None
        head += piece
    head, _, body = head.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += sock.recv(4096)
    return Seen(method, path, headers, body, time.monotonic())
