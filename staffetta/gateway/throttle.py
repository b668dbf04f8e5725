"""How fast a connector may be used: a token bucket that is told the time. Pure."""

# After "too fast" (ESME_RTHROTTLED) nothing is sent for this long, then at half speed, doubling each second without complaint.
PENALTY_S = 1.0
_BURST_S = 0.1


class Throttle:
    """Allows `rate` submits a second (0: any number), fewer while the carrier complains."""

    def __init__(self, rate: int, now: float) -> None:
        """Begin with a tenth of a second's worth; times are seconds of a clock that only goes on."""
        self._rate = rate
        self._limit = float(rate)
        self._tokens = max(1.0, rate * _BURST_S)
        self._filled = now
        self._closed_until = now
        self._measured = 0
        self._measured_since = now

    def allowed(self, now: float) -> int:
        """Return how many submits may go now."""
        if now < self._closed_until:
            return 0
        self._recover(now)
        if not self._limit:
            return 1_000_000
        self._tokens = min(max(1.0, self._limit * _BURST_S), self._tokens + (now - self._filled) * self._limit)
        self._filled = now
        return int(self._tokens)

    def used(self, submits: int, now: float) -> None:
        """Count submits that went."""
        self._tokens -= submits
        self._measured += submits
        if now - self._measured_since >= 1:
            self._measured, self._measured_since = 0, now

    def wait_s(self, now: float) -> float:
        """Return after how long another submit may go."""
        if now < self._closed_until:
            return self._closed_until - now
        return max(0.0, (1 - self._tokens) / self._limit) if self._limit else 0.0

    def complain(self, now: float) -> None:
        """The carrier said "too fast": stop for a moment, then go on at half the speed measured."""
        if now < self._closed_until:
            return
        elapsed = max(0.1, now - self._measured_since)
        measured = self._measured / elapsed
        self._limit = max(1.0, min(self._limit or measured, measured) / 2)
        self._closed_until = self._filled = now + PENALTY_S
        self._tokens = 1.0
        self._doubled = now + PENALTY_S

    def _recover(self, now: float) -> None:
        if self._limit == self._rate:
            return
        if now - self._doubled >= 1:
            self._doubled = now
            self._limit *= 2
            if (self._rate and self._limit >= self._rate) or self._limit > 50_000:
                self._limit = float(self._rate)
