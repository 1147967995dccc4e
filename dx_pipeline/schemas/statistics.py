"""Official statistics: observations with their vintage, in SDMX terms."""

import pandera.polars as pa
import polars as pl

from dx_pipeline.schemas.types import column

OBS_STATUS = frozenset("ABDEFGHIJKLMNOPQSTUVW")
"""The codes of SDMX's list of observation statuses (CL_OBS_STATUS) that publishers use."""


class Statistics(pa.DataFrameModel):
    """Observations, one row per series, area, period and vintage."""

    series_id: str = column("Id of the series in the catalogue.")
    metric_id: str = column("The metric that it measures, where the registry has one.", optional=True)
    ref_area: str = column("ISO 3166 code of the area (SDMX REF_AREA).")
    time_period: str = column("ISO 8601 period (SDMX TIME_PERIOD).", pattern=r"^\d{4}(-(\d{2}|Q[1-4]|H[12]))?$")
    obs_value: float = column("The value; empty where the publisher gives none, never 0 for absent.", optional=True)
    unit_measure: str = column("Unit of the value.")
    unit_mult: pl.Int64 = column(
        "Power of ten by which the publisher's figure was multiplied to give the value (SDMX UNIT_MULT).", optional=True
    )
    obs_status: str = column(
        "SDMX observation status: A normal, B break, E estimated, F forecast, I imputed, P provisional, M missing and others.",
        values=OBS_STATUS,
    )
    source_id: str = column("The source that publishes it.")
    edition: str = column("Edition or release that it was read from.")
    vintage_on: pl.Date = column("Day from which this value was the known one.", optional=True)
    capture_id: str = column("The capture that holds its bytes.")
    is_latest: bool = column("Whether no later vintage of the same observation is known.")
    withdrawn_on: pl.Date = column(
        "Day on which the publisher's answer no longer held the figure; it stays until another one comes.",
        optional=True,
    )
    out_of: pl.Int64 = column("Number of ranked areas, for a rank.", optional=True, ge=1)
    note: str = column("The publisher's definition, break or caveat that a reader must know.", optional=True)
    origin: str = column(
        "Where the figure was taken from: address or file of the publisher or of the copy used.", optional=True
    )

    class Config:
        strict = True
        unique = ["series_id", "ref_area", "time_period", "edition", "vintage_on"]
