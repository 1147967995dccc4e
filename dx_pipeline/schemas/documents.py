"""Articles and their blocks, from the parsed page to the published row.

Three models follow one article through the stages: parsed (text and header), linked (with its
story), judged (with its relevance). Each adds columns and changes none.
"""

import pandera.polars as pa
import polars as pl

from dx_pipeline.schemas.types import ID_PATTERN, Texts, column

BLOCK_KINDS = frozenset(
    {"heading", "body", "list", "caption", "quote", "table", "related", "comment", "menu", "meta", "tail"}
)
STORY_KINDS = frozenset({"body", "list", "quote", "table"})  # what facts are read from
DATE_SOURCES = frozenset({"json-ld", "meta", "page", "url", "story", "file"})
TEXT_WAYS = frozenset({"selectors", "markup", "trafilatura", "whole"})
TEMPLATE_PARTS = frozenset({"title", "author", "section", "published", "body"})


class ParsedArticles(pa.DataFrameModel):
    """Article versions as read from their bytes: text and header."""

    article_id: str = column("Id of the article version.", unique=True, pattern=ID_PATTERN)
    source_id: str = column("The source that gave it.")
    capture_id: str = column("The capture that holds its bytes.", pattern=ID_PATTERN)
    url: str = column("The address it was read from.")
    canonical_url: str = column("The address that the page itself calls canonical.", optional=True)
    is_based_on: str = column("The address printed as its source (schema.org isBasedOn).", optional=True)
    publisher: str = column("Who published it, as printed.", optional=True)
    language: str = column("BCP 47 tag, found from the body paragraphs.", optional=True)
    title: str = column("Headline, as printed.", optional=True)
    author: str = column("Who wrote it, as the page names them; several are parted by commas.", optional=True)
    section: str = column("The section of the site that it stands in, as declared.", optional=True)
    published_on: pl.Date = column("Day of publication.", optional=True)
    published_on_source: str = column("Where that day was found.", values=DATE_SOURCES, optional=True)
    published_on_sources: pl.Int64 = column(
        "Independent places of the document that tell a day of publication: JSON-LD, meta elements, page, address.",
        unit="places",
        optional=True,
        ge=0,
    )
    published_on_agreeing: pl.Int64 = column(
        "How many of those places tell the day in published_on.", unit="places", optional=True, ge=0
    )
    version_no: pl.Int64 = column(
        "Version of the page at this address of this source, from 1, in the order in which they were captured.", ge=1
    )
    is_latest: bool = column("Whether it is what the address showed last; facts are read from such articles only.")
    text_by: str = column(
        "How its main text was found: selectors of the source, the page's own markup, trafilatura, or whole.",
        values=TEXT_WAYS,
        optional=True,
    )
    text: str = column("Text of the document in Unicode code points, NFC; all offsets point into it.")
    text_sha256: str = column("SHA-256 of the text in UTF-8.", pattern=r"^[0-9a-f]{64}$")

    class Config:
        strict = True


class Blocks(pa.DataFrameModel):
    """Runs of an article's text with the part they play on the page; the text between blocks is layout."""

    article_id: str = column("The article.", pattern=ID_PATTERN)
    block_no: pl.Int64 = column("Position in the article, from 0.", ge=0)
    kind: str = column(
        "Part that the run plays; only heading, body, list, quote and table tell the story.", values=BLOCK_KINDS
    )
    start_char: pl.Int64 = column("First code point.", unit="code points", ge=0)
    end_char: pl.Int64 = column("One past the last code point.", unit="code points", ge=0)

    class Config:
        strict = True


class TemplateAgreement(pa.DataFrameModel):
    """How well a source's selectors still fit its pages: a sample of its newest day, one row per part of a page."""

    source_id: str = column("The source.")
    captured_on: pl.Date = column("Day on which the pages were captured.")
    part: str = column("What the selector is for.", values=TEMPLATE_PARTS)
    selector: str = column("The CSS selector.")
    pages: pl.Int64 = column("Pages looked at.", unit="pages", ge=1)
    found: pl.Int64 = column("Pages in which the selector finds something.", unit="pages", ge=0)
    agreement: float = column(
        "Mean agreement (F1 over words) of the main text with what trafilatura finds, of part body.",
        unit="share",
        optional=True,
        ge=0,
        le=1,
    )
    drifted: bool = column("Whether the selector no longer fits the site.")
    worst_url: str = column("Address of the page that it fits worst.")

    class Config:
        strict = True
        unique = ["source_id", "part"]


class LinkedArticles(ParsedArticles):
    """Parsed articles joined to their story; an undated copy has taken its story's date."""

    story_id: str = column("The story that it is a copy or translation of.", pattern=ID_PATTERN)
    origin_id: str = column(
        "Earliest article of its independent origin within the story: copies and translations share it.",
        pattern=ID_PATTERN,
        optional=True,
    )


class Articles(LinkedArticles):
    """Article versions with everything known about them."""

    relevance: float = column("How much of it is about the programme, from 0 to 1.", unit="share", ge=0, le=1)
    relevant: bool = column("Whether facts are read from it.")
    relevance_reason: str = column("The terms that decided, or what was missing.")


class Stories(pa.DataFrameModel):
    """Sets of articles that are copies or translations of one text."""

    story_id: str = column("Id of the story.", unique=True, pattern=ID_PATTERN)
    title: str = column("Headline of its earliest article that has one.", optional=True)
    first_published_on: pl.Date = column("Earliest day of publication.", optional=True)
    article_count: pl.Int64 = column("Articles in it, each in its latest version.", unit="articles", ge=1)
    language_count: pl.Int64 = column("Languages they are in.", unit="languages", ge=0)
    publisher_count: pl.Int64 = column("Publishers that carried it.", unit="publishers", ge=0)
    origin_count: pl.Int64 = column(
        "Independent origins: copies and translations of one text count once.", unit="origins", ge=1
    )
    languages: Texts = column("BCP 47 tags, sorted.")
    linked_by: Texts = column(
        "What joined its articles: address, slug, wording, image, numbers; empty for a single article."
    )

    class Config:
        strict = True


ALIAS_REASONS = frozenset({"merged", "member"})


class StoryAliases(pa.DataFrameModel):
    """Other ids under which a story was or may have been published; each leads to the story that holds it now."""

    alias_id: str = column("The other id.", unique=True, pattern=ID_PATTERN)
    story_id: str = column("The story that it means now.", pattern=ID_PATTERN)
    reason: str = column(
        "Merged: an earlier release had it as a story of its own. Member: the id that the story would have if it had "
        "begun with another of its articles.",
        values=ALIAS_REASONS,
    )

    class Config:
        strict = True
