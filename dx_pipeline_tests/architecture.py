"""The rules of the house, each a function from one module's source to its breaches.

What the rules say is told in ``docs/architecture.md``; ``test_architecture.py`` holds the tree to them.
Rules look at the syntax only and import nothing.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

PACKAGE = "dx_pipeline"
TESTS = "dx_pipeline_tests"
STAGES = (
    "evidence", "documents", "stories", "extraction", "review", "statistics", "facts", "findings", "warehouse", "report"
)  # fmt: skip
_LEAVES = {"schemas", "identifiers", "specs", "shape", "settings", "registry", "records", "services", "nesting"}

MAY_IMPORT: Mapping[str, set[str]] = {
    "schemas": {"schemas"},
    "identifiers": set(),
    "nesting": set(),
    "specs": set(),
    "shape": {"specs"},
    "records": {"specs"},
    "services": {"records", "specs"},
    "settings": set(),
    "entries": {"specs"},
    "registry": {"entries", "specs", "schemas"},
    **{stage: {stage, *_LEAVES} for stage in STAGES},
    "packs": {"packs", "extraction", "documents", *_LEAVES},
    "quality": {"quality", "evidence", "documents", "stories", "extraction", *_LEAVES},
    "defs": {"defs", "quality", *STAGES, *_LEAVES},
    "definitions": {"defs", "settings"},
    "cli": {
        "cli",
        "defs",
        "evidence",
        "packs",
        "warehouse",
        "extraction",
        "review",
        "facts",
        "findings",
        "statistics",
        "quality",
        "schemas",
        "settings",
        "specs",
    },
}
"""What each part of the package may import of the others; a part that is not here may import none."""

_CONFINED = {
    "dagster": {"defs", "definitions"},
    "requests": {"evidence"},
    "urllib3": {"evidence"},
    "httpx": {"evidence"},
    "aiohttp": {"evidence"},
    "socket": {"evidence"},
    "ssl": {"evidence"},
    "http": {"evidence"},
    "ftplib": {"evidence"},
    "urllib.request": {"evidence"},
    "duckdb": {"warehouse"},
    "babel": {"packs"},
    "warcio": {"evidence"},
    "typer": {"cli"},
    "click": {"cli"},
    "rich": {"cli"},
}
_FORBIDDEN_NAMES = {"util", "utils", "helper", "helpers", "common", "base", "misc"}
_FILE_LINES = 400
_FUNCTION_LINES = 50
_LANGUAGE_NAME = re.compile(r"(^|_)lang(uage)?(_|$)|^(tag|locale)$")
_PACKS = Path(__file__).parent.parent / PACKAGE / "catalogue" / "languages"
_LANGUAGE_CODES = {path.stem for path in _PACKS.glob("*.toml")}


@dataclass(frozen=True)
class Module:
    """One Python file: its path below the project's root, with slashes, and its source."""

    path: str
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.source, self.path)

    @property
    def name(self) -> str:
        """The dotted name that imports it."""
        return ".".join(PurePosixPath(self.path).with_suffix("").parts).removesuffix(".__init__")

    @property
    def root(self) -> str:
        """The package at the top: the product or its tests."""
        return self.name.partition(".")[0]

    @property
    def part(self) -> str:
        """The stage or top-level module that it belongs to."""
        return self.name.removeprefix(f"{PACKAGE}.").partition(".")[0]


@dataclass(frozen=True, order=True)
class Breach:
    """A place where a rule is broken, and what to do about it."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        """``path:line: message``, as compilers print it."""
        return f"{self.path}:{self.line}: {self.message}"


Rule = Callable[[Module], Iterator[Breach]]


def read_modules(root: Path, package: str) -> list[Module]:
    """Read every Python file of a package below the project's root."""
    paths = sorted((root / package).rglob("*.py"))
    return [Module(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")) for path in paths]


def imports(module: Module) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of everything that a module imports, inside functions too."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{source}.{alias.name}") for alias in node.names)


def imports_go_one_way(module: Module) -> Iterator[Breach]:
    """Hold a module to what its part may import of the others."""
    for line, name in imports(module):
        top, _, rest = name.partition(".")
        part = rest.partition(".")[0]
        if name.startswith("."):
            yield Breach(module.path, line, "write the import in full, from the package's name on")
        elif top == TESTS:
            yield Breach(module.path, line, "the product never imports its tests")
        elif top == PACKAGE and part not in MAY_IMPORT.get(module.part, set()):
            yield Breach(module.path, line, f"{module.part} may not import {part}; see MAY_IMPORT in {TESTS}")


def libraries_stay_in_their_place(module: Module) -> Iterator[Breach]:
    """Hold Dagster, the network, DuckDB and the command line to the part that each belongs to."""
    for line, name in imports(module):
        for library, places in _CONFINED.items():
            if f"{name}.".startswith((f"{library}.", f"{library}_")) and module.part not in places:
                yield Breach(module.path, line, f"{library} is imported in {', '.join(sorted(places))} only")


def environment_is_read_once(module: Module) -> Iterator[Breach]:
    """Let nobody but the settings read the environment; handing all of it on to another process is no reading."""
    if module.part == "settings":
        return
    nodes = list(ast.walk(module.tree))
    displays = [node for node in nodes if isinstance(node, ast.Dict)]
    handed_on = {value for node in displays for key, value in zip(node.keys, node.values, strict=True) if key is None}
    for node in nodes:
        if isinstance(node, ast.Attribute | ast.Name) and node not in handed_on:
            name = node.attr if isinstance(node, ast.Attribute) else node.id
            if name in {"environ", "getenv"}:
                yield Breach(module.path, node.lineno, "only settings.py reads the environment; take it as a parameter")


def init_files_are_empty(module: Module) -> Iterator[Breach]:
    """Keep ``__init__.py`` empty, so that importing one module imports no other."""
    if module.path.endswith("__init__.py") and module.source:
        yield Breach(module.path, 1, "leave __init__.py empty; put this into a module with a name")


def modules_say_what_belongs_in_them(module: Module) -> Iterator[Breach]:
    """Ask every module for a docstring."""
    if module.source and not ast.get_docstring(module.tree):
        yield Breach(module.path, 1, "begin with a docstring that says what belongs in the module")


def public_things_are_described(module: Module) -> Iterator[Breach]:
    """Ask every public function, class and method for a docstring."""
    for node in _public(module.tree.body):
        if not ast.get_docstring(node):
            yield Breach(module.path, node.lineno, f"{node.name} is public: give it a docstring")


def files_are_short(module: Module) -> Iterator[Breach]:
    """Keep a file within 400 lines."""
    lines = len(module.source.splitlines())
    if lines > _FILE_LINES:
        yield Breach(module.path, lines, f"{lines} lines; part the file: {_FILE_LINES} are allowed")


def functions_are_short(module: Module) -> Iterator[Breach]:
    """Keep a function within 50 lines."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > _FUNCTION_LINES:
                message = f"{node.name} has {lines} lines; part it: {_FUNCTION_LINES} are allowed"
                yield Breach(module.path, node.lineno, message)


def names_say_something(module: Module) -> Iterator[Breach]:
    """Refuse modules and packages whose name says nothing of what is in them."""
    for part in PurePosixPath(module.path).with_suffix("").parts:
        if part.removeprefix("_") in _FORBIDDEN_NAMES:
            yield Breach(module.path, 1, f"{part!r} says nothing; name it after what is in it")


def languages_are_data(module: Module) -> Iterator[Breach]:
    """Refuse a branch on a language's code in a stage: where one seems needed, the pack lacks an attribute."""
    if module.part not in STAGES:
        return
    for node in ast.walk(module.tree):
        compared: list[ast.AST] = []
        if isinstance(node, ast.Compare):
            compared = [node.left, *node.comparators]
        elif isinstance(node, ast.match_case):
            compared = [node.pattern]
        codes = {one.value for side in compared for one in ast.walk(side) if isinstance(one, ast.Constant)}
        about_language = isinstance(node, ast.match_case) or any(_LANGUAGE_NAME.search(n) for n in _names(compared))
        if about_language and codes & _LANGUAGE_CODES:
            line = compared[0].lineno  # type: ignore[attr-defined]
            yield Breach(module.path, line, "no branch on a language: give the language's pack an attribute")


def annotations_are_not_postponed(module: Module) -> Iterator[Breach]:
    """Refuse postponed annotations where Dagster reads the annotation of ``context``."""
    if module.part in {"defs", "definitions"}:
        for line, name in imports(module):
            if name == "__future__.annotations":
                yield Breach(module.path, line, "Dagster reads annotations here: write them unpostponed")


PACKAGE_RULES: tuple[Rule, ...] = (
    imports_go_one_way,
    libraries_stay_in_their_place,
    environment_is_read_once,
    modules_say_what_belongs_in_them,
    public_things_are_described,
    languages_are_data,
    annotations_are_not_postponed,
)
"""Rules for the product."""

COMMON_RULES: tuple[Rule, ...] = (init_files_are_empty, files_are_short, functions_are_short, names_say_something)
"""Rules for the product and its tests."""


def import_cycles(modules: Iterable[Module]) -> Iterator[list[str]]:
    """Yield each cycle of imports that a search in depth meets, as the names along it."""
    known = {module.name: module for module in modules}
    graph = {name: sorted(_imported(module, known) - {name}) for name, module in known.items()}
    finished: set[str] = set()

    def visit(name: str, path: list[str]) -> Iterator[list[str]]:
        if name in path:
            yield [*path[path.index(name) :], name]
        elif name not in finished:
            for other in graph[name]:
                yield from visit(other, [*path, name])
            finished.add(name)

    for name in graph:
        yield from visit(name, [])


def _imported(module: Module, known: Mapping[str, Module]) -> set[str]:
    found = set()
    for _, name in imports(module):
        target = name if name in known else name.rpartition(".")[0]
        if target in known:
            found.add(target)
    return found


def _public(body: Iterable[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield node
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_") and node.name != "Config":
            yield node
            yield from _public(node.body)


def _names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        for one in ast.walk(node):
            if isinstance(one, ast.Name):
                yield one.id
            elif isinstance(one, ast.Attribute):
                yield one.attr
            elif isinstance(one, ast.Subscript) and isinstance(one.slice, ast.Constant):
                yield str(one.slice.value)
