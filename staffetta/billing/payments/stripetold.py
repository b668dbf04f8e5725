"""What Stripe's answers say in our words: a payment's state, a refusal, what became of refunds, a card that is kept. Asks nothing."""

from typing import Any

import stripe

from staffetta.billing.payments.base import Asked, Card, Returned, Seen
from staffetta.billing.payments.declines import named

STATES = {
    "requires_payment_method": "started",  # refused where an attempt has failed
    "requires_confirmation": "started",
    "requires_action": "started",
    "processing": "started",
    "requires_capture": "started",
    "succeeded": "succeeded",
    "canceled": "refused",
}
REFUNDS: dict[str, Returned] = {"succeeded": "returned", "pending": "under way", "requires_action": "under way"}


def seen(intent: stripe.PaymentIntent) -> Seen:
    """Return a payment as it is now."""
    told: dict[str, Any] = intent.to_dict()
    state, error = STATES[told["status"]], told.get("last_payment_error") or {}
    if told["status"] == "requires_payment_method" and error:
        state = "refused"
    charge, ours = told.get("latest_charge"), told.get("metadata") or {}
    charge = charge if isinstance(charge, dict) else {}
    if state == "succeeded" and charge.get("refunded"):
        state = "refunded"
    return Seen(
        reference=told["id"],
        state=state,
        refusal="" if state != "refused" else named(error.get("code") or "", error.get("decline_code") or "") if error else "cancelled",
        amount_cents=told["amount"],
        order_id=_number(ours.get("order")),
        account_id=_number(ours.get("account")),
        shop=str(ours.get("shop") or ""),
        returned_cents=charge.get("amount_refunded") or 0,
        secret=told["client_secret"] if state == "started" else "",
        card=_card(told),
    )


def declined(asked: Asked, error: stripe.CardError) -> Seen:
    """Return the refusal of a card's bank."""
    told: Any = error.json_body or {}
    body = told.get("error", {})
    intent = body.get("payment_intent") or {}
    return refused(asked, named(error.code or "", body.get("decline_code") or ""), intent.get("id") or "")


def refused(asked: Asked, refusal: str, reference: str = "") -> Seen:
    """Return a charge that was refused, also where Stripe made no payment of it."""
    return Seen(reference or f"refused-{asked.key}", "refused", refusal, asked.amount_cents, asked.order_id)


def returned_cents(refunds: list[stripe.Refund]) -> int:
    """Return what has gone back."""
    return sum(each.amount for each in refunds if each.status == "succeeded")


def became(refunds: list[stripe.Refund], amount_cents: int) -> Returned | None:
    """Return what the refunds of a payment come to; None where more of it may still be asked for."""
    if returned_cents(refunds) >= amount_cents:
        return "returned"
    states = {REFUNDS.get(each.status or "", "not returned") for each in refunds}
    return next((state for state in ("under way", "not returned") if state in states), None)


def _number(value: Any) -> int:
    """Return a number of our metadata; zero where somebody else wrote something else there."""
    return int(value) if str(value).isascii() and str(value).isdecimal() and len(str(value)) < 16 else 0


def _card(told: dict[str, Any]) -> Card | None:
    """Return the card of a payment that keeps it for its customer."""
    method, keeps = told.get("payment_method"), (told.get("metadata") or {}).get("keep")
    if not keeps or not isinstance(method, dict) or not method.get("card"):
        return None
    card = method["card"]
    return Card(method["id"], card["brand"].title(), card["last4"], card["exp_year"], card["exp_month"], told.get("customer") or "")
