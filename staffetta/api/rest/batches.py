"""Batches: send many messages with personal texts, or one text to groups; watch, pause, resume, cancel."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from staffetta.api.rest import many, sending
from staffetta.api.rest.cursors import LIMIT, Cursor, Limit, Page, first, numbers, page
from staffetta.api.rest.messages import MessageShown, of_batch
from staffetta.api.rest.messages import State as MessageState
from staffetta.api.rest.moments import Moment, micros, moment
from staffetta.api.rest.shapes import Credits, Id, NumberSought, caller, live, own
from staffetta.lib import clock
from staffetta.lib.money import fixed
from staffetta.messaging import archive, control, search
from staffetta.messaging.models import Batch
from staffetta.messaging.search import Place
from staffetta.messaging.states import RUNNING

router = Router()
State = Literal["planned", "accepted", "expanding", "sending", "paused", "cancelling", "settling", "settled"]
# Beside the states that answers show, words for several of them and for what became of the messages.
Wanted = Literal[
    "planned", "accepted", "expanding", "sending", "paused", "cancelling", "settling", "settled", "moving", "ended", "bad", "uncertain"
]  # fmt: skip


class RefusedOne(Schema):
    """A message of a call that was not taken: its place in the list, and why."""

    index: int
    to: str
    code: str
    detail: str


class Warned(Schema):
    """Something that was done, and may not be what the caller meant."""

    code: str
    detail: str


class Sent(Schema):
    """What became of a call, and for recipients the id of each message, in their order, null for who was refused.

    A batch has no number twice: where one comes again in the call there are several, and `batches` names them all; `batch` is the first,
    that of most messages. Pause, resume and cancel each of them. In the sandbox there are none.
    """

    batch: str | None
    batches: list[str]
    accepted: int
    parts: int
    credits: Credits
    messages: list[str | None]
    refused: list[RefusedOne]
    warnings: list[Warned]


class BatchShown(Schema):
    """A batch as it is now. `credits` is what it can cost at most, `charged` what it did cost, null until it has ended.

    `state`: *planned* until `send_at`; *accepted*, *expanding* (its messages are being written down), *sending*; *paused*; *cancelling*;
    *settling* (the last receipts are waited for) and *settled*, the end.
    """

    id: str
    type: int
    sender: str
    text: str
    state: State
    recipients: int
    parts: int
    credits: Credits
    charged: Credits | None
    counts: dict[str, int]
    send_at: datetime
    created_at: datetime
    settled_at: datetime | None


def shown(batch: Batch, counts: dict[str, int]) -> dict[str, Any]:
    """Return a batch as the API shows it."""
    return {
        "id": str(batch.pk),
        "type": batch.type.api_id,
        "sender": batch.sender,
        "text": batch.text,
        "state": "planned" if batch.state in RUNNING and batch.send_at > clock.now() else batch.state,
        "recipients": batch.recipients,
        "parts": batch.parts,
        "credits": fixed(batch.credits_e4),
        "charged": None if batch.charged_e4 is None else fixed(batch.charged_e4),
        "counts": counts,
        "send_at": batch.send_at,
        "created_at": batch.created_at,
        "settled_at": batch.settled_at,
    }


@router.post("/batches", response={202: Sent}, operation_id="createBatch", summary="Send many messages")
def create(request: HttpRequest) -> dict[str, Any]:
    """Send up to 10,000 messages with texts of their own, or one text to groups.

    Recipients are judged one by one: who is refused is named and costs nothing, the others are sent as one batch. Where the credit
    does not cover them all, nothing is sent; where nobody is left the call is refused, and `errors` says why for each. Of groups all or nothing.
    """
    who, _key = caller(request)
    who.must("send")
    found = many.read(request.body)
    if found.recipients is not None:
        return sending.to_recipients(who, many.asked(found))
    live(who)
    return sending.to_groups(who, found)


@router.get("/batches", response=Page[BatchShown], operation_id="listBatches", summary="List batches")
def listed(
    request: HttpRequest,
    state: Wanted | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
    limit: Limit = LIMIT,
    cursor: Cursor = "",
) -> dict[str, Any]:
    """List batches by the time they leave, which `since` and `until` are about; the last one first.

    `state` takes each state that a batch shows, and: *moving* (on its way: accepted to settling, but not planned or paused), *ended*
    (settled), *bad* (some messages were not delivered), *uncertain* (of some it is not known).
    """
    who, _key = caller(request)
    who.must("read")
    after = numbers(cursor, 2)
    place = Place(moment(after[0]), after[1]) if after else None
    found = search.sends(who.account_id, search.Wanted(state=state or "", since=since, until=until), limit, older_than=place)
    counts = archive.totals([batch.pk for batch in found.batches])
    items = [shown(batch, counts.get(batch.pk, {})) for batch in found.batches]
    return page(items, micros(found.older.send_at), found.older.id) if found.older else page(items, None)


@router.get("/batches/{batch_id}", response=BatchShown, operation_id="getBatch", summary="Read a batch")
def read(request: HttpRequest, batch_id: Id) -> dict[str, Any]:
    """Return a batch with the number of its messages in each state."""
    who, _key = caller(request)
    who.must("read")
    return _now(own(Batch.objects.select_related("type"), who, _("batch"), pk=batch_id))


@router.get(
    "/batches/{batch_id}/messages", response=Page[MessageShown], operation_id="listBatchMessages", summary="List a batch's messages"
)
def messages(
    request: HttpRequest,
    batch_id: Id,
    state: MessageState | None = None,
    number: NumberSought = "",
    limit: Limit = LIMIT,
    cursor: Cursor = "",
) -> dict[str, Any]:
    """List the messages of a batch in its order."""
    who, _key = caller(request)
    who.must("read")
    return of_batch(own(Batch.objects.all(), who, _("batch"), pk=batch_id), state, number, limit, first(cursor))


@router.post("/batches/{batch_id}/pause", response=BatchShown, operation_id="pauseBatch", summary="Pause a batch")
def pause(request: HttpRequest, batch_id: Id) -> dict[str, Any]:
    """Let nothing more leave until it is resumed."""
    return _moved(request, batch_id, control.pause)


@router.post("/batches/{batch_id}/resume", response=BatchShown, operation_id="resumeBatch", summary="Resume a batch")
def resume(request: HttpRequest, batch_id: Id) -> dict[str, Any]:
    """Go on with a paused batch."""
    return _moved(request, batch_id, control.resume)


@router.post("/batches/{batch_id}/cancel", response=BatchShown, operation_id="cancelBatch", summary="Cancel a batch")
def cancel(request: HttpRequest, batch_id: Id) -> dict[str, Any]:
    """Take back what has not left; its credits are given back."""
    return _moved(request, batch_id, control.cancel)


def _moved(request: HttpRequest, batch_id: int, move: Callable[[Batch], None]) -> dict[str, Any]:
    who, _key = caller(request)
    who.must("send")
    batch = own(Batch.objects.select_related("type"), who, _("batch"), pk=batch_id)
    move(batch)
    return _now(batch)


def _now(batch: Batch) -> dict[str, Any]:
    return shown(batch, archive.totals([batch.pk]).get(batch.pk, {}))
