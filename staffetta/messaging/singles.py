"""The door for programs that send one message a call: many calls are priced, charged and recorded in one transaction.

Each is a batch of one recipient, written down as sending at once. It is charged without a hold; what is not sent in the end is
given back by settle.py. Whoever calls is answered after the commit, never before. Knows no interface.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import IntegrityError, transaction

from staffetta.billing import ledger
from staffetta.billing.errors import NotEnoughCredit
from staffetta.billing.ledger import Movement
from staffetta.lib import literal, prepared
from staffetta.lib.errors import Refused
from staffetta.lib.money import shown
from staffetta.messaging.compose import VALID_FOR
from staffetta.messaging.errors import KeyUsedDifferently, OptedOut
from staffetta.messaging.models import TRANSACTIONAL
from staffetta.messaging.wake import GATEWAY


@dataclass(frozen=True, slots=True)
class Single:
    """One message that was judged and priced: `number` is E.164, `key` the caller's own ("" for none), `user_id` who asked (0 for nobody).

    `mark` is a key that we gave it: whoever does not know whether a commit went through asks again with it.
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


class Accepted(NamedTuple):
    """The message that was accepted; `repeated`: it was there already, by its key."""

    message_id: int
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class _Numbered:
    place: int
    single: Single
    key: str
    batch_id: int
    message_id: int


_KNOWN = (
    "SELECT b.account_id, b.key, b.first_id, b.type_id, b.sender, b.text, b.numbers FROM messaging_batch b"
    " JOIN unnest(%(accounts)s::bigint[], %(keys)s::text[]) AS g(account_id, key) ON b.account_id = g.account_id AND b.key = g.key"
)
# Ids, and who must not be written to, in one question: each costs a third of a millisecond of waiting.
_NUMBERS = """
SELECT messaging_reserve(%(n)s::int), array(SELECT nextval(pg_get_serial_sequence('messaging_batch', 'id')) FROM generate_series(1, %(n)s::int)),
    array(SELECT g.place FROM unnest(%(places)s::int[], %(accounts)s::bigint[], %(numbers)s::text[]) AS g(place, account_id, number)
        WHERE EXISTS (SELECT 1 FROM contacts_optout o WHERE o.number = g.number AND (o.account_id = g.account_id OR o.account_id IS NULL)))
"""
_WRITE = """
WITH g AS MATERIALIZED (
    SELECT * FROM unnest(%(ids)s::bigint[], %(accounts)s::bigint[], %(users)s::bigint[], %(keys)s::text[], %(types)s::bigint[],
        %(senders)s::text[], %(texts)s::text[], %(receipts)s::boolean[], %(parts_max)s::smallint[], %(prefixes)s::text[], %(costs)s::int[],
        %(parts)s::smallint[], %(firsts)s::bigint[], %(numbers)s::text[], %(valid)s::int[], %(ats)s::bigint[], %(connectors)s::int[])
        AS g(id, account_id, user_id, key, type_id, sender, text, receipts, parts_max, prefix, cost_e4, parts, first_id, number, valid_s, at,
            connector_id)),
batches AS (
    INSERT INTO messaging_batch (id, account_id, user_id, key, type_id, sender, text, receipts, parts_max, costs, lane, state, resume_state,
        recipients, parts, credits_e4, first_id, groups, numbers, ceiling, cursor_contact, cursor_number, expanded, expanded_e4, detail,
        created_at, send_at, valid_until, started_at, expanded_at)
    SELECT g.id, g.account_id, nullif(g.user_id, 0), g.key, g.type_id, g.sender, g.text, g.receipts, g.parts_max,
        jsonb_build_object(g.prefix, g.cost_e4 / greatest(g.parts, 1)), %(lane)s::smallint, 'sending', 'sending', 1, g.parts, g.cost_e4,
        g.first_id, '{}', ARRAY[g.number], 0, 0, 1, 1, g.cost_e4, '', now(), coalesce(to_timestamp(g.at / 1000.0), now()),
        coalesce(to_timestamp(g.at / 1000.0), now()) + make_interval(secs => g.valid_s), now(), now()
    FROM g),
tallies AS (INSERT INTO messaging_tally (batch_id, queued) SELECT id, 1 FROM g),
messages AS (
    INSERT INTO messaging_message (id, batch_id, account_id, cost_e4, parts, state, number)
    SELECT first_id, id, account_id, cost_e4, parts, 'queued', number FROM g),
chunks AS (
    INSERT INTO messaging_chunk (batch_id, account_id, connector_id, lane, first_id, last_id, due_at)
    SELECT id, account_id, connector_id, %(lane)s::smallint, first_id, first_id, coalesce(to_timestamp(at / 1000.0), now()) FROM g)
SELECT pg_notify(%(channel)s::text, '')
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
        return _accept(singles)
    except IntegrityError:
        # Somebody used one of the keys between our look and our write: now it is seen.
        return _accept(singles)


@transaction.atomic
def _accept(singles: Sequence[Single]) -> list[Accepted | Refused]:
    answers: dict[int, Accepted | Refused] = {}
    known = _known(singles)
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
        answers |= _record(singles, fresh)
    for at, single in enumerate(singles):
        if at not in answers:  # the same key twice in one call
            first = first_with[single.account_id, single.key]
            answer = answers[first]
            answers[at] = answer if isinstance(answer, Refused) else _repeated(single, answer.message_id, *_said(singles[first]))
    return [answers[at] for at in range(len(singles))]


def _said(single: Single) -> tuple[int, str, str, list[str]]:
    return single.type_id, single.sender, single.text, [single.number]


def _repeated(single: Single, message_id: int, *said: object) -> Accepted | Refused:
    return Accepted(message_id, True) if said == _said(single) else KeyUsedDifferently(key=single.key)


def _known(singles: Sequence[Single]) -> dict[tuple[int, str], tuple[int, int, str, str, list[str]]]:
    keyed = [single for single in singles if single.key]
    if not keyed:
        return {}
    given = {
        "accounts": literal.numbers([single.account_id for single in keyed]),
        "keys": literal.texts([single.key for single in keyed]),
    }
    return {(account_id, key): (first_id, *said) for account_id, key, first_id, *said in prepared.rows(_KNOWN, given)}


def _record(singles: Sequence[Single], places: Sequence[int]) -> dict[int, Accepted | Refused]:
    given = {
        "n": len(places),
        "places": literal.numbers(places),
        "accounts": literal.numbers([singles[at].account_id for at in places]),
        "numbers": literal.plain([singles[at].number for at in places]),
    }
    ((first_id, batch_ids, opted_out),) = prepared.rows(_NUMBERS, given)
    answers: dict[int, Accepted | Refused] = {at: OptedOut(number=singles[at].number) for at in opted_out}
    numbered = []
    for step, (at, batch_id) in enumerate(zip(places, batch_ids, strict=True)):
        if at not in answers:
            single, message_id = singles[at], first_id + step
            numbered.append(_Numbered(at, single, single.key or single.mark or f"message-{message_id}", batch_id, message_id))
    charges = [Movement(each.single.account_id, each.single.cost_e4, f"send-{each.key}", "SMS") for each in numbered]
    paid = ledger.charge_at_once(charges) if charges else []
    accepted = [each for each, fits in zip(numbered, paid, strict=True) if fits]
    if accepted:
        prepared.rows(_WRITE, _columns(accepted))
    left = {account_id: shown(ledger.wallet(account_id).available_e4) for account_id in _poor(numbered, paid)}
    for each, fits in zip(numbered, paid, strict=True):
        single = each.single
        answers[each.place] = (
            Accepted(each.message_id) if fits else NotEnoughCredit(needed=shown(single.cost_e4), available=left[single.account_id])
        )
    return answers


def _poor(numbered: Sequence[_Numbered], paid: Sequence[bool]) -> set[int]:
    """Return the accounts for which some message could not be paid."""
    return {each.single.account_id for each, fits in zip(numbered, paid, strict=True) if not fits}


def _columns(accepted: Sequence[_Numbered]) -> dict[str, str | int]:
    singles = [each.single for each in accepted]
    return {
        "lane": TRANSACTIONAL,
        "channel": GATEWAY,
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
        "ats": literal.numbers([None if single.send_at is None else int(single.send_at.timestamp() * 1000) for single in singles]),
    }
