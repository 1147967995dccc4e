"""The job that makes everything, and the schedule that runs it every day."""

import dagster as dg

JOB_NAME = "refresh"
TIME_ZONE = "Asia/Ho_Chi_Minh"


REFRESH = dg.define_asset_job(
    JOB_NAME,
    selection=dg.AssetSelection.all(),
    description="Read every source, settle the facts, judge them and publish what is new.",
    config={"loggers": {"console": {"config": {"log_level": "INFO"}}}},
)
"""The job that makes every asset and runs every check."""


def daily_schedule(*, running: bool) -> dg.ScheduleDefinition:
    """Return the schedule of the job; it is switched on from the start where ``running``.

    Half past seven in Viet Nam is past midnight in UTC, in which the day of the judgement is counted:
    both are the same day.
    """
    return dg.ScheduleDefinition(
        name="daily",
        job_name=JOB_NAME,
        cron_schedule="30 7 * * *",
        execution_timezone=TIME_ZONE,
        default_status=dg.DefaultScheduleStatus.RUNNING if running else dg.DefaultScheduleStatus.STOPPED,
        description="Every morning, once ministries' news of the day before are out.",
    )
