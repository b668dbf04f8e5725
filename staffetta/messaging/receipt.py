"""Step 7: write what the handsets did: receipts matched to their part, then their message moved by the table of states.

A message of several parts has ended when all its parts have; it is delivered when all are. Receipts that match nothing wait in a
table, for their outcome may be about to be written. A repeated receipt changes nothing.

Next: settle.py
"""

from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection, transaction

from staffetta.lib import literal
from staffetta.messaging import events
from staffetta.messaging.outcome import COUNTS, tally_sets

# Receipts that match nothing are tried again for so long, then kept for people to look at, then dropped.
EARLY_S = 180
EARLY_AT_ONCE = 5_000
KEEP_EARLY_DAYS = 7
# Carriers that answer in hexadecimal and report in decimal, or the reverse: then the number must agree in its last digits.
_SAME_DIGITS = 6


class Receipt(NamedTuple):
    """A delivery receipt: the carrier's id (`carrier_key`), the handset's number, a final state, when (milliseconds since 1970), error."""

    carrier_id: str
    number: str
    state: str
    at_ms: int
    error: str | None
    received_ms: int | None = None


def carrier_key(carrier_id: str) -> str:
    """Return a carrier's id in the form it is stored and looked up by: carriers pad with zeros and change case between answer and receipt."""
    return carrier_id.replace(" ", "").lstrip("0").lower() or "0"


def other_forms(key: str) -> list[str]:
    """Return the decimal and hexadecimal readings of a carrier's id, besides the one it has."""
    forms = []
    if key.isdecimal():
        forms.append(f"{int(key):x}")
    try:
        forms.append(str(int(key, 16)))
    except ValueError:
        pass
    return [form for form in forms if form != key]


_APPLY = f"""
merged AS (
    SELECT message_id, bit_or(1 << part) AS ended, bit_or(CASE state WHEN 'delivered' THEN 0 ELSE 1 << part END) AS bad, max(at) AS at,
        max(error) FILTER (WHERE state <> 'delivered') AS error, max(state) FILTER (WHERE state <> 'delivered') AS bad_state
    FROM matched GROUP BY message_id),
moved AS (
    UPDATE messaging_message m SET
        parts_ended = m.parts_ended | r.ended, parts_bad = m.parts_bad | r.bad, ended_at = to_timestamp(r.at / 1000.0), error = coalesce(r.error, m.error),
        state = CASE WHEN (m.parts_ended | r.ended) <> (1 << m.parts) - 1 THEN m.state
            WHEN (m.parts_bad | r.bad) = 0 THEN 'delivered' ELSE coalesce(r.bad_state, 'undelivered') END
    FROM merged r WHERE m.id = r.message_id AND m.state = 'submitted' RETURNING {events.MOVED}),
{events.heard("submitted")},
tallied AS (
    UPDATE messaging_tally t SET {tally_sets("submitted")}
    FROM ({COUNTS}) AS c WHERE t.batch_id = c.batch_id)
"""

_RECORD = f"""
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(%(places)s::int[], %(ids)s::text[], %(states)s::text[], %(ats)s::bigint[], %(errors)s::text[], %(numbers)s::text[])
        AS g(place, carrier_id, state, at, error, number)),
matched AS MATERIALIZED (
    SELECT g.place, p.message_id, p.part, g.state, g.at, g.error FROM given g
    CROSS JOIN LATERAL (
        SELECT message_id, part FROM messaging_part
        WHERE carrier_id = g.carrier_id AND connector_id = %(connector)s ORDER BY message_id DESC LIMIT 1) AS p {{same_number}}),
{_APPLY}
SELECT place FROM given EXCEPT SELECT place FROM matched
"""
_EXACT = _RECORD.format(same_number="")
_OTHER_FORM = _RECORD.format(
    same_number=f"JOIN messaging_message o ON o.id = p.message_id AND right(o.number, {_SAME_DIGITS}) = right(g.number, {_SAME_DIGITS})"
)


def record(connector_id: int, receipts: Sequence[Receipt]) -> None:
    """Write receipts that their messages' outcomes came before; keep those that match nothing yet."""
    if not receipts:
        return
    unmatched = _match(_EXACT, connector_id, list(enumerate(receipts)))
    if unmatched:
        others = [
            (place, receipts[place]._replace(carrier_id=form)) for place in unmatched for form in other_forms(receipts[place].carrier_id)
        ]
        missed = _match(_OTHER_FORM, connector_id, others) if others else set()
        matched = {place for place, _ in others} - missed
        _keep(connector_id, [receipts[place] for place in sorted(unmatched - matched)])


def _match(sql: str, connector_id: int, given: Sequence[tuple[int, Receipt]]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            sql,
            {
                "connector": connector_id,
                "places": literal.numbers([place for place, _ in given]),
                "ids": literal.texts([receipt.carrier_id for _, receipt in given]),
                "states": literal.plain([receipt.state for _, receipt in given]),
                "ats": literal.numbers([receipt.at_ms for _, receipt in given]),
                "errors": literal.texts([receipt.error for _, receipt in given]),
                "numbers": literal.texts([receipt.number for _, receipt in given]),
            },
        )
        return {row[0] for row in cursor.fetchall()}


def _keep(connector_id: int, receipts: Sequence[Receipt]) -> None:
    if not receipts:
        return
    carrier_ids, numbers, states, ats, errors, received = zip(*receipts, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO messaging_earlyreceipt (connector_id, carrier_id, number, state, ended_at, error, received_at)"
            " SELECT %s, g.carrier_id, g.number, g.state, to_timestamp(g.at / 1000.0), g.error, coalesce(to_timestamp(g.received / 1000.0), now())"
            " FROM unnest(%s::text[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::bigint[])"
            " AS g(carrier_id, number, state, at, error, received)",
            [
                connector_id,
                literal.texts(carrier_ids),
                literal.texts(numbers),
                literal.plain(states),
                literal.numbers(ats),
                literal.texts(errors),
                literal.numbers(received),
            ],
        )


@transaction.atomic
def match_early(connector_id: int) -> None:
    """Try again the receipts that came before their outcome, and drop those too old to be anybody's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM messaging_earlyreceipt WHERE id IN (SELECT id FROM messaging_earlyreceipt"
            " WHERE connector_id = %s AND received_at > now() - make_interval(secs => %s) ORDER BY id DESC LIMIT %s)"
            " RETURNING carrier_id, number, state, (extract(epoch FROM ended_at) * 1000)::bigint, error,"
            " (extract(epoch FROM received_at) * 1000)::bigint",
            [connector_id, EARLY_S, EARLY_AT_ONCE],
        )
        rows = cursor.fetchall()
        cursor.execute(
            "DELETE FROM messaging_earlyreceipt WHERE connector_id = %s AND received_at < now() - make_interval(days => %s)",
            [connector_id, KEEP_EARLY_DAYS],
        )
    record(connector_id, [Receipt(*row) for row in rows])
