"""The shape of the files of page words: which keys each must have and what stands under it, as ``en.toml`` shows it.

A list that is missing or misspelt would find less without a word, so that each file is compared before it is read.
"""

import codecs
from collections.abc import Iterator, Mapping
from typing import Any

from dx_pipeline import shape
from dx_pipeline.specs import CatalogueError

_MONTHS = 12


def check_pages(files: Mapping[str, Mapping[str, Any]]) -> None:
    """Compare files of page words, by their paths, with the English one.

    Raises:
        CatalogueError: on a key that is missing, unknown or of another type, on months that are not twelve, or on
            an encoding that is none.
    """
    for problem in find_problems(files):
        raise problem


def find_problems(files: Mapping[str, Mapping[str, Any]]) -> Iterator[CatalogueError]:
    """Yield what is wrong with the shape of files of page words, by their paths, the English one first.

    Raises:
        CatalogueError: where there is no English file to compare with.
    """
    kinds = {path: shape.kinds_of(file) for path, file in files.items()}
    expected = shape.expected_kinds(kinds, "pages")
    for path in shape.english_first(files):
        problems = list(shape.compare(path, kinds[path], expected))
        yield from problems or _values(path, files[path])


def _values(path: str, file: Mapping[str, Any]) -> Iterator[CatalogueError]:
    months = file["months"]
    if len(months) != _MONTHS:
        yield shape.error(path, "months", "is not twelve lists of names; write one for each month, January first")
    for encoding in file["encodings"]:
        try:
            codecs.lookup(encoding)
        except LookupError:
            yield shape.error(path, "encodings", f"has {encoding!r}, which Python cannot decode; mend its spelling")
