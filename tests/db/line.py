"""The line walked by hand in tests: what `work` and a gateway do, one step at a time."""

import time

from staffetta.carriers.models import Connector
from staffetta.messaging import claim, control, outcome, receipt, settle
from staffetta.messaging.claim import Chunk
from staffetta.messaging.expand import Expander
from staffetta.messaging.models import Batch, Message
from staffetta.messaging.outcome import Outcome
from staffetta.messaging.receipt import Receipt


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
