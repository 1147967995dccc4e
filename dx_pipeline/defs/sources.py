"""The sources that a run reads, by its settings: the embedded edition, the web, or what the user names."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dx_pipeline.evidence.warc import is_warc
from dx_pipeline.registry import read_metrics
from dx_pipeline.settings import CATALOGUE, Settings
from dx_pipeline.specs import (
    ArticleSource,
    CatalogueError,
    StatisticsSource,
    read_article_sources,
    read_statistics_sources,
)
from dx_pipeline.statistics.mapping import check_metrics

INBOX = "inbox"
_TAKEN = ("captures", "sources", INBOX)
_ID = re.compile(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources that a run reads, and the folder that the files of the statistics are relative to."""

    articles: tuple[ArticleSource, ...]
    statistics: tuple[StatisticsSource, ...]
    statistics_root: Path = CATALOGUE

    @property
    def every(self) -> tuple[ArticleSource | StatisticsSource, ...]:
        """All of them."""
        return (*self.articles, *self.statistics)

    @property
    def web(self) -> tuple[ArticleSource, ...]:
        """The web sites among them."""
        return tuple(source for source in self.articles if source.discovery)

    @property
    def folders(self) -> tuple[ArticleSource, ...]:
        """The folders among them."""
        return tuple(source for source in self.articles if not source.discovery)

    @classmethod
    def read(cls, settings: Settings) -> "Sources":
        """Read the sources of the settings.

        Statistics sources without recorded files are read live only.

        A folder of articles stands for all article sources. Otherwise, live, the web sites are read, and else the
        embedded edition, from the catalogue or from the folder of source files that stands in for it; and with
        them the inbox. What such a folder has no files of (articles, statistics) is the catalogue's.

        Raises:
            CatalogueError: where a file of the catalogue cannot be used.
        """
        if settings.sources is not None and not any(settings.sources.glob("*/*.toml")):
            raise CatalogueError(
                f"{settings.sources}: holds no source; put articles/*.toml or statistics/*.toml there, or name another "
                "folder (DX_SOURCES)"
            )
        root = _root(settings, "statistics")
        recorded = (source for source in read_statistics_sources(root) if settings.live or source.settings.get("files"))
        statistics = tuple(recorded)
        check_metrics(statistics, {metric.metric_id for metric in read_metrics(CATALOGUE)})
        articles = tuple(_article_sources(settings))
        _refuse_ids(articles, statistics, settings)
        return cls(articles, statistics, root)


def read_web_sources(settings: Settings) -> tuple[ArticleSource, ...]:
    """Return the web sites of the catalogue, or of the folder that stands in for it, whether a run is live or not.

    Raises:
        CatalogueError: where a file cannot be used.
    """
    return tuple(source for source in read_article_sources(_root(settings, "articles")) if source.discovery)


def _article_sources(settings: Settings) -> Iterator[ArticleSource]:
    if settings.articles is not None:
        kind = "Web archive" if is_warc(settings.articles) else "Folder"
        yield _folder("folder", f"{kind} {settings.articles.name}", settings.articles)
        return
    root = _root(settings, "articles")
    for source in read_article_sources(root):
        is_wanted = bool(source.discovery) or root != CATALOGUE if settings.live else not source.discovery
        if is_wanted:
            yield source
    yield _folder(INBOX, "Inbox: files that people put there", settings.inbox)


def _folder(source_id: str, name: str, folder: Path) -> ArticleSource:
    return ArticleSource(source_id=source_id, name=name, publisher="not stated", licence="not stated", folder=folder)


def _root(settings: Settings, kind: str) -> Path:
    named = settings.sources
    return named if named is not None and any((named / kind).glob("*.toml")) else CATALOGUE


def _refuse_ids(articles: Iterable[ArticleSource], statistics: Iterable[StatisticsSource], settings: Settings) -> None:
    """Refuse what cannot name an asset, and what names two: an id is the name of its source's file."""
    kinds = {
        "articles": [source.source_id for source in articles if source.folder != settings.inbox],
        "statistics": [source.source_id for source in statistics],
    }
    taken = dict.fromkeys(_TAKEN, "by the evidence itself")
    for kind, ids in kinds.items():
        for source_id in ids:
            path = _root(settings, kind) / kind / f"{source_id}.toml"
            if not _ID.fullmatch(source_id):
                raise CatalogueError(
                    f"{path}: a source's id is its file's name; rename the file, with a-z, 0-9 and - only"
                )
            known = source_id.replace("-", "_").lower()
            if known in taken:
                raise CatalogueError(
                    f"{path}: a source's id is its file's name, and that one is taken {taken[known]}; rename the file"
                )
            taken[known] = f"by {path}"
