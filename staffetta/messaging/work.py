"""The line's loops of the `work` process: expand, withdraw and settle sends, take back the leases of the dead, run jobs. Each at its own pace."""

import asyncio
import logging
import threading
from collections.abc import Callable

from django.db import close_old_connections, connection
from procrastinate.contrib.django import app

from staffetta.messaging import archive, claim, control, reroute, sandbox, settle
from staffetta.messaging.expand import Expander
from staffetta.messaging.listen import Listener
from staffetta.messaging.wake import GATEWAY, WORK, wake

log = logging.getLogger(__name__)

POLL_S = 1.0
RECOVER_S = 3.0
PARTITIONS_S = 3600.0
SANDBOX_S = 0.5


def outlive(step: Callable[[], bool], name: str) -> bool:
    """Do one step of a loop that must outlive it: a failure is logged with its traceback. Return whether there may be more to do."""
    try:
        return step()
    except Exception:
        log.exception("%s: this step failed and will be tried again", name)
        connection.close()
        return False
    finally:
        close_old_connections()


def loop(stop: threading.Event, name: str, step: Callable[[], bool], pause: Callable[[], object]) -> None:
    """Do steps until told to stop, with a pause where there was nothing to do."""
    while not stop.is_set():
        if not outlive(step, name):
            pause()
    connection.close()


def _send_step(expander: Expander) -> Callable[[], bool]:
    def step() -> bool:
        # Each by itself: what stops one must not stop the others.
        return any([outlive(expander.step, "expand"), outlive(control.withdraw, "withdraw"), outlive(settle.settle, "settle")])

    return step


def _recover() -> bool:
    if uncertain := claim.recover():
        log.warning("a gateway died: %s messages are uncertain", uncertain)
    if moved := reroute.reroute():
        log.warning("a link is down: %s chunks go another way", moved)
    wake(GATEWAY)
    return False


def _partitions() -> bool:
    archive.make_partitions()
    sandbox.forget()
    return False


def _jobs(stop: threading.Event) -> None:
    """Run jobs until told to stop; begin again when the database was away."""

    async def until_stopped() -> None:
        with app.replace_connector(app.connector.get_worker_connector()) as worker_app:  # type: ignore[attr-defined]
            async with worker_app.open_async():
                running = asyncio.ensure_future(worker_app.run_worker_async(concurrency=4, install_signal_handlers=False))
                while not stop.is_set() and not running.done():
                    await asyncio.sleep(0.2)
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

    while not stop.is_set():
        try:
            asyncio.run(until_stopped())
        except Exception:
            log.exception("jobs: the worker stopped and begins again")
        stop.wait(1)


def loops(stop: threading.Event) -> list[threading.Thread]:
    """Return the line's loops, to be started; they end soon after `stop` is set, each with what it has under way."""
    listener = Listener(WORK)
    return [
        threading.Thread(target=loop, args=(stop, "sends", _send_step(Expander()), lambda: listener.wait(POLL_S, stop))),
        threading.Thread(target=loop, args=(stop, "leases", _recover, lambda: stop.wait(RECOVER_S))),
        threading.Thread(target=loop, args=(stop, "partitions", _partitions, lambda: stop.wait(PARTITIONS_S))),
        threading.Thread(target=loop, args=(stop, "sandbox", sandbox.advance, lambda: stop.wait(SANDBOX_S))),
        threading.Thread(target=_jobs, args=(stop,)),
    ]
