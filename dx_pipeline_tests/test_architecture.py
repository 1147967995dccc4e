"""The tree keeps the rules of the house, and each rule is shown a source that breaks it."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dx_pipeline_tests import architecture
from dx_pipeline_tests.architecture import (
    COMMON_RULES,
    MAY_IMPORT,
    PACKAGE,
    PACKAGE_RULES,
    STAGES,
    TESTS,
    Breach,
    Module,
    Rule,
    import_cycles,
    read_modules,
)

ROOT = Path(__file__).parent.parent
PRODUCT = read_modules(ROOT, PACKAGE)
TREE = [*PRODUCT, *read_modules(ROOT, TESTS)]
_NOT_OURS = {".git", ".venv", "warehouse", "__pycache__", "build", "dist"}
_IMPORT_SECONDS = 3.0  # of the processor, beyond what earlier stages loaded; Dagster's own import takes that on its own


def by_name(rule: Rule) -> str:
    return rule.__name__


@pytest.mark.parametrize("rule", PACKAGE_RULES, ids=by_name)
def test_the_product_keeps(rule: Rule) -> None:
    assert_none(breach for module in PRODUCT for breach in rule(module))


@pytest.mark.parametrize("rule", COMMON_RULES, ids=by_name)
def test_product_and_tests_keep(rule: Rule) -> None:
    assert_none(breach for module in TREE for breach in rule(module))


def assert_none(breaches: Iterator[Breach]) -> None:
    told = [str(breach) for breach in sorted(breaches)]
    assert not told, "\n" + "\n".join(told)


BROKEN: list[tuple[Rule, str, str, int]] = [
    (architecture.imports_go_one_way, "facts/a.py", "\nfrom dx_pipeline.findings import claims\n", 2),
    (architecture.imports_go_one_way, "facts/a.py", "import dx_pipeline.warehouse.build", 1),
    (architecture.imports_go_one_way, "facts/a.py", "def f() -> None:\n    from dx_pipeline.defs import build", 2),
    (architecture.imports_go_one_way, "facts/a.py", "from . import tasks", 1),
    (architecture.imports_go_one_way, "facts/a.py", "from dx_pipeline_tests import builders", 1),
    (architecture.imports_go_one_way, "schemas/a.py", "from dx_pipeline.settings import CATALOGUE", 1),
    (architecture.imports_go_one_way, "cli/a.py", "from dx_pipeline.documents.parse import parse_captures", 1),
    (architecture.imports_go_one_way, "unforeseen/a.py", "from dx_pipeline.specs import read_toml", 1),
    (architecture.libraries_stay_in_their_place, "facts/a.py", "import dagster as dg", 1),
    (architecture.libraries_stay_in_their_place, "cli/a.py", "from dagster_shared import x", 1),
    (architecture.libraries_stay_in_their_place, "documents/a.py", "import requests", 1),
    (architecture.libraries_stay_in_their_place, "documents/a.py", "from urllib.request import urlopen", 1),
    (architecture.libraries_stay_in_their_place, "documents/a.py", "import http.client", 1),
    (architecture.libraries_stay_in_their_place, "report/a.py", "from duckdb import connect", 1),
    (architecture.libraries_stay_in_their_place, "defs/a.py", "from rich.table import Table", 1),
    (architecture.environment_is_read_once, "facts/a.py", "import os\nhome = os.environ['HOME']", 2),
    (architecture.environment_is_read_once, "facts/a.py", "from os import getenv\nhome = getenv('HOME')", 2),
    (architecture.environment_is_read_once, "facts/a.py", "import os\nhome = os.environ.get('HOME')", 2),
    (architecture.init_files_are_empty, "facts/__init__.py", '"""Facts."""\n', 1),
    (architecture.modules_say_what_belongs_in_them, "facts/a.py", "ONE = 1\n", 1),
    (architecture.public_things_are_described, "facts/a.py", "\ndef settle() -> None: ...", 2),
    (architecture.public_things_are_described, "facts/a.py", "class Fact: ...", 1),
    (architecture.public_things_are_described, "facts/a.py", 'class Fact:\n    """F."""\n    def a(self): ...', 3),
    (architecture.files_are_short, "facts/a.py", "a = 1\n" * 401, 401),
    (architecture.functions_are_short, "facts/a.py", "def f() -> None:\n" + "    g()\n" * 50, 1),
    (architecture.names_say_something, "facts/utils.py", "", 1),
    (architecture.names_say_something, "helpers/facts.py", "", 1),
    (architecture.languages_are_data, "extraction/a.py", 'x = 1\nif language == "vi":\n    x = 2', 2),
    (architecture.languages_are_data, "extraction/a.py", 'x = 1 if pack.language_code in {"fr", "pl"} else 2', 1),
    (architecture.languages_are_data, "documents/a.py", 'x = "nb" != article["language"]', 1),
    (architecture.languages_are_data, "extraction/a.py", 'match language:\n    case "vi":\n        x = 2', 2),
    (architecture.annotations_are_not_postponed, "defs/a.py", "from __future__ import annotations", 1),
]


@pytest.mark.parametrize(("rule", "path", "source", "line"), BROKEN)
def test_a_rule_sees_what_breaks_it(rule: Rule, path: str, source: str, line: int) -> None:
    breaches = list(rule(Module(f"{PACKAGE}/{path}", source)))
    assert [(breach.path, breach.line) for breach in breaches] == [(f"{PACKAGE}/{path}", line)]
    assert str(breaches[0]).startswith(f"{PACKAGE}/{path}:{line}: ")


def test_every_rule_is_shown_what_breaks_it() -> None:
    assert {case[0] for case in BROKEN} == {*PACKAGE_RULES, *COMMON_RULES}


GOOD = '''"""Module."""

import os
import subprocess
import urllib.parse

from dx_pipeline.facts import tasks
from dx_pipeline.identifiers import stable_id


class Fact:
    """A fact."""

    class Config:
        strict = True

    def __init__(self) -> None:
        self.language = "vi"


def _verify() -> None:
    subprocess.run(["true"], env={**os.environ, "ONE": "1"})


def _is(kind: str, languages: dict[str, str]) -> bool:
    return kind == "vi" or languages["en"] == stable_id("en")
'''


@pytest.mark.parametrize("rule", [*PACKAGE_RULES, *COMMON_RULES], ids=by_name)
def test_a_rule_leaves_good_code_alone(rule: Rule) -> None:
    assert list(rule(Module(f"{PACKAGE}/facts/a.py", GOOD))) == []


def test_every_part_of_the_package_has_its_rule() -> None:
    parts = {module.part for module in PRODUCT} - {PACKAGE, "catalogue"}
    assert parts == set(MAY_IMPORT)


def test_imports_make_no_cycle() -> None:
    assert [" → ".join(cycle) for cycle in import_cycles(PRODUCT)] == []


def test_a_cycle_is_seen() -> None:
    ring = [
        Module("dx_pipeline/facts/a.py", "from dx_pipeline.facts.b import x"),
        Module("dx_pipeline/facts/b.py", "def f() -> None:\n    from dx_pipeline.facts import c"),
        Module("dx_pipeline/facts/c.py", "import dx_pipeline.facts.a"),
        Module("dx_pipeline/facts/d.py", "import dx_pipeline.facts.a"),
    ]
    names = [f"dx_pipeline.facts.{letter}" for letter in "abca"]
    assert list(import_cycles(ring)) == [names]
    assert list(import_cycles(ring[:2])) == []


_PROBE = """
import importlib, json, sys, time
for part, modules in json.load(sys.stdin):
    started = time.process_time()
    for module in modules:
        importlib.import_module(module)
    seconds = time.process_time() - started
    print(json.dumps([part, seconds, "dagster" in sys.modules]))
"""


@pytest.fixture(scope="module")
def imported() -> dict[str, tuple[float, bool]]:
    """Each part that must not need Dagster, imported in turn: seconds of the processor, and whether Dagster came in."""
    parts: list[tuple[str, list[str]]] = [("polars", ["polars", "pandera.polars"])]
    parts += [(part, [module.name for module in PRODUCT if module.part == part]) for part in (*STAGES, "quality")]
    parts += [("cli", [f"{PACKAGE}.cli.main"])]
    done = subprocess.run(
        [sys.executable, "-c", _PROBE], input=json.dumps(parts), capture_output=True, text=True, check=True, cwd=ROOT
    )
    lines: list[Any] = [json.loads(line) for line in done.stdout.splitlines()]
    return {part: (seconds, has_dagster) for part, seconds, has_dagster in lines}


@pytest.mark.parametrize("part", [*STAGES, "quality", "cli"])
def test_a_stage_comes_without_dagster_and_soon(imported: dict[str, tuple[float, bool]], part: str) -> None:
    seconds, has_dagster = imported[part]
    assert not has_dagster, f"importing {PACKAGE}.{part} imports Dagster, by way of another library or a part before it"
    assert seconds < _IMPORT_SECONDS


def _index_pattern() -> re.Pattern[str]:
    """Whatever names a package index; pieced together, so that it does not find itself."""
    hosts = "|".join(("py" + r"pi\.", "python" + r"hosted\.", "ana" + r"conda\.(org|com)"))
    flags = "--(extra-|default-)?" + "index-url" + r"\b|(PIP|UV)_(EXTRA_)?" + "INDEX"
    return re.compile(rf"{hosts}|{flags}|https?://[^\s/]+/(\S+/)?" + r"simple(/|\b)", re.IGNORECASE)


def _project_files() -> list[Path]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]
    return [path for path in ROOT.rglob("*") if path.is_file() and not _NOT_OURS & set(path.relative_to(ROOT).parts)]


def test_no_file_names_a_package_index() -> None:
    pattern, told = _index_pattern(), []
    for path in _project_files():
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            if pattern.search(line):
                told.append(f"{path.relative_to(ROOT)}:{number}: names a package index; leave it to the machine's own")
    assert not told, "\n" + "\n".join(told)


@pytest.mark.parametrize(
    "line",
    [
        "https://" + "py" + "pi.org/project/x",
        "--" + "index" + "-url https://mirror.example/here",
        "PIP_" + "INDEX_URL=x",
        "https://mirror.example/root/" + "simple/",
    ],
)
def test_a_package_index_is_seen(line: str) -> None:
    assert _index_pattern().search(line)
    assert not _index_pattern().search("uv pip compile --no-emit-" + "index" + "-url; https://example.org/simply")
