"""Step 6: write what the carrier answered: submitted, failed, uncertain, or queued again, in sets of thousands.

A receipt that came before its outcome was written arrives merged into it. Writing the same outcome twice changes nothing, so a
gateway that does not know whether its commit went through writes again.

Next: receipt.py
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import connection

from staffetta.billing import ledger
from staffetta.lib import literal
from staffetta.messaging import events
from staffetta.messaging.states import MESSAGE_STATES

# A message refused for now is tried so many times in all, then it has failed.
ATTEMPTS_MAX = 8


class Outcome(NamedTuple):
    """What became of one message. Times are milliseconds since 1970.

    `carrier_ids` has the keys of its parts (`receipt.carrier_key`) in order, with a blank between; "-" for a part that was not
    taken, "" where none was. The last fields carry a receipt that came early: bits of the parts that ended, and ended badly.
    """

    message_id: int
    state: str
    at_ms: int
    carrier_ids: str = ""
    error: str | None = None
    ended_ms: int | None = None
    parts_ended: int = 0
    parts_bad: int = 0


class Again(NamedTuple):
    """A message to be tried again after so many seconds: refused for now, or (`attempts` 0) begun and never submitted."""

    message_id: int
    error: str
    delay_s: int
    attempts: int = 1


def tally_sets(origin: str) -> str:
    """Return the SET clause that moves counts from one state to those of a `counted` row (columns n and one per state)."""
    return ", ".join(f"{state} = t.{state} + c.{state}" + (" - c.n" if state == origin else "") for state in MESSAGE_STATES)


# Counted once a state and then spread into columns: a FILTER for each state would compare each row ten times.
COUNTS = (
    "SELECT batch_id, sum(n)::int AS n, "
    + ", ".join(f"coalesce(sum(n) FILTER (WHERE state = '{state}'), 0)::int AS {state}" for state in MESSAGE_STATES)
    + " FROM (SELECT batch_id, state, count(*) AS n FROM moved GROUP BY batch_id, state) AS s GROUP BY batch_id"
)

_RECORD = """
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(%(ids)s::bigint[], %(states)s::text[], %(ats)s::bigint[], %(errors)s::text[], %(endeds)s::bigint[],
        %(ended_bits)s::int[], %(bad_bits)s::int[], %(carrier_ids)s::text[])
        AS g(id, state, at, error, ended_at, parts_ended, parts_bad, carrier_ids)),
moved AS (
    UPDATE messaging_message m SET state = g.state, connector_id = %(connector)s, attempts = m.attempts + 1, error = g.error,
        submitted_at = to_timestamp(g.at / 1000.0), ended_at = to_timestamp(g.ended_at / 1000.0), parts_ended = g.parts_ended, parts_bad = g.parts_bad
    FROM given g WHERE m.id = g.id AND m.state = '{origin}' AND g.state <> '{origin}'
    RETURNING {returned}, g.carrier_ids),
{heard},
parted AS (
    INSERT INTO messaging_part (message_id, connector_id, part, carrier_id)
    SELECT id, %(connector)s, 0, carrier_ids FROM moved WHERE carrier_ids <> '' AND strpos(carrier_ids, ' ') = 0
    UNION ALL
    SELECT moved.id, %(connector)s, p.place - 1, p.carrier_id
    FROM moved, unnest(string_to_array(moved.carrier_ids, ' ')) WITH ORDINALITY AS p(carrier_id, place)
    WHERE strpos(moved.carrier_ids, ' ') > 0 AND p.carrier_id <> '-'),
tallied AS (
    UPDATE messaging_tally t SET {sets}
    FROM ({counts}) AS c WHERE t.batch_id = c.batch_id)
SELECT {answer} FROM moved
"""


def _record_from(origin: str, answer: str) -> str:
    heard = events.heard(origin)
    return _RECORD.format(origin=origin, sets=tally_sets(origin), counts=COUNTS, answer=answer, returned=events.MOVED, heard=heard)


_FROM_QUEUED = _record_from("queued", "count(*)")
_FROM_UNCERTAIN = _record_from("uncertain", "id, state")


def record(connector_id: int, outcomes: Sequence[Outcome]) -> None:
    """Write outcomes (any state but `queued`), their parts, and the batches' tallies."""
    if not outcomes:
        return
    ids, states, ats, carrier_ids, errors, endeds, ended_bits, bad_bits = zip(*outcomes, strict=True)
    given: dict[str, int | str] = {
        "connector": connector_id,
        "ids": literal.numbers(ids),
        "states": literal.plain(states),
        "ats": literal.numbers(ats),
        "errors": literal.texts(errors),
        "endeds": literal.numbers(endeds),
        "ended_bits": literal.numbers(ended_bits),
        "bad_bits": literal.numbers(bad_bits),
        "carrier_ids": literal.texts(carrier_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(_FROM_QUEUED, given)
        if cursor.fetchone()[0] < len(outcomes):
            # Not queued any more: written already, or uncertain and answered late after all.
            cursor.execute(_FROM_UNCERTAIN, given)
            _refund([message_id for message_id, state in cursor.fetchall() if state == "failed"])


def _refund(failed: Iterable[int]) -> None:
    """Give back what was charged for uncertain messages of settled batches that turned out not to have been taken."""
    with connection.cursor() as cursor:
        # FOR SHARE waits for a settling that has begun; that waits for us. So exactly one of the two counts the message.
        cursor.execute(
            "SELECT m.id, m.account_id, m.cost_e4, m.batch_id, b.state FROM messaging_message m JOIN messaging_batch b ON b.id = m.batch_id"
            " WHERE m.id = ANY(%s::bigint[]) AND m.cost_e4 > 0 ORDER BY m.account_id, m.id FOR SHARE OF b",
            [literal.numbers(failed)],
        )
        for message_id, account_id, cost_e4, batch_id, state in cursor.fetchall():
            if state != "settled":
                continue
            ledger.credit(account_id, cost_e4, "refund", f"message-{message_id}", f"send {batch_id}: not taken by the carrier after all")


_AGAIN = f"""
WITH moved AS (
    UPDATE messaging_message m SET attempts = m.attempts + g.attempts, error = g.error, connector_id = %(connector)s,
        state = CASE WHEN m.attempts + g.attempts >= %(attempts)s THEN 'failed' ELSE m.state END
    FROM unnest(%(ids)s::bigint[], %(errors)s::text[], %(counts)s::int[]) AS g(id, error, attempts)
    WHERE m.id = g.id AND m.state = 'queued' RETURNING {events.MOVED_NOW}),
{events.heard("queued")},
tallied AS (
    UPDATE messaging_tally t SET queued = t.queued - c.n, failed = t.failed + c.n
    FROM (SELECT batch_id, count(*) AS n FROM moved WHERE state = 'failed' GROUP BY batch_id) AS c WHERE t.batch_id = c.batch_id)
SELECT id, batch_id FROM moved WHERE state = 'queued' ORDER BY id
"""

_QUEUE_AGAIN = """
INSERT INTO messaging_chunk (batch_id, account_id, connector_id, lane, first_id, last_id, due_at)
SELECT b.id, b.account_id, %(connector)s, b.lane, g.first_id, g.last_id, now() + make_interval(secs => g.delay)
FROM unnest(%(batches)s::bigint[], %(firsts)s::bigint[], %(lasts)s::bigint[], %(delays)s::int[]) AS g(batch_id, first_id, last_id, delay)
JOIN messaging_batch b ON b.id = g.batch_id
"""


def queue_again(connector_id: int, refused: Sequence[Again]) -> None:
    """Put messages that were refused for now back into the queue; those tried `ATTEMPTS_MAX` times have failed."""
    if not refused:
        return
    delays = {again.message_id: again.delay_s for again in refused}
    with connection.cursor() as cursor:
        cursor.execute(
            _AGAIN,
            {
                "connector": connector_id,
                "attempts": ATTEMPTS_MAX,
                "ids": literal.numbers([again.message_id for again in refused]),
                "errors": literal.texts([again.error for again in refused]),
                "counts": literal.numbers([again.attempts for again in refused]),
            },
        )
        runs: list[list[int]] = []
        for message_id, batch_id in cursor.fetchall():
            delay_s = delays[message_id]
            if runs and runs[-1][0] == batch_id and runs[-1][2] == message_id - 1 and runs[-1][3] == delay_s:
                runs[-1][2] = message_id
            else:
                runs.append([batch_id, message_id, message_id, delay_s])
        if runs:
            names = ("batches", "firsts", "lasts", "delays")
            columns = {name: literal.numbers(column) for name, column in zip(names, zip(*runs, strict=True), strict=True)}
            cursor.execute(_QUEUE_AGAIN, {"connector": connector_id, **columns})
