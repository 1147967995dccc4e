"""Main-text quality and speed beside other libraries: ``python -m dx_pipeline_tests.main_text``.

Pages come with pieces of text that their main text must hold and pieces that it must not: the project's own pages
with ``documents/main_text.json``, and with ``--pages DIR`` the public evaluation pages of trafilatura, a folder that
holds ``evaldata.json``, ``cache/`` and ``eval/`` (the folder ``tests/`` of its repository; its releases do not hold
them). Every library gets the same bytes on the same core, one page after the other; its processor time is taken, so
that what else runs on the machine counts little.

Resiliparse is no dependency of this project. To have it measured, install it somewhere and name that place:

    python -m pip install --target /tmp/rivals --no-deps resiliparse fastwarc
    python -m dx_pipeline_tests.main_text --rivals /tmp/rivals --pages /path/to/trafilatura/tests
"""

import argparse
import importlib
import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dx_pipeline.documents.blocks import label_lines
from dx_pipeline.documents.cues import MarkupCues, PageCues, read_markup_cues, read_page_cues
from dx_pipeline.documents.document import CORE_KINDS, UnreadableError
from dx_pipeline.documents.header import read_head
from dx_pipeline.documents.parse import read_document
from dx_pipeline.settings import CATALOGUE
from dx_pipeline_tests.benchmark import stay_on_one_core

OWN = Path(__file__).parent / "documents" / "main_text.json"
_BLANKS = re.compile(r"\s+")

Reader = Callable[[bytes], str]


@dataclass(frozen=True, slots=True)
class Expected:
    """A page's bytes, and the pieces that its main text must and must not hold."""

    body: bytes
    held: tuple[str, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Pieces rightly held, wrongly held and missing over all pages; pages read in a second of processor time."""

    right: int
    wrong: int
    missing: int
    pages_per_second: float

    @property
    def precision(self) -> float:
        """Share of the pieces held that the main text must hold."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Share of the pieces that the main text must hold that it holds."""
        return self.right / max(1, self.right + self.missing)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missing)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure every library on every set of pages, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, help="folder with evaldata.json, cache/ and eval/")
    parser.add_argument("--rivals", type=Path, help="folder in which resiliparse is installed")
    parser.add_argument("--rounds", type=int, default=3, help="times that the pages are read; the fastest counts")
    options = parser.parse_args(arguments)
    stay_on_one_core()
    readers = dict(_readers(options.rivals))
    sets = {"own pages": read_expected(OWN, CATALOGUE)}
    if options.pages:
        try:
            sets["public pages"] = read_expected(options.pages / "evaldata.json", options.pages)
        except OSError as error:
            sys.stderr.write(
                f"{options.pages}: holds no evaluation pages ({error}); see --help for what it must hold\n"
            )
            return 2
    sys.stdout.write("| pages | library | precision | recall | F1 | pages/s |\n|---|---|---|---|---|---|\n")
    for name, pages in sets.items():
        for library, read in readers.items():
            score = measure(pages, read, options.rounds)
            sys.stdout.write(
                f"| {name} ({len(pages)}) | {library} | {score.precision:.3f} | {score.recall:.3f} | {score.f1:.3f} "
                f"| {score.pages_per_second:.0f} |\n"
            )
            sys.stdout.flush()
    return 0


def read_expected(path: Path, folder: Path) -> list[Expected]:
    """Read pages and what is expected of them; a page lies in the folder, or in its ``cache/`` or ``eval/``.

    Raises:
        OSError: where the file or a page is missing.
    """
    entries: Mapping[str, Mapping[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return [
        Expected(_find(folder, entry["file"]).read_bytes(), tuple(entry["with"]), tuple(entry["without"]))
        for entry in entries.values()
    ]


def measure(pages: Sequence[Expected], read: Reader, rounds: int = 1) -> Score:
    """Read all pages with one library and compare; a page on which it fails has no main text."""
    fastest = float("inf")
    texts: list[str] = []
    for _ in range(rounds):
        started = time.process_time()
        texts = [_attempt(read, page.body) for page in pages]
        fastest = min(fastest, time.process_time() - started)
    right = wrong = missing = 0
    for page, text in zip(pages, map(_folded, texts), strict=True):
        held = sum(_folded(piece) in text for piece in page.held)
        right += held
        missing += len(page.held) - held
        wrong += sum(_folded(piece) in text for piece in page.left_out)
    return Score(right=right, wrong=wrong, missing=missing, pages_per_second=len(pages) / fastest)


def read_main_text(body: bytes, pages: PageCues, markup: MarkupCues) -> str:
    """Return the main text as this project reads it: the blocks that tell the story, without the headline."""
    try:
        page = read_document(body, "text/html", pages, markup)
    except UnreadableError:
        return ""
    head = read_head(page.lines, page.declared.title, pages)
    title = _folded(page.declared.title or "")
    parts = ((b.kind, page.text[b.start : b.end]) for b in label_lines(page.lines, head, pages) if b.kind in CORE_KINDS)
    return "\n".join(text for kind, text in parts if kind != "heading" or _folded(text) != title)


def _readers(rivals: Path | None) -> Iterator[tuple[str, Reader]]:
    yield "dx_pipeline", partial(read_main_text, pages=read_page_cues(), markup=read_markup_cues())
    trafilatura = importlib.import_module("trafilatura")
    for name, fast in ((" fast", True), ("", False)):
        read = partial(trafilatura.extract, include_comments=False, include_tables=True, fast=fast)
        yield f"trafilatura {version('trafilatura')}{name}", partial(_read_or_nothing, read)
    if rivals is not None:
        sys.path.append(str(rivals))
        yield f"Resiliparse {version('resiliparse')}", _resiliparse()


def _read_or_nothing(read: Callable[[bytes], str | None], body: bytes) -> str:
    return read(body) or ""


def _resiliparse() -> Reader:
    html2text = importlib.import_module("resiliparse.extract.html2text")
    encoding = importlib.import_module("resiliparse.parse.encoding")
    html = importlib.import_module("resiliparse.parse.html")

    def read(body: bytes) -> str:
        tree = html.HTMLTree.parse(encoding.bytes_to_str(body, encoding.detect_encoding(body)))
        return str(html2text.extract_plain_text(tree, main_content=True))

    return read


def _attempt(read: Reader, body: bytes) -> str:
    try:
        return read(body)
    except Exception as error:  # as in production, a library that fails has given nothing
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return ""


def _find(folder: Path, name: str) -> Path:
    places = (folder / part / name for part in ("", "cache", "eval"))
    return next((place for place in places if place.is_file()), folder / name)


def _folded(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()


if __name__ == "__main__":
    sys.exit(main())
