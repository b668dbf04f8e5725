"""Jobs of the line that are not the line itself: large counts, large groups of what is left, and seeing to it that none is left lying."""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from staffetta.billing import lowcredit
from staffetta.contacts import filelist
from staffetta.contacts.audience import Cursor
from staffetta.contacts.models import FileList, Group
from staffetta.lib import clock
from staffetta.lib.errors import Refused
from staffetta.messaging import compose, cover, curve, events
from staffetta.messaging.models import Approval, Batch, Draft

QUEUE = "count"
# A draft that a page is counting by itself has no job; by then the page has ended, or died.
WITHOUT_JOB_AFTER = timedelta(minutes=2)
FORGOTTEN_AFTER = timedelta(days=7)
_AGAIN = RetryStrategy(max_attempts=4, exponential_wait=4)
_log = logging.getLogger(__name__)


@app.task(queue=QUEUE, retry=_AGAIN)
def count_draft(draft_id: int) -> None:
    """Count a large draft; the page that waits for it reads `counted` and `state`."""
    draft = Draft.objects.select_related("type").get(pk=draft_id)
    if draft.state == "counting":
        try:
            compose.count(draft)
        except Refused:
            Draft.objects.filter(pk=draft.pk, state="counting").update(state="refused")


@app.task(queue=QUEUE, retry=_AGAIN)
def fill_rest(draft_id: int, after: list[int], group_id: int) -> None:
    """Put the rest of a large draft into its group."""
    group = Group.objects.filter(pk=group_id).first()
    if group is not None:  # else it was deleted meanwhile
        cover.save_rest(Draft.objects.select_related("type").get(pk=draft_id), Cursor(*after), group)


@app.task(queue=QUEUE)
def count_deliveries(batch_id: int) -> None:
    """Count the deliveries of a large send over time."""
    curve.count(Batch.objects.get(pk=batch_id))


def count_deliveries_soon(batch: Batch) -> None:
    """Have the deliveries of a send counted by a job, unless one waits to do so already."""
    try:
        with transaction.atomic():  # the refusal would spoil the caller's transaction
            count_deliveries.configure(queueing_lock=f"deliveries-{batch.pk}").defer(batch_id=batch.pk)
    except AlreadyEnqueued:
        return


@app.periodic(cron="* * * * *")
@app.task(queue=QUEUE, queueing_lock="resume_counts")
def resume_counts(timestamp: int) -> None:
    """Count drafts that no job counts; refuse those that failed for good."""
    lying = list(Draft.objects.filter(state="counting", created_at__lt=clock.now() - WITHOUT_JOB_AFTER).values_list("pk", flat=True))
    waiting, failed = _with_a_job(["todo", "doing"]), _with_a_job(["failed"])
    for draft_id in lying:
        if draft_id in failed - waiting:
            _log.error("draft %s could not be counted in %s attempts", draft_id, _AGAIN.max_attempts)
            Draft.objects.filter(pk=draft_id, state="counting").update(state="refused")
        elif draft_id not in waiting:
            count_draft.defer(draft_id=draft_id)


@app.periodic(cron="23 3 * * *")
@app.task(queue=QUEUE, queueing_lock="forget_files")
def forget_files(timestamp: int) -> None:
    """Forget the people of files whose send or lookup has been written down, or that nobody has confirmed for a week."""
    for list_id in list(_forgettable().values_list("pk", flat=True)):
        forget_file(list_id)


@transaction.atomic
def forget_file(list_id: int) -> None:
    """Forget the people of one file, unless a send was accepted meanwhile: that one locks the row too (accept.py)."""
    FileList.objects.select_for_update().filter(pk=list_id).first()
    # Asked anew only now that the row is locked: a look within the locking statement would be as old as its beginning.
    if record := _forgettable().filter(pk=list_id).first():
        filelist.forget(record)


def _forgettable() -> QuerySet[FileList]:
    week_ago = clock.now() - FORGOTTEN_AFTER
    waiting = Batch.objects.filter(Q(expanded_at=None) & ~Q(state="settled"), file__isnull=False).values("file_id")
    asked = Approval.objects.filter(state="waiting", draft__file__isnull=False).values("draft__file_id")
    drafts = Draft.objects.filter(created_at__gt=week_ago, file__isnull=False).values("file_id")
    old = FileList.objects.filter(dropped_at=None, created_at__lt=week_ago, readers=0)
    return old.exclude(pk__in=waiting).exclude(pk__in=asked).exclude(pk__in=drafts)


def _with_a_job(statuses: list[str]) -> set[int]:
    jobs = ProcrastinateJob.objects.filter(queue_name=QUEUE, status__in=statuses, task_name=count_draft.name)
    return {job.args["draft_id"] for job in jobs if "draft_id" in job.args}


@app.periodic(cron="*/5 * * * *")
@app.task(queue="billing", queueing_lock="tell_low_credit", aliases=["staffetta.billing.jobs.tell_low_credit"])
def tell_low_credit(timestamp: int) -> None:
    """Tell owners by mail, and programs by an event, that credit has fallen below the account's threshold."""
    lowcredit.tell(events.credits_low)
