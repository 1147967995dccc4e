"""Whether the selectors of sources still fit their sites, judged on a few pages of each source's newest day.

A selector that finds nothing any more, or a main text that is no longer what trafilatura finds, says that the site
has changed. Only the judgement belongs here; that a page is then read without its selectors is ``content.py``'s.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from dx_pipeline.documents import pdf
from dx_pipeline.documents.agreement import recognise, token_scores
from dx_pipeline.documents.content import remove_unseen
from dx_pipeline.documents.cues import PageCues, read_page_cues
from dx_pipeline.documents.decode import decode
from dx_pipeline.documents.document import UnreadableError
from dx_pipeline.documents.hypertext import is_page, parse_page
from dx_pipeline.documents.templates import choose_selectors, cut_from, select_parts, selectors_of
from dx_pipeline.schemas.documents import TemplateAgreement
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.specs import Selectors

MOST_PAGES = 10  # of a source that are judged in one run: trafilatura takes some 20 ms a page
LEAST_AGREEMENT = 0.6  # mean of a day: on pages that mark up their body the median is .98, the lowest twentieth .75
_LEAST_FOUND = {"body": 0.8, "title": 0.8, "published": 0.5, "author": 0.2, "section": 0.5}


@dataclass(frozen=True, slots=True)
class _Judged:
    """One page: its address, which selectors found something, and the agreement of its main text."""

    url: str
    found: frozenset[str]
    agreement: float | None


def judge_templates(
    captures: pl.DataFrame,
    read_body: Callable[[str], bytes],
    selectors: Mapping[str, Sequence[Selectors]],
    most: int = MOST_PAGES,
) -> pl.DataFrame:
    """Judge the selectors of each source that has some on at most ``most`` pages of its newest day.

    The pages are those with the lowest hashes, so that the same captures always give the same verdict; what
    cannot be read as a page is passed over.

    Args:
        captures: a ``Captures`` frame; sources without selectors and attempts that brought nothing do not count.
        read_body: from SHA-256 to bytes.
        selectors: by source, the selectors of its pages.
        most: pages of a source.

    Returns:
        ``TemplateAgreement``, a row for each selector of each source, in order of source and part.
    """
    cues = read_page_cues()
    rows: list[dict[str, Any]] = []
    for source_id, pages in sorted(_sample(captures, selectors, most).items()):
        day = pages[0]["captured_at"].date()
        chosen = choose_selectors(selectors[source_id], day)
        judged = list(_judge_pages(pages, read_body, chosen, cues)) if chosen else []
        if chosen and judged:
            rows += (
                {"source_id": source_id, "captured_on": day, "part": part, "selector": selector}
                | _verdict(part, judged)
                for part, selector in sorted(selectors_of(chosen).items())
            )
    return TemplateAgreement.validate(frame_of(TemplateAgreement, rows), lazy=True)


def describe_drift(row: Mapping[str, Any]) -> str:
    """Say in a sentence what is wrong with the selector of a ``TemplateAgreement`` row, and what to do."""
    seen = f"{row['source_id']}: on {row['captured_on']}, selector {row['selector']!r} of {row['part']}"
    share = f"{seen} found something in {row['found']} of {row['pages']} pages"
    agrees = "" if row["agreement"] is None else f", with an agreement of {row['agreement']:.2f} with trafilatura"
    remedy = f"look at {row['worst_url']} and add [[selectors]] with valid_from to the source's file"
    return f"{share}{agrees}; {remedy}"


def _sample(
    captures: pl.DataFrame, selectors: Mapping[str, Sequence[Selectors]], most: int
) -> dict[str, list[dict[str, Any]]]:
    wanted = [source_id for source_id, versions in selectors.items() if versions]
    day = pl.col("captured_at").dt.date()
    chosen = (
        captures.filter(pl.col("source_id").is_in(wanted) & (pl.col("outcome") == "ok") & day.is_not_null())
        .filter(day == day.max().over("source_id"))
        .unique(["source_id", "url"], keep="last", maintain_order=True)
        .sort("source_id", "sha256", "url")
    )
    pages: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in chosen.iter_rows(named=True):
        if len(pages[row["source_id"]]) < most:
            pages[row["source_id"]].append(row)
    return pages


def _judge_pages(
    captures: Iterable[Mapping[str, Any]], read_body: Callable[[str], bytes], selectors: Selectors, cues: PageCues
) -> Iterator[_Judged]:
    for capture in captures:
        try:
            body = read_body(capture["sha256"])
            html = "" if pdf.is_pdf(body) else decode(body, capture["media_type"], cues)
            if is_page(html) or (capture["media_type"] or "").startswith("text/html"):
                yield _judge_page(capture["url"], html, selectors)
        except (UnreadableError, OSError):  # parsing sets such a document aside and says why
            continue


def _judge_page(url: str, html: str, selectors: Selectors) -> _Judged:
    tree = parse_page(html)
    remove_unseen(tree)
    selected = select_parts(tree, selectors)
    values = {"title": selected.headline, "body": selected.body}
    values |= {part: getattr(selected, part) for part in ("author", "section", "published")}
    agreement = None
    if selected.body is not None:
        cut_from(selected.body, selectors.remove)
        agreement = token_scores(selected.body.text(separator=" "), recognise(html))[2]
    return _Judged(url, frozenset(part for part, value in values.items() if value is not None), agreement)


def _verdict(part: str, judged: Sequence[_Judged]) -> dict[str, Any]:
    found = sum(part in page.found for page in judged)
    agreements = [page.agreement for page in judged if part == "body" and page.agreement is not None]
    mean = round(sum(agreements) / len(agreements), 4) if agreements else None
    worst = min(judged, key=lambda page: (part in page.found, page.agreement or 0.0, page.url))
    return {
        "pages": len(judged),
        "found": found,
        "agreement": mean,
        "drifted": found < _LEAST_FOUND[part] * len(judged) or (mean is not None and mean < LEAST_AGREEMENT),
        "worst_url": worst.url,
    }
