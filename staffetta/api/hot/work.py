"""What a committer needs done with its calls: `group.py` does it, and tests do it worse."""

from collections.abc import Sequence
from typing import Protocol

from staffetta.api.hot.call import Call


class Work(Protocol):
    """Three steps; each may raise the database's errors."""

    def judge(self, calls: Sequence[Call], /) -> None:
        """Give each call a single or tell it."""

    def accept(self, calls: Sequence[Call], again: bool, /) -> None:
        """Tell each call that has a single."""

    def take_back(self, marks: Sequence[str], /) -> int:
        """Cancel the messages with these marks."""
