"""How fast a connector may be used: a token bucket that is told the time. Pure."""

# After "too fast" (ESME_RTHROTTLED) nothing is sent for this long, then at a part of the speed that was too much,
# which grows step by step while nobody complains.
PENALTY_S = 0.5
SLOWER = 0.7
FASTER = 1.25
_BURST_S = 0.1
_MEASURE_S = 0.5
_UNLIMITED = 1_000_000


class Throttle:
    """Allows `rate` submits a second (0: any number), fewer while the carrier complains."""

    def __init__(self, rate: int, now: float) -> None:
        """Begin with a tenth of a second's worth; times are seconds of a clock that only goes on."""
        self._rate = float(rate or _UNLIMITED)
        self._limit = self._rate
        self._tokens = max(1.0, self._limit * _BURST_S)
        self._filled = self._measured_from = self._changed = self._closed_until = now
        self._count = 0
        self._speed = 0.0

    @property
    def speed(self) -> float:
        """Return the submits a second last measured."""
        return self._speed

    def allowed(self, now: float) -> int:
        """Return how many submits may go now."""
        if now < self._closed_until:
            return 0
        if self._limit < self._rate and now - self._changed >= 1:
            self._limit, self._changed = min(self._rate, self._limit * FASTER), now
        self._tokens = min(max(1.0, self._limit * _BURST_S), self._tokens + (now - self._filled) * self._limit)
        self._filled = now
        return int(self._tokens)

    def used(self, submits: int, now: float) -> None:
        """Count submits that went."""
        self._tokens -= submits
        self._count += submits
        elapsed = now - self._measured_from
        if elapsed >= _MEASURE_S:
            self._speed, self._count, self._measured_from = self._count / elapsed, 0, now

    def wait_s(self, now: float) -> float:
        """Return after how long another submit may go."""
        if now < self._closed_until:
            return self._closed_until - now
        return max(0.0, (1 - self._tokens) / self._limit)

    def complain(self, now: float) -> None:
        """The carrier said "too fast": stop for a moment, then go on at less than the speed it was too fast at."""
        if now < self._closed_until:
            return
        speed = max(self._speed, self._count / max(_MEASURE_S, now - self._measured_from))
        self._limit = max(1.0, min(self._limit, speed) * SLOWER)
        self._closed_until = self._changed = self._filled = now + PENALTY_S
        self._tokens = 1.0
