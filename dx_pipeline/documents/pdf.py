"""A PDF with a text layer to a document's text and lines.

Lines are joined into paragraphs again, words that a line's end broke are mended, and what stands on top or at the
bottom of page after page is set apart, as is the letterhead of an official document. Scans have no text layer and
are not read.
"""

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError

from dx_pipeline.documents.cues import PageCues
from dx_pipeline.documents.decode import normalise
from dx_pipeline.documents.document import Declared, Page, Piece, UnreadableError, compose, printable
from dx_pipeline.documents.letterhead import is_upper, read_letterhead
from dx_pipeline.documents.lines import ends_sentence, evident_kind

MAX_PAGES = 300
MAX_CHARACTERS = 2_000_000
_EDGE_LINES = 3  # of a page's top and bottom that may be running heads
_NUMBERS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(r"[\W_]{0,5}(?:\w{1,12}\s)?\d{1,4}(?:\s?(?:/|of|sur|trên|z|av)\s?\d{1,4})?[\W_]{0,5}$")
_BROKEN_WORD = re.compile(r"[^\W\d_][-\u00ad\u2010]$")
_CLAUSE = re.compile(r"[^\W\d_]{1,15}\s\d{1,3}\s?[.:]")  # "Điều 2.", "Article 3."
_HEAD_PARAGRAPHS = 5
_FULL_SHARE = 0.75  # of the widest usual line: a shorter line that ends a sentence ends a paragraph


def is_pdf(body: bytes) -> bool:
    """Return whether bytes begin like a PDF, whatever their file is called."""
    return b"%PDF-" in body[:1024]


def read_pdf(body: bytes, cues: PageCues) -> Page:
    """Read the text layer of a PDF, at most ``MAX_PAGES`` pages and ``MAX_CHARACTERS`` characters of it.

    Raises:
        UnreadableError: where the file is broken, encrypted or has no text layer.
    """
    logging.getLogger("pypdf").setLevel(logging.ERROR)  # it warns of every oddity that it mends
    try:
        reader = PdfReader(io.BytesIO(body))
        if reader.is_encrypted and not _opens(reader):
            raise UnreadableError("encrypted", "the PDF is encrypted; save it without a password")
        pages, remarks = _read_pages(reader)
        title = _title(reader)
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, OSError, RecursionError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError("broken_pdf", f"the PDF cannot be read ({error}); save it again") from error
    if not any(character.isalnum() for page in pages for line in page for character in line):
        raise UnreadableError("no_text", "the PDF has no text layer; run text recognition over it and save it again")
    pieces, declared = _pieces(pages, cues)
    text, lines = compose(pieces)
    return Page(text=text, lines=lines, declared=replace(declared, title=title or declared.title), remarks=remarks)


def _opens(reader: PdfReader) -> bool:
    """Return whether an encrypted PDF opens without a password, as the ones that only forbid printing do."""
    try:
        return bool(reader.decrypt(""))
    except (DependencyError, PyPdfError, NotImplementedError):  # a cipher that is not at hand
        return False


def _read_pages(reader: PdfReader) -> tuple[list[list[str]], tuple[tuple[str, str], ...]]:
    pages: list[list[str]] = []
    characters, total = 0, len(reader.pages)
    for number in range(min(total, MAX_PAGES)):
        text = normalise(printable(reader.pages[number].extract_text().replace("\0", "")))
        characters += len(text)
        if characters > MAX_CHARACTERS:
            break
        pages.append([" ".join(line.split()) for line in text.split("\n")])
    if len(pages) == total:
        return pages, ()
    limits = f"the limits are {MAX_PAGES} pages and {MAX_CHARACTERS} characters"
    return pages, (("too_long", f"only {len(pages)} of {total} pages were read ({limits}); split the document"),)


def _title(reader: PdfReader) -> str | None:
    """Return the title in the document information, unless it is a file's name, as converters put there."""
    title = reader.metadata.title if reader.metadata else None
    cleaned = normalise(printable(" ".join(str(title or "").split())))
    is_name = re.search(r"\.\w{2,5}$|^Microsoft Word|^untitled|^\W*$", cleaned, re.IGNORECASE)
    return None if is_name or len(cleaned.split()) < 3 else cleaned[:300]


def _pieces(pages: Sequence[Sequence[str]], cues: PageCues) -> tuple[list[Piece], Declared]:
    running = _running_heads(pages)
    kept: list[str] = []
    heads: dict[str, None] = {}
    for number, page in enumerate(pages, start=1):
        for position, line in enumerate(page):
            at_edge = min(position, len(page) - 1 - position) < _EDGE_LINES
            if at_edge and line and (_NUMBERS.sub("#", line) in running or line.strip(" -–") == str(number)):
                heads[line] = None
            else:
                kept.append(line)
    above = [Piece(head, "meta") for head in heads]
    letterhead = read_letterhead(kept, cues)
    if letterhead is None:
        return above + [Piece(text) for text in _paragraphs(kept, cues)], Declared()
    told = _paragraphs(kept[letterhead.lines :], cues)
    kinds = list(_document_head(told))
    title = next(
        (text for text, kind in zip(told, kinds, strict=False) if kind == "heading" and not is_upper(text)), None
    )
    above += [Piece(part, "meta") for part in letterhead.parts]
    declared = Declared(
        title=title,
        publisher=letterhead.issuer,
        dates=((letterhead.dated, "page"),) if letterhead.dated else (),
    )
    return above + [Piece(text, kind) for text, kind in zip_longest(told, kinds)], declared


def _document_head(paragraphs: Sequence[str]) -> Iterator[str]:
    """Yield the kinds of the paragraphs between letterhead and text: the document's kind, subject and issuer."""
    for number, text in enumerate(paragraphs[:_HEAD_PARAGRAPHS]):
        is_subject = number > 0 and is_upper(paragraphs[number - 1]) and not text.endswith((";", ":"))
        if not is_upper(text) and not (is_subject and number <= 2 and not ends_sentence(text)):
            return
        yield "heading"


def _running_heads(pages: Sequence[Sequence[str]]) -> set[str]:
    """Return what stands at the edge of most pages, numbers aside, page numbers included."""
    seen: Counter[str] = Counter()
    for page in pages:
        edge = {*page[:_EDGE_LINES], *page[-_EDGE_LINES:]}
        seen.update({_NUMBERS.sub("#", line) for line in edge if line})
        seen.update({_NUMBERS.sub("#", line) for line in edge if _PAGE_NUMBER.match(line)})
    return {line for line, count in seen.items() if count >= max(3, len(pages) // 2)}


def _paragraphs(lines: Sequence[str], cues: PageCues) -> list[str]:
    """Join lines until a paragraph ends: at an empty line, a short last line, a list item, a heading."""
    widths = sorted(len(line) for line in lines if line)
    full = _FULL_SHARE * widths[int(0.9 * (len(widths) - 1))] if widths else 0
    paragraphs: list[str] = []
    open_end = False
    for line in lines:
        if not line:
            open_end = open_end and bool(paragraphs) and _goes_on(paragraphs[-1])
            continue
        if open_end and _continues(paragraphs[-1], line, cues):
            paragraphs[-1] = _join(paragraphs[-1], line)
        else:
            paragraphs.append(line)
        open_end = len(line) >= full or _goes_on(line)
    return paragraphs


def _continues(paragraph: str, line: str, cues: PageCues) -> bool:
    if is_upper(paragraph) != is_upper(line) and (is_upper(paragraph) or not line[0].islower()):
        return False
    closed = paragraph.endswith((";", ":")) and line[0].isupper()
    if closed or (ends_sentence(paragraph) and _CLAUSE.match(line)):
        return False
    return _goes_on(paragraph) or line[0].islower() or evident_kind(line, cues) is None


def _goes_on(text: str) -> bool:
    """Return whether a text stops in the middle of a sentence, as far as a comma or a broken word tells."""
    return (
        bool(_BROKEN_WORD.search(text))
        or text.endswith(",")
        or (not ends_sentence(text) and text[-1].islower() and len(text) > 60)
    )


def _join(left: str, right: str) -> str:
    if _BROKEN_WORD.search(left) and right[0].islower():
        return left[:-1] + right
    return f"{left} {right}"
