"""The way through documents of discovery, over documents that a test holds ready."""

from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from dx_pipeline.evidence import walk as walking
from dx_pipeline.evidence.candidates import Found
from dx_pipeline.evidence.walk import Reader, walk
from dx_pipeline.specs import ArticleSource, Discovery
from dx_pipeline_tests.evidence.times import at

FENCE = at("2025-03-01")
SITE = "https://press.example"


@dataclass
class Shelf:
    """Documents by path, and which of them were asked for."""

    documents: dict[str, str]
    asked: list[str] = field(default_factory=list)

    def __call__(self, url: str, kind: str, read: Reader, modified_at: datetime | None = None) -> Found:  # noqa: ARG002
        path = url.removeprefix(SITE)
        self.asked.append(path)
        if path not in self.documents:
            return Found(failure="not_found")
        return read(self.documents[path].encode(), None, url)


def source(*discovery: Discovery) -> ArticleSource:
    return ArticleSource(source_id="press", name="P", publisher="P", licence="P", url=SITE, discovery=discovery)


def visit(shelf: Shelf, *discovery: Discovery, is_backfill: bool = False) -> tuple[list[str], list[str]]:
    visits = list(walk(source(*discovery), FENCE, shelf, is_backfill=is_backfill))
    paths = [url.removeprefix(SITE) for one in visits for url in one.found.candidates]
    problems = [text for one in visits for text in [*one.found.problems, one.found.failure] if text]
    return paths, problems


def urlset(*paths: str) -> str:
    return "<urlset>" + "".join(f"<url><loc>{SITE}{path}</loc></url>" for path in paths) + "</urlset>"


def index(*entries: tuple[str, str | None]) -> str:
    made = "".join(
        f"<sitemap><loc>{path}</loc>" + (f"<lastmod>{changed}</lastmod>" if changed else "") + "</sitemap>"
        for path, changed in entries
    )
    return f"<sitemapindex>{made}</sitemapindex>"


SITEMAP = Discovery(kind="sitemap", url=f"{SITE}/sitemap.xml")


def test_old_months_are_not_asked() -> None:
    shelf = Shelf(
        {
            "/sitemap.xml": index(
                ("/by-change-old.xml", "2025-02-27"),
                ("/by-change-new.xml", "2025-03-02"),
                ("/2025-02.xml", None),
                ("/2025-03.xml", None),
                ("/2025-01.xml", "2025-03-05"),
                ("/other.xml", None),
            ),
            "/by-change-new.xml": urlset("/a"),
            "/2025-03.xml": urlset("/b"),
            "/2025-01.xml": urlset("/c"),
            "/other.xml": urlset("/d"),
        }
    )
    assert visit(shelf, SITEMAP) == (["/a", "/b", "/c", "/d"], [])
    assert shelf.asked == ["/sitemap.xml", "/by-change-new.xml", "/2025-03.xml", "/2025-01.xml", "/other.xml"]


def test_indexes_are_followed_two_levels_deep_and_never_in_a_ring() -> None:
    shelf = Shelf(
        {
            "/sitemap.xml": index(("/one.xml", None), ("/sitemap.xml", None)),
            "/one.xml": index(("/two.xml", None), ("/one.xml", None)),
            "/two.xml": index(("/three.xml", None)),
        }
    )
    paths, problems = visit(shelf, SITEMAP)
    assert shelf.asked == ["/sitemap.xml", "/one.xml", "/two.xml"]
    assert paths == []
    assert "nested" in problems[0]


def test_only_the_sitemaps_that_are_named_are_asked() -> None:
    shelf = Shelf(
        {
            "/sitemap.xml": index(("/maps/tags/2025-03.xml", None), ("/maps/news/2025-03-01.xml", None)),
            "/maps/news/2025-03-01.xml": urlset("/a"),
        }
    )
    assert visit(shelf, replace(SITEMAP, maps=("/maps/news/",))) == (["/a"], [])
    assert shelf.asked == ["/sitemap.xml", "/maps/news/2025-03-01.xml"]


def test_an_index_without_any_sitemap_that_is_named_is_told() -> None:
    shelf = Shelf({"/sitemap.xml": index(("/tags.xml", None), ("/authors.xml", None))})
    paths, problems = visit(shelf, replace(SITEMAP, maps=("/post/", "/news/")))
    assert (paths, shelf.asked) == ([], ["/sitemap.xml"])
    assert problems == ["none of its 2 sitemaps has /post/, /news/ in its address; mend 'maps'"]


def test_sitemaps_on_other_hosts_are_told_and_not_asked() -> None:
    shelf = Shelf({"/sitemap.xml": index(("https://evil.example/a.xml", None))})
    _, problems = visit(shelf, SITEMAP)
    assert shelf.asked == ["/sitemap.xml"]
    assert "evil.example" in problems[0]


def test_the_number_of_sitemaps_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "_MAX_SITEMAPS", 5)
    shelf = Shelf({"/sitemap.xml": index(*((f"/{number}.xml", None) for number in range(50)))})
    _, problems = visit(shelf, SITEMAP)
    assert len(shelf.asked) == 5
    assert any("more than 5 sitemaps" in problem for problem in problems)


def listing(number: int, day: str, *, more: bool = True) -> str:
    following = f'<a rel="next" href="/page/{number + 1}">more</a>' if more else ""
    return f'<p class="c"><a href="/{number}">A</a><time datetime="{day}"></time></p>{following}'


LISTING = Discovery(kind="listing", url=f"{SITE}/page/1", links=".c", next="a[rel=next]", pages=2)


def test_a_listing_is_read_for_as_many_pages_as_its_file_says() -> None:
    shelf = Shelf({f"/page/{number}": listing(number, "2025-03-05") for number in range(1, 6)})
    assert visit(shelf, LISTING) == (["/1", "/2"], [])


def test_a_backfill_follows_a_listing_to_its_fence() -> None:
    days = {1: "2025-03-05", 2: "2025-03-03", 3: "2025-03-01", 4: "2025-02-20", 5: "2025-02-10"}
    shelf = Shelf({f"/page/{number}": listing(number, day) for number, day in days.items()})
    assert visit(shelf, LISTING, is_backfill=True)[0] == ["/1", "/2", "/3", "/4"]
    assert shelf.asked[-1] == "/page/4"


def test_a_listing_that_leads_in_a_ring_or_away_ends() -> None:
    ring = Shelf({"/page/1": '<p class="c"><a href="/a">A</a></p><a rel="next" href="/page/1#x">more</a>'})
    visit(ring, replace(LISTING, pages=9), is_backfill=True)
    away = Shelf({"/page/1": '<p class="c"><a href="/a">A</a></p><a rel="next" href="https://evil.example/">more</a>'})
    visit(away, replace(LISTING, pages=9), is_backfill=True)
    assert (ring.asked, away.asked) == (["/page/1"], ["/page/1"])


def test_all_documents_are_used_though_one_fails() -> None:
    feed = Discovery(kind="feed", url=f"{SITE}/rss")
    listed = Discovery(kind="addresses", url=f"{SITE}/list.txt")
    wrong = Discovery(kind="feed", url="nonsense")
    shelf = Shelf({"/list.txt": f"{SITE}/a", "/sitemap.xml": urlset("/b")})
    paths, problems = visit(shelf, wrong, feed, listed, SITEMAP)
    assert paths == ["/a", "/b"]
    assert problems == ["no address that can be asked; mend the url of its [[discovery]]", "not_found"]
