"""What Dagster's history of runs says of assets, for tests."""

from pathlib import Path

import dagster as dg


def data_versions(home: Path) -> dict[str, str | None]:
    """Return the version of each asset's newest data, as Dagster keeps it in this home."""
    with dg.DagsterInstance.from_config(str(home)) as instance:
        entries = [record.asset_entry for record in instance.get_asset_records()]
    found = {}
    for entry in entries:
        event = entry.last_materialization
        if event is not None and event.asset_materialization is not None:
            found[entry.asset_key.to_user_string()] = (event.asset_materialization.tags or {}).get(
                "dagster/data_version"
            )
    return found
