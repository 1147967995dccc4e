import shutil
from pathlib import Path

import duckdb
import pytest

from dx_pipeline.warehouse.errors import ReleaseError
from dx_pipeline.warehouse.lock import LockTimeoutError, hold_lock
from dx_pipeline.warehouse.publish import publish
from dx_pipeline.warehouse.releases import current_release, list_releases, remove_oldest, use_release
from dx_pipeline_tests.warehouse.examples import edition, run_record


@pytest.fixture(scope="module")
def three_releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("warehouse")
    for name in "ABC":
        publish(edition(name), root, run_record(name), 5, verify=lambda _: None)
    return root


@pytest.fixture
def root(three_releases: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(three_releases, tmp_path / "warehouse", symlinks=True))


def edition_there(root: Path) -> str:
    with duckdb.connect(str(root / "dx.duckdb"), read_only=True) as connection:
        [(name,)] = connection.execute("select distinct name from sources").fetchall()
    return str(name)


def test_one_goes_back_and_forth(root: Path) -> None:
    assert use_release(root, 1).number == 1
    assert edition_there(root) == "A"
    assert [(release.number, release.is_current) for release in list_releases(root)] == [
        (3, False), (2, False), (1, True),
    ]  # fmt: skip
    use_release(root, 3)
    assert edition_there(root) == "C"


def test_after_going_back_a_publish_takes_the_next_number(root: Path) -> None:
    use_release(root, 1)
    assert publish(edition("C"), root, run_record("D"), 5, verify=lambda _: None).release.number == 4


def test_the_current_release_is_never_removed(root: Path) -> None:
    use_release(root, 1)
    remove_oldest(root, keep=1)
    assert [release.number for release in list_releases(root)] == [3, 1]


def test_a_release_that_is_not_there_is_refused(root: Path) -> None:
    with pytest.raises(ReleaseError, match=r"no release 7 .* there are: 1, 2, 3"):
        use_release(root, 7)
    assert edition_there(root) == "C"


def test_a_link_to_nothing_is_told_with_the_remedy(root: Path) -> None:
    current = current_release(root)
    assert current is not None
    current.folder.rename(root / "moved away")
    with pytest.raises(ReleaseError, match=r"not there: releases there are 1, 2; `dx release use N`"):
        current_release(root)
    use_release(root, 2)
    assert edition_there(root) == "B"


def test_going_back_waits_for_a_publish(root: Path) -> None:
    with hold_lock(root, "publish", 1, lambda _: None), pytest.raises(LockTimeoutError, match="publish"):
        use_release(root, 1, wait_seconds=0.05)
    assert edition_there(root) == "C"


def test_an_empty_warehouse_has_no_releases(tmp_path: Path) -> None:
    assert list_releases(tmp_path) == []
    assert current_release(tmp_path) is None
    with pytest.raises(ReleaseError, match="there are: none"):
        use_release(tmp_path, 1)
