"""The part that each line of a document plays: story, caption, menu, tail and so on.

The rules rest on a line's own words (``lines.py``), on its place and on its neighbours. A line that
holds sentences is story unless something clearly says otherwise: losing a paragraph is worse than
keeping a menu.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate

from dx_pipeline.documents.cues import PageCues
from dx_pipeline.documents.document import Block, Line
from dx_pipeline.documents.header import Head, front_matter
from dx_pipeline.documents.lines import (
    Marker,
    bare,
    ends_sentence,
    evident_kind,
    heading_text,
    image_name,
    is_markdown_heading,
    is_menu_row,
    is_prose,
    looks_like_heading,
    marker,
    only_credit,
    sentence_count,
)
from dx_pipeline.schemas.documents import STORY_KINDS

_MAX_CAPTION = 400
_MAX_LOOSE_CAPTION = 220
_MAX_NAME_WORDS = 5
_MAX_OPENER = 80
_TAIL_KINDS = frozenset({"comment", "related", "tail"})
_FOOT_SHARE = 0.2  # of the story that may stand below a foot's first line, such as an address


def read_lines(text: str) -> tuple[Line, ...]:
    r"""Split a text dump into its lines that are not empty, without the blanks around them.

    >>> [(line.text, line.start, line.gap) for line in read_lines("One\n\n Two\nThree")]
    [('One', 0, True), ('Two', 6, True), ('Three', 10, False)]
    """
    lines: list[Line] = []
    position, gap = 0, True
    for raw in text.split("\n"):
        stripped = raw.strip()
        if stripped:
            lines.append(Line(stripped, position + raw.index(stripped[0]), gap=gap))
        gap = not stripped
        position += len(raw) + 1
    return tuple(lines)


def label_lines(lines: Sequence[Line], head: Head, cues: PageCues) -> list[Block]:
    """Return one block per line, in order, with the part that it plays.

    ``head`` says where the headline, the date lines and the beginning of the story are.
    """
    kinds = [line.kind or evident_kind(line.text, cues) for line in lines]
    for index in front_matter(lines):
        kinds[index] = "meta"
    _label_sections(lines, kinds, head, cues)
    _label_head(lines, kinds, head, cues)
    _label_captions(lines, kinds, head, cues)
    _label_story(lines, kinds, head)
    _label_openers(lines, kinds, head)
    return [_block(line, kind) for line, kind in zip(lines, kinds, strict=True)]


def _block(line: Line, kind: str | None) -> Block:
    start = line.start
    if kind == "heading" and is_markdown_heading(line.text):
        start = line.end - len(heading_text(line.text))
    return Block(kind or "body", start, line.end)


def _label_sections(lines: Sequence[Line], kinds: list[str | None], head: Head, cues: PageCues) -> None:
    """Label comments, related links and the page's foot, each from the line that opens it."""
    if head.story is None:
        return
    story = [len(line.text) if _tells(line, kind) else 0 for line, kind in zip(lines, kinds, strict=True)]
    total, before = sum(story), 0
    found = {i: m for i, line in enumerate(lines) if (m := marker(line.text, cues)) and line.kind is None}
    grouped = _grouped(found, story)
    section: str | None = None
    final = False
    for i, line in enumerate(lines):
        opened = found.get(i) if i > head.story else None
        if opened:
            final = final or _is_final(opened, grouped=i in grouped, before=before, after=total - before)
            kinds[i] = opened.kind
            section = opened.kind if final or (opened.whole and line.kind is None) else section
        elif section and not final and _resumes(line, kinds[i]):
            section = None
        elif section and line.kind is None:
            kinds[i] = section
        before += story[i]


def _is_final(opened: Marker, *, grouped: bool, before: int, after: int) -> bool:
    """Return whether the story is over at a marker: nothing of it follows, or the page's foot clearly begins.

    ``before`` and ``after`` are the characters of story around it; ``grouped`` tells that another
    marker follows closely. Related links may be inserted anywhere and never end a story by themselves.
    """
    if after == 0:
        return True
    if before < after or opened.kind == "related":
        return False
    if not opened.whole:
        return after <= _FOOT_SHARE * before
    return grouped or opened.kind == "comment"


def _grouped(found: Mapping[int, Marker], story: Sequence[int]) -> set[int]:
    """Return the markers that another one follows with hardly a paragraph in between."""
    paragraphs = [0, *accumulate(1 if length else 0 for length in story)]
    whole = sorted(i for i, opened in found.items() if opened.whole)
    return {
        i for i in found if (n := bisect_right(whole, i)) < len(whole) and paragraphs[whole[n]] - paragraphs[i] <= 1
    }


def _resumes(line: Line, kind: str | None) -> bool:
    """Return whether the story goes on after an inserted box: headlines end without a full stop."""
    if kind in {"heading", "caption", "table"}:
        return kind == "heading"
    closed = line.text.rstrip("”\"»'’)").endswith((".", "…"))
    return len(line.text) > 250 or (len(line.text) >= 60 and closed)


def _tells(line: Line, kind: str | None) -> bool:
    return kind in STORY_KINDS or (kind is None and is_prose(line.text))


def _label_head(lines: Sequence[Line], kinds: list[str | None], head: Head, cues: PageCues) -> None:
    """Label what stands above the story: site name and menu, headline, byline."""
    for index in head.dates:
        kinds[index] = "meta"
    if head.title is not None:
        kinds[head.title] = "heading"
    if head.story is None:
        return
    for i in range(head.story):
        if kinds[i] is None:
            kinds[i] = _head_kind(lines, i, head, cues)


def _head_kind(lines: Sequence[Line], index: int, head: Head, cues: PageCues) -> str:
    text = lines[index].text
    if head.title is None or index < head.title:
        return "meta" if index == 0 and bare(text) not in cues.menu and not is_menu_row(text) else "menu"
    if text == lines[head.title].text:
        return "heading"
    if bare(text) in cues.menu or is_menu_row(text) or marker(text, cues):
        return "menu"
    if len(text.split()) <= _MAX_NAME_WORDS:
        return "meta"
    return "heading" if looks_like_heading(text) else "body"


def _label_captions(lines: Sequence[Line], kinds: list[str | None], head: Head, cues: PageCues) -> None:
    """Label what stands under pictures, where the picture, its label or a credit shows it."""
    start = 0 if head.title is None else head.title + 1
    stands = _placeholders(lines, kinds, start)
    for i in stands:
        kinds[i] = "caption"
    regular = _always_captioned(lines, kinds, stands)
    for i in range(max(start, 1), len(lines)):
        line, above = lines[i], lines[i - 1]
        if kinds[i] == "caption" and only_credit(line.text, cues) and not line.gap and _fits(above, kinds[i - 1]):
            kinds[i - 1] = "caption"
        if not _fits(line, kinds[i]):
            continue
        labelled = bare(above.text) in cues.caption
        attached = i - 1 in stands and (i in regular or (not line.gap and image_name(above.text)))
        loose = (i - 1 in stands or line.after_image) and _captionlike(line.text)
        if labelled or attached or loose:
            kinds[i] = "caption"


def _captionlike(text: str) -> bool:
    """Return whether a line is short enough for a caption and ends like none of a story's paragraphs."""
    ended = ends_sentence(text) or text.endswith((":", ";", ","))
    return 25 <= len(text) <= _MAX_LOOSE_CAPTION and not ended


def _placeholders(lines: Sequence[Line], kinds: Sequence[str | None], start: int) -> set[int]:
    """Find lines that stand for a picture: its file name, the headline again, a line repeated all over."""
    counts = Counter(line.text for line, kind in zip(lines, kinds, strict=True) if kind not in _TAIL_KINDS)
    title = lines[start - 1].text if start else None
    story = [i for i, (line, kind) in enumerate(zip(lines, kinds, strict=True)) if _tells(line, kind) and i >= start]
    firsts = {lines[i].text: i for i in reversed(story)}
    first, last = (story[0], story[-1]) if story else (0, -1)
    return {
        i
        for i, line in enumerate(lines)
        if i >= start
        and kinds[i] not in _TAIL_KINDS
        and (
            image_name(line.text)
            or (_is_plain(line, kinds[i]) and counts[line.text] >= 3 and firsts.get(line.text) != i)
            or (line.text == title and first < i < last)
        )
    }


def _is_plain(line: Line, kind: str | None) -> bool:
    return line.kind is None and kind in {None, "heading"}


def _always_captioned(lines: Sequence[Line], kinds: Sequence[str | None], stands: set[int]) -> set[int]:
    """Return the lines below placeholders, if below each of several there is a short line: they are captions."""
    below = [i + 1 for i in sorted(stands) if i + 1 not in stands and i + 1 < len(lines)]
    short = [
        kinds[i] == "caption"
        or (kinds[i] is None and len(lines[i].text) <= _MAX_LOOSE_CAPTION and sentence_count(lines[i].text) <= 1)
        for i in below
    ]
    return set(below) if len(below) >= 3 and all(short) else set()


def _fits(line: Line, kind: str | None) -> bool:
    return kind is None and len(line.text) <= _MAX_CAPTION


def _label_story(lines: Sequence[Line], kinds: list[str | None], head: Head) -> None:
    """Tell headings from paragraphs, and the signature below the last paragraph from both."""
    told = [i for i, kind in enumerate(kinds) if kind in STORY_KINDS or (kind is None and not _short(lines[i]))]
    last = told[-1] if told and head.story is not None else len(lines)
    for i, kind in enumerate(kinds):
        if kind is not None:
            continue
        if not _short(lines[i]):
            kinds[i] = "body"
        else:
            kinds[i] = "heading" if i < last else "meta"


def _label_openers(lines: Sequence[Line], kinds: list[str | None], head: Head) -> None:
    """Label what opens something that is no story: headings and short lines with a colon that no story follows."""
    for i in range(len(lines) - 1, head.story or 0, -1):
        opens = kinds[i] == "heading" or (
            kinds[i] == "body" and len(lines[i].text) <= _MAX_OPENER and _is_open(lines[i])
        )
        if opens and i != head.title:
            kinds[i] = "tail"
        elif kinds[i] in STORY_KINDS:
            return


def _is_open(line: Line) -> bool:
    return line.text.endswith((":", "："))


def _short(line: Line) -> bool:
    return looks_like_heading(line.text) and not (is_prose(line.text) and ends_sentence(line.text))
