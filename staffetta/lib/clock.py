"""The time, in one place, so that tests can hold it still. Knows nothing of who asks."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
ITALY = ZoneInfo("Europe/Rome")


def now() -> datetime:
    """Return the present moment, with its zone (UTC)."""
    return datetime.now(UTC)


def today() -> date:
    """Return the day it is in Italy, by which prices, discounts and invoices are dated."""
    return now().astimezone(ITALY).date()
