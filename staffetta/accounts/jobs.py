"""Jobs of accounts: mails on their way, and the jobs of workers that died, whatever they were about."""

import logging
from datetime import timedelta

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from staffetta.accounts import mail
from staffetta.lib import clock

DEAD_AFTER = timedelta(seconds=60)  # a worker shows that it lives every 10 s
_AGAIN = RetryStrategy(max_attempts=9, exponential_wait=4)  # 4 s, 16 s, 1 min … 18 h: about a day in all
_log = logging.getLogger(__name__)


@app.task(queue=mail.QUEUE, retry=_AGAIN)
def deliver_mail(mail_id: int) -> None:
    """Deliver a waiting mail."""
    mail.deliver(mail_id)


@app.periodic(cron="11 * * * *")
@app.task(queue=mail.QUEUE, queueing_lock="forget_mails")
def forget_mails(timestamp: int) -> None:
    """Forget the mails that failed at every attempt."""
    jobs = ProcrastinateJob.objects.filter(task_name=deliver_mail.name, status__in=["todo", "doing"])
    if forgotten := mail.forget({job.args["mail_id"] for job in jobs}):
        _log.error("%s mails could not be delivered in %s attempts and are forgotten", forgotten, _AGAIN.max_attempts)


@app.periodic(cron="* * * * *")
@app.task(queue="resume", queueing_lock="resume_jobs")
def resume_jobs(timestamp: int) -> None:
    """Give the jobs of dead workers, whatever they are about, to living ones: every job of ours can be done again from its start."""
    living = ProcrastinateWorker.objects.filter(last_heartbeat__gt=clock.now() - DEAD_AFTER).values_list("pk", flat=True)
    for job in ProcrastinateJob.objects.filter(status="doing").exclude(worker_id__in=list(living)):
        _log.warning("job %s, %s %s: its worker died, another begins", job.pk, job.task_name, job.args)
        app.job_manager.retry_job_by_id(job.pk, retry_at=clock.now())
