"""The releases on disk as rows for people and programs."""

from pathlib import Path
from typing import Any

from dx_pipeline.warehouse.read import read_manifest
from dx_pipeline.warehouse.releases import list_releases


def describe_releases(warehouse: Path) -> list[dict[str, Any]]:
    """Return each release's number, time, rows, code version and place, the newest first.

    Raises:
        OSError: where a release's files cannot be read.
    """
    described = []
    for release in list_releases(warehouse):
        manifest = read_manifest(release)
        described.append(
            {
                "number": release.number,
                "is_current": release.is_current,
                "built_at": manifest["built_at"][0].replace(microsecond=0),
                "rows": manifest["row_count"].sum(),
                "code_version": manifest["code_version"][0],
                "database": str(release.database),
            }
        )
    return described
