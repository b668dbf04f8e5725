"""The books of a link over the database: the one file of the sender that knows tables. Called in threads, never in the event loop."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.db import Error, InterfaceError, OperationalError, connection, transaction

from staffetta.carriers.models import LinkStatus
from staffetta.gateway import backoff
from staffetta.gateway.ports import NOT_SUBMITTED, Answer, Received, Run, StoreDown, Turn
from staffetta.lib import clock
from staffetta.messaging import claim, outcome, receipt
from staffetta.messaging.outcome import Again, Outcome
from staffetta.messaging.plan import by_index
from staffetta.messaging.receipt import Receipt, carrier_key
from staffetta.messaging.wake import WORK, wake

_new = tuple.__new__  # a NamedTuple's own constructor costs as much again as the tuple


def _or_down(call: Callable[..., Any]) -> Callable[..., Any]:
    """Turn the loss of the database, and a deadlock, into StoreDown: the same call may be made again."""

    @wraps(call)
    def called(*given: Any) -> Any:
        try:
            return call(*given)
        except (OperationalError, InterfaceError) as error:
            connection.close()
            raise StoreDown(str(error).strip().split("\n")[0]) from error
        except Error:
            connection.close()
            raise

    return called


class DatabaseStore:
    """The books for one connector, on behalf of one gateway (`owner`)."""

    def __init__(self, connector_id: int, owner: str) -> None:
        """Begin with no account served."""
        self._connector_id, self._owner = connector_id, owner
        self._served: list[int] = []

    @_or_down
    def claim(self, limit: int, lane_max: int) -> claim.Chunk | None:
        """Lease the next chunk."""
        return claim.claim(self._connector_id, self._owner, limit, self._served, lane_max)

    @_or_down
    def begin(self, marks: Sequence[tuple[int, int]]) -> set[int]:
        """Move marks, in a transaction of their own: small, so that what waits to be sent does not wait for the outcomes."""
        return claim.begin(self._owner, marks)

    @_or_down
    def turn(self, turn: Turn) -> None:
        """Write a turn in one transaction."""
        outcomes, again, receipts = sorted_out(turn.answers, turn.receipts)
        with transaction.atomic():
            by_index()
            outcome.record(self._connector_id, outcomes)
            outcome.queue_again(self._connector_id, again)
            receipt.record(self._connector_id, receipts)
            claim.finish(self._owner, [(run.chunk.id, run.mark) for run in turn.finished])
            if turn.finished:
                wake(WORK)

    @_or_down
    def give_back(self, runs: Sequence[Run]) -> None:
        """Return to the queue what lies above the marks of these runs."""
        claim.give_back(self._owner, [(run.chunk.id, run.mark) for run in runs])

    @_or_down
    def tick(self, state: str, detail: str, chunks: Sequence[int]) -> None:
        """Renew the leases of these chunks, note how the link fares, try waiting receipts again."""
        claim.renew(self._owner, chunks)
        LinkStatus.objects.update_or_create(
            connector_id=self._connector_id,
            gateway=self._owner.split("#")[0],
            defaults={"state": state, "detail": detail[:300], "seen_at": clock.now()},
        )
        receipt.match_early(self._connector_id)

    def close(self) -> None:
        """Close the calling thread's connection."""
        connection.close()


def sorted_out(answers: Sequence[Answer], received: Sequence[Received]) -> tuple[list[Outcome], list[Again], list[Receipt]]:
    """Return outcomes, messages to try again, and receipts; a receipt of an answer in the same turn is merged into its outcome."""
    outcomes: list[Outcome] = []
    again: list[Again] = []
    by_carrier_id: dict[str, int] = {}
    for _run, message, state, at, carrier_ids, error, late in answers:
        if state == "again" and late:
            # It is uncertain in the books and was not taken after all; it is not sent again by itself.
            outcomes.append(Outcome(message.id, "failed", int(at * 1000), "", error))
        elif state == "again" and error == NOT_SUBMITTED:
            again.append(Again(message.id, error, 0, attempts=0))
        elif state == "again":
            again.append(Again(message.id, error or "", backoff.retry_s(message.attempts)))
        elif state == "submitted" and len(carrier_ids) == 1:
            key = carrier_key(carrier_ids[0])
            by_carrier_id[key] = len(outcomes)
            outcomes.append(_new(Outcome, (message.id, state, int(at * 1000), key, error, None, 0, 0)))
        else:
            keys = " ".join([carrier_key(carrier_id) if carrier_id else "-" for carrier_id in carrier_ids])
            outcomes.append(Outcome(message.id, state, int(at * 1000), keys, error))
    receipts: list[Receipt] = []
    for carrier_id, number, state, at, error, _token in received:
        if not state:
            continue
        key = carrier_key(carrier_id)
        place = by_carrier_id.get(key)
        if place is None:
            # Those of long messages too: receipt.py, which runs after the outcomes of this turn, puts parts together.
            receipts.append(_new(Receipt, (key, number, state, int(at * 1000), error, None)))
        else:
            message_id, _, at_ms, _, _, _, _, _ = outcomes[place]
            bad = 0 if state == "delivered" else 1
            outcomes[place] = _new(Outcome, (message_id, state, at_ms, key, error, int(at * 1000), 1, bad))
    return outcomes, again, receipts
