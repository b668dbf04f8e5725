"""A thread's connection to the database: opened when it is needed, dropped when it fails, never waiting long for a row. Knows no tables."""

import logging
import threading
from collections.abc import Sequence
from contextlib import suppress

from django.db import Error, InterfaceError, OperationalError, connection

from staffetta.api.hot.call import Call

LOST = (OperationalError, InterfaceError)
TRIES = 3
LOCK_S = 0.5  # a wallet is locked for some milliseconds, unless somebody does what he should not
_log = logging.getLogger(__name__)


class Link:
    """The present thread's connection."""

    def __init__(self) -> None:
        """Begin with none."""
        self._set: tuple[object, float] = (None, 0.0)
        self._pause = threading.Event()  # never set: a wait with a time

    def ready(self, lock_s: float) -> None:
        """Be connected, and give up a locked row after so long. Raises the database's errors: then nothing was asked yet."""
        connection.ensure_connection()
        if self._set[0] is not connection.connection or self._set[1] != lock_s:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{lock_s * 1000:.0f}ms"])
            self._set = (connection.connection, lock_s)

    def drop(self) -> None:
        """Close it, whatever state it is in."""
        with suppress(Error):
            connection.close()
        self._set = (None, 0.0)

    def lost(self, error: Exception, calls: int, tried: int) -> None:
        """Drop it after an error that another connection may not meet, and wait: longer after each try."""
        _log.warning("the database did not answer a group of %d calls (%s): once more", calls, str(error).strip())
        self.drop()
        self._pause.wait(0.1 * 4**tried)

    def halves(self, calls: Sequence[Call]) -> list[Sequence[Call]]:
        """Drop it after an error of what was asked, and return halves of the calls, so that what stops one does not stop the others.

        None of a single call. To be called where the error is handled.
        """
        _log.exception("a group of %d calls could not be answered", len(calls))
        self.drop()
        return [calls[: len(calls) // 2], calls[len(calls) // 2 :]] if len(calls) > 1 else []
