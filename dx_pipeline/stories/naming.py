"""Names of stories: which id a story has, which id it keeps, and under which others it may be known.

Only ids belong here; which articles are one story is decided in ``link``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from dx_pipeline.identifiers import stable_id
from dx_pipeline.schemas.documents import StoryAliases
from dx_pipeline.schemas.frames import frame_of


@dataclass(frozen=True, slots=True)
class Published:
    """What the release before says of stories: the story of each article, each story's age, and the aliases.

    ``age`` ranks story ids, the oldest first: by first day of publication, then id. ``story_at`` gives the story by
    source and address.
    """

    story_of: Mapping[str, str]
    age: Mapping[str, int]
    aliases: Mapping[str, str]
    story_at: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def read(cls, articles: pl.DataFrame, stories: pl.DataFrame, aliases: pl.DataFrame) -> "Published":
        """Read ``Articles`` (or ``LinkedArticles``), ``Stories`` and ``StoryAliases`` of the release before."""
        oldest = stories.sort("first_published_on", "story_id", nulls_last=True)["story_id"]
        merged = aliases.filter(pl.col("reason") == "merged")
        return cls(
            story_of=dict(articles.select("article_id", "story_id").iter_rows()),
            age={story_id: rank for rank, story_id in enumerate(oldest)},
            aliases=dict(merged.select("alias_id", "story_id").iter_rows()),
            story_at={
                (source, url): story
                for source, url, story in articles.select("source_id", "url", "story_id").iter_rows()
            },
        )

    def follow(self, articles: pl.DataFrame) -> "Published":
        """Return the same with the articles that are new versions of known pages: they are of their page's story."""
        pages = articles.select("article_id", "source_id", "url").iter_rows()
        moved = {article: story for article, *page in pages if (story := self.story_at.get((page[0], page[1])))}
        return replace(self, story_of={**moved, **self.story_of})


def name_stories(members: Mapping[str, Sequence[str]], before: Published | None) -> dict[str, str]:
    """Return the id of each story; ``members`` are its articles by the story's working name, earliest first.

    A story takes the oldest id that its articles had in the release before, else the one that its earliest
    article gives it. Where a published story falls apart, its earlier part keeps the id.

    >>> name_stories({"s": ["art-1"]}, Published({"art-1": "sty-0"}, {"sty-0": 0}, {}))
    {'s': 'sty-0'}
    """
    holders = _holders(members, before) if before else {}
    ids: dict[str, str] = {}
    for name, articles in members.items():
        held = [story_id for story_id, holder in holders.items() if holder == name]
        ids[name] = held[0] if held else stable_id("sty", articles[0])
    taken = set(holders)
    for name, articles in members.items():  # a part that lost its id must not take one that is in use
        if name not in holders.values() and ids[name] in taken:
            ids[name] = stable_id("sty", articles[0], "parted")
    return ids


def name_aliases(story_of: Mapping[str, str], before: Published | None) -> pl.DataFrame:
    """Return every other id that leads to a story (``StoryAliases``): published ones first, then possible ones.

    ``story_of`` gives the story of each article now. An id that names a story of its own is no alias.
    """
    current = set(story_of.values())
    rows: dict[str, tuple[str, str]] = {}
    if before is not None:
        renamed = {
            old: story_of[article]
            for article, old in sorted(before.story_of.items(), reverse=True)
            if article in story_of
        }
        for alias, target in {**before.aliases, **{old: old for old in renamed}}.items():
            now = renamed.get(target, target)
            if alias not in current and now in current:
                rows[alias] = (now, "merged")
    for article, story_id in sorted(story_of.items()):
        alias = stable_id("sty", article)
        if alias not in current:
            rows.setdefault(alias, (story_id, "member"))
    return frame_of(
        StoryAliases,
        [{"alias_id": alias, "story_id": story_id, "reason": reason} for alias, (story_id, reason) in rows.items()],
    ).sort("alias_id")


def _holders(members: Mapping[str, Sequence[str]], before: Published) -> dict[str, str]:
    """Return, by published story id, the one story that keeps it; a story keeps the oldest id it could."""
    heirs: dict[str, str] = {}  # a published id goes to the earliest story that has one of its articles
    for name, articles in members.items():
        for article in articles:
            if article in before.story_of:
                heirs.setdefault(before.story_of[article], name)
    kept: dict[str, str] = {}
    for story_id in sorted(heirs, key=lambda one: (before.age.get(one, len(before.age)), one)):
        if heirs[story_id] not in kept.values():
            kept[story_id] = heirs[story_id]
    return kept
