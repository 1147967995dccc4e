"""The decorator that turns a pure function on frames into assets, with the gate before every write.

Rows that their model refuses go to quarantine with the reason; the good rows go on; the check
``schema_valid`` is red. A frame that is wrong as a whole stops the asset before anything is written,
so the last good table stays. No asset is defined here.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import dagster as dg
import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from dx_pipeline.defs.code_versions import code_version
from dx_pipeline.defs.metadata import column_schema, markdown_table, row_metadata, source_reference
from dx_pipeline.schemas.frames import Gated, gate
from dx_pipeline.schemas.tables import PUBLISHED

OWNERS = ("team:dx-pipeline",)
SCHEMA_VALID = "schema_valid"
SET_ASIDE = "set_aside"  # the name under which a body returns rows that its stage set aside

Frames = Mapping[str, pl.DataFrame]

FRESHNESS = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=36), warn_window=timedelta(hours=25))


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTable:
    """A table that an asset makes: its place in the graph, its model, and its name for analysts.

    ``table_name`` names it in quarantine. A table that is published under that very model takes its
    key, its SQL name and its freshness policy from ``schemas/tables.py``.
    """

    stage: str
    name: str
    model: type[pa.DataFrameModel]
    table_name: str

    @property
    def key(self) -> dg.AssetKey:
        """The asset's key: stage and name."""
        return dg.AssetKey([self.stage, self.name])

    @property
    def published(self) -> bool:
        """Whether analysts find it in the warehouse just as it is here."""
        return any(table.name == self.name and table.model is self.model for table in PUBLISHED)


def published_table(stage: str, name: str) -> StageTable:
    """Return the table of that name in ``schemas/tables.py`` as one that the stage makes."""
    model = next(table.model for table in PUBLISHED if table.name == name)
    return StageTable(stage=stage, name=name, model=model, table_name=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How one step stands in the graph: what it makes, from what, by which code.

    ``ins`` are the tables that its body receives, by parameter name; ``deps`` are assets that must
    come first and hand over no table. ``reads`` are the paths whose files make the code version, and
    ``calls`` is the pure function that the page of each asset points to. ``prove`` holds the rows that
    passed their models against each other: it takes the frames and the run's id and returns them without
    the rows that fail, those under the name ``SET_ASIDE``. ``data_version`` gives the version of a
    source's payload, ``describes`` a description other than the model's, ``freshness`` a policy other than that
    of all published tables.
    """

    group: str
    tables: Sequence[StageTable]
    calls: Callable[..., Any]
    reads: Sequence[str]
    ins: Mapping[str, dg.AssetKey]
    deps: Sequence[dg.AssetKey] = ()
    kinds: frozenset[str] = frozenset({"python", "polars", "parquet"})
    prove: Callable[[Frames, str], Frames] | None = None
    data_version: Callable[[pl.DataFrame], str] | None = None
    describes: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    freshness: dg.FreshnessPolicy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a body made, where there is more to tell of it than its frames.

    ``numbers`` are shown with every table of the step and plot over time, so they are always the same ones;
    ``shown`` is other metadata.
    ``told`` goes to the log as it is, ``warned`` as a warning, which ``dx run`` shows. ``payload`` is what the data
    version is made of, where that is not the whole table.
    """

    frames: Frames
    numbers: Mapping[str, float] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)
    payload: pl.DataFrame | None = None
    told: str | None = None
    warned: str | None = None


Body = Callable[..., Frames | Made]


def table_assets(step: Step) -> Callable[[Body], dg.AssetsDefinition]:
    """Make assets of a body that takes the run's id and, by name, the frames of ``step.ins``.

    The body returns one frame per table of the step by name and, where its stage sets rows aside
    itself, a ``Quarantine`` frame under the name ``SET_ASIDE``; or ``Made`` with these frames.
    """

    def decorate(body: Body) -> dg.AssetsDefinition:
        @dg.multi_asset(
            name=re.sub(r"\W", "_", "__".join(step.tables[0].key.path)),
            specs=[asset_spec(step, table) for table in step.tables],
            check_specs=[check_spec(table) for table in step.tables],
            ins={name: dg.AssetIn(key) for name, key in step.ins.items()},
            description=body.__doc__,
        )
        def compute(context: dg.AssetExecutionContext, **frames: pl.DataFrame) -> Iterator[Any]:
            started = time.monotonic()
            produced = body(context.run.run_id, **frames)
            made = produced if isinstance(produced, Made) else Made(frames=produced)
            if made.warned:
                context.log.warning(made.warned)
            if made.told:
                context.log.info(made.told)
            yield from emit(step, made, context.run.run_id, started)

        return compute

    return decorate


def asset_spec(step: Step, table: StageTable) -> dg.AssetSpec:
    """Return what the graph says of a table of the step."""
    keys = {published.name: published.key for published in PUBLISHED}
    metadata = {
        "dagster/column_schema": column_schema(table.model, keys[table.name] if table.published else ()),
        **({"dagster/table_name": f"dx.main.{table.name}"} if table.published else {}),
        **source_reference(step.calls),
        **step.metadata,
    }
    return dg.AssetSpec(
        table.key,
        deps=[*step.ins.values(), *step.deps],
        description=step.describes or table.model.__doc__,
        metadata=metadata,
        group_name=step.group,
        code_version=code_version(*step.reads),
        owners=OWNERS,
        tags={"domain": table.stage, **({"published": "yes"} if table.published else {})},
        kinds=set(step.kinds),
        freshness_policy=step.freshness or (FRESHNESS if table.published or table.stage == "evidence" else None),
    ).with_io_manager_key("stage")


def check_spec(table: StageTable) -> dg.AssetCheckSpec:
    """Return the check that every table has: its rows obey its model."""
    return dg.AssetCheckSpec(
        SCHEMA_VALID,
        asset=table.key,
        description=(
            f"Every row obeys {table.model.__name__}. Rows that do not are in quarantine with the reason, and the "
            "rest goes on; where the table as a whole is wrong, nothing is written and the last good one stays."
        ),
    )


def emit(step: Step, made: Made, run_id: str, started: float) -> Iterator[Any]:
    """Yield what Dagster is to know and to write of what a step made, all tables proven before the first.

    Args:
        step: How the tables stand in the graph.
        made: Their frames, and what is to be told of them.
        run_id: The run, for the quarantine.
        started: When the step began, on the monotonic clock.

    Raises:
        dagster.Failure: where a table as a whole is wrong; nothing is written then.
    """
    produced = made.frames
    good: dict[str, pl.DataFrame] = {}
    bad: dict[str, list[pl.DataFrame]] = {table.name: [] for table in step.tables}
    for table in step.tables:  # all of them before the first is written
        try:
            split = gate(table.model, table.table_name, produced[table.name], run_id)
        except (SchemaErrors, pl.exceptions.PolarsError) as error:
            yield _refusal(table, error)
            raise dg.Failure(
                f"{table.key.to_user_string()}: the table does not have the shape of {table.model.__name__}; "
                f"nothing was written and the last good table stays. {_faults(error).row(0)}",
                allow_retries=False,
            ) from error
        good[table.name] = split.good
        bad[table.name].append(split.bad)
    proven = step.prove(good, run_id) if step.prove else good
    for frames in (produced, proven):
        for name, rows in _assign(step.tables, frames.get(SET_ASIDE)):
            bad[name].append(rows)
    metadata = {**made.shown, **made.numbers, "seconds": time.monotonic() - started}
    for table in step.tables:
        gated = Gated(proven[table.name], pl.concat(bad[table.name]))
        payload = gated.good if made.payload is None else made.payload
        yield _materialize(table, gated, metadata, step.data_version(payload) if step.data_version else None)


def _assign(tables: Sequence[StageTable], quarantine: pl.DataFrame | None) -> Iterator[tuple[str, pl.DataFrame]]:
    """Give each row that a stage set aside to the table it was meant for, any other to the first."""
    if quarantine is None:
        return
    names = {table.table_name: table.name for table in reversed(tables)}
    for (table_name,), rows in quarantine.partition_by("table_name", as_dict=True).items():
        yield names.get(str(table_name), tables[0].name), rows


def _materialize(
    table: StageTable, rows: Gated, metadata: Mapping[str, Any], data_version: str | None
) -> dg.MaterializeResult[Gated]:
    return dg.MaterializeResult(
        asset_key=table.key,
        value=rows,
        metadata={**row_metadata(rows.good, rows.bad), **metadata},
        data_version=dg.DataVersion(data_version) if data_version else None,
        check_results=[_verdict(table, rows.good, rows.bad)],
    )


def _verdict(table: StageTable, good: pl.DataFrame, bad: pl.DataFrame) -> dg.AssetCheckResult:
    metadata: dict[str, Any] = {"rows": good.height, "quarantined_rows": bad.height}
    if bad.height:
        metadata["failing_rows"] = dg.MetadataValue.md(markdown_table(bad.select("check", "detail", "row")))
    return dg.AssetCheckResult(
        asset_key=table.key,
        check_name=SCHEMA_VALID,
        passed=not bad.height,
        severity=dg.AssetCheckSeverity.ERROR,
        description=f"{bad.height} rows are in quarantine" if bad.height else None,
        metadata=metadata,
    )


def _refusal(table: StageTable, error: Exception) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=table.key,
        check_name=SCHEMA_VALID,
        passed=False,
        severity=dg.AssetCheckSeverity.ERROR,
        description="The table as a whole is wrong; nothing was written.",
        metadata={"failing_rows": dg.MetadataValue.md(markdown_table(_faults(error)))},
    )


def _faults(error: Exception) -> pl.DataFrame:
    if isinstance(error, SchemaErrors):
        faults: pl.DataFrame = error.failure_cases.select(pl.col("column", "check", "failure_case").cast(pl.String))
        return faults
    return pl.DataFrame({"fault": [str(error)]})
