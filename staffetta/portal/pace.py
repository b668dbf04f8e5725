"""How fast a send goes, from one look at it to the next: the page carries the last look along, so that the server keeps nothing."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest

_SMOOTH = 3  # a new look counts a third: the number can be read and still follows


@dataclass(frozen=True)
class Pace:
    """The last look: milliseconds since 1970, how many were done, messages in a thousand seconds (-1: not known yet)."""

    at_ms: int
    done: int
    per_1000_s: int = -1

    def then(self, at_ms: int, done: int) -> "Pace":
        """Return the pace at a later look."""
        if at_ms <= self.at_ms or done < self.done:
            return Pace(at_ms, done)
        now = 1_000_000 * (done - self.done) // (at_ms - self.at_ms)
        return Pace(at_ms, done, now if self.per_1000_s < 0 else self.per_1000_s + (now - self.per_1000_s) // _SMOOTH)

    @property
    def per_s(self) -> int:
        """Return messages a second; 0 where that is not known."""
        return max(0, round(self.per_1000_s / 1000))

    def remaining_s(self, left: int) -> int | None:
        """Return how long the rest takes at this pace; None where that is not known."""
        return -(-left * 1000 // self.per_1000_s) if self.per_1000_s > 0 else None

    def query(self) -> str:
        """Return the look as a query, for the next one."""
        return urlencode({"at": self.at_ms, "done": self.done, "pace": self.per_1000_s})


def last_look(request: HttpRequest) -> Pace | None:
    """Return the look that the page carried along."""
    try:
        return Pace(int(request.GET["at"]), int(request.GET["done"]), int(request.GET["pace"]))
    except (KeyError, ValueError):
        return None
