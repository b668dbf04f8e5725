"""Step 8: charge what was sent, give back the rest, once per batch. Runs in `work`; does not wait for receipts.

Next: archive.py
"""

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext

from staffetta.billing import ledger
from staffetta.billing.ledger import Movement
from staffetta.lib import literal
from staffetta.messaging import events
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
WHERE b.state = 'settling' AND b.hold_id IS NOT NULL AND (t.uncertain = 0 OR b.settling_at < now() - make_interval(secs => %(wait)s))
ORDER BY b.id LIMIT 1 FOR UPDATE OF b SKIP LOCKED
"""


# Batches of one message that were charged when they were accepted (singles.py): many at a time.
_SINGLES = """
SELECT b.id, b.account_id, b.first_id, b.credits_e4, m.state FROM messaging_batch b
JOIN messaging_tally t ON t.batch_id = b.id JOIN messaging_message m ON m.id = b.first_id
WHERE b.state = 'settling' AND b.hold_id IS NULL AND (t.uncertain = 0 OR b.settling_at < now() - make_interval(secs => %(wait)s))
ORDER BY b.id LIMIT 2000 FOR UPDATE OF b SKIP LOCKED
"""
_SETTLED = """
UPDATE messaging_batch b SET state = 'settled', settled_at = now(), charged_e4 = g.charged_e4
FROM unnest(%(ids)s::bigint[], %(charged)s::bigint[]) AS g(id, charged_e4) WHERE b.id = g.id
"""


def settle_singles() -> bool:
    """Settle the single messages that have ended: what the carrier did not take is given back. Return False where there are none."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SINGLES, {"wait": settings.UNCERTAIN_WAIT_S})
        rows = cursor.fetchall()
        if not rows:
            return False
        back = [
            Movement(account_id, cost_e4, f"message-{message_id}", "SMS")
            for batch_id, account_id, message_id, cost_e4, state in rows
            if state not in CHARGED and cost_e4
        ]
        if back:
            ledger.give_back_at_once(back)
        charged = [row[3] if row[4] in CHARGED else 0 for row in rows]
        cursor.execute(_SETTLED, {"ids": literal.numbers([row[0] for row in rows]), "charged": literal.numbers(charged)})
        events.batches_settled([row[0] for row in rows])
    return True


def settle() -> bool:
    """Settle one batch that has nothing left to send, and many single messages at a time; return False where there are none."""
    with connection.cursor() as cursor:
        cursor.execute(_EMPTY_QUEUE)
    some = settle_singles()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_NEXT, {"wait": settings.UNCERTAIN_WAIT_S})
        row = cursor.fetchone()
        if row is None:
            return some
        batch = Batch.objects.select_related("user").get(pk=row[0])
        cursor.execute(
            "SELECT coalesce(sum(cost_e4), 0), count(*) FROM messaging_message"
            " WHERE id BETWEEN %s AND %s AND batch_id = %s AND state = ANY(%s)",
            [batch.first_id, batch.last_id, batch.pk, list(CHARGED)],
        )
        charged_e4, messages = cursor.fetchone()
        assert batch.hold_id is not None
        with translation.override(batch.user.language if batch.user else "it"):
            told = {"number": batch.pk, "sent": messages, "all": batch.recipients}
            reason = gettext("Send %(number)s: %(sent)s of %(all)s messages") % told
        ledger.charge(batch.hold_id, int(charged_e4), reason)
        cursor.execute(
            "UPDATE messaging_batch SET state = 'settled', settled_at = now(), charged_e4 = %s WHERE id = %s", [int(charged_e4), batch.pk]
        )
        events.batches_settled([batch.pk])
    return True
