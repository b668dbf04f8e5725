"""When a call that failed is tried again: after 5 seconds, then ever later, for 72 hours in all. Pure: chance and time are given."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

TRIED_FOR = timedelta(hours=72)
# Seconds after the first, second, … failure; the last one repeats.
DELAYS_S = (5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 21_600)
RETRY_AFTER_S_MAX = 86_400
# Receivers that fell together must not be called together: up to a fifth later.
JITTER = 0.2


def delay_s(attempts: int, chance: float, retry_after_s: int = 0) -> float:
    """Return how long to wait after so many failed attempts; what the receiver asked for, where that is longer."""
    wait_s = DELAYS_S[min(attempts, len(DELAYS_S)) - 1]
    return max(wait_s * (1 + JITTER * chance), min(retry_after_s, RETRY_AFTER_S_MAX))


def retry_after_s(header: str, now: datetime) -> int:
    """Return the seconds that a Retry-After header asks for (a number, or a date); 0 where it says nothing sensible."""
    text = header.strip()
    if text.isascii() and text.isdecimal():
        return min(int(text[:9]), RETRY_AFTER_S_MAX)
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return 0
    return max(0, int(((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds()))
