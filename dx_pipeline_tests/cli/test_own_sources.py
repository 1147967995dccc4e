"""A source file of the catalogue, moved to a site on loopback: its discovery finds its page, its selectors read it.

The files are the catalogue's but for host and delay, the pages are the recorded ones.
"""

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urlsplit

import polars as pl
import pytest
from typer.testing import CliRunner

from dx_pipeline.cli.main import app
from dx_pipeline.documents.parse import parse_captures
from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.frontier import Frontier
from dx_pipeline.evidence.journal import FILE_NAME, Journal
from dx_pipeline.evidence.pulled import page_captures
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import read_article_sources
from dx_pipeline_tests.loopback.server import LoopbackServer, answer
from dx_pipeline_tests.loopback.wire import raw

SITES = Path(__file__).parents[1] / "documents" / "sites"
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer() as served:
        served.route("/robots.txt", raw(answer(b"User-agent: *\nAllow: /\n", media_type="text/plain")))
        yield served


def serve(server: LoopbackServer, path: str, text: str, media_type: str = "application/xml") -> None:
    server.route(path, raw(answer(text.encode(), media_type=media_type)))


def feed(site: str, path: str, title: str) -> str:
    item = f"<item><title>{title}</title><link>{site}{path}</link><pubDate>{format_datetime(NOW)}</pubDate></item>"
    return f'<rss version="2.0"><channel><title>News</title>{item}</channel></rss>'


def sitemap(kind: str, entry: str, *addresses: str) -> str:
    time = f"<lastmod>{NOW.isoformat()}</lastmod>"
    return f"<{kind}>{''.join(f'<{entry}><loc>{one}</loc>{time}</{entry}>' for one in addresses)}</{kind}>"


def move(source_id: str, server: LoopbackServer, folder: Path) -> str:
    """Write the source's file for the loopback server, serve its recorded page, and return the page's path."""
    wanted = tomllib.loads((SITES / source_id / "expected.toml").read_text(encoding="utf-8"))
    parts = urlsplit(str(wanted["url"]))
    text = (CATALOGUE / "articles" / f"{source_id}.toml").read_text(encoding="utf-8")
    moved = text.replace(f"{parts.scheme}://{parts.netloc}", f"http://127.0.0.1:{server.port}")
    for delay in ("5", "10"):
        moved = moved.replace(f"crawl_delay_seconds = {delay}\n", "crawl_delay_seconds = 0\n")
    (folder / "articles").mkdir(parents=True)
    (folder / "articles" / f"{source_id}.toml").write_text(moved, encoding="utf-8")
    server.route(parts.path, raw(answer((SITES / source_id / "page.html").read_bytes())))
    return parts.path


def fetched(tmp_path: Path, source_id: str, monkeypatch: pytest.MonkeyPatch) -> pl.DataFrame:
    """Fetch the moved source by the command, and return the articles that are read of what came."""
    for name in ("http_proxy", "https_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("DX_PRIVATE_HOSTS", "127.0.0.1")
    monkeypatch.setenv("DX_WAREHOUSE", str(tmp_path / "warehouse"))
    result = CliRunner().invoke(app, ["fetch", "--sources", str(tmp_path), "--source", source_id])
    assert result.exit_code == 0, result.output
    evidence = tmp_path / "warehouse" / "evidence"
    (source,) = read_article_sources(tmp_path)
    with Journal.open(evidence / FILE_NAME) as journal, Frontier.open(evidence / FILE_NAME) as frontier:
        captures = page_captures(journal.captures(), frontier)
    return parse_captures(captures, Archive(evidence).get, "run-1", {source_id: source.selectors}).articles


def test_a_feed_leads_to_a_page_that_is_read(
    server: LoopbackServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = move("vgp-en", server, tmp_path)
    serve(server, "/home.rss", feed(f"http://127.0.0.1:{server.port}", path, "Deadline for digital land records"))
    (row,) = fetched(tmp_path, "vgp-en", monkeypatch).iter_rows(named=True)
    assert (row["title"], row["text_by"]) == ("Gov’t sets deadline for digital land records", "selectors")
    assert row["author"] == "Thuy Dung"


def test_of_an_index_only_the_sitemaps_of_posts_are_asked(
    server: LoopbackServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = move("vietnam-vn", server, tmp_path)
    site = f"http://127.0.0.1:{server.port}"
    day = f"/sitemap/sitemap-post/{NOW:%Y-%m-%d}.xml"
    others = [f"{site}/sitemap/sitemap-{name}.xml" for name in ("tag", "author", "category")]
    serve(server, "/sitemap.xml", sitemap("sitemapindex", "sitemap", f"{site}{day}", *others))
    serve(server, day, sitemap("urlset", "url", f"{site}{path}", f"{site}/chuyen-doi-so-o-xa-dao"))
    fetched(tmp_path, "vietnam-vn", monkeypatch)
    assert len(server.asked(day)) == 1
    assert [one.path for one in server.seen if "sitemap-tag" in one.path or "author" in one.path] == []
    assert (len(server.asked("/chuyen-doi-so-o-xa-dao")), server.asked(path)) == (1, [])  # whose slug has no topic


def test_a_listing_leads_to_its_own_pages_and_not_to_those_beside_it(
    server: LoopbackServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = move("mps-vi", server, tmp_path)
    card = f'<article class="card-large"><a href="{path}"><h2>Cấp tài khoản định danh điện tử</h2></a></article>'
    side = '<article class="card-small"><a href="/bai-viet/khac"><h2>Dữ liệu dân cư</h2></a></article>'
    serve(server, "/chuyen-muc/chi-dao-dieu-hanh", f"<html><body>{card}{side}</body></html>", "text/html")
    (row,) = fetched(tmp_path, "mps-vi", monkeypatch).iter_rows(named=True)
    assert (str(row["published_on"]), row["text_by"]) == ("2026-03-11", "selectors")
    assert server.asked("/bai-viet/khac") == []
