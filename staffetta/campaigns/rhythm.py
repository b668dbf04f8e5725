"""On which days and at which moments something comes again, in a zone whose clocks go forward and back. Pure."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

DAILY, WEEKLY, MONTHLY, YEARLY = "daily", "weekly", "monthly", "yearly"
_LOOKED_AT_DAYS = 366 * 9  # a 29 February comes at least every eight years; here it comes every year, on the 28th


@dataclass(frozen=True)
class Rhythm:
    """When it comes: `weekdays` (0 is Monday) for WEEKLY, `day` for MONTHLY, `day` and `month` for YEARLY.

    From `starts` to `ends`, both included; at most `times` times. In a month without that day it comes on the last one.
    """

    kind: str
    at: time
    starts: date
    weekdays: tuple[int, ...] = ()
    day: int | None = None
    month: int | None = None
    ends: date | None = None
    times: int | None = None

    def comes_on(self, day: date) -> bool:
        """Tell whether it comes on this day."""
        if day < self.starts or (self.ends and day > self.ends):
            return False
        if self.kind == WEEKLY:
            return day.weekday() in self.weekdays
        if self.kind == YEARLY and day.month != self.month:
            return False
        if self.kind in (MONTHLY, YEARLY):
            return day.day == min(self.day or 1, monthrange(day.year, day.month)[1])
        return True


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the moment of a day at which a clock on the wall shows this time.

    Where the clock passes over it: the first minute after; where the clock shows it twice: the first of the two.
    """
    wall = datetime.combine(day, at)
    for _minute in range(24 * 60):
        found = wall.replace(tzinfo=zone)
        if found.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall:
            break
        wall += timedelta(minutes=1)
    return found.astimezone(UTC)


def after(rhythm: Rhythm, zone: ZoneInfo, since: datetime, done: int = 0) -> Iterator[datetime]:
    """Yield the moments at which it comes after a given one, when it has come `done` times already."""
    left = None if rhythm.times is None else max(0, rhythm.times - done)
    yield from islice(_moments(rhythm, zone, since), left)


def _moments(rhythm: Rhythm, zone: ZoneInfo, since: datetime) -> Iterator[datetime]:
    day = max(rhythm.starts, since.astimezone(zone).date())
    unseen = 0
    while unseen < _LOOKED_AT_DAYS and not (rhythm.ends and day > rhythm.ends):
        unseen += 1
        if rhythm.comes_on(day) and (found := moment(day, rhythm.at, zone)) > since:
            unseen = 0
            yield found
        day += timedelta(days=1)
