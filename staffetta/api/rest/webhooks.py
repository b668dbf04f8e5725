"""Webhooks: where events are sent, and the log of the calls: look, test, repeat."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field as Limits
from pydantic import StringConstraints

from staffetta.api.rest.cursors import LIMIT, Cursor, Limit, Page, first, page
from staffetta.api.rest.shapes import Given, Id, Words, caller
from staffetta.webhooks import endpoints, log
from staffetta.webhooks.models import Delivery, Endpoint

router = Router()
Url = Annotated[str, StringConstraints(max_length=2_000, pattern=r"^[^\x00]*$")]
Kinds = Annotated[list[Words], Limits(max_length=50)]
BatchMax = Annotated[int, Limits(ge=1, le=endpoints.BATCH_MAX)]
State = Literal["waiting", "done", "given_up"]


class WebhookShown(Schema):
    """An address that events are sent to. `failing_since`: calls have not been taken since then."""

    id: int
    url: str
    description: str
    kinds: list[str]
    batch_max: int
    active: bool
    failing_since: datetime | None
    created_at: datetime


class WebhookWithSecret(WebhookShown):
    """The same with the secret that its calls are signed with (Standard Webhooks); null where the call was answered before, for it is told once."""

    secret: str | None


class NewWebhook(Given):
    """An address, and the kinds of events it wants; `batch_max` above 1 puts several events into a call."""

    url: Url
    kinds: Kinds
    description: Words = ""
    batch_max: BatchMax = 1


class WebhookChange(Given):
    """What is to change of a webhook; what is left out stays."""

    url: Url | None = None
    kinds: Kinds | None = None
    description: Words | None = None
    batch_max: BatchMax | None = None
    active: bool | None = None


class Attempt(Schema):
    """One attempt: `status` null where no answer came, `error` null where the call was taken."""

    at: datetime
    status: int | None
    ms: int
    error: str | None


class CallShown(Schema):
    """A call to a webhook, with what the last attempt was answered; `history` has the attempts, the last thirty, the oldest first.

    `attempts` counts those since the call was made or repeated by hand.
    """

    id: int
    webhook_id: str
    kind: str
    events: int
    state: State
    attempts: int
    status: int | None
    error: str | None
    created_at: datetime
    tried_at: datetime | None
    history: list[Attempt]


def _account(request: HttpRequest) -> int:
    who, _key = caller(request)
    who.must("webhooks")
    return who.account_id


def _shown(webhook: Endpoint) -> dict[str, Any]:
    names = ("url", "description", "kinds", "batch_max", "active", "failing_since", "created_at")
    return {"id": webhook.pk} | {name: getattr(webhook, name) for name in names}


def _with_secret(webhook: Endpoint) -> dict[str, Any]:
    return _shown(webhook) | {"secret": webhook.secret}


def _call(call: Delivery) -> dict[str, Any]:
    names = ("kind", "events", "state", "attempts", "status", "created_at", "tried_at")
    own = {"id": call.pk, "webhook_id": call.webhook, "error": call.error or None}
    history = [each | {"error": each["error"] or None} for each in call.history]
    return own | {name: getattr(call, name) for name in names} | {"history": history}


@router.get("/webhooks", response=Page[WebhookShown], operation_id="listWebhooks", summary="List webhooks")
def listed(request: HttpRequest, limit: Limit = LIMIT, cursor: Cursor = "") -> dict[str, Any]:
    """List the account's webhooks, the oldest first."""
    known = list(endpoints.listed(_account(request)).filter(pk__gt=first(cursor))[: limit + 1])
    return page([_shown(each) for each in known[:limit]], known[limit - 1].pk if len(known) > limit else None)


@router.post("/webhooks", response={201: WebhookWithSecret}, operation_id="createWebhook", summary="Make a webhook")
def create(request: HttpRequest, given: NewWebhook) -> dict[str, Any]:
    """Make a webhook, active at once. The secret is told here, and when it is renewed.

    It is told once: a repeat with the same Idempotency-Key has `secret` null. Who never got it renews it.
    """
    account_id = _account(request)
    user_id = caller(request)[0].user_id
    made = endpoints.create(account_id, given.url, given.kinds, description=given.description, batch_max=given.batch_max, user_id=user_id)
    return _with_secret(made)


@router.get("/webhooks/{webhook_id}", response=WebhookShown, operation_id="getWebhook", summary="Read a webhook")
def read(request: HttpRequest, webhook_id: Id) -> dict[str, Any]:
    """Return a webhook."""
    return _shown(endpoints.one(_account(request), webhook_id))


@router.patch("/webhooks/{webhook_id}", response=WebhookShown, operation_id="changeWebhook", summary="Change a webhook")
def change(request: HttpRequest, webhook_id: Id, given: WebhookChange) -> dict[str, Any]:
    """Change what is given of a webhook, or switch it off and on."""
    return _shown(endpoints.change(_account(request), webhook_id, **given.dict(exclude_none=True)))


@router.delete("/webhooks/{webhook_id}", response={204: None}, operation_id="deleteWebhook", summary="Delete a webhook")
def delete(request: HttpRequest, webhook_id: Id) -> None:
    """Delete a webhook with its log."""
    endpoints.delete(_account(request), webhook_id)


@router.post("/webhooks/{webhook_id}/secret", response=WebhookWithSecret, operation_id="renewSecret", summary="Renew a webhook's secret")
def renew(request: HttpRequest, webhook_id: Id) -> dict[str, Any]:
    """Give a webhook a new secret; for a day its calls are signed with the old one too."""
    return _with_secret(endpoints.rotate(_account(request), webhook_id))


@router.post("/webhooks/{webhook_id}/test", response={202: CallShown}, operation_id="testWebhook", summary="Try a webhook")
def test(request: HttpRequest, webhook_id: Id) -> dict[str, Any]:
    """Send a webhook an event that stands for nothing."""
    return _call(log.test(_account(request), webhook_id))


@router.get("/webhooks/{webhook_id}/calls", response=Page[CallShown], operation_id="listCalls", summary="List a webhook's calls")
def calls(request: HttpRequest, webhook_id: Id, state: State | None = None, limit: Limit = LIMIT, cursor: Cursor = "") -> dict[str, Any]:
    """List the calls of a webhook in the last 30 days, the newest first."""
    found = log.deliveries(_account(request), webhook_id, state or "")
    if before := first(cursor):
        found = found.filter(pk__lt=before)
    known = list(found[: limit + 1])
    return page([_call(each) for each in known[:limit]], known[limit - 1].pk if len(known) > limit else None)


@router.post("/calls/{call_id}/repeat", response={202: CallShown}, operation_id="repeatCall", summary="Repeat a webhook's call")
def repeat(request: HttpRequest, call_id: Id) -> dict[str, Any]:
    """Make a call again, with the body and the id that it had."""
    return _call(log.replay(_account(request), call_id))
