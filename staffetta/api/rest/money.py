"""Credit, its movements, and what each type of SMS costs."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema

from staffetta.api.rest.cursors import LIMIT, Cursor, Limit, Page, first, page
from staffetta.api.rest.moments import Moment
from staffetta.api.rest.shapes import Credits, caller
from staffetta.billing import ledger, statement
from staffetta.lib.money import fixed
from staffetta.messaging import offer

router = Router()
Kind = Literal["grant", "purchase", "charge", "refund", "adjustment", "transfer"]


class CreditShown(Schema):
    """The account's credit: `balance` is all it owns, `held` is set aside for batches, `available` can be spent."""

    available: Credits
    balance: Credits
    held: Credits


class MovementShown(Schema):
    """A line of the ledger: never changed, never deleted."""

    id: int
    kind: Kind
    credits: Credits
    balance_after: Credits
    reason: str
    created_at: datetime


class PriceShown(Schema):
    """What a part costs toward numbers that begin so; the longest prefix that fits counts."""

    prefix: str
    credits: Credits


class TypeShown(Schema):
    """A type of SMS on sale. `sender`: the one it always has, null where it is chosen at each send."""

    id: int
    name: str
    sender: str | None
    parts_max: int
    receipts: bool
    prices: list[PriceShown]


@router.get("/credit", response=CreditShown, operation_id="getCredit", summary="Read the credit")
def credit(request: HttpRequest) -> dict[str, Any]:
    """Return what the account can still spend."""
    who, _key = caller(request)
    who.must("money")
    wallet = ledger.wallet(who.account_id)
    return {"available": fixed(wallet.available_e4), "balance": fixed(wallet.balance_e4), "held": fixed(wallet.held_e4)}


@router.get("/movements", response=Page[MovementShown], operation_id="listMovements", summary="List movements of credit")
def movements(
    request: HttpRequest,
    kind: Kind | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
    limit: Limit = LIMIT,
    cursor: Cursor = "",
) -> dict[str, Any]:
    """List the movements of credit, the newest first."""
    who, _key = caller(request)
    who.must("money")
    found = statement.entries(who.account_id, statement.Wanted(kind or "", since, until))
    if before := first(cursor):
        found = found.filter(pk__lt=before)
    entries = list(found[: limit + 1])
    items = [
        {
            "id": entry.pk,
            "kind": entry.kind,
            "credits": fixed(entry.amount_e4),
            "balance_after": fixed(entry.balance_after_e4),
            "reason": entry.reason,
            "created_at": entry.created_at,
        }
        for entry in entries[:limit]
    ]
    return page(items, entries[limit - 1].pk if len(entries) > limit else None)


@router.get("/types", response=Page[TypeShown], operation_id="listTypes", summary="List types and prices")
def types(request: HttpRequest, limit: Limit = LIMIT, cursor: Cursor = "") -> dict[str, Any]:
    """List the types of SMS on sale, each with its prices."""
    who, _key = caller(request)
    who.must("money")
    after = first(cursor)
    known = [each for each in sorted(offer.current().types.items(), key=lambda each: each[0]) if each[0] > after]
    items = [
        {
            "id": api_id,
            "name": kind.name,
            "sender": kind.fixed_sender or None,
            "parts_max": kind.parts_max,
            "receipts": kind.receipts,
            "prices": [{"prefix": prefix, "credits": fixed(cost_e4)} for prefix, cost_e4 in sorted(prices.by_prefix.items())],
        }
        for api_id, (kind, prices) in known[:limit]
    ]
    return page(items, known[limit - 1][0] if len(known) > limit else None)
