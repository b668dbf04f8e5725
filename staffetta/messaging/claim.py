"""Step 5: lease chunks of consecutive messages to a gateway, and mark how far it may have begun.

The mark is committed before the messages up to it are submitted, and only while the batch runs and the lease is still
the gateway's own. So a gateway that died or lost its lease can have submitted nothing above the mark, and what lies at or
below it without an outcome is uncertain: that, and nothing else, is the crash rule.

Next: outcome.py
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection, transaction

from staffetta.lib import literal
from staffetta.messaging import events

LEASE_S = 15


class Claimed(NamedTuple):
    """One message as a connector needs it; `text` None means the chunk's own."""

    id: int
    number: str
    text: str | None
    parts: int
    attempts: int


@dataclass
class Chunk:
    """A leased run of messages, in order, with what they have in common."""

    id: int
    batch_id: int
    lane: int
    first_id: int
    last_id: int
    sender: str
    text: str
    receipts: bool
    messages: list[Claimed] = field(default_factory=list)


# One statement would do, but the split needs the row's lock first. Transactional lane first, then accounts in turn.
_PICK = """
SELECT c.id, c.batch_id, c.account_id, c.lane, c.first_id, c.last_id, b.sender, b.text, b.receipts
FROM messaging_chunk c JOIN messaging_batch b ON b.id = c.batch_id
WHERE c.connector_id = %(connector)s AND c.owner IS NULL AND c.due_at <= statement_timestamp() AND c.lane <= %(lane_max)s
  AND b.state IN ('expanding', 'sending') AND b.valid_until > statement_timestamp()
ORDER BY c.lane, array_position(%(served)s::bigint[], c.account_id) NULLS FIRST, c.id
LIMIT 1 FOR UPDATE OF c SKIP LOCKED
"""

_SPLIT = """
INSERT INTO messaging_chunk (batch_id, account_id, connector_id, lane, first_id, last_id, due_at)
SELECT batch_id, account_id, connector_id, lane, %(from)s, last_id, due_at FROM messaging_chunk WHERE id = %(chunk)s
"""

_LEASE = "statement_timestamp() + make_interval(secs => %(lease)s)"


def claim(connector_id: int, owner: str, limit: int, served: list[int], lane_max: int = 1) -> Chunk | None:
    """Lease the next chunk for a connector, cut to `limit` messages; None where nothing waits.

    `served` is the caller's list of accounts, the one served last at the end; it is brought up to date.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_PICK, {"connector": connector_id, "served": served, "lane_max": lane_max})
        row = cursor.fetchone()
        if row is None:
            return None
        chunk_id, batch_id, account_id, lane, first_id, last_id, sender, text, receipts = row
        if last_id - first_id >= limit:
            cursor.execute(_SPLIT, {"from": first_id + limit, "chunk": chunk_id})
            last_id = first_id + limit - 1
        cursor.execute(
            f"UPDATE messaging_chunk SET owner = %(owner)s, lease_until = {_LEASE}, begun_to = first_id - 1, last_id = %(last)s"
            " WHERE id = %(chunk)s",
            {"owner": owner, "lease": LEASE_S, "last": last_id, "chunk": chunk_id},
        )
        cursor.execute(
            "SELECT id, number, text, parts, attempts FROM messaging_message WHERE id BETWEEN %s AND %s AND state = 'queued' ORDER BY id",
            [first_id, last_id],
        )
        messages = list(map(Claimed._make, cursor.fetchall()))
    if account_id in served:
        served.remove(account_id)
    served.append(account_id)
    return Chunk(chunk_id, batch_id, lane, first_id, last_id, sender, text, receipts, messages)


def begin(owner: str, marks: Sequence[tuple[int, int]]) -> set[int]:
    """Move the marks of chunks (chunk id, message id begun up to); return the chunks whose mark was moved.

    A chunk is missing from the answer where its batch does not run any more or its lease went to another.
    """
    if not marks:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE messaging_chunk c SET begun_to = g.upto, lease_until = {_LEASE}"
            " FROM unnest(%(chunks)s::bigint[], %(marks)s::bigint[]) AS g(chunk, upto), messaging_batch b"
            " WHERE c.id = g.chunk AND c.owner = %(owner)s AND b.id = c.batch_id AND b.state IN ('expanding', 'sending')"
            " AND b.valid_until > statement_timestamp() RETURNING c.id",
            {
                "owner": owner,
                "lease": LEASE_S,
                "chunks": literal.numbers([chunk for chunk, _ in marks]),
                "marks": literal.numbers([mark for _, mark in marks]),
            },
        )
        return {row[0] for row in cursor.fetchall()}


def renew(owner: str, chunks: Sequence[int]) -> None:
    """Prolong the leases of the chunks that a gateway still works on: those it knows nothing of run out."""
    if chunks:
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE messaging_chunk SET lease_until = {_LEASE} WHERE owner = %(owner)s AND id = ANY(%(chunks)s::bigint[])",
                {"owner": owner, "lease": LEASE_S, "chunks": literal.numbers(chunks)},
            )


# What a chunk leaves behind gets a new id: an id is never leased twice, so nobody who had the old lease can touch it.
_REST = """
INSERT INTO messaging_chunk (batch_id, account_id, connector_id, lane, first_id, last_id, due_at)
SELECT c.batch_id, c.account_id, c.connector_id, c.lane, greatest(c.first_id, g.mark + 1), c.last_id, c.due_at
FROM unnest(%(chunks)s::bigint[], %(marks)s::bigint[]) AS g(chunk, mark) JOIN messaging_chunk c ON c.id = g.chunk AND c.owner = %(owner)s
WHERE g.mark < c.last_id AND EXISTS (
    SELECT 1 FROM messaging_message m WHERE m.id BETWEEN greatest(c.first_id, g.mark + 1) AND c.last_id AND m.state = 'queued')
"""


def _given(owner: str, chunks: Sequence[tuple[int, int]]) -> dict[str, str]:
    return {
        "owner": owner,
        "chunks": literal.numbers([chunk for chunk, _ in chunks]),
        "marks": literal.numbers([mark for _, mark in chunks]),
    }


@transaction.atomic
def give_back(owner: str, chunks: Sequence[tuple[int, int]]) -> None:
    """Return to the queue what lies above a message id of leased chunks (chunk id, id begun up to; 0: nothing was begun).

    What was begun stays leased until its outcomes are written.
    """
    if not chunks:
        return
    given = _given(owner, chunks)
    with connection.cursor() as cursor:
        cursor.execute(_REST, given)
        cursor.execute(
            "DELETE FROM messaging_chunk c USING unnest(%(chunks)s::bigint[], %(marks)s::bigint[]) AS g(chunk, mark)"
            " WHERE c.id = g.chunk AND c.owner = %(owner)s AND g.mark < c.first_id",
            given,
        )
        cursor.execute(
            "UPDATE messaging_chunk c SET last_id = least(c.last_id, g.mark), begun_to = least(c.begun_to, g.mark)"
            " FROM unnest(%(chunks)s::bigint[], %(marks)s::bigint[]) AS g(chunk, mark) WHERE c.id = g.chunk AND c.owner = %(owner)s",
            given,
        )


def finish(owner: str, chunks: Sequence[tuple[int, int]]) -> None:
    """Delete leased chunks whose every begun message has its outcome, in the transaction that writes the last one.

    What lies above the mark (chunk id, id begun up to) goes back to the queue, should it not have gone before.
    """
    if chunks:
        given = _given(owner, chunks)
        with connection.cursor() as cursor:
            cursor.execute(_REST, given)
            cursor.execute("DELETE FROM messaging_chunk WHERE id = ANY(%(chunks)s::bigint[]) AND owner = %(owner)s", given)


# A message that was refused for now waits in a chunk of its own, made after this one was leased: it is not uncertain, though it lies
# below the old mark.
_UNCERTAIN = f"""
WITH moved AS (
    UPDATE messaging_message m SET state = 'uncertain', connector_id = %(connector)s, submitted_at = now()
    WHERE m.id BETWEEN %(first)s AND %(mark)s AND m.state = 'queued'
      AND NOT EXISTS (SELECT 1 FROM messaging_chunk o WHERE o.batch_id = %(batch)s AND o.id > %(chunk)s AND m.id BETWEEN o.first_id AND o.last_id)
    RETURNING {events.MOVED}),
{events.heard("queued")}
UPDATE messaging_tally SET queued = queued - n, uncertain = uncertain + n
FROM (SELECT count(*) AS n FROM moved) AS counted WHERE batch_id = %(batch)s AND n > 0
RETURNING n
"""


def recover() -> int:
    """Take chunks back whose lease ran out; return how many messages became uncertain.

    What was begun and has no outcome is uncertain; what lies above the mark goes back to the queue. After a restart of the
    database nothing is taken back for the time of a lease: living gateways could not renew theirs meanwhile.
    """
    uncertain = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, batch_id, connector_id, first_id, last_id, begun_to FROM messaging_chunk"
                " WHERE owner IS NOT NULL AND lease_until < statement_timestamp()"
                " AND pg_postmaster_start_time() < statement_timestamp() - make_interval(secs => %s)"
                " ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED",
                [LEASE_S],
            )
            row = cursor.fetchone()
            if row is None:
                return uncertain
            chunk_id, batch_id, connector_id, first_id, last_id, begun_to = row
            given = {"chunk": chunk_id, "batch": batch_id, "connector": connector_id, "first": first_id, "mark": begun_to}
            cursor.execute(_UNCERTAIN, given)
            uncertain += sum(row[0] for row in cursor.fetchall())
            if begun_to < last_id:
                cursor.execute(_SPLIT, {"from": max(first_id, begun_to + 1), "chunk": chunk_id})
            cursor.execute("DELETE FROM messaging_chunk WHERE id = %s", [chunk_id])
