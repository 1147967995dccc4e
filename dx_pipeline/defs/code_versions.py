"""The version of the code behind each asset: a hash of its source files and of the data files it reads.

Dagster shows an asset as out of date when its version differs from the one that it was made with.
"""

import hashlib
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent
_SHARED = ("schemas", "identifiers.py", "specs.py", "shape.py", "registry.py", "entries.py")
_SUFFIXES = frozenset({".py", ".toml", ".csv", ".html", ".css"})


@cache
def code_version(*paths: str) -> str:
    """Return twelve hexadecimal digits that change with any source or catalogue file under the paths.

    Paths are relative to the package (``"documents"``, ``"catalogue/languages"``); the modules that
    all stages share always count.

    >>> code_version("identifiers.py") == code_version("identifiers.py", "identifiers.py")
    True
    """
    digest = hashlib.sha256()
    for file in sorted({file for path in (*_SHARED, *paths) for file in _files(_PACKAGE / path)}):
        digest.update(file.relative_to(_PACKAGE).as_posix().encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:12]


@cache
def library_versions(*names: str) -> str:
    """Return the versions of Python and of these distributions, as a text to compare.

    Raises:
        importlib.metadata.PackageNotFoundError: where one is not installed.
    """
    return " ".join([f"python={platform.python_version()}", *(f"{name}={version(name)}" for name in names)])


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return [file for file in path.rglob("*") if file.suffix in _SUFFIXES and file.is_file()]
