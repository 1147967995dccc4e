"""Forms on the pages of statistics services: what must be posted back, and where the download lies.

Only reading a page's form belongs here; what is posted is said by the request. A page is hostile text: sizes are
bounded, and an address in it is followed only on the host that was asked.
"""

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

_MOST_FIELDS = 5_000
_MOST_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Form:
    """A form: where it is posted to, its hidden fields, the lists with all their values, and its buttons."""

    action: str
    hidden: tuple[tuple[str, str], ...]
    lists: tuple[tuple[str, str], ...]
    buttons: tuple[tuple[str, str], ...]

    def filled(self, fields: dict[str, str], *, choose_all: bool) -> list[tuple[str, str]]:
        """Return the pairs to post: hidden fields, all values of the lists where wanted, and ``fields``.

        A field may be named by the end of its name, since ASP.NET puts the names of its containers before it.
        """
        names = [name for name, _ in (*self.hidden, *self.lists, *self.buttons)]
        told = {_full(name, names): value for name, value in fields.items()}
        pairs = [(name, value) for name, value in self.hidden if name not in told]
        if choose_all:
            pairs += [(name, value) for name, value in self.lists if name not in told]
        return [*pairs, *told.items()]


def read_form(body: bytes, address: str) -> Form | None:
    """Return the form of a page that has most hidden fields; ``None`` where it has no form that may be followed.

    Args:
        body: the page.
        address: where it came from; a form that is posted to another host is none.
    """
    tree = LexborHTMLParser(body[:_MOST_BYTES])
    forms = []
    for node in tree.css("form"):
        action = same_host(node.attributes.get("action") or "", address)
        if action is None:
            continue
        inputs = [(one.attributes.get("name"), one.attributes) for one in node.css("input")][:_MOST_FIELDS]
        named = [(name, attributes) for name, attributes in inputs if name]
        hidden = [(name, a.get("value") or "") for name, a in named if (a.get("type") or "").lower() == "hidden"]
        buttons = [(name, a.get("value") or "") for name, a in named if (a.get("type") or "").lower() == "submit"]
        lists = [
            (name, option.attributes.get("value") or "")
            for select in node.css("select")
            if (name := select.attributes.get("name"))
            for option in select.css("option")
        ][:_MOST_FIELDS]
        forms.append(Form(action, tuple(hidden), tuple(lists), tuple(buttons)))
    return max(forms, key=lambda form: len(form.hidden), default=None)


def find_link(body: bytes, address: str, wanted: str) -> str | None:
    """Return the first address in a page's links and options that holds ``wanted``, on the host of ``address``."""
    tree = LexborHTMLParser(body[:_MOST_BYTES])
    for node in tree.css("a[href], option[value]"):
        told = node.attributes.get("href") or node.attributes.get("value") or ""
        if wanted.casefold() in told.casefold() and (found := same_host(told, address)) is not None:
            return found
    return None


def same_host(told: str, address: str) -> str | None:
    """Return an address made absolute, or ``None`` where it is no web address on the host of ``address``.

    >>> same_host("data.csv", "https://a.example/x/"), same_host("//b.example/", "https://a.example/")
    ('https://a.example/x/data.csv', None)
    """
    try:
        found = urljoin(address, told.strip())
        parts, own = urlsplit(found), urlsplit(address)
        fits = parts.scheme in {"http", "https"} and (parts.hostname, parts.port) == (own.hostname, own.port)
    except ValueError:
        return None
    return found if fits else None


def _full(name: str, names: list[str]) -> str:
    """Return the one name on the page that ends so, else the name itself."""
    if name in names:
        return name
    ending = {one for one in names if one.endswith((f"${name}", f"_{name}"))}
    return ending.pop() if len(ending) == 1 else name
