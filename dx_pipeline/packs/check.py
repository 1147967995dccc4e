"""How far a language is: what its files lack, which of its tests fail, how much of the registry has names in it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dx_pipeline import registry
from dx_pipeline.documents.cues import NO_LANGUAGES, read_markup_cues, read_page_cues
from dx_pipeline.documents.languages import is_detectable
from dx_pipeline.documents.page_shape import find_problems as find_page_problems
from dx_pipeline.extraction.lexicon import load_lexicon
from dx_pipeline.extraction.pack_shape import DATA, at, find_problems, kinds_of_pack
from dx_pipeline.packs.passages import LEAST_TESTS, differences, entry_faults, missing_tests
from dx_pipeline.packs.skeleton import FOLDERS
from dx_pipeline.shape import TABLE
from dx_pipeline.specs import CatalogueError, read_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How many entries of a part of the registry have words in a language."""

    part: str
    named: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageReport:
    """How far a language is.

    ``broken`` would stop a run. ``empty`` fields are filled by every finished language, one with tests enough;
    ``optional`` ones are empty, too, but so they are in one of those. ``faults`` are of the tests: ill-written,
    failing or too few.
    """

    code: str
    fields: int
    broken: tuple[str, ...]
    empty: tuple[str, ...]
    optional: tuple[str, ...]
    tests: int
    faults: tuple[str, ...]
    coverage: tuple[Coverage, ...]

    @property
    def is_ready(self) -> bool:
        """Whether nothing is left to be done but to name more of the registry."""
        return not (self.broken or self.empty or self.faults)

    def lines(self) -> Iterator[str]:
        """Yield the report line by line, what must be done first."""
        yield from (f"BROKEN   {problem}" for problem in self.broken)
        yield from (f"EMPTY    {field}" for field in self.empty)
        yield from (f"TESTS    {fault}" for fault in self.faults)
        if self.optional:
            yield f"may stay empty: {', '.join(self.optional)}"
        if not self.broken:
            done = self.fields - len(self.empty) - len(self.optional)
            yield f"fields with words: {done} of {self.fields}; tests: {self.tests}"
        names = (f"{one.part} {one.named} of {one.of}" for one in self.coverage)
        yield f"registry with words in {self.code}: {', '.join(names)}"
        yield f"{self.code} is ready" if self.is_ready else f"{self.code} is not ready"


def check_language(catalogue: Path, code: str) -> LanguageReport:
    """Look at a language's files in a catalogue.

    Raises:
        CatalogueError: where the language has no pack, a file is no TOML, or another language's file or the registry
            is broken.
    """
    files = {folder: _read(catalogue, folder) for folder in FOLDERS}
    if code not in files[FOLDERS[0]]:
        path = catalogue / FOLDERS[0] / f"{code}.toml"
        raise CatalogueError(f"{path}: is not there; make it with `dx language new {code}`")
    broken = list(_broken(catalogue, code, files))
    pack = files[FOLDERS[0]][code]
    entries = pack.get("tests", [])
    empty, optional = ([], []) if broken else _empty(code, files)
    return LanguageReport(
        code=code,
        fields=sum(len(_filled(files[folder].get(code, {}))) for folder in FOLDERS) if not broken else 0,
        broken=tuple(broken),
        empty=tuple(empty),
        optional=tuple(optional),
        tests=len(entries),
        faults=() if broken else tuple(_faults(catalogue, code, entries)),
        coverage=tuple(_coverage(catalogue, code)),
    )


def check_page_words(catalogue: Path) -> None:
    """Read the page words of every language and the names that markup has, as a run would.

    Raises:
        CatalogueError: where a file is broken; the message names file, field and remedy.
    """
    read_page_cues(catalogue)
    read_markup_cues(catalogue)


def _read(catalogue: Path, folder: str) -> dict[str, Mapping[str, Any]]:
    paths = sorted((catalogue / folder).glob("*.toml"))
    return {path.stem: read_toml(path) for path in paths if path.stem not in NO_LANGUAGES}


def _broken(catalogue: Path, code: str, files: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Iterator[str]:
    """What is wrong with the language's own files; what is wrong with another's is raised."""
    for folder, find in zip(FOLDERS, (find_problems, find_page_problems), strict=True):
        own = str(catalogue / folder / f"{code}.toml")
        named = {str(catalogue / folder / f"{stem}.toml"): file for stem, file in files[folder].items()}
        if own not in named:
            yield f"{own}: is not there; make it with `dx language new {code} --force`, or copy pages/en.toml"
        for problem in find(named):
            if not str(problem).startswith(f"{own}: "):
                raise problem
            yield str(problem)
    if not is_detectable(code):
        yield f"no text is ever found to be in {code!r}, so that its pack is not used; see documents/languages.py"


def _filled(file: Mapping[str, Any]) -> dict[str, bool]:
    """Whether each field that holds words holds any."""
    kinds = kinds_of_pack(file)
    return {
        field: _holds_words(at(file, field))
        for field, kind in kinds.items()
        if (kind != TABLE or field in DATA) and not isinstance(at(file, field), bool | str)
    }


def _holds_words(value: Any) -> bool:
    """Whether a list has words, each list of a list has, or any of a table of data has."""
    if isinstance(value, Mapping):
        return any(value.values())
    return bool(value) and all(one != [] for one in value)


def _empty(code: str, files: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> tuple[list[str], list[str]]:
    """Fields without words: those that every finished language fills, and those that are empty in one, too.

    A language with tests enough is finished: what it leaves empty is meant.
    """
    needed: list[str] = []
    optional: list[str] = []
    finished = {stem for stem, pack in files[FOLDERS[0]].items() if len(pack.get("tests", [])) >= LEAST_TESTS}
    for folder in FOLDERS:
        others = [_filled(file) for stem, file in files[folder].items() if stem in finished]
        for field, filled in _filled(files[folder][code]).items():
            if not filled:
                told = f"{folder}/{code}.toml: {field}"
                (needed if all(other.get(field, False) for other in others) else optional).append(told)
    return needed, optional


def _faults(catalogue: Path, code: str, entries: list[Mapping[str, Any]]) -> Iterator[str]:
    yield from missing_tests(entries)
    lexicon = load_lexicon(catalogue)
    for number, entry in enumerate(entries, start=1):
        name = f"test {number} ({entry.get('about', 'about is missing')})"
        ill = list(entry_faults(entry))
        yield from (f"{name}: {fault}" for fault in ill or differences(entry, code, lexicon))


def _coverage(catalogue: Path, code: str) -> Iterator[Coverage]:
    organisations = registry.read_organisations(catalogue)
    for part, is_local in (("organisations", False), ("offices of provinces", True)):
        own = (o for o in organisations if ("-" in (o.area or "")) == is_local)  # ISO 3166-2
        yield _count(part, (code in o.names or code in o.forms for o in own))
    yield _count("instruments", (code in i.names or code in i.forms for i in registry.read_instruments(catalogue)))
    yield _count("metrics", (code in m.cues for m in registry.read_metrics(catalogue)))
    yield _count("units", (code in u.forms for u in registry.read_units(catalogue)))


def _count(part: str, named: Iterable[bool]) -> Coverage:
    told = list(named)
    return Coverage(part=part, named=sum(told), of=len(told))
