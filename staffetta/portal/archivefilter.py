"""Which sends the archive's filter leaves. Reads only."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from staffetta.lib import clock
from staffetta.messaging.models import Batch
from staffetta.messaging.states import RUNNING


def filtered(batches: QuerySet[Batch], given: dict[str, Any]) -> QuerySet[Batch]:
    """Return the batches that the filter's fields ask for; a blank field asks for nothing. Days are those of the page's zone."""
    if text := given.get("text"):
        batches = batches.filter(Q(text__icontains=text) | Q(sender__icontains=text))
    if state := given.get("state"):
        batches = batches.filter(_of_state(state))
    if since := given.get("since"):
        batches = batches.filter(send_at__gte=_begin(since))
    if until := given.get("until"):
        batches = batches.filter(send_at__lt=_begin(until + timedelta(days=1)))
    return batches


def _of_state(state: str) -> Q:
    planned = Q(state="accepted", send_at__gt=clock.now())
    return {
        "planned": planned,
        "moving": Q(state__in=(*RUNNING, "cancelling", "settling")) & ~planned,
        "paused": Q(state="paused"),
        "ended": Q(state="settled"),
    }[state]


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())
