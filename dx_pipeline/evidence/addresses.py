"""Which addresses may be asked: how a URL must be spelled, and which machines it may lead to.

Only judging belongs here: nothing is connected to, and names are looked up by a function that is handed in.
A URL that two programs could read differently is refused rather than mended, because one of the two readings
may lead into the operator's own network.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

import idna

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str], Sequence[str]]
"""From a host name to its addresses, as text; raises OSError where there is none."""

DEFAULT_PORTS = {"http": 80, "https": 443}
_MAX_URL = 4096
_MAX_HOST = 253
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\ufeff]")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")  # the last part of what other programs read as an IPv4 address
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_SAFE_PATH = "/%:@!$&'()*+,;=~-._"
_DOTS = re.compile(r"%2e", re.IGNORECASE)

# Ports of other services, which a request might speak to in their own tongue: the bad ports of the Fetch Standard.
_BAD_PORTS = frozenset(
    {
        0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
        109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526,
        530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659,
        4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
    }
)  # fmt: skip

# The special-purpose registries of IANA, written out: `ipaddress.is_global` differs between versions of Python and
# holds NAT64 addresses for public ones whatever is inside.
_NOT_PUBLIC_4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20")))
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_TRANSLATED = ipaddress.IPv6Network("::ffff:0:0:0/96")


class RefusedError(ValueError):
    """The address is not to be asked; the message tells why and what to do."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that may be asked, in its parts; ``literal`` is the host where it is an IP address.

    ``url`` is the normal form: lower-case host in ASCII, no dot segments, no fragment. ``path`` is what the
    request line holds, query included. ``named`` tells that the setting for private hosts names the host.
    """

    url: str
    scheme: str
    host: str
    port: int
    path: str
    literal: IPAddress | None
    named: bool

    @property
    def origin(self) -> str:
        """Scheme, host and port, as robots.txt is valid for."""
        return f"{self.scheme}://{_bracketed(self.host)}:{self.port}"

    @property
    def authority(self) -> str:
        """Whose turn it is: the host, with the port where it is no web server's usual one."""
        return self.host if self.port in DEFAULT_PORTS.values() else f"{_bracketed(self.host)}:{self.port}"


def read_target(url: str, private_hosts: frozenset[str] = frozenset()) -> Target:
    """Take a URL apart.

    Raises:
        RefusedError: where it is no plain HTTP URL, or has a host that must not be asked by its spelling alone.

    >>> read_target("HTTPS://Example.org/a/../b?c#d").url
    'https://example.org/b?c'
    >>> read_target("http://127.1/")
    Traceback (most recent call last):
    dx_pipeline.evidence.addresses.RefusedError: host '127.1' is an odd spelling of an address; write the host's name
    """
    url = url.strip(" ")
    if len(url) > _MAX_URL:
        raise RefusedError(f"the address has {len(url)} characters, at most {_MAX_URL} are allowed; shorten it")
    _refuse_invisible(url)
    scheme, separator, rest = url.partition("://")
    scheme = scheme.lower()
    if not separator or scheme not in DEFAULT_PORTS:
        raise RefusedError(f"only http:// and https:// addresses are asked, not {url[:40]!r}; mend the address")
    authority = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    if "\\" in rest.partition("/")[0]:
        raise RefusedError("the address has a backslash before its path; write a slash")
    if "@" in authority:
        raise RefusedError("the address holds a user name or password; remove everything up to the @")
    host, port = _host_and_port(authority, scheme)
    host, literal = _read_host(host)
    named = not private_hosts.isdisjoint({host, f"{_bracketed(host)}:{port}", _bracketed(host)})
    if not named:
        _refuse_by_spelling(host, port, literal)
    path = _path(rest[len(authority) :])
    shown_port = "" if port == DEFAULT_PORTS[scheme] else f":{port}"
    return Target(f"{scheme}://{_bracketed(host)}{shown_port}{path}", scheme, host, port, path, literal, named)


def join_target(base: Target, location: str, private_hosts: frozenset[str] = frozenset()) -> Target:
    """Read where a redirect leads.

    Raises:
        RefusedError: as ``read_target`` does, and where it would leave HTTPS for HTTP.
    """
    location = location.strip(" \t")
    _refuse_invisible(location)  # before they are joined, which would drop some
    try:
        joined = urljoin(base.url, location)
    except ValueError:
        raise RefusedError(f"a redirect leads to {location[:80]!r}, which is no address; mend the address") from None
    target = read_target(joined, private_hosts)
    if base.scheme == "https" and target.scheme == "http":
        raise RefusedError(f"a redirect leads from https to {target.url}; ask that address itself if it is trusted")
    return target


def _refuse_invisible(url: str) -> None:
    if _CONTROLS.search(url):
        raise RefusedError("the address holds control or invisible characters; remove them")


def find_addresses(target: Target, resolve: Resolver) -> list[IPAddress]:
    """Look up the addresses of a target and check every one of them.

    Raises:
        OSError: where the name has no address.
        RefusedError: where any of them is not public and the target is not named by the setting.
    """
    found = [target.literal] if target.literal else _look_up(target.host, resolve)
    for address in found:
        reason = None if target.named else why_not_public(address)
        if reason:
            raise RefusedError(
                f"{target.host} leads to {address}, which is {reason}; nothing was asked. "
                "Name the host in DX_PRIVATE_HOSTS if it is a mirror of yours"
            )
    return found


def why_not_public(address: IPAddress) -> str | None:
    """Say why an address is not one of the public internet, or ``None`` where it is.

    An IPv4 address inside an IPv6 one is judged as well.

    >>> why_not_public(ipaddress.ip_address("64:ff9b::7f00:1"))
    '127.0.0.1 inside, of a private or special network'
    >>> why_not_public(ipaddress.ip_address("2001:4860:4860::8888")) is None
    True
    """
    if isinstance(address, ipaddress.IPv4Address):
        return "of a private or special network" if any(address in one for one in _NOT_PUBLIC_4) else None
    if address.scope_id is not None:
        return "of this machine's own links"
    inside = _inside(address)
    for inner in inside:
        if reason := why_not_public(inner):
            return f"{inner} inside, {reason}"
    if inside:
        return None
    if address not in _GLOBAL_6 or any(address in one for one in _NOT_PUBLIC_6):
        return "of a private or special network"
    return None


def system_resolve(host: str) -> list[str]:
    """Look a name up as the machine does.

    Raises:
        OSError: where it has no address.
    """
    entries = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in entries))


def _inside(address: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    if address.teredo:
        return list(address.teredo)
    if address.sixtofour:
        return [address.sixtofour]
    if any(address in network for network in (_NAT64, _MAPPED, _COMPATIBLE, _TRANSLATED)):
        return [ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)]
    return []


def _look_up(host: str, resolve: Resolver) -> list[IPAddress]:
    found = [ipaddress.ip_address(text) for text in resolve(host)]
    if not found:
        raise OSError(f"{host} has no address")
    return found


def _host_and_port(authority: str, scheme: str) -> tuple[str, int]:
    host, bracket, after = authority.rpartition("]")
    if bracket:
        host, colon, port = f"{host}]", after[:1], after[1:]
        if after and colon != ":":
            raise RefusedError(f"{authority!r} is no host and port; write [address]:port")
    else:
        host, colon, port = authority.partition(":")
    if not colon:
        return host, DEFAULT_PORTS[scheme]
    if not _PORT.fullmatch(port) or int(port) > 65535:
        raise RefusedError(f"port {port[:20]!r} is no plain number from 1 to 65535; write it so or leave it out")
    return host, int(port)


def _read_host(host: str) -> tuple[str, IPAddress | None]:
    if host.startswith("["):
        try:
            address = ipaddress.IPv6Address(host[1:-1])
        except ValueError:
            raise RefusedError(f"host {host!r} is no IPv6 address; mend it") from None
        if address.scope_id is not None:
            raise RefusedError(f"host {host!r} names a link of this machine; write an address without %")
        return str(address), address
    host = host.lower()
    if not host:
        raise RefusedError("the address has no host; write https://host/path")
    if not host.isascii():
        host = _ascii(host)
    if host.endswith("."):
        raise RefusedError(f"host {host[:80]!r} ends with a dot; leave it out")
    labels = host.split(".")
    if len(host) > _MAX_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise RefusedError(f"host {host[:80]!r} is no host name; mend the address")
    if not _NUMBER.fullmatch(labels[-1]):
        return host, None
    try:
        literal = ipaddress.IPv4Address(host)  # four parts in decimal, no leading zeros
    except ValueError:
        raise RefusedError(f"host {host!r} is an odd spelling of an address; write the host's name") from None
    return host, literal


def _ascii(host: str) -> str:
    try:
        encoded = idna.encode(host, strict=True).decode("ascii")
        if idna.decode(encoded) == host and encoded.count(".") == host.count("."):
            return encoded
    except (idna.IDNAError, UnicodeError):
        pass
    raise RefusedError(f"host {host[:80]!r} is no valid international name; write it in its xn-- form")


def _refuse_by_spelling(host: str, port: int, literal: IPAddress | None) -> None:
    if port in _BAD_PORTS:
        raise RefusedError(f"port {port} belongs to another service than the web; leave it out")
    reason = why_not_public(literal) if literal else None
    if reason:
        raise RefusedError(
            f"{host} is {reason}; nothing was asked. Name the host in DX_PRIVATE_HOSTS if it is a mirror of yours"
        )
    if literal is None and "." not in host:
        raise RefusedError(f"host {host!r} is a name of the local network; write the full name")


def _path(rest: str) -> str:
    """Return path and query as a request line holds them: percent-encoded, without dot segments and fragment."""
    parts = urlsplit(f"//host{rest}")
    path = quote(parts.path.replace("\\", "/"), safe=_SAFE_PATH) or "/"
    segments: list[str] = []
    pieces = path.split("/")[1:]
    for piece in pieces:
        plain = _DOTS.sub(".", piece)
        if plain == "..":
            segments[-1:] = []
        elif plain != ".":
            segments.append(piece)
    if _DOTS.sub(".", pieces[-1]) in {".", ".."}:
        segments.append("")
    query = f"?{quote(parts.query, safe=_SAFE_PATH + '?[]|')}" if "?" in rest.partition("#")[0] else ""
    return "/" + "/".join(segments) + query


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
