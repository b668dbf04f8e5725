"""How often a key may call: a bucket of calls that fills up steadily, one per key, in this process. Knows no request.

Several web processes count apart; `now` is any clock of seconds that never goes back.
"""

import math
import threading
from collections import OrderedDict
from dataclasses import dataclass

_REMEMBERED_MAX = 10_000
MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class Left:
    """What a key may still call: `remaining` calls at once, all `limit` again after `reset_s`; where none, `wait_s` until the next."""

    limit: int
    remaining: int
    reset_s: int
    wait_s: int

    @property
    def refused(self) -> bool:
        """Tell whether this call is one too many."""
        return self.wait_s > 0

    def headers(self) -> list[tuple[str, str]]:
        """Return the standard headers."""
        told = [("RateLimit-Limit", str(self.limit)), ("RateLimit-Remaining", str(self.remaining)), ("RateLimit-Reset", str(self.reset_s))]
        return [*told, ("Retry-After", str(self.wait_s))] if self.refused else told


class Buckets:
    """The buckets of all keys. A full one holds the calls of a minute."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[int, tuple[float, float]] = OrderedDict()  # calls left, and when that was so
        self._lock = threading.Lock()

    def take(self, key_id: int, per_minute: int, now: float) -> Left:
        """Take one call of a key that may call so often within a minute; a limit of 0 is none."""
        if per_minute <= 0:
            return Left(0, 0, 0, 0)
        a_second = per_minute / MINUTE_S
        with self._lock:
            calls, since = self._buckets.pop(key_id, (float(per_minute), now))
            calls = min(float(per_minute), calls + max(now - since, 0.0) * a_second)
            wait_s = 0 if calls >= 1 else max(1, math.ceil((1 - calls) / a_second))
            if not wait_s:
                calls -= 1
            self._buckets[key_id] = (calls, now)
            while len(self._buckets) > _REMEMBERED_MAX:
                self._buckets.popitem(last=False)
        return Left(per_minute, int(calls), math.ceil((per_minute - calls) / a_second), wait_s)


buckets = Buckets()
