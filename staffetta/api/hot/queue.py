"""Calls on their way from one thread to the next. Knows neither the database nor what is done with them."""

import threading
from collections.abc import Sequence

from staffetta.api.hot.call import Call

GROUP_MAX = 500


class Queue:
    """Calls that wait for a thread, which takes all there are at once."""

    def __init__(self) -> None:
        """Begin with none."""
        self._waiting: list[Call] = []
        self._some = threading.Condition()
        self._enough = 1
        self._ended = False

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    def put(self, calls: Sequence[Call]) -> bool:
        """Let calls wait; return whether there is anybody to take them."""
        with self._some:
            if not self._ended:
                self._waiting += calls
                self._wake()
            return not self._ended

    def gather(self, enough: int) -> None:
        """Have so many come together before they are taken: the thread after the next is busy for as long. 1: none waits."""
        with self._some:
            self._enough = enough
            self._wake()

    def end(self) -> None:
        """Let no more wait: who takes the last is told of the end."""
        with self._some:
            self._ended = True
            self._some.notify()

    def take(self, wait_s: float | None = None) -> list[Call] | None:
        """Return those that wait, GROUP_MAX at most; none where too few came in so many seconds, None where nobody will come."""
        with self._some:
            if not self._some.wait_for(lambda: self._ended or len(self._waiting) >= self._enough, wait_s):
                return []
            group, self._waiting = self._waiting[:GROUP_MAX], self._waiting[GROUP_MAX:]
            return group or None

    def _wake(self) -> None:
        if len(self._waiting) >= self._enough:
            self._some.notify()
