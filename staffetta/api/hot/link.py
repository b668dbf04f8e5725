"""The committer's connection to the database: opened when it is needed, dropped when it fails, never waiting long for a row. Knows no tables."""

from contextlib import suppress

from django.db import Error, connection


class Link:
    """The present thread's connection."""

    def __init__(self) -> None:
        """Begin with none."""
        self._set: tuple[object, float] = (None, 0.0)

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
