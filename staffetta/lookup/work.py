"""Lookup's loops of the `work` process: one asks, one writes down, withdraws and settles, one gives up what the dead have asked."""

import asyncio
import logging
import threading

from staffetta.lookup import claim, provided, settle
from staffetta.lookup.ask import Asker
from staffetta.lookup.channel import LOOKUP
from staffetta.lookup.errors import NobodyToAsk
from staffetta.lookup.expand import Expander
from staffetta.messaging.listen import Listener
from staffetta.messaging.work import loop, outlive

log = logging.getLogger(__name__)

POLL_S = 1.0
RECOVER_S = 3.0


def _recover() -> bool:
    if unknown := claim.recover():
        log.warning("whoever asked is gone: %s numbers are unknown", unknown)
    return bool(unknown)


def loops(stop: threading.Event) -> list[threading.Thread]:
    """Return lookup's loops, to be started; they end soon after `stop` is set, each with what it has under way."""
    expander, steps, asks = Expander(), Listener(LOOKUP), Listener(LOOKUP)

    def step() -> bool:
        # Each by itself: what stops one must not stop the others.
        return any(
            [outlive(expander.step, "lookup expand"), outlive(settle.withdraw, "lookup withdraw"), outlive(settle.settle, "lookup settle")]
        )

    def ask() -> bool:
        try:
            row = provided.in_use()
        except NobodyToAsk:
            return False
        asyncio.run(Asker(row, stop, lambda seconds: asks.wait(seconds, stop)).run())
        return True

    return [
        threading.Thread(target=loop, args=(stop, "lookups", step, lambda: steps.wait(POLL_S, stop))),
        threading.Thread(target=loop, args=(stop, "lookup asks", ask, lambda: stop.wait(POLL_S))),
        threading.Thread(target=loop, args=(stop, "lookup leases", _recover, lambda: stop.wait(RECOVER_S))),
    ]
