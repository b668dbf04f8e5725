"""Pause, resume or cancel a lookup: one row is touched, and nothing of it is asked any more. `work` then takes back what is queued."""

from dataclasses import dataclass

from django.db import connection, transaction

from staffetta.contacts import filelist
from staffetta.lookup import settle, words
from staffetta.lookup.channel import LOOKUP
from staffetta.lookup.errors import LookupMoveRefused
from staffetta.lookup.models import LookupBatch
from staffetta.lookup.states import batch_moves_into
from staffetta.messaging.wake import wake

_PAUSE = "UPDATE lookup_batch SET resume_state = state, state = 'paused' WHERE id = %s AND state = ANY(%s)"
_RESUME = "UPDATE lookup_batch SET state = resume_state, resume_state = '' WHERE id = %s AND state = ANY(%s)"
# Numbers that were never written down are cancelled by this very statement.
_CANCEL = """
UPDATE lookup_batch SET state = 'cancelling', cancelled = cancelled + greatest(count - written, 0), written = greatest(written, count),
    expanded_at = coalesce(expanded_at, now()), cancelled_at = now(), resume_state = ''
WHERE id = %s AND state = ANY(%s)
"""


@transaction.atomic
def pause(batch: LookupBatch) -> None:
    """Ask nothing more for now. Raises LookupMoveRefused where it is not running."""
    _move(batch, _PAUSE, ("accepted", "running"))


@transaction.atomic
def resume(batch: LookupBatch) -> None:
    """Go on with a paused lookup. Raises LookupMoveRefused where it is not paused."""
    _move(batch, _RESUME, ("paused",))


def cancel(batch: LookupBatch) -> None:
    """Take back what was not asked: it is never charged. Raises LookupMoveRefused where it has ended or is ending.

    Its credits are back when this returns, but for questions in flight (until their answers) and very long lists (seconds later).
    """
    with transaction.atomic():
        written = LookupBatch.objects.select_for_update(no_key=True).values_list("expanded_at", flat=True).get(pk=batch.pk)
        _move(batch, _CANCEL, batch_moves_into("cancelling"))
        if batch.file is not None and written is None:
            filelist.let_go(batch.file)
        settle.withdraw(batch.pk)
    settle.settle(batch.pk)
    batch.refresh_from_db()


@dataclass(frozen=True)
class Withdrawal:
    """What cancelling now would take back and give back; `asked` are in flight and are still answered."""

    numbers: int
    credits_e4: int
    asked: int


def withdrawal(batch: LookupBatch) -> Withdrawal:
    """Return what cancelling a lookup would do at this moment."""
    unwritten = max(0, batch.count - batch.written)
    asks = batch.queued + min(unwritten, batch.asks - batch.written_asks)
    return Withdrawal(batch.queued + unwritten, asks * batch.price_e4, batch.asked)


def _move(batch: LookupBatch, sql: str, origins: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, [batch.pk, list(origins)])
        moved = cursor.rowcount == 1
    batch.refresh_from_db()
    if not moved:
        raise LookupMoveRefused(state=str(words.of_batch(batch).label))
    wake(LOOKUP)
