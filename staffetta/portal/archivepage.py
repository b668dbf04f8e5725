"""What the archive's pages ask for and where they go on, from forms and addresses to search.py and back. Reads only."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from staffetta.messaging import archive
from staffetta.messaging.models import Batch
from staffetta.messaging.search import Hit, Place, Wanted
from staffetta.portal.recipientrows import Shown, rows_of
from staffetta.portal.sends import Send, with_outcomes

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def wanted(given: dict[str, Any]) -> Wanted:
    """Return what a filter form asks for; days are those of the page's zone."""
    since, until = given.get("since"), given.get("until")
    return Wanted(
        text=given.get("text") or "",
        state=given.get("state") or "",
        origin=given.get("origin") or "",
        since=_begin(since) if since else None,
        until=_begin(until + timedelta(days=1)) if until else None,
    )


def place_of(request: HttpRequest, name: str) -> Place | None:
    """Return the place in the archive that the address names; None where it says nothing sensible."""
    at, _, id = request.GET.get(name, "").partition("-")
    if not (at.isascii() and at.isdecimal() and id.isascii() and id.isdecimal() and len(at) < 18 and len(id) < 19):
        return None
    return Place(_EPOCH + timedelta(microseconds=int(at)), int(id))


def address(place: Place | None) -> str:
    """Return a place as addresses carry it; "" for none."""
    return f"{(place.send_at - _EPOCH) // timedelta(microseconds=1)}-{place.id}" if place else ""


def with_sends(hits: Iterable[Hit]) -> list[tuple[Shown, Send]]:
    """Return messages found by number, each with its send."""
    found = list(hits)
    batches = Batch.objects.filter(pk__in={hit.batch_id for hit in found}).select_related("type")
    known = {send.batch.pk: send for send in with_outcomes(batches)}
    pairs = []
    for hit in found:
        send = known[hit.batch_id]
        if row := archive.message(send.batch, hit.id):
            pairs.append((rows_of(send.batch, [row])[0], send))
    return pairs


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())
