"""Sources are files: what they say is read as it stands, and what is wrong is told with file and field."""

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import CatalogueError, read_article_sources, read_statistics_sources, read_toml

ARTICLES = {
    "name": '"Lakeside Gazette"',
    "publisher": '"Lakeside Press"',
    "licence": '"CC0-1.0"',
    "folder": '"sample/lakeside"',
}
STATISTICS = {"name": '"Census"', "publisher": '"Office"', "licence": '"CC BY 4.0"', "url": '"https://census.example"'}


def write(catalogue: Path, kind: str, stem: str, fields: dict[str, str]) -> Path:
    path = catalogue / kind / f"{stem}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{key} = {value}\n" for key, value in fields.items()), encoding="utf-8")
    return path


def test_an_article_source_is_its_file(tmp_path: Path) -> None:
    more = {"url": '"https://lakeside.example"', "languages": '["en", "vi"]', "captured_on": "2025-03-01"}
    write(tmp_path, "articles", "lakeside", ARTICLES | more)
    (source,) = read_article_sources(tmp_path)
    assert source.source_id == "lakeside"
    assert source.name == "Lakeside Gazette"
    assert source.folder == tmp_path / "sample" / "lakeside"
    assert source.url == "https://lakeside.example"
    assert source.languages == ("en", "vi")
    assert source.captured_on == date(2025, 3, 1)


def test_what_an_article_source_leaves_out_stays_unknown(tmp_path: Path) -> None:
    write(tmp_path, "articles", "lakeside", ARTICLES)
    (source,) = read_article_sources(tmp_path)
    assert (source.url, source.languages, source.captured_on) == (None, (), None)


WEB = {key: text for key, text in ARTICLES.items() if key != "folder"} | {"url": '"https://lakeside.example"'}


def write_web(catalogue: Path, tables: str, **fields: str) -> Path:
    path = write(catalogue, "articles", "lakeside", WEB | fields)
    path.write_text(path.read_text(encoding="utf-8") + tables, encoding="utf-8")
    return path


def test_a_web_source_says_how_its_pages_are_found_and_read(tmp_path: Path) -> None:
    write_web(
        tmp_path,
        """
        [[discovery]]
        kind = "listing"
        url = "https://lakeside.example/news"
        links = "h3 a"
        pages = 3
        [[discovery]]
        kind = "sitemap"
        url = "https://lakeside.example/sitemap.xml"
        maps = ["/posts/"]
        [[selectors]]
        valid_from = 2025-01-01
        body = ".story"
        [[selectors]]
        body = ".old-story"
        remove = [".ad"]
        [expect]
        pages_a_day = [1, 40]
        languages = ["en"]
        """,
        crawl_delay_seconds="2.5",
        topic='["digital"]',
    )
    (source,) = read_article_sources(tmp_path)
    assert source.folder is None
    assert source.crawl_delay_seconds == 2.5
    assert (source.discovery[0].kind, source.discovery[0].links, source.discovery[0].pages) == ("listing", "h3 a", 3)
    assert [one.maps for one in source.discovery] == [(), ("/posts/",)]
    assert [one.body for one in source.selectors] == [".old-story", ".story"]
    assert source.selectors[0].remove == (".ad",)
    assert source.expect.pages_a_day == (1, 40)
    assert source.topic == ("digital",)


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ("", r"field 'folder' is missing or no text; add folder = .*, or \[\[discovery\]\]"),
        ('folder = "a"\n[[discovery]]\nkind = "feed"\nurl = "u"', "has a folder and"),
        ('[[discovery]]\nkind = "guess"\nurl = "u"', "kind 'guess' of .* is unknown; known are feed,"),
        ('[[discovery]]\nkind = "listing"\nurl = "u"', "field 'links' is missing"),
        ('[[discovery]]\nkind = "feed"', "field 'url' is missing"),
        ('[discovery]\nkind = "feed"', r"field 'discovery' is .*; write a table for each, headed \[\[discovery\]\]"),
        (
            'crawl_delay_seconds = -1\n[[discovery]]\nkind = "feed"\nurl = "u"',
            "field 'crawl_delay_seconds' is -1; write a number of at least 0",
        ),
        (
            '[[discovery]]\nkind = "feed"\nurl = "u"\n[expect]\npages_a_day = [3, 1]',
            "field 'pages_a_day' is .*; write the least and the most",
        ),
        ('[[discovery]]\nkind = "feed"\nurl = "u"\n[[selectors]]\nbdy = "p"', "field 'bdy' is unknown"),
        (
            '[[discovery]]\nkind = "feed"\nurl = "u"\n[[selectors]]\nbody = "div["',
            r"field 'body' is 'div\[', which is no CSS selector; mend it",
        ),
        (
            '[[discovery]]\nkind = "feed"\nurl = "u"\n[[selectors]]\nremove = [".ad", "#"]',
            "field 'remove' is '#', which is no CSS selector",
        ),
        (
            '[[discovery]]\nkind = "listing"\nurl = "u"\nlinks = "a >"',
            "field 'links' is 'a >', which is no CSS selector",
        ),
    ],
)
def test_what_a_web_source_says_wrongly_is_told(tmp_path: Path, tables: str, message: str) -> None:
    write_web(tmp_path, tables)
    with pytest.raises(CatalogueError, match=rf"lakeside\.toml: {message}"):
        list(read_article_sources(tmp_path))


def test_sources_come_in_order_of_id(tmp_path: Path) -> None:
    for stem in ("b", "c", "a"):
        write(tmp_path, "articles", stem, ARTICLES)
    assert [source.source_id for source in read_article_sources(tmp_path)] == ["a", "b", "c"]


def test_the_rest_of_a_statistics_source_is_kept_for_its_reader(tmp_path: Path) -> None:
    write(tmp_path, "statistics", "census", STATISTICS | {"captured_on": "2025-03-01"})
    (source,) = read_statistics_sources(tmp_path)
    assert source.source_id == "census"
    assert source.settings == {"captured_on": date(2025, 3, 1)}


@pytest.mark.parametrize("value", [None, '""', '"  "', "7"], ids=["missing", "empty", "blank", "a number"])
@pytest.mark.parametrize("field", [*ARTICLES])
def test_a_field_that_must_be_there_is_told(tmp_path: Path, field: str, value: str | None) -> None:
    fields = {key: text for key, text in (ARTICLES | {field: value or ""}).items() if text}
    path = write(tmp_path, "articles", "lakeside", fields)
    with pytest.raises(CatalogueError, match=f"field '{field}' is missing or no text; add {field} = ") as error:
        list(read_article_sources(tmp_path))
    assert str(path) in str(error.value)


@pytest.mark.parametrize("field", [*STATISTICS])
def test_a_field_of_statistics_that_must_be_there_is_told(tmp_path: Path, field: str) -> None:
    write(tmp_path, "statistics", "census", {key: text for key, text in STATISTICS.items() if key != field})
    with pytest.raises(CatalogueError, match=rf"census\.toml: field '{field}'"):
        list(read_statistics_sources(tmp_path))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("captured_on", '"2025-03-01"', "field 'captured_on' is '2025-03-01'; write YYYY-MM-DD without quotes"),
        ("captured_on", "2025-03-01T10:00:00", "field 'captured_on' is .*; write YYYY-MM-DD without quotes"),
        ("languages", '"en"', "field 'languages' is 'en'; write a list of texts"),
        ("languages", "[1]", r"field 'languages' is \[1\]; write a list of texts"),
        ("url", "7", "field 'url' is missing or no text"),
        ("language", '["en"]', "field 'language' is unknown; mend its spelling or remove it, known are captured_on,"),
    ],
)
def test_what_an_article_source_says_wrongly_is_told(tmp_path: Path, field: str, value: str, message: str) -> None:
    write(tmp_path, "articles", "lakeside", ARTICLES | {field: value})
    with pytest.raises(CatalogueError, match=rf"lakeside\.toml: {message}"):
        list(read_article_sources(tmp_path))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("captured_on", '"2025-03-01"', "field 'captured_on' is '2025-03-01'; write YYYY-MM-DD without quotes"),
        ("serie", "[]", "field 'serie' is unknown; mend its spelling or remove it, known are area_codes, attribution,"),
    ],
)
def test_what_a_statistics_source_says_wrongly_is_told(tmp_path: Path, field: str, value: str, message: str) -> None:
    write(tmp_path, "statistics", "census", STATISTICS | {field: value})
    with pytest.raises(CatalogueError, match=rf"census\.toml: {message}"):
        list(read_statistics_sources(tmp_path))


def test_broken_toml_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text('name = "a"\npublisher = \n', encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"broken\.toml: no valid TOML \(.*line 2"):
        read_toml(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"gone\.toml: cannot be read \(No such file or directory\); restore"):
        read_toml(tmp_path / "gone.toml")


@given(st.text('ab1=."[]{}#, \n', max_size=20))
def test_any_text_is_read_or_told(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("any") / "any.toml"
    path.write_text(text, encoding="utf-8")
    try:
        expected = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        with pytest.raises(CatalogueError, match=r"any\.toml: no valid TOML"):
            read_toml(path)
    else:
        assert read_toml(path) == expected


def test_bytes_that_are_no_utf_8_are_told(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes('name = "été"\n'.encode("latin-1"))
    with pytest.raises(CatalogueError, match=r"latin\.toml: no valid TOML \('utf-8' codec"):
        read_toml(tmp_path / "latin.toml")


def test_a_catalogue_without_sources_has_none(tmp_path: Path) -> None:
    assert list(read_article_sources(tmp_path)) == []
    assert list(read_statistics_sources(tmp_path)) == []


def test_the_embedded_sources_can_be_used() -> None:
    articles = list(read_article_sources(CATALOGUE))
    assert articles
    assert all(source.folder.is_dir() for source in articles if source.folder is not None)
    ids = [*(source.source_id for source in articles), *(one.source_id for one in read_statistics_sources(CATALOGUE))]
    assert len(set(ids)) == len(ids) > len(articles)
