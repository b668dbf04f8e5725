"""Read the messages of an account one by one or newest first, whatever send they belong to. Reads only.

Along the sends, newest first, so that it costs the same in an archive of any size: no more messages are looked at than a page has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from staffetta.lib import clock
from staffetta.messaging.models import Batch, Message, SandboxMessage


@dataclass(frozen=True)
class After:
    """Where a list goes on: behind this message of this send; `made` is about when that was accepted."""

    made: datetime
    batch_id: int
    message_id: int


# Along two indexes, so that it is quick in an archive of any size: what leaves at once lies by the time it leaves, which is when it was made;
# what is planned lies by the time it was made. Of the first no more is looked at than reaches back as far as a page of the second.
_MADE = """
WITH planned AS MATERIALIZED (
    SELECT id, created_at AS made, first_id, recipients FROM messaging_batch
    WHERE account_id = %(account)s AND send_at - created_at > interval '1 second' AND (created_at, id) <= (%(at)s, %(batch)s)
        AND created_at >= %(since)s AND created_at < %(until)s
    ORDER BY created_at DESC, id DESC LIMIT %(batches)s)
, at_once AS MATERIALIZED (
    SELECT id, send_at AS made, first_id, recipients FROM messaging_batch
    WHERE account_id = %(account)s AND (send_at, id) <= (%(at)s, %(batch)s) AND NOT send_at - created_at > interval '1 second'
        AND send_at >= (SELECT greatest(CASE WHEN count(*) = %(batches)s THEN min(made) END, %(about)s::timestamptz) FROM planned)
        AND send_at < %(until)s::timestamptz + interval '1 second' AND created_at >= %(since)s AND created_at < %(until)s
    ORDER BY send_at DESC, id DESC LIMIT %(batches)s)
, b AS MATERIALIZED (
    SELECT * FROM (SELECT * FROM planned UNION ALL SELECT * FROM at_once) AS either ORDER BY made DESC, id DESC LIMIT %(batches)s)
"""
_NEWEST = f"""
{_MADE}
SELECT m.id, b.id, b.made FROM b
CROSS JOIN LATERAL (
    SELECT id FROM messaging_message
    WHERE id > CASE WHEN b.id = %(batch)s THEN %(message)s ELSE b.first_id - 1 END AND id BETWEEN b.first_id AND b.first_id + b.recipients - 1
      AND batch_id = b.id ORDER BY id LIMIT %(limit)s) AS m
ORDER BY b.made DESC, b.id DESC, m.id LIMIT %(limit)s
"""
_LAST_BATCH = f"""
{_MADE}
SELECT id, made, count(*) OVER () FROM b ORDER BY made, id LIMIT 1
"""
# Between the two clocks of a send that leaves at once lies no more than this.
_ABOUT = timedelta(minutes=1)
_BEGINNING, _END = datetime.fromisoformat("2000-01-01T00:00:00+00:00"), datetime.fromisoformat("9000-01-01T00:00:00+00:00")
_BIGGEST = 2**63 - 1


def message(account_id: int, message_id: int) -> Message | None:
    """Return a message of the account with its send; None where it has no such message."""
    return Message.objects.select_related("batch__type").filter(account_id=account_id, pk=message_id).first()


def with_key(account_id: int, kept_key: str) -> list[Message]:
    """Return the message that was sent alone under a key, with its send; none where there is no such."""
    batch = Batch.objects.filter(account_id=account_id, key=kept_key).first()
    return these(account_id, [batch.first_id]) if batch else []


def these(account_id: int, ids: Sequence[int]) -> list[Message]:
    """Return messages of the account in the order of their ids here, each with its send."""
    known = Message.objects.select_related("batch__type").filter(account_id=account_id).in_bulk(list(ids))
    return [known[each] for each in ids if each in known]


def numbers(batch: Batch, limit: int) -> list[str]:
    """Return the first numbers that a send was written to."""
    ids = (batch.first_id, batch.last_id)
    return list(Message.objects.filter(batch=batch, pk__range=ids).order_by("pk").values_list("number", flat=True)[:limit])


def newest(
    account_id: int, since: datetime | None, until: datetime | None, after: After | None, limit: int
) -> tuple[list[Message], After | None]:
    """Return the next messages, those made last first and in the order of each send, and where to go on; None at the end.

    They were accepted from `since` on and before `until`, whenever they leave.
    There may be fewer than `limit`, even none, before the end: sends whose messages are not written yet are passed over.
    """
    values: dict[str, datetime | int] = {
        "account": account_id,
        "since": since or _BEGINNING,
        "until": until or _END,
        "about": max(since or _BEGINNING, _BEGINNING) - _ABOUT,
        "at": after.made if after else clock.now() + _ABOUT,
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
        message_id, batch_id, made = rows[limit - 1]
        return found, After(made, batch_id, message_id)
    if last and last[2] > limit:  # all of these sends were looked at, and there may be older ones
        return found, After(last[1], last[0], _BIGGEST)
    return found, None


def sandboxed(
    account_id: int,
    key_id: int,
    state: str,
    before: int,
    limit: int,
    since: datetime | None = None,
    until: datetime | None = None,
    digits: str = "",
) -> list[SandboxMessage]:
    """Return the messages of a sandbox key, newest first, with an id under `before` (0: from the newest); `digits`: how their numbers begin."""
    found = SandboxMessage.objects.select_related("type").filter(account_id=account_id, key_id=key_id)
    if digits:
        found = found.filter(number__startswith=digits)
    if state:
        found = found.filter(state=state)
    if since:
        found = found.filter(created_at__gte=since)
    if until:
        found = found.filter(created_at__lt=until)
    return list((found.filter(pk__lt=before) if before else found).order_by("-pk")[:limit])
