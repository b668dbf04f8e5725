"""Threads for what would hold up the event loop: passwords seen for the first time, and large bodies. Each keeps its database connection."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

from django.db import connection

from staffetta.api.errors import Busy

T = TypeVar("T")
# Passwords take 50 ms of one core each, and the committer needs one.
THREADS = 2
WAITING_MAX = 100  # so that nobody waits for more than some seconds
ONE_WAITING_MAX = 25  # of one address: it cannot fill all places


class Lookers:
    """The threads; they begin with the first work."""

    def __init__(self) -> None:
        """Begin with none."""
        self._works: SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._waiting: Counter[str] = Counter()

    async def run(self, work: Callable[[], T], whose: str = "") -> T:
        """Return what a work returns, or raise what it raises. Call it from one event loop.

        Raises Busy where too many wait, or too many of one address (`whose`; "" for none).
        """
        if self._waiting.total() >= WAITING_MAX or (whose and self._waiting[whose] >= ONE_WAITING_MAX):
            raise Busy
        if not self._threads:
            self._threads = [threading.Thread(target=self._run, name=f"looker-{n}", daemon=True) for n in range(THREADS)]
            for thread in self._threads:
                thread.start()
        answer: Future[T] = Future()
        self._waiting[whose] += 1
        try:
            self._works.put((work, answer))
            return await asyncio.wrap_future(answer)
        finally:
            self._waiting[whose] -= 1
            self._waiting += Counter()  # forgets whom nobody waits for

    def stop(self) -> None:
        """Do what waits, then end."""
        for _thread in self._threads:
            self._works.put(None)
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while item := self._works.get():
            work, answer = item
            if answer.set_running_or_notify_cancel():
                try:
                    _refresh()
                    answer.set_result(work())
                except BaseException as error:  # it is whoever waits for the answer who is told
                    answer.set_exception(error)
        connection.close()


def _refresh() -> None:
    """Drop a connection that is old or was lost; the work opens another."""
    if connection.connection is not None:
        connection.close_if_unusable_or_obsolete()
        connection.close_if_health_check_failed()
