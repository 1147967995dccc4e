"""The head of a document: headline, byline dates, publisher, printed source, told from its lines.

What a page declares in its markup goes before what is found here; blocks are made elsewhere.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from dx_pipeline.documents.cues import PageCues
from dx_pipeline.documents.dates import is_date_line
from dx_pipeline.documents.document import Line
from dx_pipeline.documents.lines import (
    bare,
    byline_author,
    ends_sentence,
    evident_kind,
    heading_text,
    is_markdown_heading,
    is_menu_row,
    is_prose,
    is_source,
    marker,
    sentence_count,
)
from dx_pipeline.schemas.documents import STORY_KINDS

_KEY_VALUE = re.compile(r"\[\[\s?([\w .-]{1,40}?)\s?:\s?(.{0,4000})\]\]$")
_FRONT_MATTER = re.compile(r"([A-Za-z_][\w-]{0,40}):\s(.{1,2000})$")
_URL = re.compile(r"https?://[^\s<>\"'`|\\^{}]{1,2040}")
_DOMAIN_NAME = re.compile(r"(?:[\w-]{1,40}\.){1,3}[a-z]{2,12}(?=\s|$|[,:;|/–—-])", re.IGNORECASE)
_SITE_SEPARATOR = re.compile(r"\s[-–—|:]\s")
_MAX_HEAD_LINES = 120
_MAX_TITLE = 300
_MAX_PUBLISHER = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where the head of a document ends and what stands in it; indices into its lines."""

    title: int | None = None
    dates: tuple[int, ...] = ()  # the one nearest to the title first
    story: int | None = None  # the first line that tells the story


def read_head(lines: Sequence[Line], title: str | None, cues: PageCues) -> Head:
    """Find headline, date lines and the beginning of the story.

    ``title`` is the headline that the document declares, if it declares one: a line that repeats it
    is the headline then, and no other is looked for.
    """
    kinds = [line.kind or evident_kind(line.text, cues) for line in lines[:_MAX_HEAD_LINES]]
    story = next((i for i, kind in enumerate(kinds) if _tells(lines[i].text, kind)), None)
    end = len(kinds) if story is None else story
    near = min(len(kinds), end + 3)
    # "3. juli 2025" looks like the third item of a list
    dated = [i for i in range(near) if kinds[i] in {None, "meta", "list"} and is_date_line(lines[i].text, cues)]
    if story is not None and story + 1 in dated and sentence_count(lines[story].text) == 1 and title is None:
        end = story + 1  # a headline with a full stop, its date below it
    found = _declared_title(lines, title) if title else _find_title(lines, kinds, dated, end, cues)
    story = next((i for i, kind in enumerate(kinds) if i != found and _tells(lines[i].text, kind)), None)
    return Head(title=found, dates=_near_title(dated, found), story=story)


def title_text(lines: Sequence[Line], head: Head) -> str | None:
    """Return the headline found, without Markdown's signs; None where the document came without one."""
    return None if head.title is None else heading_text(lines[head.title].text)


def find_publisher(lines: Sequence[Line], head: Head, cues: PageCues) -> str | None:
    """Return the name in the page's first line, where that line stands above the headline and is no menu.

    A slogan behind the name is left off.
    """
    if head.title is None or head.title == 0:
        return None
    text = lines[0].text
    unfit = bare(text) in cues.menu or is_menu_row(text) or text.startswith("[") or is_date_line(text, cues)
    if unfit or evident_kind(text, cues) or marker(text, cues):
        return None
    name = _SITE_SEPARATOR.split(text, maxsplit=1)[0].strip()
    return name if 2 <= len(name) <= _MAX_PUBLISHER and text != lines[head.title].text else None


def find_author(lines: Sequence[Line], head: Head, cues: PageCues) -> str | None:
    """Return whom a byline names: a line of the head, else the last line with a cue and a colon that is no credit."""
    first, story = head.title or 0, head.story or 0
    for line in lines[first : story + 1]:
        if line.text != lines[first].text and (name := byline_author(line.text, cues)):
            return name
    signed = (line.text for line in reversed(lines[story:]) if re.match(r"[^:：]{1,40}[:：]", line.text))
    return next((name for text in signed if (name := byline_author(text, cues))), None)


def find_source_address(lines: Sequence[Line], cues: PageCues) -> str | None:
    """Return the address that a document prints as its source, the last one where it prints several."""
    found = None
    for number, line in enumerate(lines):
        if len(line.text) > 4000 or not is_source(_link_label(line.text), cues):
            continue
        places = [line.text] + ([lines[number + 1].text] if number + 1 < len(lines) else [])
        address = next((match.group() for place in places if (match := _URL.search(place))), None)
        found = web_address(address) or found
    return found


def read_keys(lines: Sequence[Line]) -> dict[str, str]:
    """Return the ``[[key:value]]`` lines and the YAML head of a Markdown file, keys in lower case."""
    keys: dict[str, str] = {}
    for line in lines:
        if match := _KEY_VALUE.match(line.text):
            keys.setdefault(match.group(1).casefold(), match.group(2).strip())
    for number in front_matter(lines):
        if match := _FRONT_MATTER.match(lines[number].text):
            keys.setdefault(match.group(1).casefold(), match.group(2).strip().strip("\"'"))
    return keys


def front_matter(lines: Sequence[Line]) -> range:
    """Return the indices of a YAML head: from a first line ``---`` to the next one."""
    if not lines or lines[0].text != "---":
        return range(0)
    end = next((i for i, line in enumerate(lines[1:60], start=1) if line.text in {"---", "..."}), None)
    return range(end + 1) if end else range(0)


def first_key(keys: Mapping[str, str], *names: str) -> str | None:
    """Return the first of the named keys' values that is not empty."""
    return next((keys[name] for name in names if keys.get(name)), None)


def web_address(address: str | None) -> str | None:
    """Return an address if it is an absolute one of the web, without punctuation that follows it.

    >>> web_address("https://a.example/x."), web_address("javascript:alert(1)")
    ('https://a.example/x', None)
    """
    match = _URL.match((address or "").strip())
    if not match or match.end() != len((address or "").strip()):
        return None
    trimmed = match.group().rstrip(".,;:!?")
    trimmed = trimmed.rstrip(")]") if trimmed.count(")") > trimmed.count("(") else trimmed
    try:
        return trimmed if urlsplit(trimmed).hostname else None
    except ValueError:
        return None


def _link_label(text: str) -> str:
    match = re.match(r"\[([^\]]{1,200})\]\(", text)
    return match.group(1) if match else text


def _tells(text: str, kind: str | None) -> bool:
    return (kind in STORY_KINDS and len(text) >= 40) or (kind is None and is_prose(text))


def _declared_title(lines: Sequence[Line], title: str) -> int | None:
    wanted = _folded(title)
    return next(
        (i for i, line in enumerate(lines[:_MAX_HEAD_LINES]) if _folded(heading_text(line.text)) == wanted), None
    )


def _find_title(
    lines: Sequence[Line], kinds: Sequence[str | None], dated: Sequence[int], end: int, cues: PageCues
) -> int | None:
    for i in range(min(end + 1, len(kinds))):
        if kinds[i] == "heading" and (lines[i].kind == "heading" or is_markdown_heading(lines[i].text, level=1)):
            return i
    scores = {i: _score(lines, i, dated, cues) for i in range(end) if _may_be_title(lines[i].text, kinds[i], cues)}
    scores = {i: score for i, score in scores.items() if i not in dated or score >= 4}
    best = max(scores, key=lambda i: (scores[i], -i), default=None)
    return best if best is not None and scores[best] >= 1 else None


def _may_be_title(text: str, kind: str | None, cues: PageCues) -> bool:
    if kind is not None or not 12 <= len(text) <= _MAX_TITLE or is_menu_row(text) or marker(text, cues):
        return False
    words = text.split()
    return len(words) >= 3 and bare(text) not in cues.menu and sentence_count(text) <= 2


def _score(lines: Sequence[Line], index: int, dated: Sequence[int], cues: PageCues) -> float:
    """Weigh a line as a headline: its length, a date close below it, its standing alone, its being repeated."""
    text = lines[index].text
    score = 2 * min(len(text.split()), 10) / 10
    others = [i for i in dated if i != index]
    if any(index < i <= index + 3 for i in others):
        score += 3
    if _stands_alone(lines, index):
        score += 2.5  # a site's own name stands right above its menu or date
    if sum(1 for line in lines if line.text == text) >= 2:
        score += 2
    if _DOMAIN_NAME.match(text) or text.casefold().startswith(tuple(f"{word} " for word in cues.byline)):
        score -= 3
    if ends_sentence(text) and not others:
        score -= 1
    return score


def _stands_alone(lines: Sequence[Line], index: int) -> bool:
    """Whether blank lines part a line from both its neighbours."""
    if not 0 < index < len(lines) - 1:
        return False
    line, after = lines[index : index + 2]
    return line.gap and after.gap


def _near_title(dated: Sequence[int], title: int | None) -> tuple[int, ...]:
    """Order date lines by their distance below the title; one high above it shows the day of the visit."""
    if title is None:
        return tuple(i for i in dated if i <= 3)
    below = [i for i in dated if i > title]
    above = [i for i in dated if i == title - 1]
    return tuple(sorted(below) + above)


def _folded(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
