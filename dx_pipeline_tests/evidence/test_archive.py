"""The archive keeps bytes once, gives them back whole, and notices when they are not."""

import gzip
import hashlib
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dx_pipeline.evidence.archive import Archive, CorruptBodyError, MissingBodyError, is_draft

BODY = "Tỉnh hoàn thành 12 dịch vụ trực tuyến.".encode()


def _files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


@pytest.mark.parametrize("body", [b"", b"\x00\xff" * 1000, BODY])
def test_bytes_come_back(tmp_path: Path, body: bytes) -> None:
    archive = Archive(tmp_path / "not" / "yet" / "there")
    sha256 = archive.put(body)
    assert sha256 == hashlib.sha256(body).hexdigest()
    assert archive.get(sha256) == body
    assert sha256 in archive


def test_a_body_is_written_once_and_read_only(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    sha256 = archive.put(BODY)
    (path,) = _files(tmp_path)
    before = path.stat()
    assert archive.put(BODY) == sha256
    assert path.parent.name == sha256[:2]
    assert path.stat().st_ino == before.st_ino
    assert stat.S_IMODE(before.st_mode) == 0o444


def test_the_same_body_gives_the_same_file_everywhere(tmp_path: Path) -> None:
    for name in ("a", "b"):
        Archive(tmp_path / name).put(BODY)
    first, second = _files(tmp_path)
    assert first.read_bytes() == second.read_bytes()


def test_many_writers_leave_one_whole_file(tmp_path: Path) -> None:
    body = BODY * 20_000
    with ThreadPoolExecutor(8) as pool:
        names = set(pool.map(lambda _: Archive(tmp_path).put(body), range(24)))
    assert len(names) == 1
    assert len(_files(tmp_path)) == 1
    assert Archive(tmp_path).get(names.pop()) == body


@pytest.mark.parametrize(
    "damage",
    [gzip.compress(b"another body"), b"no gzip at all", b"", gzip.compress(BODY)[:-9]],
    ids=["another body", "no gzip", "nothing", "cut short"],  # a gzip holds the time: no name for a test
)
def test_damaged_bytes_are_never_given_out(tmp_path: Path, damage: bytes) -> None:
    archive = Archive(tmp_path)
    sha256 = archive.put(BODY)
    (path,) = _files(tmp_path)
    path.chmod(0o644)
    path.write_bytes(damage)
    with pytest.raises(CorruptBodyError, match="capture the source again"):
        archive.get(sha256)


def test_a_body_that_was_never_put_is_missing(tmp_path: Path) -> None:
    unknown = "0" * 64
    assert unknown not in Archive(tmp_path)
    with pytest.raises(MissingBodyError, match=unknown):
        Archive(tmp_path).get(unknown)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_only_a_hash_is_a_name(tmp_path: Path, name: str) -> None:
    assert name not in Archive(tmp_path)
    with pytest.raises(ValueError, match="no SHA-256"):
        Archive(tmp_path).get(name)


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("dx_pipeline.evidence.archive.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        Archive(tmp_path).put(BODY)
    assert _files(tmp_path) == []


@pytest.mark.parametrize("body", [b"", BODY, BODY * 100_000])
def test_a_body_is_hashed_again_without_being_held(tmp_path: Path, body: bytes) -> None:
    archive = Archive(tmp_path)
    assert archive.check(archive.put(body)) == len(body)


def test_files_are_told_with_the_hash_that_names_them(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    names = sorted(archive.put(body) for body in (b"one", b"two"))
    aside = archive.place(names[0]).parent / ".tmp-abc"
    stray = archive.place(names[1]).parent / archive.place(names[0]).name
    journal = tmp_path / ".tmp-journal.sqlite-x"
    for path in (aside, stray, journal):
        path.write_bytes(b"x")
    (tmp_path / "journal.sqlite").write_bytes(b"the journal lies beside the bodies")
    found = dict(archive.files())
    assert {path: sha256 for path, sha256 in found.items() if sha256} == {archive.place(name): name for name in names}
    assert {path for path, sha256 in found.items() if sha256 is None} == {aside, stray, journal}
    assert is_draft(aside)
    assert not is_draft(stray)


def test_an_archive_that_is_not_there_holds_no_files(tmp_path: Path) -> None:
    assert list(Archive(tmp_path / "none").files()) == []
