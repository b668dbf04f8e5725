"""Wait for NOTIFY, with a time limit, across lost connections. Knows nothing of what is done then."""

import logging
import threading

import psycopg
from django.db import connection

log = logging.getLogger(__name__)


class Listener:
    """Waits on one channel with a connection of its own; opens it again when it is lost."""

    def __init__(self, channel: str) -> None:
        """Connect at the first wait."""
        self._channel = channel
        self._connection: psycopg.Connection | None = None

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Return when the channel was notified, after so many seconds, or soon after `stop` was set."""
        try:
            if self._connection is None:
                given = connection.get_connection_params()
                given.pop("cursor_factory", None)
                given.pop("context", None)
                self._connection = psycopg.connect(**given, autocommit=True)
                self._connection.execute(f"LISTEN {self._channel}")
                return  # something may have happened while nobody listened
            for _ in self._connection.notifies(timeout=seconds, stop_after=1):
                pass
        except psycopg.Error:
            self._connection = None
            stop.wait(min(seconds, 1))
