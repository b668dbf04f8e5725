"""Jobs of reports: write one, delete old ones, give up those that no job writes any more."""

from datetime import timedelta

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from staffetta.lib import clock
from staffetta.reports import summary, writing
from staffetta.reports.models import Report

QUEUE = "reports"
KEPT = timedelta(days=7)  # they hold people's data


@app.task(queue=QUEUE, retry=RetryStrategy(max_attempts=3, exponential_wait=4))
def write_report(report_id: int) -> None:
    """Write an ordered report."""
    writing.write(report_id)


@app.periodic(cron="*/2 * * * *")
@app.task(queue=QUEUE, queueing_lock="give_up_reports")
def give_up_reports(timestamp: int) -> None:
    """Mark reports as failed whose job has failed for good."""
    open_reports = list(Report.objects.filter(state__in=["waiting", "writing"]))  # before their jobs, or a new one would seem without
    jobs = ProcrastinateJob.objects.filter(queue_name=QUEUE, status__in=["todo", "doing"])
    with_a_job = {job.args["report_id"] for job in jobs if "report_id" in job.args}
    lost = [report.pk for report in open_reports if report.pk not in with_a_job]
    Report.objects.filter(pk__in=lost, state__in=["waiting", "writing"]).update(state="failed")


@app.periodic(cron="41 3 * * *")
@app.task(queue=QUEUE, queueing_lock="delete_old_reports")
def delete_old_reports(timestamp: int) -> None:
    """Delete reports older than a week."""
    Report.objects.filter(created_at__lt=clock.now() - KEPT).delete()


@app.periodic(cron="5,35 * * * *")
@app.task(queue=QUEUE, queueing_lock="send_summaries")
def send_summaries(timestamp: int) -> None:
    """Send the daily and weekly mails that are due."""
    summary.send_due()
