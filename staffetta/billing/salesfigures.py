"""What was sold in a month, by way of paying. Orders count in the month in which they were paid; those given back do not. Reads only."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Sum

from staffetta.billing.models import Order
from staffetta.lib import clock


@dataclass(frozen=True)
class Sales:
    """Orders paid in a month, their euro without VAT in cents, and their credits; `way` is blank for all together."""

    way: str
    orders: int
    net_cents: int
    credits_e4: int


@dataclass(frozen=True)
class Month:
    """A month by its first day, with a line for each way of paying and one for all."""

    first: date
    ways: list[Sales]
    total: Sales


def of(first: date) -> Month:
    """Return the sales of the month that begins on this day."""
    begin = datetime(first.year, first.month, 1, tzinfo=clock.ITALY)
    after = first.replace(day=28) + timedelta(days=4)
    end = datetime(after.year, after.month, 1, tzinfo=clock.ITALY)
    paid = Order.objects.filter(state="paid", paid_at__gte=begin, paid_at__lt=end).order_by()
    rows = paid.values("way").annotate(orders=Count("pk"), net=Sum("net_cents"), credits=Sum("credits_e4"))
    ways = sorted((Sales(row["way"], row["orders"], row["net"], row["credits"]) for row in rows), key=lambda each: -each.net_cents)
    return Month(first, ways, Sales("", *(sum(getattr(way, name) for way in ways) for name in ("orders", "net_cents", "credits_e4"))))


def latest() -> list[Month]:
    """Return this month and the last."""
    this = clock.today().replace(day=1)
    return [of(this), of((this - timedelta(days=1)).replace(day=1))]
