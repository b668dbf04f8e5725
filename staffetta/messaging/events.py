"""What programs of customers want to hear: written in the statement that moves a message, for accounts that listen alone.

An outbox: rows stay until they are taken (`take`). Nothing here calls anybody; `webhooks` takes the rows and does.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from staffetta.billing.lowcredit import Low
from staffetta.lib import literal
from staffetta.messaging.models import Listener

BATCH_SETTLED, CREDIT_LOW, LOOKUP_FINISHED = "batch.settled", "credit.low", "lookup.finished"
_COLUMNS = "account_id, kind, at, batch_id, message_id, number, state, error, parts, cost_e4, key, sandbox, counts"

# What `moved` must return for a message: id, account_id, batch_id, number, state, error, parts, cost_e4, at.
MOVED = "m.id, m.account_id, m.batch_id, m.number, m.state, m.error, m.parts, m.cost_e4, coalesce(m.ended_at, m.submitted_at, now()) AS at"
# The same of a message that ends without having been sent: what an earlier attempt wrote is not its time.
MOVED_NOW = "m.id, m.account_id, m.batch_id, m.number, m.state, m.error, m.parts, m.cost_e4, now() AS at"


def heard(origin: str) -> str:
    """Return the CTE that writes the events of `moved`, save of rows that stayed in `origin`.

    Where nobody listens EXISTS is asked once, before anything of `moved` is read: the line pays nothing for it.
    """
    return f"""heard AS (
    INSERT INTO messaging_event ({_COLUMNS})
    SELECT v.account_id, 'message.' || v.state, v.at, v.batch_id, v.id, v.number, v.state, v.error, v.parts, v.cost_e4, b.key, false, NULL
    FROM moved v JOIN messaging_listener l ON l.account_id = v.account_id AND 'message.' || v.state = ANY(l.kinds)
    JOIN messaging_batch b ON b.id = v.batch_id
    WHERE EXISTS (SELECT 1 FROM messaging_listener) AND v.state <> '{origin}')"""


_SETTLED = f"""
INSERT INTO messaging_event ({_COLUMNS})
SELECT b.account_id, '{BATCH_SETTLED}', b.settled_at, b.id, NULL, '', b.state, NULL, b.parts, b.charged_e4, b.key, false, to_jsonb(t) - 'batch_id'
FROM messaging_batch b JOIN messaging_listener l ON l.account_id = b.account_id AND '{BATCH_SETTLED}' = ANY(l.kinds)
JOIN messaging_tally t ON t.batch_id = b.id
WHERE EXISTS (SELECT 1 FROM messaging_listener) AND b.id = ANY(%s::bigint[])
"""


def batches_settled(batch_ids: Sequence[int]) -> None:
    """Write that batches were settled, in the transaction that settles them."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTLED, [literal.numbers(batch_ids)])


# What is left stands where messages have their cost.
_CREDIT_LOW = f"""
INSERT INTO messaging_event ({_COLUMNS})
SELECT g.account_id, '{CREDIT_LOW}', now(), NULL, NULL, '', '', NULL, 0, g.available_e4, '', false, jsonb_build_object('threshold_e4', g.threshold_e4)
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS g(account_id, threshold_e4, available_e4)
JOIN messaging_listener l ON l.account_id = g.account_id AND '{CREDIT_LOW}' = ANY(l.kinds)
"""


def credits_low(low: Sequence[Low]) -> None:
    """Write that credits have fallen below what their accounts have set, in the transaction that takes note of it."""
    with connection.cursor() as cursor:
        cursor.execute(_CREDIT_LOW, [literal.numbers(column) for column in zip(*low, strict=True)])


# The lookup's id stands where messages have their send's.
_LOOKUP_FINISHED = f"""
INSERT INTO messaging_event ({_COLUMNS})
SELECT l.account_id, '{LOOKUP_FINISHED}', now(), %(lookup)s, NULL, '', %(state)s, NULL, 0, %(charged_e4)s, '', false, %(counts)s
FROM messaging_listener l WHERE l.account_id = %(account)s AND '{LOOKUP_FINISHED}' = ANY(l.kinds)
"""


def lookup_finished(account_id: int, lookup_id: int, state: str, charged_e4: int, counts: Mapping[str, int]) -> None:
    """Write that a lookup has ended, in the transaction that settles it; `counts`: its numbers by state."""
    values: dict[str, Any] = {
        "account": account_id,
        "lookup": lookup_id,
        "state": state,
        "charged_e4": charged_e4,
        "counts": json.dumps(counts),
    }
    with connection.cursor() as cursor:
        cursor.execute(_LOOKUP_FINISHED, values)


def listen(account_id: int, kinds: Collection[str]) -> None:
    """Have the events of these kinds written for an account from now on, and no others; none: unlisten."""
    if kinds:
        Listener.objects.update_or_create(account_id=account_id, defaults={"kinds": sorted(kinds)})
    else:
        Listener.objects.filter(account_id=account_id).delete()


class Taken(NamedTuple):
    """One event, as it was written."""

    id: int
    account_id: int
    kind: str
    at: datetime
    batch_id: int | None
    message_id: int | None
    number: str
    state: str
    error: str | None
    parts: int
    cost_e4: int
    key: str
    sandbox: bool
    counts: dict[str, int] | None


# Taken by deleting: a cursor over ids would pass over those that were numbered early and committed late.
_TAKE = """
DELETE FROM messaging_event WHERE id IN (SELECT id FROM messaging_event ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING id, account_id, kind, at, batch_id, message_id, number, state, error, parts, cost_e4, key, sandbox, counts::text
"""


def take(limit: int) -> list[Taken]:
    """Take the oldest events away, in order, within the caller's transaction: rolled back, they are there again."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [limit])
        taken = [Taken._make([*row[:-1], json.loads(row[-1]) if row[-1] else None]) for row in cursor.fetchall()]
    return sorted(taken, key=lambda event: event.id)
