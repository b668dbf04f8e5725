"""When something comes again: days, short months, the last one, and clocks that go forward and back."""

from datetime import UTC, date, datetime, time
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from staffetta.campaigns.rhythm import DAILY, MONTHLY, WEEKLY, YEARLY, Rhythm, after, moment

ROME = ZoneInfo("Europe/Rome")
NINE = time(9, 0)


def days(rhythm: Rhythm, number: int = 5, since: str = "2026-01-01T00:00", done: int = 0) -> list[str]:
    begin = datetime.fromisoformat(since).replace(tzinfo=ROME)
    return [f"{when.astimezone(ROME):%d/%m/%y %H:%M}" for when in islice(after(rhythm, ROME, begin, done), number)]


def test_every_day_from_the_first_on():
    assert days(Rhythm(DAILY, NINE, date(2026, 3, 1)), 2) == ["01/03/26 09:00", "02/03/26 09:00"]


def test_on_days_of_the_week():
    assert days(Rhythm(WEEKLY, NINE, date(2026, 11, 23), weekdays=(0, 3)), 3) == ["23/11/26 09:00", "26/11/26 09:00", "30/11/26 09:00"]


def test_a_short_month_has_it_on_its_last_day():
    rhythm = Rhythm(MONTHLY, NINE, date(2026, 1, 1), day=31)
    assert days(rhythm, 4) == ["31/01/26 09:00", "28/02/26 09:00", "31/03/26 09:00", "30/04/26 09:00"]


def test_every_year_even_on_the_29th_of_february():
    rhythm = Rhythm(YEARLY, NINE, date(2028, 2, 29), day=29, month=2)
    assert days(rhythm, 3) == ["29/02/28 09:00", "28/02/29 09:00", "28/02/30 09:00"]


def test_it_ends_on_its_last_day_or_after_its_times():
    assert days(Rhythm(DAILY, NINE, date(2026, 3, 1), ends=date(2026, 3, 2))) == ["01/03/26 09:00", "02/03/26 09:00"]
    assert days(Rhythm(DAILY, NINE, date(2026, 3, 1), times=3), done=2) == ["01/03/26 09:00"]
    assert days(Rhythm(DAILY, NINE, date(2026, 3, 1), times=3), done=3) == []


def test_a_moment_that_is_now_does_not_come_again():
    rhythm = Rhythm(DAILY, NINE, date(2026, 3, 1))
    assert days(rhythm, 1, since="2026-03-01T09:00") == ["02/03/26 09:00"]
    assert days(rhythm, 1, since="2026-03-01T08:59") == ["01/03/26 09:00"]


@pytest.mark.parametrize(
    ("day", "at", "zone", "found"),
    [
        (date(2026, 3, 29), time(2, 30), ROME, "2026-03-29T01:00"),  # the clocks go from 2 to 3: the first minute after
        (date(2026, 3, 29), time(2, 0), ROME, "2026-03-29T01:00"),
        (date(2026, 3, 29), time(3, 0), ROME, "2026-03-29T01:00"),
        (date(2026, 10, 25), time(2, 30), ROME, "2026-10-25T00:30"),  # it is half past two twice: the first
        (date(2026, 10, 25), time(3, 0), ROME, "2026-10-25T02:00"),
        (date(2026, 7, 1), NINE, ROME, "2026-07-01T07:00"),
        (date(2026, 1, 1), NINE, ROME, "2026-01-01T08:00"),
        (date(2026, 9, 6), time(0, 30), ZoneInfo("America/Santiago"), "2026-09-06T04:00"),  # midnight itself is passed over
    ],
)
def test_clocks_that_change(day, at, zone, found):
    assert moment(day, at, zone) == datetime.fromisoformat(found).replace(tzinfo=UTC)


def test_each_day_of_a_year_of_changing_clocks_has_it_once():
    for at in (time(2, 0), time(2, 30), time(3, 0)):
        found = list(islice(after(Rhythm(DAILY, at, date(2026, 1, 1)), ROME, datetime(2025, 12, 31, tzinfo=UTC)), 365))
        assert [when.astimezone(ROME).date().toordinal() for when in found] == list(
            range(date(2026, 1, 1).toordinal(), date(2027, 1, 1).toordinal())
        )
