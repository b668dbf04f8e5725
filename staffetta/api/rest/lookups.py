"""Lookups: ask which operator has one number, a list of them or a group; watch, pause, resume, cancel; read what is known."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field as Limits

from staffetta.accounts.models import User
from staffetta.api.errors import ParameterMissing, ValueWrong
from staffetta.api.principal import Principal
from staffetta.api.rest.cursors import LIMIT, Cursor, Limit, Page, first, page
from staffetta.api.rest.shapes import Credits, Given, Id, Number, NumberSought, SomeId, account_of, caller, live, own
from staffetta.contacts.models import Group
from staffetta.lib.money import fixed
from staffetta.lookup import accept, control, ranges, results, rules, wanted, words
from staffetta.lookup.models import LookupBatch, LookupResult
from staffetta.lookup.results import Filter
from staffetta.lookup.states import OF_CONTACTS

router = Router()
NUMBERS_MAX = 10_000
State = Literal["accepted", "running", "paused", "cancelling", "settling", "settled"]
NumberState = Literal["queued", "asked", "unknown", "answered", "refused", "cancelled"]
Reach = Literal["reachable", "absent", "nonexistent"]
COUNTS = ("queued", "asked", "answered", "refused", "unknown", "cancelled")
OperatorSought = Annotated[
    str, Query(max_length=80, pattern=r"^[^\x00]*$", description="The present operator, written as answers have it.")
]


class NewLookup(Given):
    """What to look up: `number`, `numbers` or `group`, one of the three.

    `reuse`: a fresh result of your own is given again, free; false asks, and pays, anew.
    """

    number: Number | None = None
    numbers: Annotated[list[Number], Limits(max_length=NUMBERS_MAX)] | None = None
    group: SomeId | None = None
    reuse: bool = True


class LeftOutShown(Schema):
    """A number that is not asked for, and why."""

    number: str
    code: str
    detail: str


class ResultShown(Schema):
    """What is known of one number. `operator_of_range` is free and no lookup: whom the range of numbers was given to at first.

    `state` *answered* is the one that is charged; *refused* (`code` says why), *unknown* (no answer came) and *cancelled* cost nothing.
    """

    number: str
    state: NumberState
    code: str | None
    reach: Reach | None
    operator: str | None
    original_operator: str | None
    mcc: str | None
    mnc: str | None
    ported: bool | None
    operator_of_range: str | None
    asked_at: datetime | None
    answered_at: datetime | None
    reused: bool
    simulated: bool
    credits: Credits


class LookupShown(Schema):
    """A lookup as it is now. `credits` is what is held for it, `charged` what it did cost, null until it has ended (*settled*).

    `asks` of its `numbers` are asked for, at `price` each; `reused` are answered by results that you have, free. `left_out` names the
    first of `left_out_count` that are not looked up. `result` is the answer, where a single number was asked for.
    """

    id: str
    source: Literal["number", "pasted", "group", "file"]
    name: str
    state: State
    numbers: int
    asks: int
    reused: int
    price: Credits
    credits: Credits
    charged: Credits | None
    counts: dict[str, int]
    left_out: list[LeftOutShown]
    left_out_count: int
    result: ResultShown | None
    simulated: bool
    created_at: datetime
    settled_at: datetime | None


class PriceOfLookups(Schema):
    """What a lookup costs a number, for how many days a result is fresh, whether a fresh one is free, and how many you may ask for."""

    price: Credits
    fresh_days: int
    reuse_free: bool
    numbers_per_call: int
    numbers_per_hour: int
    numbers_per_day: int
    times_per_number_and_day: int


def shown_result(result: LookupResult) -> dict[str, Any]:
    """Return what is known of a number as the API shows it."""
    return {
        "number": result.number,
        "state": result.state,
        "code": result.code or None,
        "reach": result.reach,
        "operator": result.operator or None,
        "original_operator": result.original_operator or None,
        "mcc": result.mcc or None,
        "mnc": result.mnc or None,
        "ported": result.ported,
        "operator_of_range": ranges.operator_of_range(result.number) or None,
        "asked_at": result.asked_at,
        "answered_at": result.answered_at,
        "reused": result.reused,
        "simulated": result.simulated,
        "credits": fixed(result.cost_e4),
    }


def shown(who: Principal, batch: LookupBatch, result: LookupResult | None = None) -> dict[str, Any]:
    """Return a lookup as the API shows it to this caller."""
    # Numbers of contacts are shown to who may read contacts.
    named = batch.reasons if batch.source not in OF_CONTACTS or who.may("contacts") else []
    return {
        "id": str(batch.pk),
        "source": batch.source,
        "name": batch.name,
        "state": batch.state,
        "numbers": batch.count,
        "asks": batch.asks,
        "reused": batch.reuses,
        "price": fixed(batch.price_e4),
        "credits": fixed(batch.credits_e4),
        "charged": fixed(batch.charged_e4) if batch.state == "settled" else None,
        "counts": {name: getattr(batch, name) for name in COUNTS},
        "left_out": [{"number": each["written"], "code": each["code"], "detail": words.left_out(each["code"])} for each in named],
        "left_out_count": batch.left_out,
        "result": shown_result(result) if result else None,
        "simulated": batch.simulated,
        "created_at": batch.created_at,
        "settled_at": batch.settled_at,
    }


def _now(who: Principal, batch: LookupBatch) -> dict[str, Any]:
    single = batch.source == "number"
    return shown(who, batch, LookupResult.objects.filter(batch=batch).first() if single else None)


def _wanted(who: Principal, given: NewLookup) -> wanted.Wanted:
    named = [name for name in ("number", "numbers", "group") if getattr(given, name) is not None]
    if not named:
        raise ParameterMissing(name="number")
    if len(named) > 1:
        raise ValueWrong(name=named[1], why=_("a call has one of number, numbers and group: make two calls."))
    account = account_of(who)
    if given.number is not None:
        return wanted.typed(account, given.number)
    if given.numbers is not None:
        return wanted.listed(account, given.numbers)
    who.must("contacts")
    return wanted.of_group(account, own(Group.objects.all(), who, _("group"), pk=given.group))


@router.get("/lookups/price", response=PriceOfLookups, operation_id="getLookupPrice", summary="Read what a lookup costs")
def price(request: HttpRequest) -> dict[str, Any]:
    """Return what a lookup costs now, and the limits."""
    who, _key = caller(request)
    who.must("lookup")
    found = rules.current()
    return {
        "price": fixed(found.price_e4),
        "fresh_days": found.fresh_days,
        "reuse_free": found.reuse_free,
        "numbers_per_call": NUMBERS_MAX,
        "numbers_per_hour": found.account_hour_max,
        "numbers_per_day": found.account_day_max,
        "times_per_number_and_day": found.number_day_max,
    }


@router.post("/lookups", response={202: LookupShown}, operation_id="createLookup", summary="Look numbers up")
def create(request: HttpRequest, given: NewLookup) -> dict[str, Any]:
    """Ask which operator has a number, a list of up to 10,000, or the members of a group (the key may then read contacts, too).

    What it can cost at most is held now; answers alone are charged, and the rest is given back when it has ended. What is no mobile
    number, or was asked for too often today, is left out and named; a single number is refused instead. Answers come within seconds:
    read the lookup again by its `id`, or its results.
    """
    who, _key = caller(request)
    who.must("lookup")
    live(who)
    user = User.objects.filter(pk=who.user_id).first()
    return _now(who, accept.accept(_wanted(who, given), f"rest-{secrets.token_hex(16)}", user, given.reuse))


@router.get("/lookups", response=Page[LookupShown], operation_id="listLookups", summary="List lookups")
def listed(request: HttpRequest, state: State | None = None, limit: Limit = LIMIT, cursor: Cursor = "") -> dict[str, Any]:
    """List the lookups, the newest first, however they were asked for."""
    who, _key = caller(request)
    who.must("lookup")
    found = LookupBatch.objects.filter(account_id=who.account_id).defer("numbers").order_by("-pk")
    if state:
        found = found.filter(state=state)
    if before := first(cursor):
        found = found.filter(pk__lt=before)
    batches = list(found[: limit + 1])
    singles = [batch.pk for batch in batches[:limit] if batch.source == "number"]
    answers = {result.batch_id: result for result in LookupResult.objects.filter(batch__in=singles)} if singles else {}
    items = [shown(who, batch, answers.get(batch.pk)) for batch in batches[:limit]]
    return page(items, batches[limit - 1].pk if len(batches) > limit else None)


@router.get("/lookups/{lookup_id}", response=LookupShown, operation_id="getLookup", summary="Read a lookup")
def read(request: HttpRequest, lookup_id: Id) -> dict[str, Any]:
    """Return how far a lookup is, and of a single number the answer."""
    return _now(caller(request)[0], _own(request, lookup_id))


@router.get("/lookups/{lookup_id}/results", response=Page[ResultShown], operation_id="listLookupResults", summary="List a lookup's results")
def numbers(
    request: HttpRequest,
    lookup_id: Id,
    state: NumberState | None = None,
    reach: Reach | None = None,
    operator: OperatorSought = "",
    ported: bool | None = None,
    number: NumberSought = "",
    limit: Limit = LIMIT,
    cursor: Cursor = "",
) -> dict[str, Any]:
    """List what is known of each number, in the order in which they were asked for; `ported`, `reach` and `operator` are of the answers.

    Of a group or a file the key must be one that may read contacts, too.
    """
    moved = "" if ported is None else ("yes" if ported else "no")
    chosen = Filter(state or "", reach or "", operator, moved, number)
    batch = _own(request, lookup_id)
    if batch.source in OF_CONTACTS:
        caller(request)[0].must("contacts")
    rows, after = results.page(batch, chosen, first(cursor), limit)
    return page([shown_result(row) for row in rows], after)


@router.post("/lookups/{lookup_id}/pause", response=LookupShown, operation_id="pauseLookup", summary="Pause a lookup")
def pause(request: HttpRequest, lookup_id: Id) -> dict[str, Any]:
    """Ask for nothing more until it is resumed."""
    return _moved(request, lookup_id, control.pause)


@router.post("/lookups/{lookup_id}/resume", response=LookupShown, operation_id="resumeLookup", summary="Resume a lookup")
def resume(request: HttpRequest, lookup_id: Id) -> dict[str, Any]:
    """Go on with a paused lookup."""
    return _moved(request, lookup_id, control.resume)


@router.post("/lookups/{lookup_id}/cancel", response=LookupShown, operation_id="cancelLookup", summary="Cancel a lookup")
def cancel(request: HttpRequest, lookup_id: Id) -> dict[str, Any]:
    """Take back what was not asked for; its credits are given back."""
    return _moved(request, lookup_id, control.cancel)


def _own(request: HttpRequest, lookup_id: int) -> LookupBatch:
    who, _key = caller(request)
    who.must("lookup")
    found: LookupBatch = own(LookupBatch.objects.all(), who, _("lookup"), pk=lookup_id)
    return found


def _moved(request: HttpRequest, lookup_id: int, move: Callable[[LookupBatch], None]) -> dict[str, Any]:
    batch = _own(request, lookup_id)
    move(batch)
    return _now(caller(request)[0], batch)
