"""Step 4: one message per recipient, thousands in a transaction together with how far it got; may die and go on anywhere.

Runs in `work`, which wakes for it. Transactional batches go first, then accounts in turn, one stretch each, so that a send of a
million keeps nobody waiting. Never expands beyond what the batch holds (the database refuses it too).

Next: claim.py
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from operator import itemgetter

from django.db import connection, transaction

from staffetta.billing.pricing import Prices
from staffetta.carriers import routing
from staffetta.contacts.audience import Cursor
from staffetta.lib import clock
from staffetta.lib.errors import Refused
from staffetta.messaging import compose, links, resend, rows
from staffetta.messaging.errors import NoRoute
from staffetta.messaging.merge import MARK
from staffetta.messaging.models import Batch
from staffetta.messaging.recipients import Recipient, Terms, stretch
from staffetta.messaging.rows import Row
from staffetta.messaging.wake import GATEWAY, wake

STRETCH = 5_000
# Planned sends are expanded a little ahead, so that they leave on time.
AHEAD = timedelta(minutes=5)
# A send that cannot be expanded (no route any more) is tried again after so long.
PUT_OFF = timedelta(minutes=1)
log = logging.getLogger(__name__)

_NEXT = """
SELECT id FROM messaging_batch
WHERE state IN ('accepted', 'expanding', 'cancelling') AND expanded_at IS NULL AND (send_at <= %(until)s OR state = 'cancelling')
  AND NOT (id = ANY(%(put_off)s::bigint[]) AND state <> 'cancelling')
ORDER BY lane, array_position(%(served)s::bigint[], account_id) NULLS FIRST, id
LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
"""


class Expander:
    """Expands batches; remembers whose turn it was and the texts already filled in for the batch at hand."""

    def __init__(self) -> None:
        """Begin with nobody served."""
        self._served: list[int] = []
        self._terms: tuple[int, Terms] | None = None
        self._put_off: dict[int, datetime] = {}

    def step(self) -> bool:
        """Expand one stretch of the batch whose turn it is; return False where there is none."""
        now = clock.now()
        self._put_off = {batch_id: until for batch_id, until in self._put_off.items() if until > now}
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_NEXT, {"until": now + AHEAD, "served": self._served, "put_off": list(self._put_off)})
                row = cursor.fetchone()
            if row is None:
                return False
            batch = Batch.objects.select_related("type").get(pk=row[0])
            try:
                with transaction.atomic():
                    self._stretch(batch)
            except Refused as refusal:
                # One send that cannot go on must not keep the others waiting: it says why and is tried again later.
                log.warning("send %s waits: %s", batch.pk, refusal)
                Batch.objects.filter(pk=batch.pk).update(detail=str(refusal)[:200])
                self._put_off[batch.pk] = now + PUT_OFF
            account_id = batch.account_id
        self._served = [*[other for other in self._served if other != account_id][-999:], account_id]
        return True

    def _terms_of(self, batch: Batch) -> Terms:
        if self._terms is None or self._terms[0] != batch.pk:
            mark, counted = (MARK, links.sample(batch.link.begins)) if batch.link else ("", "")
            template = compose.template(batch.account_id, batch.text, batch.file_id, mark)
            self._terms = (batch.pk, Terms(template, batch.parts_max, Prices(batch.type.name, batch.costs), counted))
        return self._terms[1]

    def _stretch(self, batch: Batch) -> None:
        after = Cursor(batch.cursor_contact, batch.cursor_number, batch.cursor_file)
        audience = compose.audience_of(batch)
        step = stretch(audience, self._terms_of(batch), after, STRETCH)
        recipients = _within(batch, step.recipients)
        state = "cancelled" if batch.state == "cancelling" else "queued"
        written = _write(batch, recipients, state) if recipients else 0
        now = clock.now()
        if batch.state == "accepted":
            batch.state, batch.started_at = "expanding", now
        batch.expanded += len(recipients)
        batch.expanded_e4 += sum(recipient.cost_e4 for recipient in recipients)
        if step.cursor is None or len(recipients) < len(step.recipients):
            batch.expanded_at = now
            if batch.state == "expanding":
                batch.state = "sending"
        else:
            batch.cursor_contact, batch.cursor_number, batch.cursor_file = step.cursor
        batch.save(
            update_fields=[
                "state",
                "started_at",
                "expanded",
                "expanded_e4",
                "expanded_at",
                "cursor_contact",
                "cursor_number",
                "cursor_file",
            ]
        )
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE messaging_tally SET {state} = {state} + %s WHERE batch_id = %s", [written, batch.pk])
        wake(GATEWAY)


def _within(batch: Batch, recipients: Sequence[Recipient]) -> Sequence[Recipient]:
    """Return the recipients that still fit into what was confirmed: so many people, so many credits."""
    recipients = recipients[: batch.recipients - batch.expanded]
    left_e4 = batch.credits_e4 - batch.expanded_e4
    if sum(recipient.cost_e4 for recipient in recipients) <= left_e4:
        return recipients
    kept = []
    for recipient in recipients:
        left_e4 -= recipient.cost_e4
        if left_e4 < 0:
            break
        kept.append(recipient)
    return kept


def _write(batch: Batch, recipients: Sequence[Recipient], state: str) -> int:
    """Write messages and, where they are to be sent, their chunks; return how many messages are new."""
    routes = routing.table(resend.avoided(batch.file_id))
    routed = []
    for recipient in recipients:
        connector = routes.connector(recipient.number)
        if connector is None and state == "queued":
            raise NoRoute(number=recipient.number)
        routed.append((connector or 0, recipient))
    # A chunk has one connector: consecutive ids where several carriers share a batch.
    routed.sort(key=itemgetter(0))
    first_id = batch.first_id + batch.expanded
    ordered = [recipient for _, recipient in routed]
    texts = _texts(batch, ordered, range(first_id, first_id + len(ordered)))
    written = rows.messages(
        batch.pk,
        batch.account_id,
        state,
        first_id,
        [Row(each.number, text, each.parts, each.cost_e4) for each, text in zip(ordered, texts, strict=True)],
    )
    if state == "queued":
        rows.chunks(batch.pk, batch.account_id, batch.lane, batch.send_at, first_id, [connector for connector, _ in routed])
    return written


def _texts(batch: Batch, recipients: Sequence[Recipient], ids: range) -> list[str | None]:
    """Return what each reads, with the short link of their own message."""
    if batch.link is None:
        return [recipient.text for recipient in recipients]
    begins = batch.link.begins
    return [
        recipient.text and recipient.text.replace(MARK, links.address(begins, message_id))
        for recipient, message_id in zip(recipients, ids, strict=True)
    ]
