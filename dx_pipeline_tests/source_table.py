"""The table of the catalogue's web sources in ``docs/sources.md``: ``python -m dx_pipeline_tests.source_table``."""

import sys
from collections.abc import Iterator
from pathlib import Path

from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import ArticleSource, read_article_sources

DOCUMENT = Path(__file__).parent.parent / "docs" / "sources.md"
_BEGIN, _END = "a test holds it to the files -->\n", "<!-- end of the table -->"


def with_table(document: str) -> str:
    """Return the document with its table made anew."""
    before, _, rest = document.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}{''.join(_lines())}{_END}{after}"


def _lines() -> Iterator[str]:
    yield "| id | name | publisher | languages | told by | delay |\n|---|---|---|---|---|---|\n"
    for source in read_article_sources(CATALOGUE):
        if source.discovery:
            yield f"| {' | '.join(_cells(source))} |\n"


def _cells(source: ArticleSource) -> Iterator[str]:
    yield f"`{source.source_id}`"
    yield source.name
    yield source.publisher
    yield ", ".join(source.languages)
    yield ", ".join(dict.fromkeys(one.kind.replace("_", " ") for one in source.discovery))
    yield f"{source.crawl_delay_seconds:g} s"


def main() -> int:
    """Write the table."""
    DOCUMENT.write_text(with_table(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
