"""When to ask again after "not now". Pure: attempts in, seconds out."""

RETRY_S = (1, 5, 15, 60, 180)


def retry_s(attempts: int) -> int:
    """Return how long a number waits after so many attempts (1 or more)."""
    return RETRY_S[min(attempts, len(RETRY_S)) - 1]
