"""Settings come from the environment, once, and a wrong variable is told by name."""

from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from dx_pipeline.settings import CATALOGUE, Settings

_VARIABLES = ("DX_WAREHOUSE", "DX_ARTICLES", "DX_AS_OF", "DX_KEEP_RELEASES", "DX_CORRECTIONS", "DX_AUTHOR")


def test_without_an_environment_everything_has_a_place() -> None:
    settings = Settings.read({})
    assert settings.warehouse == CATALOGUE.parent.parent / "warehouse"
    assert settings.articles is None
    assert abs(settings.as_of - datetime.now(UTC).date()) <= timedelta(days=1)
    assert settings.keep_releases == 5
    assert not settings.schedule_running


def test_every_variable_is_heeded(warehouse: Path) -> None:
    settings = Settings.read(
        {
            "DX_WAREHOUSE": str(warehouse),
            "DX_ARTICLES": str(warehouse / "press"),
            "DX_AS_OF": "2025-03-01",
            "DX_KEEP_RELEASES": "2",
            "DX_SCHEDULE": "running",
            "DX_CORRECTIONS": str(warehouse / "ours.toml"),
            "DX_AUTHOR": "N. Ha",
            "HTTPS_PROXY": "http://proxy.example:3128",
            "no_proxy": "press.example",
            "HTTP_PROXY": "",
        }
    )
    assert settings == Settings(
        warehouse=warehouse,
        articles=warehouse / "press",
        as_of=date(2025, 3, 1),
        keep_releases=2,
        schedule_running=True,
        corrections=warehouse / "ours.toml",
        author="N. Ha",
        https_proxy="http://proxy.example:3128",
        no_proxy="press.example",
    )
    assert settings.corrections_file == warehouse / "ours.toml"


def test_proxies_are_named_as_programs_agree_on() -> None:
    settings = Settings.read({"HTTP_PROXY": "http://upper:1", "http_proxy": "http://lower:1", "NO_PROXY": "intra"})
    assert settings.proxies == {"http": "http://lower:1", "no": "intra"}
    assert Settings.read({"https_proxy": ""}).proxies == {}


def test_an_empty_variable_is_as_good_as_none() -> None:
    empty = Settings.read(dict.fromkeys(_VARIABLES, ""))
    assert empty == Settings.read({"DX_AS_OF": empty.as_of.isoformat()})


def test_everything_lies_inside_the_warehouse(warehouse: Path) -> None:
    settings = Settings.read({"DX_WAREHOUSE": str(warehouse)})
    places = {
        settings.stage, settings.evidence, settings.releases, settings.database, settings.dagster_home, settings.report,
        settings.corrections_file,
    }  # fmt: skip
    assert len(places) == 7
    assert all(place.is_relative_to(warehouse) for place in places)


def test_places_are_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings.read({"DX_WAREHOUSE": "w", "DX_ARTICLES": "press"})
    assert (settings.warehouse, settings.articles) == (tmp_path / "w", tmp_path / "press")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DX_AS_OF", "1 March 2025"),
        ("DX_AS_OF", "2025-02-30"),
        ("DX_KEEP_RELEASES", "0"),
        ("DX_KEEP_RELEASES", "-1"),
        ("DX_KEEP_RELEASES", "many"),
    ],
)
def test_a_wrong_variable_is_told_by_name(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"{name} is '{value}': give"):
        Settings.read({name: value})


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings.read({}).keep_releases = 1  # type: ignore[misc]


def test_the_web_is_asked_where_it_is_said(tmp_path: Path) -> None:
    settings = Settings.read(
        {
            "DX_LIVE": "1",
            "DX_SOURCES": str(tmp_path),
            "DX_CONTACT": "desk@lakeside.example",
            "DX_PRIVATE_HOSTS": "127.0.0.1:8080, mirror.example",
        }
    )
    assert settings.live
    assert (settings.sources, settings.contact) == (tmp_path, "desk@lakeside.example")
    assert settings.private_hosts == {"127.0.0.1:8080", "mirror.example"}


def test_the_web_is_not_asked_unbidden() -> None:
    settings = Settings.read({})
    assert not settings.live
    assert (settings.sources, settings.contact, settings.private_hosts) == (None, None, frozenset())


def test_a_switch_that_is_neither_on_nor_off_is_told() -> None:
    with pytest.raises(ValueError, match="DX_LIVE is 'yes': give 1 or 0"):
        Settings.read({"DX_LIVE": "yes"})
