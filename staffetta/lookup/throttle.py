"""How fast a provider may be asked: a token bucket that is told the time. Pure.

The gateway's own (gateway/throttle.py) lies above this layer and finds a carrier's limit by its complaints; here the staff write the rate.
"""

_BURST_S = 0.1
_PAUSE_S_MAX = 60.0


class Throttle:
    """Allows `rate` questions a second (0: any number), and none while the provider asked for a pause."""

    def __init__(self, rate: int, now: float) -> None:
        """Begin with a tenth of a second's worth; times are seconds of a clock that only goes on."""
        self._rate = rate
        self._tokens = self._most = max(1.0, rate * _BURST_S)
        self._filled = self._closed_until = now

    def allowed(self, now: float) -> int | None:
        """Return how many questions may be asked now; None for any number."""
        if now < self._closed_until:
            return 0
        if not self._rate:
            return None
        self._tokens = min(self._most, self._tokens + max(0.0, now - self._filled) * self._rate)
        self._filled = max(now, self._filled)
        return int(self._tokens)

    def used(self, questions: int) -> None:
        """Count questions that were asked."""
        self._tokens -= questions

    def pause(self, seconds: float, now: float) -> None:
        """Ask nothing for so long."""
        self._closed_until = max(self._closed_until, now + min(seconds, _PAUSE_S_MAX))
