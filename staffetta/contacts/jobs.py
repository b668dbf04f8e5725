"""Jobs of imports: read the file, save what was confirmed, and see to it that none is left lying. Knows no rows."""

import logging
from datetime import timedelta

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from staffetta.contacts import import_read, import_save, import_undo, importing, states
from staffetta.contacts.errors import ImportFailed
from staffetta.contacts.models import Import
from staffetta.lib import clock

QUEUE = "imports"
FORGOTTEN_AFTER = timedelta(days=7)
_AGAIN = RetryStrategy(max_attempts=4, exponential_wait=4)
_log = logging.getLogger(__name__)


@app.task(queue=QUEUE, retry=_AGAIN)
def read_import(import_id: int) -> None:
    """Read the file of an import."""
    import_read.read(import_id)


@app.task(queue=QUEUE, retry=_AGAIN)
def save_import(import_id: int) -> None:
    """Save a confirmed import."""
    import_save.save(import_id)


@app.task(queue=QUEUE, retry=_AGAIN)
def undo_import(import_id: int) -> None:
    """Take a saved import back."""
    import_undo.undo(import_id)


@app.periodic(cron="* * * * *")
@app.task(queue=QUEUE, queueing_lock="resume_imports")
def resume_imports(timestamp: int) -> None:
    """Refuse files that no job reads any more; go on with savings that stopped."""
    under_way = list(
        Import.objects.filter(state__in=["waiting", "reading", "saving", "undoing"])
    )  # before their jobs, or a new one would seem without
    with_a_job = _with_a_job()
    for record in under_way:
        if record.pk not in with_a_job:
            _go_on(record)


@app.periodic(cron="17 3 * * *")
@app.task(queue=QUEUE, queueing_lock="forget_imports")
def forget_imports(timestamp: int) -> None:
    """Drop the imports that nobody has confirmed or corrected for a week, and what old ones could be undone by: people's data."""
    for record in Import.objects.filter(state__in=["ready", "refused"], created_at__lt=clock.now() - FORGOTTEN_AFTER):
        importing.drop(record)
    import_undo.forget(clock.now() - importing.UNDO_WITHIN)


def _with_a_job() -> set[int]:
    jobs = ProcrastinateJob.objects.filter(queue_name=QUEUE, status__in=["todo", "doing"])
    return {job.args["import_id"] for job in jobs if "import_id" in job.args}


def _go_on(record: Import) -> None:
    """Take up an import whose job has failed for good, unless it has moved meanwhile."""
    if job := {"saving": importing.SAVE_JOB, "undoing": importing.UNDO_JOB}.get(record.state):
        importing.defer(job, record.pk)
        return
    try:
        states.keep(record, state="refused", reason={"code": ImportFailed.code, "values": {}})
        _log.error("import %s: its file could not be read in %s attempts", record.pk, _AGAIN.max_attempts)
    except states.TakenOver:
        return
