"""Charge what was answered, give back the rest, once per lookup; before that, take what is queued out of cancelled ones.

"Does not exist" is an answer. Refused, unknown and cancelled numbers cost nothing, nor do answers that come after this.
"""

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext

from staffetta.billing import ledger
from staffetta.lookup.models import LookupBatch
from staffetta.lookup.states import RESULT_STATES
from staffetta.messaging import events

STRETCH = 20_000

_WITHDRAW = """
WITH held AS (
    SELECT id FROM lookup_batch b WHERE state = 'cancelling' AND queued > 0 AND {which} ORDER BY id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED),
moved AS (
    UPDATE lookup_result SET state = 'cancelled' WHERE id IN (
        SELECT r.id FROM lookup_result r JOIN held ON r.batch_id = held.id WHERE r.state = 'queued' ORDER BY r.id LIMIT %(stretch)s)
    RETURNING batch_id),
counted AS (SELECT batch_id, count(*) AS n FROM moved GROUP BY batch_id)
UPDATE lookup_batch b SET queued = queued - counted.n, cancelled = cancelled + counted.n FROM counted WHERE b.id = counted.batch_id
"""
_ENDED = """
UPDATE lookup_batch b SET state = 'settling', resume_state = ''
WHERE state IN ('running', 'paused', 'cancelling') AND expanded_at IS NOT NULL AND queued = 0 AND asked = 0 AND {which}
"""
_NEXT = "SELECT id FROM lookup_batch b WHERE state = 'settling' AND {which} ORDER BY id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED"
_WHICH = {True: "b.id = %(batch)s", False: "state <> 'settled'"}


def withdraw(batch_id: int = 0) -> bool:
    """Take a stretch of a cancelled lookup (0: of any) out of the queue; return False where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(_WITHDRAW.format(which=_WHICH[bool(batch_id)]), {"batch": batch_id, "stretch": STRETCH})
        return bool(cursor.rowcount)


def settle(batch_id: int = 0) -> bool:
    """Settle a lookup (0: any) that has nothing left to ask; return False where there is none."""
    which = _WHICH[bool(batch_id)]
    with connection.cursor() as cursor:
        cursor.execute(_ENDED.format(which=which), {"batch": batch_id})
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_NEXT.format(which=which), {"batch": batch_id})
        row = cursor.fetchone()
        if row is None:
            return False
        _settle(LookupBatch.objects.select_related("user").get(pk=row[0]))
    return True


def _settle(batch: LookupBatch) -> None:
    """Settle a lookup whose row the caller holds: answers wait for it, so that each is either in the sum or free."""
    if batch.hold_id is not None:
        with translation.override(batch.user.language if batch.user else "it"):
            # Counted as they came (answers.py): results may have been erased since.
            told = {"number": batch.pk, "answered": batch.charged_e4 // batch.price_e4, "all": batch.asks}
            reason = gettext("Lookup %(number)s: %(answered)s of %(all)s numbers") % told
        ledger.charge(batch.hold_id, batch.charged_e4, reason)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE lookup_batch SET state = 'settled', settled_at = now() WHERE id = %s", [batch.pk])
    counts = {state: getattr(batch, state) for state in RESULT_STATES}
    events.lookup_finished(batch.account_id, batch.pk, "settled", batch.charged_e4, counts)
