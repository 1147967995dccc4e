"""The way to a host: its addresses, looked up in time and checked, or a proxy.

Only choosing the way belongs here; what may be asked is told by ``addresses``, the wire is ``transport``.
"""

import base64
import socket
import threading
import time
from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from dx_pipeline.evidence.addresses import Resolver, Target, find_addresses
from dx_pipeline.evidence.transport import Answer, Deadlines, Proxy, Sending, TransportError, exchange, tls_context

_Found = TypeVar("_Found")
_FINAL = {getattr(socket, name) for name in ("EAI_NONAME", "EAI_NODATA") if hasattr(socket, name)}


class Router:
    """Sends requests the way that the settings allow.

    ``proxies`` maps ``http``, ``https`` and ``no`` to what the variables HTTP_PROXY, HTTPS_PROXY and NO_PROXY hold.
    """

    def __init__(self, resolve: Resolver, proxies: Mapping[str, str], authorities: str | None) -> None:
        """Read the proxies and the authorities.

        Raises:
            ValueError: where a proxy cannot be used; the message names it.
            OSError: where the file of authorities cannot be read.
        """
        self._resolve = resolve
        self._proxies = {scheme: _proxy(scheme, proxies[scheme]) for scheme in ("http", "https") if proxies.get(scheme)}
        self._direct = [one for one in proxies.get("no", "").replace(" ", "").lower().split(",") if one]
        self._context = tls_context(authorities)

    def send(self, target: Target, sending: Sending, deadlines: Deadlines, *, cut: bool = False) -> Answer:
        """Send one request and return its answer; ``cut`` takes the beginning of a body that is too long.

        Raises:
            TransportError: where there is no whole answer.
            RefusedError: where the host must not be asked; no connection was tried.
        """
        proxy = self._proxy_for(target)
        if proxy:  # the operator's own, so its address is not judged; names are looked up by it, and judged there
            addresses = _in_time(lambda: list(self._resolve(proxy.host)), proxy.host, deadlines)
        else:
            found = _in_time(lambda: find_addresses(target, self._resolve), target.host, deadlines)
            addresses = [str(address) for address in found]
        return exchange(target, addresses, sending, deadlines, self._context, proxy=proxy, cut=cut)

    def _proxy_for(self, target: Target) -> Proxy | None:
        proxy = self._proxies.get(target.scheme)
        if proxy is None or target.named or any(_covers(one, target) for one in self._direct):
            return None
        return proxy


def _covers(entry: str, target: Target) -> bool:
    """Return whether an entry of NO_PROXY means a host: itself, what is below it, or everything."""
    name = entry.removeprefix("*").removeprefix(".")
    hosts = (target.host, f"{target.host}:{target.port}")
    return entry == "*" or (bool(name) and any(host == name or host.endswith(f".{name}") for host in hosts))


def _proxy(scheme: str, value: str) -> Proxy:
    parts = urlsplit(value if "://" in value else f"http://{value}")
    try:
        port = parts.port or 80
    except ValueError:
        port = 0
    if parts.scheme != "http" or not parts.hostname or not port:
        raise ValueError(f"the proxy for {scheme} is none that can be used; write it as http://host:port")
    authorization = None
    if parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return Proxy(host=parts.hostname, port=port, authorization=authorization)


def _in_time(look_up: Callable[[], _Found], host: str, deadlines: Deadlines) -> _Found:
    """Look a name up in a thread of its own, since the system's look-up knows no limit of time."""
    found: list[_Found] = []
    failed: list[Exception] = []

    def run() -> None:
        try:
            found.append(look_up())
        except Exception as error:  # handed to the caller below
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True, name=f"look-up of {host}")
    thread.start()
    thread.join(max(0.001, min(deadlines.connect_seconds, deadlines.ends_at - time.monotonic())))
    if failed:
        error = failed[0]
        if not isinstance(error, OSError):
            raise error
        transient = not (isinstance(error, socket.gaierror) and error.errno in _FINAL)
        raise TransportError("dns_failure", f"the name {host} has no address", transient=transient) from error
    if not found:
        raise TransportError("dns_failure", f"the name {host} was not answered for in time", transient=True)
    return found[0]
