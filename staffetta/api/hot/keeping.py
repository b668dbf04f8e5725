"""Marks of messages that may have been accepted though their callers were told that nothing was sent: kept until they are taken back.

A server that lost us may still commit for a while: a mark is looked for until that is over, and not once only. They stand in a file
meanwhile, so that they outlive this process.
"""

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from staffetta.api.hot.link import Link

LOOKED_FOR_S = 60.0
EVERY_S, SELDOM_S = 1.0, 30.0
MARKS_MAX = 50_000
LOCK_S = 5.0
_log = logging.getLogger(__name__)


class Keeping:
    """The marks, and when they are looked for next."""

    def __init__(
        self, take_back: Callable[[Sequence[str]], int], link: Link, file: Path, now: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin with those of the process before this one. `take_back` undoes messages by their marks."""
        self._take_back, self._link, self._file, self._now = take_back, link, file, now
        left = file.read_text().split() if file.exists() else []
        self._marks = dict.fromkeys(left, now())
        self._next, self._every_s = 0.0, EVERY_S

    @property
    def wait_s(self) -> float | None:
        """Return after how long marks are to be looked for; None where there are none."""
        return max(self._next - self._now(), 0.0) if self._marks else None

    def add(self, marks: Sequence[str]) -> None:
        """Keep some more."""
        if not marks:
            return
        now = self._now()
        self._marks.update(dict.fromkeys(marks, now))
        if over := len(self._marks) - MARKS_MAX:
            for mark in list(self._marks)[: max(over, 0)]:
                _log.error("message with key %s may have been sent and charged though its caller was told no: look for it", mark)
                del self._marks[mark]
        self._write()

    def _write(self) -> None:
        try:
            if self._marks:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                self._file.write_text("\n".join(self._marks))
            else:
                self._file.unlink(missing_ok=True)
        except OSError as error:  # a full disk: they are looked for all the same, as long as this process lives
            _log.error("%d marks of messages to take back could not be written to %s: %s", len(self._marks), self._file, error)

    def look(self, last: bool = False) -> None:
        """Take back what is found of the marks, if it is time to look, or there is no `last` time after this. Raises nothing."""
        if not self._marks or (self._now() < self._next and not last):
            return
        try:
            self._link.ready(LOCK_S)
            if taken_back := self._take_back(list(self._marks)):
                _log.warning("%d messages had been accepted while the database was lost, and were taken back", taken_back)
            self._marks = {mark: since for mark, since in self._marks.items() if self._now() - since < LOOKED_FOR_S}
            self._every_s = EVERY_S
            if not self._marks:
                self._write()
        except Exception as error:  # whatever it is, the marks must not be lost
            _log.error("messages of the time without database were not taken back yet (%s)", error, exc_info=error)
            self._link.drop()
            self._every_s = min(self._every_s * 2, SELDOM_S)
            if last:
                _log.error("%d messages are taken back when the service starts again: %s", len(self._marks), " ".join(self._marks))
        self._next = self._now() + self._every_s
