"""Names of persons: whom a page has introduced with their office, and where they are named without it later.

"Prime Minister Pham Minh Chinh … To Lam demanded … Mr. Chinh asked": a name alone stands for the office it was
introduced with in the same text. Nobody is known by name beforehand; only what the page itself says counts.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

Span = tuple[int, int]

_WORD = re.compile(r" ([^\W\d_][\w'’-]*)")
# only at the head of a clause: ahead of a comma in its midst there stands a place as often ("in Ho Chi Minh City, …")
_AHEAD = re.compile(r"(?:\A|[\n.:;,!?\"“] ?)((?:[^\W\d_][\w'’-]* ){1,3}[^\W\d_][\w'’-]*), (?:\w{1,3} )?\Z")
_APPOSED = re.compile(r", (?:\w{1,3} )?")
_REACH_BACK = 64  # code points before an office that may hold a name and its comma
_FEWEST, _MOST = 2, 4  # words of a full name
_SHORTEST_LAST = 4  # letters
_MOST_NAMES = 24  # of one text; each is searched for in all of it


def find_names(
    text: str, offices: Sequence[Span], titles: Iterable[Span], told: Sequence[Span], *, by_last: bool = False
) -> Iterator[tuple[int, int, int]]:
    """Yield where persons are named without their office: start, end, and the index of the office.

    ``offices`` are the spans of offices held by one person, ``titles`` those of words like "Mr.", ``told`` the
    stretches that tell the story. A name that two offices were introduced with is nobody's. A name right beside
    an office is not told again. ``by_last`` tells that a last name alone stands for the person.

    >>> text = "Premier An Binh spoke. An Binh asked. Mr. Binh left."
    >>> [text[start:end] for start, end, _ in find_names(text, [(0, 7)], [(38, 41)], [(0, len(text))])]
    ['Mr. Binh', 'An Binh']
    """
    known = _introduced(text, offices)
    titled: set[int] = set()
    for start, end in titles if known else ():
        said = " ".join(_capitals(text, end))
        holders = {index for name, index in known.items() if said and f" {name}".endswith(f" {said}")}
        if len(holders) == 1:
            titled.add(end + 1)
            yield start, end + 1 + len(said), holders.pop()
    starts, ends = {start for start, _ in offices}, {end for _, end in offices}
    for name, index in known.items():
        for start, end in _places(text, name, told):
            apposed = _APPOSED.match(text, end)
            is_ahead = apposed is not None and bool(starts & {apposed.end(), end + len(", ")})
            if start not in titled and start - 1 not in ends and not is_ahead:
                yield start, end, index
    for last, index in _last_names(known).items() if by_last else ():
        for start, end in _places(text, last, told):
            if not _is_beside_name(text, start, end):
                yield start, end, index


def _last_names(known: Mapping[str, int]) -> dict[str, int]:
    """The last names that only one person has, and that are no short word."""
    counts = Counter(name.rpartition(" ")[2] for name in known)
    named = {name.rpartition(" ")[2]: index for name, index in known.items()}
    return {last: index for last, index in named.items() if counts[last] == 1 and len(last) >= _SHORTEST_LAST}


def _is_beside_name(text: str, start: int, end: int) -> bool:
    """Whether another word in capitals or a title stands beside: the name is part of a longer one."""
    before = text[max(0, start - _REACH_BACK) : start].rstrip("\n").rpartition("\n")[2]
    ahead = before.rstrip(" ").rpartition(" ")[2]
    return ahead[:1].isupper() or bool(_capitals(text, end))


def _places(text: str, name: str, told: Sequence[Span]) -> Iterator[Span]:
    """Where a name stands as words of its own."""
    for start, end in told:
        at = text.find(name, start, end)
        while at >= 0:
            if not _is_inside_word(text, at, at + len(name)):
                yield at, at + len(name)
            at = text.find(name, at + len(name), end)


def _introduced(text: str, offices: Sequence[Span]) -> dict[str, int]:
    """The names printed beside offices, each with the index of its office."""
    known: dict[str, int] = {}
    unclear: set[str] = set()
    first: dict[str, int] = {}
    for index, (start, end) in enumerate(offices):
        words = _capitals(text, end)
        ahead = _AHEAD.search(text, max(0, start - _REACH_BACK), start)
        if len(words) < _FEWEST and ahead is not None:
            words = ahead.group(1).split(" ")
            words = words if all(word[0].isupper() for word in words) else []
        if not _FEWEST <= len(words) <= _MOST or len(known) >= _MOST_NAMES:
            continue
        name = " ".join(words)
        office = first.setdefault(text[start:end].casefold(), index)
        if known.setdefault(name, office) != office:
            unclear.add(name)
    return {name: index for name, index in known.items() if name not in unclear}


def _capitals(text: str, at: int) -> list[str]:
    """The words in capitals that follow one another from a place on."""
    words: list[str] = []
    match = _WORD.match(text, at)
    while match is not None and match.group(1)[0].isupper() and len(words) <= _MOST:
        words.append(match.group(1))
        match = _WORD.match(text, match.end())
    return words


def _is_inside_word(text: str, start: int, end: int) -> bool:
    return (start > 0 and text[start - 1].isalnum()) or (end < len(text) and text[end].isalnum())
