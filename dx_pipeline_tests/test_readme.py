"""What the README and the guides say can be done: links lead somewhere, commands are there, examples are accepted."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from dx_pipeline.cli.main import app
from dx_pipeline.quality.labels import read_label
from dx_pipeline.registry import read_metrics, read_organisations
from dx_pipeline.review.correction_file import read_corrections
from dx_pipeline.review.fields import FIELDS, KnownIds
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import read_article_sources, read_statistics_sources
from dx_pipeline.statistics.mapping import read_mapping
from dx_pipeline.warehouse.publish import publish
from dx_pipeline.warehouse.read import query
from dx_pipeline_tests.warehouse.examples import edition, run_record

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "warehouse" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
ADDING = (ROOT / "docs" / "adding.md").read_text(encoding="utf-8")
ARTICLES, STATISTICS, ORGANISATION = re.findall(r"^```toml\n(.*?)^```$", ADDING, re.MULTILINE | re.DOTALL)

(LABEL,) = re.findall(r"^```yaml\n(.*?)^```$", ADDING, re.MULTILINE | re.DOTALL)


def found(pattern: str) -> list[str]:
    return sorted({hit for page in PAGES for hit in re.findall(pattern, page.read_text(encoding="utf-8"))})


def linked() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            if "://" not in link:
                yield page, link


@pytest.mark.parametrize(("page", "link"), list(linked()), ids=str)
def test_links_lead_somewhere(page: Path, link: str) -> None:
    assert (page.parent / link).exists()


@pytest.mark.parametrize("target", found(r"`make ([a-z]+)"))
def test_targets_are_in_the_makefile(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("name", found(r"`dx ([a-z]+)"))
def test_commands_are_there(name: str) -> None:
    assert name in get_command(app).commands  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    warehouse = tmp_path_factory.mktemp("warehouse")
    publish(edition("A"), warehouse, run_record("r1"), 5)
    return warehouse


@pytest.mark.parametrize("statement", found(r'dx sql "([^"]+)"'))
def test_queries_are_answered(published: Path, statement: str) -> None:
    assert query(published, statement).rows.columns


def test_the_source_of_articles_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "lakeside.toml").write_text(ARTICLES, encoding="utf-8")
    (source,) = read_article_sources(tmp_path)
    assert source.captured_on is not None


def test_the_source_of_statistics_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "statistics").mkdir()
    (tmp_path / "statistics" / "lakeside.toml").write_text(STATISTICS, encoding="utf-8")
    (mapping,) = map(read_mapping, read_statistics_sources(tmp_path))
    assert {series.metric_id for series in mapping.series.values()} <= {
        one.metric_id for one in read_metrics(CATALOGUE)
    }


def test_the_organisation_is_accepted(tmp_path: Path) -> None:
    shutil.copytree(CATALOGUE / "registry", tmp_path / "registry")
    (tmp_path / "registry" / "organisations" / "lakes.toml").write_text(ORGANISATION, encoding="utf-8")
    (added,) = {one.organisation_id for one in read_organisations(tmp_path)} - {
        one.organisation_id for one in read_organisations(CATALOGUE)
    }
    assert f'id = "{added}"' in ORGANISATION


def test_the_label_file_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "lakes.yaml").write_text(LABEL, encoding="utf-8")
    label = read_label(tmp_path / "lakes.yaml")
    assert (label.document, len(label.facts["directives"]), len(label.facts["indicators"])) == ("lakes.txt", 1, 2)


def test_the_correction_is_accepted(tmp_path: Path) -> None:
    (text,) = re.findall(
        r"^```toml\n(.*?)^```$", (ROOT / "docs" / "reviewing.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    (tmp_path / "corrections.toml").write_text(text, encoding="utf-8")
    reading = read_corrections(tmp_path / "corrections.toml", KnownIds.read(CATALOGUE), "r1")
    assert reading.quarantine["detail"].to_list() == []
    assert reading.entries.height == 1


def test_the_columns_to_set_are_named() -> None:
    text = (ROOT / "docs" / "reviewing.md").read_text(encoding="utf-8")
    said = set(re.findall(r"`(\w+)`", text[text.index("Of a directive can be set") :].partition("Never")[0]))
    assert said == {name for fields in FIELDS.values() for name in fields}
