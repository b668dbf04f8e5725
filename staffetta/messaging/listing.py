"""Read the messages of an account one by one or newest first, whatever send they belong to. Reads only.

Along the sends, newest first, so that it costs the same in an archive of any size: no more messages are looked at than a page has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from staffetta.messaging.models import Batch, Message, SandboxMessage


@dataclass(frozen=True)
class After:
    """Where a list goes on: behind this message of this send."""

    send_at: datetime
    batch_id: int
    message_id: int


_NEWEST = """
SELECT m.id, b.id, b.send_at FROM (
    SELECT id, send_at, first_id, recipients FROM messaging_batch
    WHERE account_id = %(account)s AND (send_at, id) <= (%(at)s, %(batch)s) AND send_at >= %(since)s
    ORDER BY send_at DESC, id DESC LIMIT %(batches)s) AS b
CROSS JOIN LATERAL (
    SELECT id FROM messaging_message
    WHERE id > CASE WHEN b.id = %(batch)s THEN %(message)s ELSE b.first_id - 1 END AND id BETWEEN b.first_id AND b.first_id + b.recipients - 1
      AND batch_id = b.id ORDER BY id LIMIT %(limit)s) AS m
ORDER BY b.send_at DESC, b.id DESC, m.id LIMIT %(limit)s
"""
_LAST_BATCH = """
SELECT id, send_at, count(*) OVER () FROM (
    SELECT id, send_at FROM messaging_batch
    WHERE account_id = %(account)s AND (send_at, id) <= (%(at)s, %(batch)s) AND send_at >= %(since)s
    ORDER BY send_at DESC, id DESC LIMIT %(batches)s) AS b
ORDER BY send_at, id LIMIT 1
"""
_BEGINNING, _END = datetime.fromisoformat("2000-01-01T00:00:00+00:00"), datetime.fromisoformat("9000-01-01T00:00:00+00:00")
_BIGGEST = 2**63 - 1


def message(account_id: int, message_id: int) -> Message | None:
    """Return a message of the account with its send; None where it has no such message."""
    return Message.objects.select_related("batch__type").filter(account_id=account_id, pk=message_id).first()


def these(account_id: int, ids: Sequence[int]) -> list[Message]:
    """Return messages of the account in the order of their ids here, each with its send."""
    known = Message.objects.select_related("batch__type").filter(account_id=account_id).in_bulk(list(ids))
    return [known[each] for each in ids if each in known]


def numbers(batch: Batch, limit: int) -> list[str]:
    """Return the first numbers that a send was written to."""
    ids = (batch.first_id, batch.last_id)
    return list(Message.objects.filter(batch=batch, pk__range=ids).order_by("pk").values_list("number", flat=True)[:limit])


def newest(account_id: int, since: datetime | None, after: After | None, limit: int) -> tuple[list[Message], After | None]:
    """Return the next messages, newest sends first and in the order of each, and where to go on; None at the end.

    There may be fewer than `limit`, even none, before the end: sends whose messages are not written yet are passed over.
    """
    values: dict[str, datetime | int] = {
        "account": account_id,
        "since": since or _BEGINNING,
        "at": after.send_at if after else _END,
        "batch": after.batch_id if after else 0,
        "message": after.message_id if after else 0,
        "batches": limit + 1,
        "limit": limit + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, values)
        rows = cursor.fetchall()
        cursor.execute(_LAST_BATCH, values)
        last = cursor.fetchone()
    found = these(account_id, [row[0] for row in rows[:limit]])
    if len(rows) > limit:
        message_id, batch_id, send_at = rows[limit - 1]
        return found, After(send_at, batch_id, message_id)
    if last and last[2] > limit:  # all of these sends were looked at, and there may be older ones
        return found, After(last[1], last[0], _BIGGEST)
    return found, None


def sandboxed(account_id: int, key_id: int, state: str, before: int, limit: int) -> list[SandboxMessage]:
    """Return the messages of a sandbox key, newest first, with an id under `before` (0: from the newest)."""
    found = SandboxMessage.objects.select_related("type").filter(account_id=account_id, key_id=key_id)
    if state:
        found = found.filter(state=state)
    return list((found.filter(pk__lt=before) if before else found).order_by("-pk")[:limit])
