"""The line walked by hand in tests: what `work` and a gateway do, one step at a time."""

import time

from django.db import connection

from staffetta.carriers.models import Connector
from staffetta.messaging import accept, claim, compose, control, outcome, receipt, settle
from staffetta.messaging.claim import Chunk
from staffetta.messaging.compose import SendRequest
from staffetta.messaging.expand import Expander
from staffetta.messaging.models import Batch, Message
from staffetta.messaging.outcome import Outcome
from staffetta.messaging.receipt import Receipt
from tests.people import People, make_group, sms_type


def now_ms() -> int:
    return int(time.time() * 1000)


def expand_all() -> None:
    expander = Expander()
    while expander.step():
        pass


def work_all() -> None:
    """Do all that `work` would."""
    expand_all()
    while control.withdraw():
        pass
    while settle.settle():
        pass


def claim_and_begin(connector: Connector, owner: str = "gw", limit: int = 2_000) -> Chunk:
    chunk = claim.claim(connector.pk, owner, limit, [])
    assert chunk is not None
    assert claim.begin(owner, [(chunk.id, chunk.last_id)]) == {chunk.id}
    return chunk


def answer(connector: Connector, chunk: Chunk, state: str = "submitted", owner: str = "gw") -> None:
    """Write one outcome for every message of a chunk, with carrier ids c<message id>."""
    ids = ("submitted",)
    outcome.record(
        connector.pk,
        [
            Outcome(message.id, state, now_ms(), " ".join(f"c{message.id}-{part}" for part in range(message.parts)) if state in ids else "")
            for message in chunk.messages
        ],
    )
    claim.finish(owner, [(chunk.id, chunk.last_id)])


def deliver(connector: Connector, chunk: Chunk, state: str = "delivered") -> None:
    receipt.record(
        connector.pk,
        [
            Receipt(receipt.carrier_key(f"c{message.id}-{part}"), message.number, state, now_ms(), None)
            for message in chunk.messages
            for part in range(message.parts)
        ],
    )


def states(batch: Batch) -> dict[str, int]:
    """Count the batch's messages by state, from the messages themselves."""
    found: dict[str, int] = {}
    for state in Message.objects.filter(batch=batch).values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def request(people: People, group=None, **fields) -> SendRequest:
    given = {"text": "Ciao {nome}", "sender": "BRUNI", "type": sms_type("PRO con notifica"), "groups": (group.pk,) if group else ()}
    return SendRequest(account_id=people.account.pk, **(given | fields))


def accepted(people: People, size: int = 10, **fields) -> Batch:
    return accept.accept(compose.prepare(request(people, make_group(people.account, size), **fields)))


def queued_without_chunk(batch: Batch) -> int:
    return (
        Message.objects.filter(batch=batch, state="queued")
        .extra(where=["NOT EXISTS (SELECT 1 FROM messaging_chunk c WHERE messaging_message.id BETWEEN c.first_id AND c.last_id)"])
        .count()
    )


def lease_runs_out(monkeypatch) -> int:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE messaging_chunk SET lease_until = now() - interval '1 s' WHERE owner IS NOT NULL")
    monkeypatch.setattr(claim, "LEASE_S", 0)
    recovered = claim.recover()
    monkeypatch.undo()
    return recovered
