"""The IO manager that hands tables from asset to asset as Parquet, and holds the warehouse for the run.

A table is written aside and renamed: a reader sees the last good one or the new one. What an asset
set aside is kept beside its table, from where the quarantine is collected.
"""

import os
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import polars as pl

from dx_pipeline.schemas.frames import Gated, empty_frame
from dx_pipeline.schemas.operations import Quarantine
from dx_pipeline.warehouse.lock import RUN_LOCK, hold_lock

WAIT_SECONDS = 600.0  # a run is over in less


class StageTables(dg.ConfigurableIOManager):
    """Tables that pass between assets, as Parquet under the warehouse's stage directory.

    It is made once in a run, as the executor is in-process, and holds the run lock from then to the
    run's end.
    """

    warehouse: str
    stage: str
    wait_seconds: float = WAIT_SECONDS

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Generator["StageTables", None, None]:
        """Hold the warehouse while the run lasts; see :func:`dx_pipeline.warehouse.lock.hold_lock`."""
        say = context.log.warning if context.log else print
        run_id = context.run.run_id if context.run else "without id"
        with hold_lock(Path(self.warehouse), f"run {run_id}", self.wait_seconds, say, RUN_LOCK):
            yield self

    def handle_output(self, context: dg.OutputContext, obj: Gated) -> None:
        """Write the good rows and, beside them, the rows that were set aside."""
        path, aside = self.table_path(context.asset_key), self.quarantine_path(context.asset_key)
        if obj.bad.is_empty():
            aside.unlink(missing_ok=True)
        else:
            _write(obj.bad, aside)
        _write(obj.good, path)
        context.add_output_metadata({"bytes": path.stat().st_size, "path": dg.MetadataValue.path(path)})

    def load_input(self, context: dg.InputContext) -> pl.DataFrame:
        """Read the table that an asset takes from another one; see :meth:`read_table`."""
        return self.read_table(context.asset_key)

    def read_table(self, key: dg.AssetKey) -> pl.DataFrame:
        """Read a table as it was written, with its types.

        Raises:
            dagster.Failure: where the table was never made, or cannot be read.
        """
        path = self.table_path(key)
        try:
            return pl.read_parquet(path)
        except (OSError, pl.exceptions.PolarsError) as error:
            raise dg.Failure(
                f"{path}: cannot be read ({error}); materialise {key.to_user_string()} first, "
                "or everything with `dx run`",
                allow_retries=False,
            ) from error

    def read_tables(self, keys: Mapping[str, dg.AssetKey]) -> dict[str, pl.DataFrame]:
        """Read many tables by name, for an asset that takes nearly all there are.

        Each input that Dagster hands over itself costs it two entries in the run's history.
        """
        return {name: self.read_table(key) for name, key in keys.items()}

    def read_quarantine(self, keys: Iterable[dg.AssetKey]) -> pl.DataFrame:
        """Read what the named assets set aside, one after the other (``Quarantine``)."""
        pieces = [pl.read_parquet(path) for path in map(self.quarantine_path, keys) if path.exists()]
        return pl.concat([empty_frame(Quarantine), *pieces])

    def table_path(self, key: dg.AssetKey) -> Path:
        """Return the file of an asset's table."""
        return Path(self.stage, *key.path[:-1], f"{key.path[-1]}.parquet")

    def quarantine_path(self, key: dg.AssetKey) -> Path:
        """Return the file of the rows that an asset set aside."""
        return Path(self.stage, "quarantine", *key.path[:-1], f"{key.path[-1]}.parquet")


def _write(frame: pl.DataFrame, path: Path) -> None:
    """Write aside and rename; not forced to disk, as the next run writes every table anew."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        frame.write_parquet(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
