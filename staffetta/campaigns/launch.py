"""Launch what is due of the recurring sends: each time exactly once, some minutes ahead, so that it leaves on time.

Each time is accepted like any other send, at the prices and with the contacts of that moment. What is refused is recorded and
told by mail, and the recurrence goes on; what the service slept through is launched up to LATE_MAX late, else recorded as missed.
Two launchers at once: the row is locked, the send has a key of its own, and so has the occurrence.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from staffetta.campaigns import plans, tell
from staffetta.campaigns.errors import RecurringGroupGone
from staffetta.campaigns.models import Occurrence, Recurrence
from staffetta.campaigns.rhythm import after
from staffetta.contacts.models import Group
from staffetta.lib import clock
from staffetta.lib.errors import Refused
from staffetta.messaging import accept, compose
from staffetta.messaging.compose import SendRequest
from staffetta.messaging.models import Batch

AHEAD = timedelta(minutes=5)
LATE_MAX = timedelta(hours=6)
_log = logging.getLogger(__name__)


def launch_due() -> int:
    """Launch all that is due; return how many times were dealt with."""
    due = Recurrence.objects.filter(state="active", next_at__lte=clock.now() + AHEAD, account__closed_at=None).order_by("next_at")
    dealt = 0
    for recurrence_id in list(due.values_list("pk", flat=True)):
        try:
            dealt += len(launch(recurrence_id))
        except Exception:  # one that fails must not keep the others from leaving
            _log.exception("recurrence %s could not be launched and will be tried again", recurrence_id)
    return dealt


@transaction.atomic
def launch(recurrence_id: int) -> list[Occurrence]:
    """Deal with what is due of one recurrence; nothing where another launcher has it in hand."""
    rows = Recurrence.objects.select_for_update(skip_locked=True, of=("self",)).select_related("account", "type", "user", "started_by")
    recurrence = rows.filter(pk=recurrence_id, state="active", next_at__lte=clock.now() + AHEAD).first()
    if recurrence is None:
        return []
    dealt = _deal(recurrence)
    failed = [each for each in dealt if each.outcome != "sent"]
    if failed:
        tell.not_sent(recurrence, failed)
    return dealt


def _deal(recurrence: Recurrence) -> list[Occurrence]:
    dealt: list[Occurrence] = []
    now = clock.now()
    while recurrence.next_at is not None and recurrence.next_at <= now + AHEAD:
        at = recurrence.next_at
        occurrence = Occurrence(recurrence=recurrence, at=at, outcome="missed") if at < now - LATE_MAX else _occur(recurrence, at, now)
        if occurrence is None:
            break
        occurrence.save(force_insert=True)
        dealt.append(occurrence)
        recurrence.done += 1
        recurrence.next_at = next(after(plans.rhythm_of(recurrence), plans.zone_of(recurrence), at, recurrence.done), None)
    if recurrence.next_at is None:
        recurrence.state = "ended"
    recurrence.save(update_fields=["done", "next_at", "state"])
    return dealt


def _occur(recurrence: Recurrence, at: datetime, now: datetime) -> Occurrence | None:
    """Return the send of this time or why there is none; None where it is refused for now and there is time to try again."""
    with tell.language_of(recurrence):  # a refusal names its values in the language of the moment
        try:
            return Occurrence(recurrence=recurrence, at=at, outcome="sent", batch=send(recurrence, at, now))
        except Refused as refusal:
            if refusal.retry and now < at:
                return None
            return Occurrence(recurrence=recurrence, at=at, outcome="refused", code=refusal.code, sentence=str(refusal)[:400])


@transaction.atomic
def send(recurrence: Recurrence, at: datetime, now: datetime) -> Batch:
    """Accept the send of one time, once. Raises a Refused."""
    key = f"recurring-{recurrence.pk}-{at.astimezone(plans.zone_of(recurrence)):%Y-%m-%d}"
    if batch := Batch.objects.filter(account_id=recurrence.account_id, key=key).first():
        return batch
    groups = {*recurrence.groups, *recurrence.excluded}
    if Group.objects.filter(account_id=recurrence.account_id, pk__in=groups).count() != len(groups):
        raise RecurringGroupGone
    by = recurrence.started_by or recurrence.user
    draft = compose.prepare(
        SendRequest(
            recurrence.account_id,
            recurrence.type,
            recurrence.text,
            recurrence.sender,
            groups=tuple(recurrence.groups),
            numbers=tuple(recurrence.numbers),
            user_id=by.pk if by else None,
            send_at=at if at > now else None,
            excluded=tuple(recurrence.excluded),
            link=recurrence.target,
        )
    )
    if draft.state == "counting":
        draft = compose.count(draft)
    plans.check_approved(recurrence, draft, recurrence.started_by)
    return accept.accept(draft, key)
