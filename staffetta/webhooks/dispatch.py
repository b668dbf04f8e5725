"""Turn events into calls that wait: one queue an endpoint, in the order in which things happened. Calls nobody.

The events are taken and the calls written in one transaction: a process that dies loses none and doubles none.
Next: deliver.py
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.db import connection, transaction

from staffetta.lib import clock
from staffetta.messaging import events
from staffetta.messaging.events import Taken
from staffetta.webhooks import payload
from staffetta.webhooks.models import Delivery, Endpoint

AT_ONCE = 2_000
# Two dispatchers at once would take each event once, but could write "delivered" before the other has written "submitted".
_ONE_AT_A_TIME = "SELECT pg_try_advisory_xact_lock(7784, 1)"


def step() -> bool:
    """Write the calls for the oldest events; return False where there were none, or another process is at it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME)
        return bool(cursor.fetchone()[0]) and dispatch() > 0


@transaction.atomic
def dispatch() -> int:
    """Take events and write the calls for them; return how many events were taken."""
    taken = events.take(AT_ONCE)
    by_account: dict[int, list[Taken]] = defaultdict(list)
    for event in taken:
        by_account[event.account_id].append(event)
    now = clock.now()
    calls = []
    for endpoint in Endpoint.objects.filter(account_id__in=by_account, active=True).order_by("pk"):
        wanted = [event for event in by_account[endpoint.account_id] if event.kind in endpoint.kinds]
        for some in _cut(wanted, endpoint.batch_max):
            body = payload.body([payload.event(event) for event in some], endpoint.batch_max > 1)
            kind = some[0].kind if endpoint.batch_max == 1 else payload.BATCH
            calls.append(Delivery(endpoint=endpoint, kind=kind, events=len(some), body=body, due_at=now, created_at=now))
    Delivery.objects.bulk_create(calls, batch_size=1_000)
    return len(taken)


def _cut(wanted: Sequence[Taken], size: int) -> Iterator[Sequence[Taken]]:
    for first in range(0, len(wanted), size):
        yield wanted[first : first + size]
