"""The door for programs that send one message a call: many calls are priced, charged and recorded in one transaction.

Each is a batch of one recipient, written down as sending at once. It is charged without a hold; what is not sent in the end is
given back by settle.py. Whoever calls is answered after the commit, never before. Knows no interface.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple, TypeAlias

from django.db import IntegrityError, connection, transaction

from staffetta.billing import ledger
from staffetta.billing.errors import NotEnoughCredit
from staffetta.lib import literal, prepared
from staffetta.lib.errors import Refused
from staffetta.lib.money import shown
from staffetta.messaging import ownkeys
from staffetta.messaging.compose import VALID_FOR
from staffetta.messaging.errors import KeyUsedDifferently, OptedOut
from staffetta.messaging.models import TRANSACTIONAL
from staffetta.messaging.wake import GATEWAY


@dataclass(frozen=True, slots=True)
class Single:
    """One message that was judged and priced: `number` is E.164, `key` the caller's own ("" for none), `user_id` who asked (0 for nobody).

    `mark` is a key that we gave it: whoever does not know whether a commit went through asks again with it. `via` and `via_key`
    say by which door it came (`origin.py`).
    """

    account_id: int
    type_id: int
    sender: str
    text: str
    number: str
    parts: int
    cost_e4: int
    prefix: str
    connector_id: int
    receipts: bool
    parts_max: int
    key: str = ""
    user_id: int = 0
    valid_for: timedelta = VALID_FOR
    send_at: datetime | None = None
    mark: str = ""
    via: str = ""
    via_key: int = 0


class Accepted(NamedTuple):
    """The message that was accepted; `repeated`: it was there already, by its key."""

    message_id: int
    repeated: bool = False


# By account and key: the first one's id, and what it said (type, sender, text, numbers, time).
Known: TypeAlias = dict[tuple[int, str], tuple[int, int, str, str, list[str], int | None]]
# What a repeat must have in common with the first: what it says, to whom, and when (null: at once).
_KNOWN = """
SELECT b.account_id, b.key, b.first_id, b.type_id, b.sender, b.text, b.numbers,
    CASE WHEN b.send_at <> b.created_at THEN round(extract(epoch FROM b.send_at) * 1000)::bigint END
FROM messaging_batch b JOIN unnest(%(accounts)s::bigint[], %(keys)s::text[]) AS g(account_id, key) ON b.account_id = g.account_id AND b.key = g.key
"""
# One statement, for each that has to be waited for costs a third of a millisecond: leave out who must not be written to, number the others,
# charge those that can be paid for, write them down with their tallies and chunks, wake the gateway.
_ACCEPT = f"""
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(%(accounts)s::bigint[], %(users)s::bigint[], %(keys)s::text[], %(types)s::bigint[], %(senders)s::text[],
        %(texts)s::text[], %(receipts)s::boolean[], %(parts_max)s::smallint[], %(prefixes)s::text[], %(costs)s::int[], %(parts)s::smallint[],
        %(numbers)s::text[], %(valid)s::int[], %(ats)s::bigint[], %(connectors)s::int[],
        %(vias)s::text[], %(via_keys)s::bigint[]) WITH ORDINALITY
        AS g(account_id, user_id, key, type_id, sender, text, receipts, parts_max, prefix, cost_e4, parts, number, valid_s, at_ms, connector_id,
            via, via_key, place)),
fit AS MATERIALIZED (
    SELECT given.*, row_number() OVER (ORDER BY place) AS step FROM given WHERE NOT EXISTS (
        SELECT 1 FROM contacts_optout o WHERE o.number = given.number AND (o.account_id = given.account_id OR o.account_id IS NULL))),
first AS MATERIALIZED (SELECT messaging_reserve(count(*)) AS id FROM fit),
numbered AS MATERIALIZED (
    SELECT fit.*, first.id + step - 1 AS message_id, nextval(pg_get_serial_sequence('messaging_batch', 'id')) AS batch_id,
        CASE WHEN fit.key = '' THEN 'message-' || (first.id + step - 1) ELSE fit.key END AS own_key, coalesce(to_timestamp(at_ms / 1000.0), now()) AS at
    FROM fit, first),
paid AS MATERIALIZED (
    SELECT {ledger.CHARGE_AT_ONCE}(array_agg(account_id ORDER BY step), array_agg(cost_e4::bigint ORDER BY step),
        array_agg('send-' || own_key ORDER BY step), 'SMS') AS places FROM numbered),
taken AS MATERIALIZED (SELECT numbered.* FROM numbered, paid WHERE paid.places[step]),
batches AS (
    INSERT INTO messaging_batch (id, account_id, user_id, key, type_id, sender, text, receipts, parts_max, costs, lane, state, resume_state,
        recipients, parts, credits_e4, first_id, groups, numbers, ceiling, cursor_contact, cursor_number, expanded, expanded_e4, detail, via,
        via_key, created_at, send_at, valid_until, started_at, expanded_at)
    SELECT batch_id, account_id, nullif(user_id, 0), own_key, type_id, sender, text, receipts, parts_max,
        jsonb_build_object(prefix, cost_e4 / greatest(parts, 1)), %(lane)s::smallint, 'sending', 'sending', 1, parts, cost_e4,
        message_id, '{{}}', ARRAY[number], 0, 0, 1, 1, cost_e4, '', via, via_key, now(), at, at + make_interval(secs => valid_s), now(), now()
    FROM taken),
tallies AS (INSERT INTO messaging_tally (batch_id, queued) SELECT batch_id, 1 FROM taken),
messages AS (
    INSERT INTO messaging_message (id, batch_id, account_id, cost_e4, parts, state, number)
    SELECT message_id, batch_id, account_id, cost_e4, parts, 'queued', number FROM taken),
chunks AS (
    INSERT INTO messaging_chunk (batch_id, account_id, connector_id, lane, first_id, last_id, due_at)
    SELECT batch_id, account_id, connector_id, %(lane)s::smallint, message_id, message_id, at FROM taken),
woken AS (SELECT pg_notify(%(channel)s::text, '') WHERE EXISTS (SELECT 1 FROM taken))
SELECT numbered.place::int - 1, CASE WHEN paid.places[step] THEN message_id END FROM numbered, paid, (SELECT count(*) FROM woken) AS told
"""


def accept(singles: Sequence[Single], again: bool = False) -> list[Accepted | Refused]:
    """Accept many messages at once; return for each, in their order, its id, or why it was refused.

    A repeat with a key that was used before, or twice in one call, returns the first one's id and charges nothing; with the key
    of another message it is refused (KeyUsedDifferently). Refused too: NotEnoughCredit, OptedOut. `again`: an earlier call may have been
    committed, so messages without a key are looked for by their mark.
    """
    if again:
        singles = [single if single.key else replace(single, key=single.mark) for single in singles]
    try:
        # Each statement is whole by itself; within somebody's transaction a failed one must not end that.
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            return _accept(singles)
    except IntegrityError:
        # Somebody used one of the keys between our look and our write: now it is seen.
        return _accept(singles)


def _accept(singles: Sequence[Single]) -> list[Accepted | Refused]:
    return answered(singles, _known(singles), lambda fresh: _record(singles, fresh))


def answered(
    singles: Sequence[Single], known: Known, record: Callable[[Sequence[int]], Mapping[int, Accepted | Refused]]
) -> list[Accepted | Refused]:
    """Answer each, in their order: repeats with the first one's id, the others with what `record` says of their places."""
    answers: dict[int, Accepted | Refused] = {}
    first_with: dict[tuple[int, str], int] = {}
    fresh: list[int] = []
    for at, single in enumerate(singles):
        owner = (single.account_id, single.key)
        if not single.key:
            fresh.append(at)
        elif owner in known:
            answers[at] = _repeated(single, *known[owner])
        elif owner not in first_with:
            first_with[owner] = at
            fresh.append(at)
    if fresh:
        answers |= record(fresh)
    for at, single in enumerate(singles):
        if at not in answers:  # the same key twice in one call
            first = first_with[single.account_id, single.key]
            answer = answers[first]
            answers[at] = answer if isinstance(answer, Refused) else _repeated(single, answer.message_id, *_said(singles[first]))
    return [answers[at] for at in range(len(singles))]


def _said(single: Single) -> tuple[int, str, str, list[str], int | None]:
    return single.type_id, single.sender, single.text, [single.number], ms(single.send_at)


def ms(at: datetime | None) -> int | None:
    """Return a time in milliseconds, as repeats are compared by it; None for at once."""
    return None if at is None else round(at.timestamp() * 1000)


def _repeated(single: Single, message_id: int, *said: object) -> Accepted | Refused:
    return Accepted(message_id, True) if said == _said(single) else KeyUsedDifferently(key=ownkeys.given(single.key) or single.key)


def _known(singles: Sequence[Single]) -> Known:
    keyed = [single for single in singles if single.key]
    if not keyed:
        return {}
    given = {
        "accounts": literal.numbers([single.account_id for single in keyed]),
        "keys": literal.texts([single.key for single in keyed]),
    }
    return {(account_id, key): (first_id, *said) for account_id, key, first_id, *said in prepared.rows(_KNOWN, given)}


def _record(singles: Sequence[Single], places: Sequence[int]) -> dict[int, Accepted | Refused]:
    """Write down the messages at these places; return what became of each."""
    fresh = [singles[at] for at in places]
    written = {places[step]: message_id for step, message_id in prepared.rows(_ACCEPT, _columns(fresh))}
    short = {singles[at].account_id for at, message_id in written.items() if message_id is None}
    left = {account_id: shown(ledger.wallet(account_id).available_e4) for account_id in short}
    return {at: _told(single, written.get(at, 0), left) for at, single in zip(places, fresh, strict=True)}


def _told(single: Single, message_id: int | None, left: Mapping[int, str]) -> Accepted | Refused:
    if message_id == 0:
        return OptedOut(number=single.number)
    if message_id is None:
        return NotEnoughCredit(needed=shown(single.cost_e4), available=left[single.account_id])
    return Accepted(message_id)


def _columns(singles: Sequence[Single]) -> dict[str, str | int]:
    return {
        "lane": TRANSACTIONAL,
        "channel": GATEWAY,
        "keys": literal.texts([single.key or single.mark for single in singles]),
        "accounts": literal.numbers([single.account_id for single in singles]),
        "users": literal.numbers([single.user_id for single in singles]),
        "types": literal.numbers([single.type_id for single in singles]),
        "senders": literal.texts([single.sender for single in singles]),
        "texts": literal.texts([single.text for single in singles]),
        "receipts": literal.plain(["t" if single.receipts else "f" for single in singles]),
        "parts_max": literal.numbers([single.parts_max for single in singles]),
        "prefixes": literal.plain([single.prefix for single in singles]),
        "costs": literal.numbers([single.cost_e4 for single in singles]),
        "parts": literal.numbers([single.parts for single in singles]),
        "numbers": literal.plain([single.number for single in singles]),
        "valid": literal.numbers([int(single.valid_for.total_seconds()) for single in singles]),
        "ats": literal.numbers([ms(single.send_at) for single in singles]),
        "connectors": literal.numbers([single.connector_id for single in singles]),
        "vias": literal.texts([single.via for single in singles]),
        "via_keys": literal.numbers([single.via_key for single in singles]),
    }
