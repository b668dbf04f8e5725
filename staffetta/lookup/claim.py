"""Take numbers out of the queue to ask about them, and give up those whose asker died. Next: answers.py

Whoever claims a number asks at once, so what a dead worker leaves behind may have been asked: it becomes unknown and is never charged.
"""

from typing import NamedTuple

from django.db import connection, transaction

# Lookups this small have turns of their own: they never wait behind a large one, nor it behind ever more of them.
SMALL_MAX = 20
# After the time-out; by then whoever asked has long written down that no answer came.
LEASE_MORE_S = 15


class Claimed(NamedTuple):
    """One number to ask about now; `attempt` is 1, 2, …"""

    id: int
    batch_id: int
    number: str
    attempt: int


# Whose turn it is: an account's small lookups have its id with a minus.
_NEXT = """
SELECT b.id, {turn} AS turn FROM lookup_batch b
WHERE b.state = 'running' AND b.queued > 0 AND (%(only)s = 0 OR b.id = %(only)s)
  AND EXISTS (SELECT 1 FROM lookup_result r WHERE r.batch_id = b.id AND r.state = 'queued' AND r.due_at <= statement_timestamp())
ORDER BY array_position(%(served)s::bigint[], {turn}) NULLS FIRST, b.count > %(small)s, b.id LIMIT 1
""".format(turn="CASE WHEN b.count > %(small)s THEN b.account_id ELSE -b.account_id END")
# The row is locked before anything is claimed: a pause or cancellation that was answered is never followed by a question.
_LOCK = "SELECT 1 FROM lookup_batch WHERE id = %(batch)s AND state = 'running' FOR NO KEY UPDATE"
_CLAIM = """
WITH picked AS (
    SELECT id FROM lookup_result WHERE batch_id = %(batch)s AND state = 'queued' AND due_at <= statement_timestamp()
    ORDER BY id LIMIT %(limit)s),
moved AS (
    UPDATE lookup_result r SET state = 'asked', asked_at = statement_timestamp(), attempts = attempts + 1, provider = %(provider)s,
        lease_until = statement_timestamp() + make_interval(secs => %(lease_s)s)
    FROM picked WHERE r.id = picked.id RETURNING r.id, r.batch_id, r.number, r.attempts),
counted AS (
    UPDATE lookup_batch SET queued = queued - n, asked = asked + n FROM (SELECT count(*) AS n FROM moved) AS c WHERE id = %(batch)s)
SELECT * FROM moved ORDER BY id
"""


def claim(provider: str, timeout_s: float, limit: int, served: list[int], only: int = 0) -> list[Claimed]:
    """Claim up to `limit` numbers of the lookup whose turn it is (or of `only`); empty where nothing waits.

    `served` is the caller's list of turns, the one served last at the end; it is brought up to date.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_NEXT, {"only": only, "small": SMALL_MAX, "served": served})
        row = cursor.fetchone()
        if row is None:
            return []
        batch_id, turn = row
        cursor.execute(_LOCK, {"batch": batch_id})
        if cursor.fetchone() is None:
            return []
        cursor.execute(_CLAIM, {"batch": batch_id, "limit": limit, "provider": provider, "lease_s": timeout_s + LEASE_MORE_S})
        claimed = list(map(Claimed._make, cursor.fetchall()))
    if turn in served:
        served.remove(turn)
    served.append(turn)
    del served[:-1_000]
    return claimed


_EXPIRED = """
SELECT id FROM lookup_batch WHERE asked > 0 AND id IN (
    SELECT batch_id FROM lookup_result WHERE state = 'asked' AND lease_until < statement_timestamp())
ORDER BY id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
"""
_GIVE_UP = """
WITH moved AS (
    UPDATE lookup_result SET state = 'unknown', code = 'no_answer', lease_until = NULL
    WHERE batch_id = %(batch)s AND state = 'asked' AND lease_until < statement_timestamp() RETURNING id)
UPDATE lookup_batch SET asked = asked - n, unknown = unknown + n FROM (SELECT count(*) AS n FROM moved) AS c WHERE id = %(batch)s RETURNING n
"""


def recover() -> int:
    """Give up what was asked by whoever died since, of one lookup; return how many numbers are unknown now."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_EXPIRED)
        row = cursor.fetchone()
        if row is None:
            return 0
        cursor.execute(_GIVE_UP, {"batch": row[0]})
        return int(cursor.fetchone()[0])
