"""Messages: send one, read what became of one or of many."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from ninja import Router, Schema

from staffetta.api import operations
from staffetta.api.errors import NotFound, ValueWrong
from staffetta.api.principal import Principal
from staffetta.api.rest import single
from staffetta.api.rest.cursors import LIMIT, Cursor, Limit, Page, first, numbers, page
from staffetta.api.rest.moments import Moment, micros, moment
from staffetta.api.rest.shapes import Credits, Id, KeySought, NumberSought, SomeId, caller, own
from staffetta.lib.errors import Refused
from staffetta.lib.money import fixed
from staffetta.messaging import archive, listing, ownkeys, sandbox, search, words
from staffetta.messaging.listing import After
from staffetta.messaging.models import Batch, Message, SandboxMessage
from staffetta.sms import parts as sms_parts

router = Router()
State = Literal[
    "queued", "submitted", "delivered", "undelivered", "expired", "rejected", "failed", "uncertain", "cancelled", "lapsed"
]  # fmt: skip


class Accepted(Schema):
    """A message that was accepted; its credits are charged."""

    id: str
    to: str
    sender: str
    parts: int
    credits: Credits
    state: State


class MessageShown(Schema):
    """A message as it is now. `credits` is its price; what was not taken by the carrier is given back.

    `key` is your own, of a message that was sent alone; `alphabet` is gsm, or ucs2 where a character made it dearer.
    """

    id: str
    batch: str | None
    to: str
    text: str
    sender: str
    type: int
    parts: int
    alphabet: str
    credits: Credits
    state: State
    key: str | None
    error: str | None
    reason: str | None
    created_at: datetime
    send_at: datetime
    submitted_at: datetime | None
    ended_at: datetime | None
    sandbox: bool


def shown(message: Message | SandboxMessage) -> dict[str, Any]:
    """Return a message as the API shows it."""
    live = isinstance(message, Message)
    of = message.batch if isinstance(message, Message) else message
    text = of.text if message.text is None else message.text
    return {
        "id": str(message.pk),
        "batch": str(message.batch_id) if isinstance(message, Message) else None,
        "to": message.number,
        "text": text,
        "sender": of.sender,
        "type": of.type.api_id,
        "parts": message.parts,
        "alphabet": sms_parts.count(text).alphabet,
        "credits": fixed(message.cost_e4),
        "state": message.state,
        "key": ownkeys.given(message.batch.key if isinstance(message, Message) else message.own_key),
        "error": message.error,
        "reason": (str(words.cause(message.error)) or None) if live else None,
        "created_at": of.created_at,
        "send_at": of.send_at or of.created_at,
        "submitted_at": message.submitted_at,
        "ended_at": message.ended_at,
        "sandbox": not live,
    }


@router.post("/messages", response={202: Accepted}, operation_id="createMessage", summary="Send a message")
def create(request: HttpRequest) -> HttpResponse:
    """Send one message to one number. With an Idempotency-Key it is sent once, however often it is asked for."""
    who, key = caller(request)
    (answer,) = operations.send(who, [single.decode(request.body, key)])
    if isinstance(answer, Refused):
        raise answer
    status, headers, body = single.encode(answer, translation.get_language() or "it")
    response = HttpResponse(body, status=status)
    for name, value in headers:
        response[name] = value
    return response


@router.get("/messages/{message_id}", response=MessageShown, operation_id="getMessage", summary="Read a message")
def read(request: HttpRequest, message_id: Id) -> dict[str, Any]:
    """Return one message with its state."""
    who, _key = caller(request)
    who.must("read")
    if who.sandbox:
        found: Message | SandboxMessage | None = sandbox.find(who.account_id, who.key_id, message_id)
    else:
        found = listing.message(who.account_id, message_id)
    if found is None:
        raise NotFound(what=f"{_('message')} {message_id}")
    return shown(found)


@router.get("/messages", response=Page[MessageShown], operation_id="listMessages", summary="List messages")
def listed(
    request: HttpRequest,
    batch: SomeId | None = None,
    state: State | None = None,
    number: NumberSought = "",
    key: KeySought = "",
    since: Moment | None = None,
    until: Moment | None = None,
    limit: Limit = LIMIT,
    cursor: Cursor = "",
) -> dict[str, Any]:
    """List messages, those made last first: all, those to one `number`, the one with your `key`; or those of one `batch`, in its order.

    `since` and `until` are about when a message was accepted (`created_at`), not about when it leaves: to hear what is new ask with
    `since` a little before your last call. The messages of a batch were all made together.
    """
    who, _key = caller(request)
    who.must("read")
    if key:
        _alone("key", {"batch": batch, "state": state, "number": number, "since": since, "until": until})
    if batch is not None:
        _alone("batch", {"since": since, "until": until})
    if who.sandbox:
        if batch is not None:
            raise NotFound(what=f"{_('batch')} {batch}")
        if key:
            alone = sandbox.with_key(who.account_id, who.key_id, ownkeys.kept(key))
            return page([shown(alone)] if alone else [], None)
        digits = _digits(number, who.country) if number else ""
        return _of_sandbox(who.account_id, who.key_id, digits, state, since, until, limit, first(cursor))
    if key:
        return page([shown(each) for each in listing.with_key(who.account_id, ownkeys.kept(key))], None)
    if batch is not None:
        return of_batch(_own_batch(who, batch), state, number, limit, first(cursor))
    if number:
        wanted = search.Wanted(state=state or "", since=since, until=until, made=True)
        return _to_number(who.account_id, who.country, number, wanted, limit, first(cursor))
    return _all(who.account_id, state, since, until, limit, numbers(cursor, 3))


def _alone(name: str, others: dict[str, object]) -> None:
    """Raise ValueWrong where a filter comes with one that it does not go with: none is passed over in silence."""
    if given := [other for other, value in others.items() if value]:
        raise ValueWrong(name=given[0], why=_("it does not go together with %(name)s: leave one of the two out.") % {"name": name})


def _digits(number: str, country: str) -> str:
    digits = search.first_digits(number, country)
    if digits is None:
        raise ValueWrong(name="number", why=_("it is too short: give at least nine digits with the prefix."))
    return digits


def _own_batch(who: Principal, batch_id: int) -> Batch:
    found: Batch = own(Batch.objects.all(), who, _("batch"), pk=batch_id)
    return found


def of_batch(batch: Batch, state: str | None, number: str, limit: int, after: int) -> dict[str, Any]:
    """Return a page of one send's messages."""
    found = archive.page(batch, after, [state] if state else None, number, limit)
    return page([shown(each) for each in listing.these(batch.account_id, [row.id for row in found.rows])], found.after)


def _to_number(account_id: int, country: str, number: str, wanted: search.Wanted, limit: int, before: int) -> dict[str, Any]:
    hits, all_seen = search.messages(account_id, _digits(number, country), wanted, limit, before)
    if not all_seen:
        raise ValueWrong(name="number", why=_("too many messages have it: give more of its digits, or list by since and until."))
    found = listing.these(account_id, [hit.id for hit in hits])
    return page([shown(each) for each in found], hits[-1].id if len(hits) == limit else None)


def _all(
    account_id: int, state: str | None, since: datetime | None, until: datetime | None, limit: int, after: tuple[int, ...] | None
) -> dict[str, Any]:
    start = After(moment(after[0]), after[1], after[2]) if after else None
    found, following = listing.newest(account_id, since, until, start, limit)
    items = [shown(each) for each in found if state is None or each.state == state]
    return page(items, micros(following.made), following.batch_id, following.message_id) if following else page(items, None)


def _of_sandbox(
    account_id: int, key_id: int, digits: str, state: str | None, since: datetime | None, until: datetime | None, limit: int, before: int
) -> dict[str, Any]:
    found = listing.sandboxed(account_id, key_id, state or "", before, limit, since, until, digits)
    return page([shown(each) for each in found], found[-1].pk if len(found) == limit else None)
