"""The log of calls: look, repeat one or all that were given up, send a test, forget the old. Calls nobody itself: `work` does."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from staffetta.lib import clock
from staffetta.messaging.wake import WEBHOOKS, wake
from staffetta.webhooks import endpoints, payload
from staffetta.webhooks.errors import DeliveryUnknown, EndpointOff
from staffetta.webhooks.kinds import TEST
from staffetta.webhooks.models import STATES, Delivery

KEPT_FOR = timedelta(days=30)
_FORGOTTEN_AT_ONCE = 5_000


def deliveries(account_id: int, endpoint_id: int, state: str = "") -> QuerySet[Delivery]:
    """Return the calls of an endpoint, the newest first; of one state where it is named. Raises EndpointUnknown."""
    found = Delivery.objects.filter(endpoint=endpoints.one(account_id, endpoint_id)).order_by("-pk")
    return found.filter(state=state) if state in STATES else found


def counts(account_id: int, endpoint_id: int) -> dict[str, int]:
    """Return how many calls of an endpoint are in each state."""
    found = Delivery.objects.filter(endpoint=endpoints.one(account_id, endpoint_id))
    return found.aggregate(**{state: Count("pk", filter=Q(state=state)) for state in STATES})


def delivery(account_id: int, delivery_id: int) -> Delivery:
    """Return a call of an account's endpoint. Raises DeliveryUnknown."""
    found = Delivery.objects.select_related("endpoint").filter(pk=delivery_id, endpoint__account_id=account_id).first()
    if found is None:
        raise DeliveryUnknown(id=delivery_id)
    return found


@transaction.atomic
def replay(account_id: int, delivery_id: int) -> Delivery:
    """Make a call again, now, with the body and the webhook-id it had; from now on it is tried for 72 hours once more.

    Raises DeliveryUnknown, EndpointOff.
    """
    found = delivery(account_id, delivery_id)
    if not found.endpoint.active:
        raise EndpointOff(url=found.endpoint.url)
    _again(Delivery.objects.filter(pk=found.pk))
    return delivery(account_id, delivery_id)


@transaction.atomic
def replay_failed(account_id: int, endpoint_id: int) -> int:
    """Make all calls again that were given up, and at once those that wait after a failure; return how many. Raises EndpointOff, EndpointUnknown."""
    endpoint = endpoints.one(account_id, endpoint_id)
    if not endpoint.active:
        raise EndpointOff(url=endpoint.url)
    return _again(Delivery.objects.filter(Q(state="given_up") | Q(state="waiting", attempts__gt=0), endpoint=endpoint))


def give_up(account_id: int, delivery_id: int) -> Delivery:
    """Give up a call that waits, so that those behind it come; it can be repeated later. Raises DeliveryUnknown."""
    found = delivery(account_id, delivery_id)
    if Delivery.objects.filter(pk=found.pk, state="waiting").update(state="given_up"):
        wake(WEBHOOKS)
    return delivery(account_id, delivery_id)


@transaction.atomic
def test(account_id: int, endpoint_id: int) -> Delivery:
    """Send an event that stands for nothing, behind what waits. Raises EndpointOff, EndpointUnknown."""
    endpoint = endpoints.one(account_id, endpoint_id)
    if not endpoint.active:
        raise EndpointOff(url=endpoint.url)
    now = clock.now()
    body = payload.body([payload.trial(endpoint.pk, now)], endpoint.batch_max > 1)
    made = Delivery.objects.create(endpoint=endpoint, kind=TEST, body=body, due_at=now, created_at=now)
    wake(WEBHOOKS)
    return made


def forget() -> int:
    """Forget calls of more than 30 days ago; return how many."""
    old = Delivery.objects.filter(created_at__lt=clock.now() - KEPT_FOR).values("pk")[:_FORGOTTEN_AT_ONCE]
    return Delivery.objects.filter(pk__in=old).delete()[0]


def _again(found: QuerySet[Delivery]) -> int:
    # Whoever repeats a call has seen to the receiver: it begins anew, with short waits. What became of it before stays in its history.
    some = found.update(state="waiting", due_at=clock.now(), attempts=0, first_at=None)
    wake(WEBHOOKS)
    return some
