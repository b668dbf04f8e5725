"""Pause, resume, cancel or put off a send: one row is touched, and no claim or mark passes it any more. `work` then takes back what is queued."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from staffetta.contacts.models import Field, Group
from staffetta.lib import clock
from staffetta.messaging import compose, events, merge
from staffetta.messaging.errors import FieldInUse, GroupInUse, MoveRefused, TimeFixed
from staffetta.messaging.models import Batch, Draft
from staffetta.messaging.states import RUNNING, batch_moves_into
from staffetta.messaging.wake import GATEWAY, WORK, wake

PAUSE = gettext_lazy("only what is on its way can be paused.")
RESUME = gettext_lazy("only what is paused can be resumed.")
CANCEL = gettext_lazy("it has ended or is ending, and cannot be cancelled any more.")


@transaction.atomic
def pause(batch: Batch) -> None:
    """Stop claiming from a running send. Raises MoveRefused where it is not running."""
    _move(batch, "UPDATE messaging_batch SET resume_state = state, state = 'paused' WHERE id = %s AND state = ANY(%s)", RUNNING, PAUSE)


@transaction.atomic
def resume(batch: Batch) -> None:
    """Go on with a paused send. Raises MoveRefused where it is not paused."""
    _move(batch, "UPDATE messaging_batch SET state = resume_state WHERE id = %s AND state = ANY(%s)", ("paused",), RESUME)
    wake(GATEWAY)


@transaction.atomic
def cancel(batch: Batch) -> None:
    """Take back what was not sent: it is never charged. Raises MoveRefused where the send is already ended or ending."""
    _move(
        batch, "UPDATE messaging_batch SET state = 'cancelling' WHERE id = %s AND state = ANY(%s)", batch_moves_into("cancelling"), CANCEL
    )


_RESCHEDULE = """
UPDATE messaging_batch SET send_at = %(at)s, valid_until = %(at)s + (valid_until - send_at)
WHERE id = %(batch)s AND started_at IS NULL AND send_at > %(now)s AND (state = 'accepted' OR (state = 'paused' AND resume_state = 'accepted'))
"""


@transaction.atomic
def reschedule(batch: Batch, send_at: datetime) -> None:
    """Let a planned send leave at another time; its credits stay set aside.

    Raises TimeFixed once it is being written down (some minutes before its time), TooLateToSend, TooFarAhead.
    """
    compose.check_time(send_at)
    with connection.cursor() as cursor:
        # The expander holds the row while it begins: whoever comes second sees what the first one made of it.
        cursor.execute(_RESCHEDULE, {"batch": batch.pk, "at": send_at, "now": clock.now()})
        moved = cursor.rowcount == 1
    batch.refresh_from_db()
    if not moved:
        raise TimeFixed
    wake(WORK)


_WITH_CARRIER = """
SELECT count(*), coalesce(sum(m.cost_e4), 0) FROM messaging_chunk c
JOIN messaging_message m ON m.id BETWEEN c.first_id AND c.last_id AND m.batch_id = c.batch_id AND m.state = 'queued'
WHERE c.batch_id = %s AND c.owner IS NOT NULL
"""


def with_carrier(batch: Batch) -> int:
    """Return how many messages at most still leave after a pause: those that a gateway has in its hands."""
    with connection.cursor() as cursor:
        cursor.execute(_WITH_CARRIER, [batch.pk])
        return int(cursor.fetchone()[0])


@dataclass(frozen=True)
class Withdrawal:
    """What cancelling a send now would take back and give back, and how many leave all the same."""

    messages: int
    credits_e4: int
    leaving: int


def withdrawal(batch: Batch) -> Withdrawal:
    """Return what cancelling a send would do at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(_WITH_CARRIER, [batch.pk])
        leaving, leaving_e4 = cursor.fetchone()
        cursor.execute(
            "SELECT count(*), coalesce(sum(cost_e4), 0) FROM messaging_message"
            " WHERE id BETWEEN %s AND %s AND batch_id = %s AND state = 'queued'",
            [batch.first_id, batch.last_id, batch.pk],
        )
        queued, queued_e4 = cursor.fetchone()
    unwritten, unwritten_e4 = 0, 0
    if batch.expanded_at is None:
        unwritten, unwritten_e4 = batch.recipients - batch.expanded, batch.credits_e4 - batch.expanded_e4
    return Withdrawal(queued - leaving + unwritten, int(queued_e4 - leaving_e4) + unwritten_e4, leaving)


def check_unused(group: Group) -> None:
    """Raise GroupInUse while a send to the group still has recipients to read from it."""
    named = Q(groups__contains=[group.pk]) | Q(excluded__contains=[group.pk])
    if Batch.objects.filter(named, account=group.account_id, expanded_at=None).exclude(state="settled").exists():
        raise GroupInUse(name=group.name)


def check_field_unused(field: Field) -> None:
    """Raise FieldInUse while a send that still has recipients to read, or one that waits for approval, names the field in its text."""
    going = Batch.objects.filter(account=field.account_id, expanded_at=None).exclude(state="settled")
    waiting = Draft.objects.filter(account=field.account_id, approval__state="waiting")
    texts = going.filter(text__contains="{").values_list("text", flat=True).union(waiting.values_list("text", flat=True))
    if any(field.name.casefold() in merge.names(text) for text in texts):
        raise FieldInUse(field=field.name)


def _move(batch: Batch, sql: str, origins: tuple[str, ...], why: Promise) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, [batch.pk, list(origins)])
        moved = cursor.rowcount == 1
    batch.refresh_from_db()
    if not moved:
        raise MoveRefused(state=gettext(batch.state), why=why)
    wake(WORK)


_WITHDRAW = """
WITH chunk AS (
    DELETE FROM messaging_chunk WHERE id = (
        SELECT c.id FROM messaging_chunk c JOIN messaging_batch b ON b.id = c.batch_id
        WHERE c.owner IS NULL AND {which} ORDER BY c.id LIMIT 1 FOR UPDATE OF c SKIP LOCKED)
    RETURNING batch_id, first_id, last_id),
moved AS (
    UPDATE messaging_message m SET state = '{state}' FROM chunk
    WHERE m.id BETWEEN chunk.first_id AND chunk.last_id AND m.state = 'queued' RETURNING {moved}),
{heard},
tallied AS (
    UPDATE messaging_tally t SET queued = queued - c.n, {state} = {state} + c.n
    FROM (SELECT batch_id, count(*) AS n FROM moved GROUP BY batch_id) AS c WHERE t.batch_id = c.batch_id)
SELECT count(*) FROM chunk
"""
_HEARD = {"moved": events.MOVED_NOW, "heard": events.heard("queued")}
_CANCELLED = _WITHDRAW.format(state="cancelled", which="b.state = 'cancelling'", **_HEARD)
_LAPSED = _WITHDRAW.format(state="lapsed", which="b.valid_until < statement_timestamp()", **_HEARD)


def withdraw() -> bool:
    """Take one waiting chunk of a cancelled or outdated send out of the queue; return False where there is none."""
    with transaction.atomic(), connection.cursor() as cursor:
        for sql in (_CANCELLED, _LAPSED):
            cursor.execute(sql)
            if cursor.fetchone()[0]:
                return True
    return False
