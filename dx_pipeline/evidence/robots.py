"""robots.txt as RFC 9309 has it: what a site lets this crawler ask for.

Only reading the file and judging paths belongs here; it is asked for by ``fetch``. ``Crawl-delay``, which the
standard does not know, is read as a rule of its group.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

MAX_BYTES = 512 * 1024  # the standard asks for 500 KiB at least; what comes after is not read
PRODUCT = "dx-pipeline"
_TOKEN = re.compile(r"[a-z_-]+")
_MAX_RULES = 5_000
_MAX_PATTERN = 2_000
_SAFE = "/?:@!$&'()*+,;=~-._[]"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a group: whether addresses that its pattern matches may be asked."""

    allow: bool
    pattern: str


@dataclass(frozen=True, slots=True)
class Robots:
    """What one site asks of this crawler: rules, and the least seconds between two requests."""

    rules: tuple[Rule, ...] = ()
    crawl_delay_seconds: float = 0.0

    def refusal(self, path: str) -> str | None:
        r"""Return the line that forbids a path (query included), or ``None`` where it may be asked.

        The longest matching pattern decides; of two of one length, the one that allows.

        >>> robots = read_robots(b"User-agent: *\nDisallow: /a\nAllow: /a/b")
        >>> robots.refusal("/a/b/c"), robots.refusal("/a/x")
        (None, 'Disallow: /a')
        """
        if path == "/robots.txt":
            return None
        plain = _normal(path)
        matching = [rule for rule in self.rules if _matches(rule.pattern, plain)]
        best = max(matching, key=lambda rule: (len(rule.pattern), rule.allow), default=None)
        return f"Disallow: {best.pattern}" if best and not best.allow else None


def read_robots(body: bytes, product: str = PRODUCT) -> Robots:
    r"""Read a robots.txt; what cannot be read of it forbids nothing.

    The groups that name the product are taken together, and where there is none, those for everybody.

    >>> read_robots(b"User-agent: *\nCrawl-delay: 2.5").crawl_delay_seconds
    2.5
    """
    text = body[:MAX_BYTES].removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    groups: dict[str, tuple[list[Rule], list[float]]] = {}  # of this product and of everybody: nobody else matters
    agents: set[str] = set()
    closed = False  # whether a rule was seen since the last user-agent line
    for line in re.split(r"\r\n|\r|\n", text):
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon or key not in {"user-agent", "allow", "disallow", "crawl-delay"}:
            continue
        if key == "user-agent":
            agents = set() if closed else agents
            closed = False
            if (agent := _agent(value)) in {product.lower(), "*"}:
                agents.add(agent)
                groups.setdefault(agent, ([], []))
            continue
        closed = True
        for agent in agents:
            rules, delays = groups[agent]
            if key == "crawl-delay":
                delays += _seconds(value)
            elif value and len(rules) < _MAX_RULES and len(value) <= _MAX_PATTERN:
                rules.append(Rule(key == "allow", _normal(value)))
    rules, delays = groups.get(product.lower()) or groups.get("*") or ([], [])
    return Robots(tuple(rules), max(delays, default=0.0))


def _agent(value: str) -> str:
    found = _TOKEN.match(value.lower())
    return found.group() if found else value[:1]


def _seconds(value: str) -> list[float]:
    plain = re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", value)
    return [float(value)] if plain else []


def _normal(path: str) -> str:
    """Return a path with one spelling for each octet, so that ``/%7Ea``, ``/~a`` and ``/ä`` compare as they should."""
    pieces = re.split(r"(%2[Ff]|%2[Aa]|%24|%3[Ff])", path)  # an escaped / * $ ? is not the sign itself
    return "".join(
        piece.upper() if number % 2 else quote(unquote_to_bytes(piece), safe=_SAFE)
        for number, piece in enumerate(pieces)
    )


def _matches(pattern: str, path: str) -> bool:
    """Return whether a pattern with ``*`` and a final ``$`` matches the beginning of a path, in linear time."""
    anchored = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    if anchored and not others:
        return path == first
    position = len(first)
    for number, piece in enumerate(others):
        if anchored and number == len(others) - 1:
            return len(path) - len(piece) >= position and path.endswith(piece)
        position = path.find(piece, position)
        if position < 0:
            return False
        position += len(piece)
    return True
