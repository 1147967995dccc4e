"""A release written by one major version of DuckDB is whole for the other."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
OLDER = REPOSITORY / ".venv" / "duckdb-1.5"

WRITE = """
import sys, duckdb
from pathlib import Path
from dx_pipeline.warehouse.publish import publish
from dx_pipeline_tests.warehouse.examples import edition, run_record
publish(edition("A"), Path(sys.argv[1]), run_record("r1"), 5)
print(duckdb.__version__)
"""
READ = """
import sys, duckdb
from pathlib import Path
from dx_pipeline.schemas.tables import PUBLISHED
from dx_pipeline.warehouse.manifest import RELEASED
from dx_pipeline.warehouse.publish import publish
from dx_pipeline.warehouse.read import query
from dx_pipeline.warehouse.verify import find_defects
from dx_pipeline.warehouse.views import VIEWS
from dx_pipeline_tests.warehouse.examples import edition, run_record
root = Path(sys.argv[1])
assert find_defects(root / "releases" / "000001") == []
for readable in (*RELEASED, *VIEWS):
    query(root, f'select * from "{readable.name}"')
assert query(root, "select distinct duckdb_version from release").rows.item() != duckdb.__version__
assert query(root, "select quote from overdue").rows.height == 1
assert not publish(edition("A"), root, run_record("r2"), 5).published
print(duckdb.__version__)
"""


def run(code: str, root: Path, *, older: bool) -> str:
    path = [str(OLDER)] if older else []
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([*path, str(REPOSITORY)])}
    done = subprocess.run(
        [sys.executable, "-c", code, str(root)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("older_writes", [True, False])
def test_each_reads_what_the_other_wrote(tmp_path: Path, older_writes: bool) -> None:
    if not (OLDER / "duckdb").is_dir():
        pytest.fail(f"{OLDER} is missing: `make test` creates it from requirements-duckdb-1.5.lock")
    written_by = run(WRITE, tmp_path, older=older_writes)
    read_by = run(READ, tmp_path, older=not older_writes)
    assert sorted([written_by.split(".")[0], read_by.split(".")[0]]) == ["1", "2"]
