"""Stripe as a card provider, by its PaymentIntents: opens, looks, charges, refunds, checks events. Knows no order.

The card is typed into Stripe's own field (docs/decisions/0010); we see its brand and last four digits, never its number.
"""

import logging
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, TypeVar

import stripe

from staffetta.billing.payments import stripetold
from staffetta.billing.payments.base import Asked, Card, Event, Forged, Returned, Seen, Unknown, Unreachable
from staffetta.billing.payments.errors import CardNotTaken, CardRefused, CardSumTooSmall
from staffetta.billing.payments.signature import TOLERANCE_S
from staffetta.lib.money import euro

KINDS = {
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "charge.refunded",
    "charge.dispute.created",
    "charge.refund.updated",
    "refund.failed",
    "refund.updated",
}
CENTS_MIN = 50  # docs.stripe.com/currencies: the least charge in euro
NOT_TAKEN = {"amount_too_small": "sum_too_small", "resource_missing": "card_unknown"}
_log = logging.getLogger(__name__)
TIMEOUT_S = 20
_EXPAND = ["payment_method", "latest_charge"]
T = TypeVar("T")


class Stripe:
    """Stripe with the operator's keys."""

    name = "stripe"
    own_page = True

    def __init__(self, key: str, webhook_secret: str, api_base: str) -> None:
        """Talk to the API at `api_base`."""
        self._key, self._webhook_secret, self._api_base = key, webhook_secret, api_base

    @cached_property
    def _client(self) -> stripe.StripeClient:
        return stripe.StripeClient(
            self._key,
            base_addresses={"api": self._api_base},
            http_client=stripe.RequestsClient(timeout=TIMEOUT_S),
            max_network_retries=1,
        )

    def start(self, asked: Asked) -> Seen:
        """Open a payment; our card page goes on with its secret. Raises CardNotTaken, CardSumTooSmall."""
        if asked.amount_cents < CENTS_MIN:
            raise _too_small(asked)
        params: dict[str, Any] = self._wanted(asked)
        try:
            if asked.save_card:
                params["metadata"]["keep"] = "yes"
                params["customer"] = asked.customer or self._customer(asked)
                params["payment_method_options"] = {"card": {"setup_future_usage": "off_session"}}
            return stripetold.seen(self._call(lambda: self._client.v1.payment_intents.create(params, self._once(asked.key))))  # type: ignore[arg-type]
        except stripe.InvalidRequestError as error:
            raise _not_taken(asked, error) from error

    def look(self, reference: str, return_url: str = "") -> Seen:
        """Return a payment as it is now."""
        try:
            return stripetold.seen(self._call(lambda: self._client.v1.payment_intents.retrieve(reference, {"expand": _EXPAND})))
        except stripe.InvalidRequestError as error:
            raise Unknown(f"Stripe: {error}") from error

    def charge(self, asked: Asked, card: Card) -> Seen:
        """Charge a kept card; a refusal of its bank is an answer, not an error."""
        if asked.amount_cents < CENTS_MIN:
            return stripetold.refused(asked, "sum_too_small")
        params = self._wanted(asked) | {"customer": card.customer, "payment_method": card.token, "off_session": True, "confirm": True}
        try:
            seen = stripetold.seen(self._call(lambda: self._client.v1.payment_intents.create(params, self._once(asked.key))))  # type: ignore[arg-type]
        except stripe.CardError as error:
            return stripetold.declined(asked, error)
        except stripe.InvalidRequestError as error:
            _log.error("order %s: Stripe does not take the charge: %s", asked.order_id, error)
            return stripetold.refused(asked, NOT_TAKEN.get(error.code or "", "not_taken"))
        # A bank that wants the customer leaves the payment waiting for somebody who is not there.
        return seen if seen.state != "started" else self._without_customer(seen.reference)

    def abandon(self, reference: str) -> Seen:
        """Cancel a payment that nobody has finished."""
        try:
            self._call(lambda: self._client.v1.payment_intents.cancel(reference))
        except stripe.InvalidRequestError:
            return self.look(reference)  # it ended meanwhile: what it is now counts
        seen = self.look(reference)
        return Seen(**vars(seen) | {"refusal": "abandoned"}) if seen.state == "refused" else seen

    def refund(self, reference: str, amount_cents: int, key: str) -> Returned:
        """Give back what did not go back before; a refund that has failed is not tried again."""
        try:
            before = self._refunds(reference)
            if told := stripetold.became(before, amount_cents):
                return told
            params: dict[str, Any] = {"payment_intent": reference, "amount": amount_cents - stripetold.returned_cents(before)}
            refund = self._call(lambda: self._client.v1.refunds.create(params, self._once(key)))  # type: ignore[arg-type]
        except stripe.InvalidRequestError as error:
            return "returned" if error.code == "charge_already_refunded" else "not returned"
        return stripetold.REFUNDS.get(refund.status or "", "not returned")

    def returned(self, reference: str, amount_cents: int) -> Returned | None:
        """Return what became of money that was to go back."""
        try:
            return stripetold.became(self._refunds(reference), amount_cents)
        except stripe.InvalidRequestError as error:
            raise Unknown(f"Stripe: {error}") from error

    def forget(self, card: Card) -> None:
        """Detach a card from its customer; one that Stripe does not know is forgotten already."""
        try:
            self._call(lambda: self._client.v1.payment_methods.detach(card.token))
        except stripe.InvalidRequestError:
            return

    def event(self, headers: Mapping[str, str], body: bytes) -> Event:
        """Return what an event says. Raises Forged."""
        try:
            told = stripe.Webhook.construct_event(body, headers.get("Stripe-Signature", ""), self._webhook_secret, TOLERANCE_S)
            about: dict[str, Any] = told.data.object.to_dict()
        except (ValueError, UnicodeDecodeError, AttributeError, stripe.SignatureVerificationError) as error:
            raise Forged(str(error)) from error
        reference = about.get("id") if about.get("object") == "payment_intent" else about.get("payment_intent")
        kept = {name: about.get(name) for name in ("id", "object", "status", "amount", "currency", "reason") if about.get(name)}
        return Event(
            told.id,
            told.type,
            str(reference or "") if told.type in KINDS else "",
            {"created": told.created, "object": kept},
            str(about.get("id") or ""),
        )

    def _wanted(self, asked: Asked) -> dict[str, Any]:
        return {
            "amount": asked.amount_cents,
            "currency": "eur",
            "payment_method_types": ["card"],
            "metadata": {"order": asked.order_id, "account": asked.account_id, "shop": asked.shop, "description": asked.description},
            "expand": _EXPAND,
        }

    def _customer(self, asked: Asked) -> str:
        params: dict[str, Any] = {"metadata": {"account": asked.account_id}, **({"email": asked.email} if asked.email else {})}
        once = self._once(f"{asked.key}-customer")
        return str(self._call(lambda: self._client.v1.customers.create(params, once)).id)  # type: ignore[arg-type]

    def _refunds(self, reference: str) -> list[stripe.Refund]:
        return list(self._call(lambda: self._client.v1.refunds.list({"payment_intent": reference, "limit": 100})).data)

    def _without_customer(self, reference: str) -> Seen:
        seen = self.abandon(reference)
        return Seen(**vars(seen) | {"refusal": "needs_customer"}) if seen.state == "refused" else seen

    @staticmethod
    def _once(key: str) -> stripe.RequestOptions:
        return {"idempotency_key": key}

    @staticmethod
    def _call(ask: Callable[[], T]) -> T:
        """Ask Stripe. Raises Unreachable where it did not answer; CardError and InvalidRequestError are answers."""
        try:
            return ask()
        except (stripe.CardError, stripe.InvalidRequestError):
            raise
        except stripe.StripeError as error:
            raise Unreachable(f"Stripe: {error}") from error


def _too_small(asked: Asked) -> CardSumTooSmall:
    return CardSumTooSmall(value=euro(asked.amount_cents), least=euro(CENTS_MIN))


def _not_taken(asked: Asked, error: stripe.InvalidRequestError) -> CardRefused:
    _log.error("order %s: Stripe does not take the payment: %s", asked.order_id, error)
    return _too_small(asked) if error.code == "amount_too_small" else CardNotTaken()
