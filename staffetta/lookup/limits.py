"""How much an account may ask in an hour and in a day. How often a number may be asked is judged with the number itself (judge.py)."""

import math
from datetime import timedelta

from django.db.models import Sum
from django.db.models.functions import Coalesce

from staffetta.lib import clock
from staffetta.lookup.errors import DailyLimitReached, HourlyLimitReached, LimitReached
from staffetta.lookup.models import LookupBatch, LookupResult, LookupSettings

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def check(account_id: int, asks: int, rules: LookupSettings) -> None:
    """Refuse where so many questions more are too many. Raises HourlyLimitReached, DailyLimitReached.

    Whoever accepts holds the account's wallet locked meanwhile, so that two at once cannot both fit into the last place.
    """
    limits: tuple[tuple[timedelta, int, type[LimitReached]], ...] = (
        (HOUR, rules.account_hour_max, HourlyLimitReached),
        (DAY, rules.account_day_max, DailyLimitReached),
    )
    for span, limit, refusal in limits:
        used = asked_within(account_id, span)
        if asks and used + asks > limit:
            raise refusal(count=asks, used=used, limit=limit, seconds=_room_in_s(account_id, span, used + asks - limit))


def _room_in_s(account_id: int, span: timedelta, wanted: int) -> int:
    """Return after how many seconds so many questions have left the span; all of it where they never fit."""
    since = clock.now() - span
    asked = LookupBatch.objects.filter(account_id=account_id, created_at__gt=since, asks__gt=0).order_by("created_at")
    for created_at, asks in asked.values_list("created_at", "asks").iterator():
        wanted -= asks
        if wanted <= 0:
            return _seconds(created_at - since)
    return _seconds(span)


def number_free_in_s(number: str, limit: int) -> int:
    """Return after how many seconds a number that was asked too often may be asked again; one still in the queue counts as asked now.

    In whole hours: when exactly it was asked for, by whomever, is nobody else's business.
    """
    since = clock.now() - DAY
    asked = LookupResult.objects.filter(number=number, reused=False, asked_at__gt=since).order_by("-asked_at")
    last = asked.values_list("asked_at", flat=True)[max(0, limit - 1) : limit].first()
    return math.ceil((last - since if last else DAY) / HOUR) * _seconds(HOUR)


def _seconds(span: timedelta) -> int:
    return max(1, math.ceil(span.total_seconds()))


def asked_within(account_id: int, span: timedelta) -> int:
    """Return how many questions an account's lookups of so long ago until now were for; cancelled ones count as well."""
    since = LookupBatch.objects.filter(account_id=account_id, created_at__gt=clock.now() - span)
    return int(since.aggregate(asks=Coalesce(Sum("asks"), 0))["asks"])
