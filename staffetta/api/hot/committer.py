"""Commit calls together: a thread takes all that arrived during its last commit, has them answered, and tells the event loop.

Nothing waits for a timer: one call alone is committed at once, fifty at once are one commit. Whoever asks is answered after it.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence

from django.db import InterfaceError, OperationalError, connection

from staffetta.api.errors import Busy, Internal
from staffetta.api.hot.call import Call
from staffetta.api.operations import Sent
from staffetta.lib.errors import Refused

GROUP_MAX = 500
WAITING_MAX = 5_000  # more are told to come again: they would wait for longer than their programs do
TRIES = 3
UNSURE_S = 1.0
_log = logging.getLogger(__name__)
Answers = Callable[[Sequence[Call], bool], list[Sent | Refused]]
TakeBack = Callable[[Sequence[str]], int]


class Committer:
    """One thread with its own database connection; calls come in from one event loop and are answered there."""

    def __init__(self, answers: Answers, take_back: TakeBack, loop: asyncio.AbstractEventLoop) -> None:
        """Begin. `answers` says what becomes of a group of calls, `take_back` undoes messages by their marks (both in `group.py`)."""
        self._answers, self._take_back, self._loop = answers, take_back, loop
        self._waiting: list[Call] = []
        self._unsure: list[str] = []
        self._some = threading.Condition()
        self._stopped = False
        self._pause = threading.Event()  # never set: a wait with a time
        self._thread = threading.Thread(target=self._run, name="committer", daemon=True)
        self._thread.start()

    def take(self, call: Call) -> None:
        """Take a call for the next commit; its future gets the answer."""
        with self._some:
            if len(self._waiting) < WAITING_MAX and not self._stopped:
                self._waiting.append(call)
                self._some.notify()
                return
        call.answer.set_result(Busy())

    def stop(self) -> None:
        """Answer what waits, then end."""
        with self._some:
            self._stopped = True
            self._some.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._some:
                while not self._waiting and not self._stopped and not self._some.wait(UNSURE_S if self._unsure else None):
                    break
                group, self._waiting = self._waiting[:GROUP_MAX], self._waiting[GROUP_MAX:]
            if self._unsure:
                self._make_sure()
            if group:
                told = self._told(group)
                self._loop.call_soon_threadsafe(_tell, group, told)
            elif self._stopped:
                connection.close()
                return

    def _told(self, group: Sequence[Call], again: bool = False) -> list[Sent | Refused]:
        for tried in range(TRIES):
            try:
                return self._answers(group, again)
            except (OperationalError, InterfaceError) as error:
                # The connection may have been lost within the commit: asked again by our own marks, nothing is done twice.
                _log.warning("the database did not answer a group of %d calls (%s): once more", len(group), str(error).strip())
                again = True
                connection.close()
                self._pause.wait(0.1 * 4**tried)
            except Exception:
                _log.exception("a group of %d calls could not be answered", len(group))
                connection.close()
                # What stops one must not stop the others.
                return [Internal()] if len(group) == 1 else [answer for call in group for answer in self._told([call], again)]
        # They are told that nothing was sent: what was committed after all is taken back as soon as the database answers.
        self._unsure += [call.mark for call in group]
        return [Internal() for _ in group]

    def _make_sure(self) -> None:
        try:
            if taken_back := self._take_back(self._unsure):
                _log.warning("%d messages had been accepted while the database was lost, and were taken back", taken_back)
            self._unsure = []
        except (OperationalError, InterfaceError):
            connection.close()


def _tell(group: Sequence[Call], told: Sequence[Sent | Refused]) -> None:
    for call, answer in zip(group, told, strict=True):
        if not call.answer.done():  # who hung up waits no more
            call.answer.set_result(answer)
