"""Have calls judged in a thread of its own, while those before them are committed. What is refused is told, the rest handed on."""

import logging
import threading
from collections.abc import Callable, Sequence

from staffetta.api.errors import Internal
from staffetta.api.hot.call import Call
from staffetta.api.hot.link import LOCK_S, LOST, TRIES, Link
from staffetta.api.hot.queue import Queue

_log = logging.getLogger(__name__)


class Judging:
    """One thread with its own database connection."""

    def __init__(
        self, judge: Callable[[Sequence[Call]], None], arrived: Queue, judged: Queue, tell: Callable[[Sequence[Call]], None]
    ) -> None:
        """Begin to take calls from one queue, and to put into the next those that are to be accepted."""
        self._judge, self._arrived, self._judged, self._tell = judge, arrived, judged, tell
        self._link = Link()
        self._thread = threading.Thread(target=self._run, name="judging", daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Return when all that had arrived was judged and handed on."""
        self._thread.join()

    def _run(self) -> None:
        while (group := self._arrived.take()) is not None:
            try:
                self._answer(group)
            except Exception:  # without this thread nobody is answered any more
                _log.exception("a group of %d calls could not be judged", len(group))
                self._link.drop()
            for call in group:
                if call.single is None and call.told is None:
                    call.told = Internal()
            if told := [call for call in group if call.told is not None]:
                self._tell(told)
            if fit := [call for call in group if call.told is None]:
                self._judged.put(fit)
        self._link.drop()

    def _answer(self, calls: Sequence[Call]) -> None:
        """Have calls judged: from then on the database is only asked to accept them. What stops one does not stop the others."""
        for tried in range(TRIES):
            try:
                self._link.ready(LOCK_S)
                self._judge(calls)
                return
            except LOST as error:
                self._link.lost(error, len(calls), tried)
            except Exception:
                for half in self._link.halves(calls):
                    self._answer(half)
                return
