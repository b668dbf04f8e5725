"""The time, in one place, so that tests can hold it still. Knows nothing of who asks."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def now() -> datetime:
    """Return the present moment, with its zone (UTC)."""
    return datetime.now(UTC)
