"""Call the endpoints: each in its order, one call at a time, several endpoints side by side. What fails is tried again (backoff.py).

Who calls an endpoint holds it by `busy_until`, for longer than a call can last; no transaction is open meanwhile. A process that dies
between the answer and its commit leaves the call waiting: it is made again under the same webhook-id, by which a receiver knows it.
"""

import logging
import random
import time
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction

from staffetta.lib import clock
from staffetta.webhooks import backoff, call, endpoints, sign, targets, tell, words
from staffetta.webhooks.call import Answer
from staffetta.webhooks.errors import AddressRefused, UrlRefused
from staffetta.webhooks.models import Delivery, Endpoint

HELD_FOR = timedelta(seconds=90)
# Calls to one endpoint before another has its turn.
TURN_CALLS = 20
GONE = 410
HISTORY_MAX = 30  # in 72 hours there are some 20 attempts
AGENT = "Staffetta-Webhooks/1"
_log = logging.getLogger(__name__)


class Held(NamedTuple):
    """An endpoint that is ours until a moment, which is also the proof of it."""

    endpoint_id: int
    until: datetime


# An endpoint that is free and has a call due.
_DUE = """
    JOIN LATERAL (SELECT d.due_at FROM webhooks_delivery d WHERE d.endpoint_id = e.id AND d.state = 'waiting' ORDER BY d.id LIMIT 1) AS head
        ON head.due_at <= %(now)s
    WHERE e.active AND (e.busy_until IS NULL OR e.busy_until <= %(now)s)"""
# Another endpoint of its account is being called.
_SERVED = "EXISTS (SELECT 1 FROM webhooks_endpoint o WHERE o.account_id = e.account_id AND o.id <> e.id AND o.busy_until > %(now)s)"
# An account that is not being called at all comes first, then who has waited longest; `busy_until` keeps the time of the last turn.
_HOLD = f"""
UPDATE webhooks_endpoint SET busy_until = %(until)s WHERE id = (
    SELECT e.id FROM webhooks_endpoint e{_DUE}
    ORDER BY {_SERVED}, e.busy_until NULLS FIRST, e.id LIMIT 1 FOR UPDATE OF e SKIP LOCKED)
RETURNING id
"""
# Two callers are at one account while another has none.
_IN_THE_WAY = f"""
SELECT (SELECT {_SERVED} FROM webhooks_endpoint e WHERE e.id = %(held)s) AND EXISTS (SELECT 1 FROM webhooks_endpoint e{_DUE} AND NOT {_SERVED})
"""


def hold() -> Held | None:
    """Take hold of an endpoint that has a call due; None where there is none."""
    now = clock.now()
    until = now + HELD_FOR
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, {"until": until, "now": now})
        row = cursor.fetchone()
    return Held(row[0], until) if row else None


def step() -> bool:
    """Call one endpoint for a turn; return False where none has a call due."""
    held = hold()
    if held is None:
        return False
    try:
        for _ in range(TURN_CALLS):
            if not deliver_next(held) or in_the_way(held):
                break
    finally:
        Endpoint.objects.filter(pk=held.endpoint_id, busy_until=held.until).update(busy_until=clock.now())
    return True


def in_the_way(held: Held) -> bool:
    """Tell whether others wait who have no caller, while the account of this endpoint has several."""
    with connection.cursor() as cursor:
        cursor.execute(_IN_THE_WAY, {"now": clock.now(), "held": held.endpoint_id})
        return bool(cursor.fetchone()[0])


def deliver_next(held: Held) -> bool:
    """Make the first call that waits at an endpoint, where it is due; return whether the receiver took it."""
    now = clock.now()
    endpoint = Endpoint.objects.filter(pk=held.endpoint_id, active=True, busy_until=held.until).first()
    if endpoint is None or now > held.until - HELD_FOR / 2:
        return False
    delivery = endpoint.deliveries.filter(state="waiting").order_by("pk").first()
    if delivery is None or delivery.due_at > now:
        return False
    headers = _headers(endpoint, delivery, now)
    answer = _called(endpoint, delivery, headers)
    return _record(held, delivery, headers, answer)


def _headers(endpoint: Endpoint, delivery: Delivery, now: datetime) -> dict[str, str]:
    old = [endpoint.old_secret] if endpoint.old_secret and endpoint.old_until and endpoint.old_until > now else []
    signed = sign.headers([endpoint.secret, *old], delivery.webhook, int(now.timestamp()), delivery.body.encode())
    return {"Content-Type": "application/json", "User-Agent": AGENT, **signed}


def _called(endpoint: Endpoint, delivery: Delivery, headers: dict[str, str]) -> Answer:
    begun = time.monotonic()
    try:
        target = targets.resolve(endpoint.url)
    except AddressRefused as refusal:
        return Answer(0, "", 0, f"{words.ADDRESS}: {refusal.values['address']}")
    except UrlRefused:
        return Answer(0, "", 0, words.NAME)
    answer = call.post(target, headers, delivery.body.encode(), targets.LIMIT_S - (time.monotonic() - begun))
    # A receiver that shows us what it was sent: the log must not keep what only the two of us know.
    text = answer.text
    for secret in (*headers["webhook-signature"].split(" "), endpoint.secret, endpoint.old_secret):
        text = text.replace(secret, "…") if secret else text
    return answer._replace(text=text)


def _record(held: Held, delivery: Delivery, headers: dict[str, str], answer: Answer) -> bool:
    """Write what became of a call, where the endpoint is still ours; return whether the receiver took it."""
    now = clock.now()
    first_at = delivery.first_at or now
    disabled = ""
    with transaction.atomic():
        endpoint = Endpoint.objects.select_for_update().filter(pk=held.endpoint_id, busy_until=held.until).first()
        if endpoint is None:
            return False
        fields: dict[str, object] = {
            "attempts": delivery.attempts + 1,
            "first_at": first_at,
            "tried_at": now,
            "request_headers": sign.redacted(headers),
            "status": answer.status or None,
            "answer": answer.text,
            "ms": answer.ms,
            "error": answer.error,
            "history": [*delivery.history, _attempt(now, answer)][-HISTORY_MAX:],
        }
        if answer.good:
            fields["state"] = "done"
        elif now - first_at >= backoff.TRIED_FOR:
            fields["state"] = "given_up"
        else:
            wait_s = backoff.delay_s(delivery.attempts + 1, random.random(), backoff.retry_after_s(answer.retry_after, now))
            fields["due_at"] = now + timedelta(seconds=wait_s)
        Delivery.objects.filter(pk=delivery.pk).update(**fields)
        since = None if answer.good else endpoint.failing_since or now
        Endpoint.objects.filter(pk=endpoint.pk).update(failing_since=since)
        if answer.status == GONE:
            disabled = "gone"
        elif since is not None and now - since >= backoff.TRIED_FOR:
            disabled = "failing"
    if disabled and endpoints.disable(held.endpoint_id, disabled):
        _log.warning("webhook %s: switched off (%s)", held.endpoint_id, disabled)
        tell.disabled(Endpoint.objects.select_related("account").get(pk=held.endpoint_id), answer)
    return answer.good


def _attempt(at: datetime, answer: Answer) -> dict[str, object]:
    return {"at": at.isoformat(timespec="milliseconds"), "status": answer.status or None, "ms": answer.ms, "error": answer.error}
