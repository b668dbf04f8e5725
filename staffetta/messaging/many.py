"""The door for programs that send many messages a call, each with a text of its own: one batch, whole or not at all, in one transaction.

What people confirm is counted first and written down by `work` (accept.py, expand.py); what comes here was judged already and is
written at once: the messages, their chunks, and last a hold for all. Knows no interface.

Next: claim.py
"""

from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple

from django.db import connection, transaction

from staffetta.billing import ledger
from staffetta.billing.models import SmsType
from staffetta.billing.pricing import Prices
from staffetta.lib import clock, literal
from staffetta.messaging import rows
from staffetta.messaging.accept import TRANSACTIONAL_RECIPIENTS_MAX
from staffetta.messaging.compose import VALID_FOR
from staffetta.messaging.models import BULK, TRANSACTIONAL, Batch, Message, Tally
from staffetta.messaging.rows import Row
from staffetta.messaging.wake import GATEWAY, wake


class One(NamedTuple):
    """One message of many, judged and priced: which place it had in the call, its connector, and what is written of it."""

    place: int
    connector_id: int
    number: str
    text: str
    parts: int
    cost_e4: int


class Many(NamedTuple):
    """What the messages of a call have in common. `text` is the one that most of them have."""

    account_id: int
    user_id: int
    type: SmsType
    prices: Prices
    sender: str
    text: str
    send_at: datetime | None = None
    via: str = ""
    via_key: int = 0


class Written(NamedTuple):
    """A batch of a call, what it costs, and the id of each message by its place."""

    batch_id: int
    credits_e4: int
    first_id: int
    message_ids: dict[int, int]


_OPTED_OUT = """
SELECT g.place FROM unnest(%(places)s::int[], %(numbers)s::text[]) AS g(place, number)
JOIN contacts_optout o ON o.number = g.number AND (o.account_id = %(account)s OR o.account_id IS NULL)
"""


def opted_out(account_id: int, numbered: Sequence[tuple[int, str]]) -> set[int]:
    """Return the places of the numbers (place, E.164) that this account must not write to."""
    with connection.cursor() as cursor:
        places = literal.numbers([place for place, _ in numbered])
        cursor.execute(_OPTED_OUT, {"account": account_id, "places": places, "numbers": literal.plain([number for _, number in numbered])})
        return {place for (place,) in cursor.fetchall()}


def batches_of(message_ids: Sequence[int]) -> list[int]:
    """Return the batches of these messages, in their order, each once."""
    if not message_ids:
        return []
    known = dict(Message.objects.filter(pk__in=message_ids).values_list("pk", "batch_id"))
    return list(dict.fromkeys(known[each] for each in message_ids if each in known))


@transaction.atomic
def accept(batches: Sequence[tuple[Many, Sequence[One]]]) -> list[Written]:
    """Write batches of one account down, in none a number twice, and hold the credits of all. Raises NotEnoughCredit."""
    written = [_written(many, ones) for many, ones in batches]
    # Last: from here to the commit every other send of the account waits.
    for (many, _ones), batch in zip(batches, written, strict=True):
        hold = ledger.hold(many.account_id, batch.credits_e4, key=f"send-{_key(batch.first_id)}")
        Batch.objects.filter(pk=batch.batch_id).update(hold=hold)
    if written:
        wake(GATEWAY)
    return written


def _key(first_id: int) -> str:
    return f"many-{first_id}"


def _written(many: Many, ones: Sequence[One]) -> Written:
    ordered = sorted(ones, key=itemgetter(1))  # a chunk has one connector: its ids are consecutive
    credits_e4 = sum([one.cost_e4 for one in ordered])
    with connection.cursor() as cursor:
        cursor.execute("SELECT messaging_reserve(%s)", [len(ordered)])
        (first_id,) = cursor.fetchone()
    now = clock.now()
    send_at = many.send_at or now
    batch = Batch.objects.create(
        account_id=many.account_id,
        user_id=many.user_id or None,
        key=_key(first_id),
        type=many.type,
        sender=many.sender,
        text=many.text,
        receipts=many.type.receipts,
        parts_max=many.type.parts_max,
        costs=dict(many.prices.by_prefix),
        lane=TRANSACTIONAL if len(ordered) <= TRANSACTIONAL_RECIPIENTS_MAX else BULK,
        state="sending",
        resume_state="sending",
        recipients=len(ordered),
        parts=sum([one.parts for one in ordered]),
        credits_e4=credits_e4,
        first_id=first_id,
        expanded=len(ordered),
        expanded_e4=credits_e4,
        via=many.via,
        via_key=many.via_key,
        personal=any(one.text != many.text for one in ordered),
        send_at=send_at,
        valid_until=send_at + VALID_FOR,
        started_at=now,
        expanded_at=now,
    )
    Tally.objects.create(batch=batch, queued=len(ordered))
    texts = [None if one.text == many.text else one.text for one in ordered]
    written = [Row(one.number, text, one.parts, one.cost_e4) for one, text in zip(ordered, texts, strict=True)]
    rows.messages(batch.pk, batch.account_id, "queued", first_id, written)
    rows.chunks(batch.pk, batch.account_id, batch.lane, send_at, first_id, [one.connector_id for one in ordered])
    return Written(batch.pk, credits_e4, first_id, {one.place: first_id + at for at, one in enumerate(ordered)})
