from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dx_pipeline.defs.sources import Sources, read_web_sources
from dx_pipeline.settings import CATALOGUE, Settings
from dx_pipeline.specs import CatalogueError

_FOLDER = 'name = "Press"\npublisher = "Press"\nlicence = "CC0"\nfolder = "press"\n'
_WEB = (
    'name = "Site"\npublisher = "Press"\nlicence = "CC0"\nurl = "https://press.test/"\n'
    '[[discovery]]\nkind = "feed"\nurl = "https://press.test/rss.xml"\n'
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(warehouse=tmp_path / "warehouse", as_of=date(2025, 6, 30))


def own(settings: Settings, files: dict[str, str]) -> Settings:
    """The settings with a folder of these source files."""
    root = settings.warehouse.parent / "sources"
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, encoding="utf-8")
    return replace(settings, sources=root)


def ids(settings: Settings) -> set[str]:
    return {source.source_id for source in Sources.read(settings).articles}


def test_offline_no_web_site_is_read(settings: Settings) -> None:
    sources = Sources.read(settings)
    assert not sources.web
    assert {source.source_id for source in sources.folders} > {"inbox", "sample-daily-en"}


def test_live_the_embedded_edition_is_left_out(settings: Settings) -> None:
    sources = Sources.read(replace(settings, live=True))
    assert len(sources.web) >= 20
    assert {source.source_id for source in sources.folders} == {"inbox"}
    recorded = {source.source_id for source in Sources.read(settings).statistics}
    assert {source.source_id for source in sources.statistics} >= recorded


@pytest.mark.parametrize("is_live", [False, True])
def test_a_folder_of_articles_stands_for_all_others(settings: Settings, is_live: bool) -> None:
    assert ids(replace(settings, articles=settings.warehouse / "press", live=is_live)) == {"folder"}


def test_own_source_files_stand_in_for_those_of_the_catalogue(settings: Settings) -> None:
    mine = own(settings, {"articles/press.toml": _FOLDER, "articles/site.toml": _WEB})
    assert ids(mine) == {"press", "inbox"}
    assert ids(replace(mine, live=True)) == {"press", "site", "inbox"}
    assert [source.source_id for source in read_web_sources(mine)] == ["site"]
    sources = Sources.read(mine)
    assert sources.statistics == Sources.read(settings).statistics
    assert sources.statistics_root == CATALOGUE


def test_own_statistics_stand_in_alone(settings: Settings) -> None:
    file = (CATALOGUE / "statistics" / "wipo-gii.toml").read_text(encoding="utf-8")
    sources = Sources.read(own(settings, {"statistics/figures.toml": file}))
    assert [source.source_id for source in sources.statistics] == ["figures"]
    assert sources.statistics_root != CATALOGUE
    assert sources.articles == Sources.read(settings).articles


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"articles/readme.md": "nothing"}, "holds no source; put articles"),
        ({"articles/báo.toml": _WEB}, "rename the file, with a-z"),
        ({"articles/inbox.toml": _WEB}, "is taken by the evidence itself"),
        ({"articles/captures.toml": _WEB}, "is taken by the evidence itself"),
        ({"articles/a-b.toml": _WEB, "articles/a_b.toml": _WEB}, "a-b.toml; rename"),
        ({"articles/un-desa-egdi.toml": _WEB}, "statistics/un-desa-egdi.toml: a source's id"),
    ],
)
def test_a_name_that_cannot_be_an_id_is_refused(settings: Settings, files: dict[str, str], told: str) -> None:
    with pytest.raises(CatalogueError, match=told):
        Sources.read(replace(own(settings, files), live=True))
