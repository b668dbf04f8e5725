"""When to try again. Pure: seconds in, seconds out."""

RECONNECT_S = (0.5, 1, 2, 5, 10, 20, 30)
RETRY_S = (2, 10, 30, 60, 300, 900, 1800)


def reconnect_s(failures: int) -> float:
    """Return how long to wait before connecting again after so many failures in a row (1 or more)."""
    return RECONNECT_S[min(failures, len(RECONNECT_S)) - 1]


def retry_s(attempts: int) -> int:
    """Return how long a message waits that the carrier refused for now, after so many attempts before this one."""
    return RETRY_S[min(attempts, len(RETRY_S) - 1)]
