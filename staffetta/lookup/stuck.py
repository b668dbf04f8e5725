"""Which lookups stand still: under way, and nothing asked or answered for a while. Writes nothing."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from staffetta.lib import clock
from staffetta.lookup.models import LookupBatch, LookupResult

STILL = timedelta(minutes=10)
MOVING = ("accepted", "running", "cancelling", "settling")


def stuck() -> Q:
    """Return the condition on lookups; those that somebody has paused wait for that person, and are not stuck."""
    since = clock.now() - STILL
    lately = LookupResult.objects.filter(Q(asked_at__gt=since) | Q(answered_at__gt=since), batch=OuterRef("pk"))
    return Q(~Exists(lately), state__in=MOVING, created_at__lt=since)


def marked(batches: "QuerySet[LookupBatch]") -> "QuerySet[LookupBatch]":
    """Return lookups, each of which says in `still` whether it is stuck."""
    return batches.annotate(still=Exists(LookupBatch.objects.filter(stuck(), pk=OuterRef("pk"))))
