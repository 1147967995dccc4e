"""``dx fetch`` and ``dx sources`` on the loopback site."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from dx_pipeline.cli.fetching import in_words, owner_of
from dx_pipeline.cli.main import app
from dx_pipeline.evidence.pull import Pulled
from dx_pipeline.specs import ArticleSource, Discovery
from dx_pipeline_tests.evidence.pulling import utc_now
from dx_pipeline_tests.loopback.site import Answer, LoopbackSite, loopback_site, write_sources

Dx = Callable[..., Result]


@pytest.fixture
def site() -> Iterator[LoopbackSite]:
    with loopback_site(per_language=4) as served:
        yield served


@pytest.fixture
def dx(site: LoopbackSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dx:
    """``dx`` with the site's sources and a warehouse of its own."""
    monkeypatch.setenv("DX_PRIVATE_HOSTS", "127.0.0.1")
    monkeypatch.setenv("DX_WAREHOUSE", str(tmp_path / "warehouse"))
    monkeypatch.setenv("DX_SOURCES", str(write_sources(site, tmp_path / "sources")))
    for name in ("http_proxy", "https_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def account(result: Result) -> dict[str, dict[str, Any]]:
    return {one["source_id"]: one for one in json.loads(result.stdout)["sources"]}


def test_everything_is_fetched_and_then_nothing_is_new(dx: Dx, site: LoopbackSite) -> None:
    first = dx("fetch", "--json")
    assert first.exit_code == 0, first.output
    assert {one["new"] for one in account(first).values()} == {4}
    assert len(account(first)) == 5
    assert {tuple(one["failed_by_outcome"].items()) for one in account(first).values()} == {(("blocked", 1),)}
    second = dx("fetch")
    assert second.exit_code == 0
    assert "nothing is new" in second.stdout
    assert "DX_CONTACT" in second.stderr
    assert len(site.requests(site.page_paths)) == 20


def test_what_failed_is_told_with_its_remedy(dx: Dx, site: LoopbackSite) -> None:
    site.remove(site.of("en")[2], 410)
    result = dx("fetch", "--source", "gazette-en")
    assert result.exit_code == 0
    said = " ".join(result.stdout.replace("│", " ").split())
    assert "gone" in said
    assert "robots.txt" in said
    assert "3 new pages" in said


def test_only_what_is_named_is_asked(dx: Dx) -> None:
    result = dx("fetch", "--source", "gazette-nb", "--source", "gazette-pl", "--limit", "2", "--json")
    assert {name: one["asked"] for name, one in account(result).items()} == {"gazette-nb": 2, "gazette-pl": 2}
    assert {one["left"] for one in account(result).values()} == {3}


def test_pages_by_address_go_to_their_sources(dx: Dx, site: LoopbackSite, tmp_path: Path) -> None:
    paths = [site.of(language)[3].path for language in ("fr", "vi")]
    (tmp_path / "pages.txt").write_text(f"# two\n{site.url}{paths[0]}\n{site.url}{paths[1]}\nnonsense:\n")
    result = dx(
        "fetch", "--urls", str(tmp_path / "pages.txt"), "--url", "https://elsewhere.example/a",
        "--url", f"{site.url}{site.of('en')[0].path}", "--json",
    )  # fmt: skip
    assert result.exit_code == 0
    assert {name: one["new"] for name, one in account(result).items()} == {
        "gazette-en": 1, "gazette-fr": 1, "gazette-vi": 1
    }  # fmt: skip
    assert "elsewhere.example" in result.stderr
    assert "line 4" in result.stderr
    assert {one.path for one in site.requests()} - {"/robots.txt"} == {*paths, site.of("en")[0].path}


def test_the_past_is_fetched_since_a_day(dx: Dx) -> None:
    result = dx("fetch", "--source", "gazette-en", "--since", f"{utc_now():%Y-%m-%d}", "--json")
    assert result.exit_code == 0
    assert account(result)["gazette-en"]["new"] <= 4


def test_a_site_that_gives_nothing_makes_it_unclean(dx: Dx, site: LoopbackSite) -> None:
    for path in ("/en/rss.xml", "/news-sitemap.xml", "/sitemap.xml", "/en/page/1"):
        site.replaced[path] = Answer(b"no", "text/html", utc_now(), 404)
    result = dx("fetch", "--source", "gazette-en", "--source", "gazette-vi", "--json")
    assert result.exit_code == 1
    assert account(result)["gazette-en"]["failure"]
    assert account(result)["gazette-vi"]["new"] > 0
    listed = {one["source_id"]: one for one in json.loads(dx("sources", "--json").stdout)}
    assert listed["gazette-en"]["last_outcome"] == "failed"
    assert listed["gazette-en"]["failing_since"]
    assert listed["gazette-vi"]["last_outcome"] == "ok"
    assert listed["gazette-vi"]["failing_since"] is None
    assert listed["gazette-fr"]["last_outcome"] is None
    told = dx("fetch", "--source", "gazette-en")
    assert "what was kept of it stays" in told.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fetch", "--source", "nobody"], "gazette-en"),
        (["fetch", "--since", "2025-01-01", "--url", "https://press.example/"], "not both"),
        (["fetch", "--url", "https://elsewhere.example/"], "no address to ask for"),
        (["fetch", "--since", "yesterday"], "YYYY-MM-DD"),
        (["sources", "check", "nobody"], "gazette-en"),
    ],
)
def test_what_cannot_be_done_is_told(dx: Dx, arguments: list[str], message: str) -> None:
    result = dx(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_contact_that_cannot_be_used_is_told(dx: Dx, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DX_CONTACT", "a\nb")
    result = dx("fetch")
    assert result.exit_code == 2
    assert "DX_CONTACT" in result.stderr


def test_a_folder_of_sources_without_a_web_site_is_told(dx: Dx, tmp_path: Path) -> None:
    (tmp_path / "none" / "articles").mkdir(parents=True)
    (tmp_path / "none" / "articles" / "a.toml").write_text('name="A"\npublisher="A"\nlicence="A"\nfolder="a"\n')
    result = dx("fetch", "--sources", str(tmp_path / "none"))
    assert result.exit_code == 2
    assert "no web site" in result.stderr
    assert "is a folder" in dx("fetch", "--sources", str(tmp_path / "none"), "--source", "a").stderr


def test_an_interrupt_keeps_what_came(dx: Dx, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("dx_pipeline.cli.fetching.pull_sources", interrupt)
    result = dx("fetch")
    assert result.exit_code == 1
    assert "goes on from here" in result.stderr


def test_sources_are_listed(dx: Dx, monkeypatch: pytest.MonkeyPatch) -> None:
    dx("fetch", "--source", "gazette-fr")
    result = dx("sources")
    assert result.exit_code == 0
    assert "gazette-fr" in result.stdout
    assert "never asked" in result.stdout
    listed = {one["source_id"]: one for one in json.loads(dx("sources", "--json").stdout)}
    french = listed["gazette-fr"]
    assert (french["kind"], french["languages"], french["pages_kept"]) == ("web", ["fr"], 4)
    assert (french["publisher"], french["licence"]) == ("Loopback press", "CC BY 4.0")
    monkeypatch.delenv("DX_SOURCES")
    kinds = {one["kind"] for one in json.loads(dx("sources", "--json").stdout)}
    assert {"folder", "statistics"} <= kinds


def test_a_look_ahead_writes_nothing(dx: Dx, site: LoopbackSite, tmp_path: Path) -> None:
    result = dx("sources", "check", "gazette-en", "--limit", "3")
    assert result.exit_code == 0
    assert "4 of " in result.stderr
    assert "only the first 3" in result.stderr
    assert not (tmp_path / "warehouse").exists()
    assert site.requests(site.page_paths) == []
    told = json.loads(dx("sources", "check", "gazette-en", "--json").stdout)
    asked = [one["url"] for one in told["candidates"] if one["is_asked"]]
    assert asked == [site.url + one.path for one in site.of("en")]
    for path in ("/en/rss.xml", "/news-sitemap.xml", "/sitemap.xml", "/en/page/1"):
        site.replaced[path] = Answer(b"no", "text/html", utc_now(), 404)
    assert dx("sources", "check", "gazette-en").exit_code == 1


def edition(source_id: str, url: str) -> ArticleSource:
    feed = (Discovery(kind="feed", url="https://press.example/rss"),)
    return ArticleSource(source_id=source_id, name="P", publisher="P", licence="P", url=url, discovery=feed)


@pytest.mark.parametrize(
    ("url", "owner"),
    [
        ("https://press.example/pl/a", "pl"),
        ("https://www.press.example/pl", "pl"),
        ("https://press.example/plain", "all"),
        ("https://other.example/pl/a", None),
    ],
)
def test_an_address_belongs_to_the_edition_that_it_goes_on_from(url: str, owner: str | None) -> None:
    sources = [edition("all", "https://press.example/"), edition("pl", "https://press.example/pl")]
    found = owner_of(url, sources)
    assert (found.source_id if found else None) == owner


def test_pulls_in_words() -> None:
    def pulled(**counts: int) -> list[Pulled]:
        return [Pulled(source_id="a", started_at=utc_now(), **counts)]  # type: ignore[arg-type]

    assert in_words(pulled(unchanged=7)) == "nothing is new: 7 pages were asked whether they had changed, and none had"
    assert in_words(pulled()) == "nothing is new, and no page was due"
    assert in_words(pulled(new=1, changed=2, left=3)).endswith("; 3 are left for the next time")
