"""Pages built from a labelled article with one sentence put somewhere else: into a caption, a menu, a comment."""

import html
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from dx_pipeline.documents.parse import parse_captures
from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.folder import capture_folder
from dx_pipeline.schemas.documents import STORY_KINDS
from dx_pipeline.specs import ArticleSource
from dx_pipeline_tests.extraction.mutants import Document, Fact

_PAGE = """<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>
<meta property="article:published_time" content="{day}"></head>
<body><header><nav class="menu"><ul><li><a href="/a">{title}</a></li>{menu}</ul></nav></header>
<main><article><h1>{title}</h1>
<figure><img src="a.jpg" alt=""><figcaption>{caption}</figcaption></figure>
{body}
</article></main>
<aside class="related-articles"><ul><li><a href="/b">{title}</a></li>{related}</ul></aside>
<section id="comments" class="comments"><div class="comment"><p>{comment}</p></div></section>
</body></html>
"""
_WRAPPED = {"menu": '<li><a href="/c">{}</a></li>', "related": '<li><a href="/d">{}</a></li>'}
PLACES = ("caption", "menu", "related", "comment")


def page_of(fact: Fact, place: str) -> str:
    """Return the fact's article as HTML with the fact's sentence in one of ``PLACES``, or where it stood (``body``)."""
    document, text = fact.document, fact.document.text
    paragraphs = []
    for block in document.blocks:
        if block["kind"] in STORY_KINDS:
            told = text[block["start_char"] : block["end_char"]]
            paragraphs.append(told if place == "body" else told.replace(fact.sentence, ""))
    filled = dict.fromkeys(PLACES, "")
    if place != "body":
        filled[place] = _WRAPPED.get(place, "{}").format(html.escape(fact.sentence))
    return _PAGE.format(
        language=document.language,
        title=html.escape(document.article["title"] or "Title"),
        day=document.article["published_on"],
        body="\n".join(f"<p>{html.escape(told)}</p>" for told in paragraphs if told.strip()),
        **filled,
    )


def parse_pages(pages: Sequence[str]) -> Mapping[int, Document]:
    """Return pages parsed the way a run parses them, by their place in the list."""
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root) / "pages"
        folder.mkdir()
        for number, page in enumerate(pages):
            (folder / f"{number}.html").write_text(page, encoding="utf-8")
        archive = Archive(Path(root) / "archive")
        source = ArticleSource(source_id="mutants", name="Mutants", publisher="", licence="", folder=folder)
        parsed = parse_captures(capture_folder(source, archive), archive.get, "run-1")
    blocks = parsed.blocks.sort("article_id", "block_no").partition_by("article_id", as_dict=True)
    linked = parsed.articles.with_columns(story_id=pl.col("article_id"), origin_id=pl.lit(None, pl.String))
    return {
        int(Path(row["url"]).stem): Document(row, list(blocks[(row["article_id"],)].iter_rows(named=True)))
        for row in linked.iter_rows(named=True)
    }
