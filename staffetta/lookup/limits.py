"""How much an account may ask in an hour and in a day. How often a number may be asked is judged with the number itself (judge.py)."""

from datetime import timedelta

from django.db.models import Sum
from django.db.models.functions import Coalesce

from staffetta.lib import clock
from staffetta.lookup.errors import DailyLimitReached, HourlyLimitReached, LimitReached
from staffetta.lookup.models import LookupBatch, LookupSettings

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
            raise refusal(count=asks, used=used, limit=limit)


def asked_within(account_id: int, span: timedelta) -> int:
    """Return how many questions an account's lookups of so long ago until now were for; cancelled ones count as well."""
    since = LookupBatch.objects.filter(account_id=account_id, created_at__gt=clock.now() - span)
    return int(since.aggregate(asks=Coalesce(Sum("asks"), 0))["asks"])
