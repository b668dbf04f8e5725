"""Step 8: charge what was sent, give back the rest, once per batch. Runs in `work`; does not wait for receipts.

Next: archive.py
"""

from django.conf import settings
from django.db import connection, transaction

from staffetta.billing import ledger
from staffetta.messaging.models import Batch

# What the carrier took, or may have taken, is paid for (product.md F9).
CHARGED = ("submitted", "delivered", "undelivered", "expired", "rejected", "uncertain")


def cost_e4(state: str, price_e4: int) -> int:
    """Return what a message in this state costs: nothing where it ended without being charged."""
    return price_e4 if state in CHARGED or state == "queued" else 0


_EMPTY_QUEUE = """
UPDATE messaging_batch b SET state = 'settling', settling_at = now() FROM messaging_tally t
WHERE t.batch_id = b.id AND b.state IN ('sending', 'cancelling') AND b.expanded_at IS NOT NULL AND t.queued = 0
  AND NOT EXISTS (SELECT 1 FROM messaging_chunk c WHERE c.batch_id = b.id)
"""

_NEXT = """
SELECT b.id FROM messaging_batch b JOIN messaging_tally t ON t.batch_id = b.id
WHERE b.state = 'settling' AND (t.uncertain = 0 OR b.settling_at < now() - make_interval(secs => %(wait)s))
ORDER BY b.id LIMIT 1 FOR UPDATE OF b SKIP LOCKED
"""


def settle() -> bool:
    """Settle one batch that has nothing left to send; return False where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(_EMPTY_QUEUE)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_NEXT, {"wait": settings.UNCERTAIN_WAIT_S})
        row = cursor.fetchone()
        if row is None:
            return False
        batch = Batch.objects.get(pk=row[0])
        cursor.execute(
            "SELECT coalesce(sum(cost_e4), 0), count(*) FROM messaging_message"
            " WHERE id BETWEEN %s AND %s AND batch_id = %s AND state = ANY(%s)",
            [batch.first_id, batch.last_id, batch.pk, list(CHARGED)],
        )
        charged_e4, messages = cursor.fetchone()
        ledger.charge(batch.hold_id, int(charged_e4), f"send {batch.pk}: {messages} of {batch.recipients} messages")
        cursor.execute(
            "UPDATE messaging_batch SET state = 'settled', settled_at = now(), charged_e4 = %s WHERE id = %s", [int(charged_e4), batch.pk]
        )
    return True
