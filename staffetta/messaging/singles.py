"""The door for programs that send one message a call: many calls are priced, charged and recorded in one transaction.

Each is a batch of one recipient, written down as sending at once. It is charged without a hold; what is not sent in the end is
given back by settle.py. Whoever calls is answered after the commit, never before. Knows no interface.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper

from staffetta.billing import ledger
from staffetta.billing.errors import NotEnoughCredit
from staffetta.billing.ledger import Movement
from staffetta.lib.errors import Refused
from staffetta.lib.money import shown
from staffetta.messaging import literal
from staffetta.messaging.compose import VALID_FOR
from staffetta.messaging.models import TRANSACTIONAL
from staffetta.messaging.wake import GATEWAY, wake


@dataclass(frozen=True, slots=True)
class Single:
    """One message that was judged and priced: `number` is E.164, `key` the caller's own ("" for none), `user_id` who asked (0 for nobody)."""

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


@dataclass(frozen=True, slots=True)
class _Numbered:
    single: Single
    key: str
    batch_id: int
    message_id: int


_KNOWN = (
    "SELECT b.account_id, b.key, b.first_id FROM messaging_batch b"
    " JOIN unnest(%s::bigint[], %s::text[]) AS g(account_id, key) ON b.account_id = g.account_id AND b.key = g.key"
)
_NUMBERS = (
    "SELECT messaging_reserve(%(n)s), array(SELECT nextval(pg_get_serial_sequence('messaging_batch', 'id')) FROM generate_series(1, %(n)s))"
)
_BATCHES = """
INSERT INTO messaging_batch (id, account_id, user_id, key, type_id, sender, text, receipts, parts_max, costs, lane, state, resume_state,
    recipients, parts, credits_e4, first_id, groups, numbers, ceiling, cursor_contact, cursor_number, expanded, expanded_e4, detail,
    created_at, send_at, valid_until, started_at, expanded_at)
SELECT g.id, g.account_id, nullif(g.user_id, 0), g.key, g.type_id, g.sender, g.text, g.receipts, g.parts_max,
    jsonb_build_object(g.prefix, g.cost_e4 / greatest(g.parts, 1)), %(lane)s, 'sending', 'sending', 1, g.parts, g.cost_e4, g.first_id, '{}',
    ARRAY[g.number], 0, 0, 1, 1, g.cost_e4, '', now(), now(), now() + make_interval(secs => g.valid_s), now(), now()
FROM unnest(%(ids)s::bigint[], %(accounts)s::bigint[], %(users)s::bigint[], %(keys)s::text[], %(types)s::bigint[], %(senders)s::text[],
    %(texts)s::text[], %(receipts)s::boolean[], %(parts_max)s::smallint[], %(prefixes)s::text[], %(costs)s::int[], %(parts)s::smallint[],
    %(firsts)s::bigint[], %(numbers)s::text[], %(valid)s::int[])
    AS g(id, account_id, user_id, key, type_id, sender, text, receipts, parts_max, prefix, cost_e4, parts, first_id, number, valid_s)
"""
_TALLIES = "INSERT INTO messaging_tally (batch_id, queued) SELECT id, 1 FROM unnest(%(ids)s::bigint[]) AS g(id)"
_MESSAGES = """
INSERT INTO messaging_message (id, batch_id, account_id, cost_e4, parts, state, number)
SELECT g.first_id, g.id, g.account_id, g.cost_e4, g.parts, 'queued', g.number
FROM unnest(%(firsts)s::bigint[], %(ids)s::bigint[], %(accounts)s::bigint[], %(costs)s::int[], %(parts)s::smallint[], %(numbers)s::text[])
    AS g(first_id, id, account_id, cost_e4, parts, number)
"""
_CHUNKS = """
INSERT INTO messaging_chunk (batch_id, account_id, connector_id, lane, first_id, last_id)
SELECT g.id, g.account_id, g.connector_id, %(lane)s, g.first_id, g.first_id
FROM unnest(%(ids)s::bigint[], %(accounts)s::bigint[], %(connectors)s::int[], %(firsts)s::bigint[]) AS g(id, account_id, connector_id, first_id)
"""


def accept(singles: Sequence[Single]) -> list[int | Refused]:
    """Accept many messages at once; return the id of each, or why it was refused, in their order.

    A repeat with a key that was used before, or twice in one call, returns the first one's id and charges nothing.
    """
    try:
        return _accept(singles)
    except IntegrityError:
        # Somebody used one of the keys between our look and our write: now it is seen.
        return _accept(singles)


@transaction.atomic
def _accept(singles: Sequence[Single]) -> list[int | Refused]:
    with connection.cursor() as cursor:
        known = _known(cursor, singles)
        fresh: list[int] = []
        for at, single in enumerate(singles):
            if not single.key:
                fresh.append(at)
            elif (single.account_id, single.key) not in known:
                known[single.account_id, single.key] = -at - 1  # the place of the first one with this key
                fresh.append(at)
        results: dict[int, int | Refused] = _record(cursor, singles, fresh) if fresh else {}
    answers: list[int | Refused] = []
    for at, single in enumerate(singles):
        found = known.get((single.account_id, single.key), 0) if single.key else 0
        answers.append(found if found > 0 else results[-found - 1 if found < 0 else at])
    return answers


def _known(cursor: CursorWrapper, singles: Sequence[Single]) -> dict[tuple[int, str], int]:
    keyed = [single for single in singles if single.key]
    if not keyed:
        return {}
    cursor.execute(_KNOWN, [[single.account_id for single in keyed], [single.key for single in keyed]])
    return {(account_id, key): first_id for account_id, key, first_id in cursor.fetchall()}


def _record(cursor: CursorWrapper, singles: Sequence[Single], places: Sequence[int]) -> dict[int, int | Refused]:
    cursor.execute(_NUMBERS, {"n": len(places)})
    first_id, batch_ids = cursor.fetchone()
    numbered = []
    for step, (at, batch_id) in enumerate(zip(places, batch_ids, strict=True)):
        single, message_id = singles[at], first_id + step
        numbered.append(_Numbered(single, single.key or f"message-{message_id}", batch_id, message_id))
    charges = [Movement(each.single.account_id, each.single.cost_e4, f"send-{each.key}", "SMS") for each in numbered]
    paid = ledger.charge_at_once(charges)
    accepted = [each for each, fits in zip(numbered, paid, strict=True) if fits]
    if accepted:
        _write(cursor, accepted)
        wake(GATEWAY)
    left = {account_id: shown(ledger.wallet(account_id).available_e4) for account_id in _poor(numbered, paid)}
    return {
        at: each.message_id if fits else NotEnoughCredit(needed=shown(each.single.cost_e4), available=left[each.single.account_id])
        for at, each, fits in zip(places, numbered, paid, strict=True)
    }


def _poor(numbered: Sequence[_Numbered], paid: Sequence[bool]) -> set[int]:
    """Return the accounts for which some message could not be paid."""
    return {each.single.account_id for each, fits in zip(numbered, paid, strict=True) if not fits}


def _write(cursor: CursorWrapper, accepted: Sequence[_Numbered]) -> None:
    singles = [each.single for each in accepted]
    given: dict[str, str | int] = {
        "lane": TRANSACTIONAL,
        "ids": literal.numbers([each.batch_id for each in accepted]),
        "firsts": literal.numbers([each.message_id for each in accepted]),
        "keys": literal.texts([each.key for each in accepted]),
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
        "connectors": literal.numbers([single.connector_id for single in singles]),
    }
    for statement in (_BATCHES, _TALLIES, _MESSAGES, _CHUNKS):
        cursor.execute(statement, given)
