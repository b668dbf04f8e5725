"""The `work` process: expands, withdraws and settles sends, takes back the leases of the dead, runs jobs. Each loop at its own pace."""

import argparse
import asyncio
import logging
import signal
import threading
from collections.abc import Callable

from django.db import close_old_connections, connection
from procrastinate.contrib.django import app

from staffetta.lib.memory import seldom_collect
from staffetta.messaging import archive, claim, control, reroute, settle
from staffetta.messaging.expand import Expander
from staffetta.messaging.listen import Listener
from staffetta.messaging.wake import GATEWAY, WORK, wake

log = logging.getLogger(__name__)

POLL_S = 1.0
RECOVER_S = 3.0
PARTITIONS_S = 3600.0


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


def _loop(stop: threading.Event, name: str, step: Callable[[], bool], pause: Callable[[], None]) -> None:
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


def main(options: argparse.Namespace) -> int:
    """Run until SIGTERM or Ctrl-C; what is under way is ended first."""
    seldom_collect()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    listener = Listener(WORK)
    loops = [
        threading.Thread(target=_loop, args=(stop, "sends", _send_step(Expander()), lambda: listener.wait(POLL_S, stop))),
        threading.Thread(target=_loop, args=(stop, "leases", _recover, lambda: stop.wait(RECOVER_S))),
        threading.Thread(target=_loop, args=(stop, "partitions", _partitions, lambda: stop.wait(PARTITIONS_S))),
        threading.Thread(target=_jobs, args=(stop,)),
    ]
    for loop in loops:
        loop.start()
    log.info("work: expanding, settling, jobs")
    stop.wait()
    for loop in loops:
        loop.join()
    log.info("work: stopped, nothing held")
    return 0
