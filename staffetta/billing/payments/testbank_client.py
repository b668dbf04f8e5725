"""The test bank as a card provider: asks its API, checks its events, gives its codes our names. Knows no order."""

import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from staffetta.billing.payments import signature
from staffetta.billing.payments.base import Asked, Card, Event, Forged, Returned, Seen, Unknown, Unreachable

REFUSALS = {
    "51": "insufficient_funds",
    "57": "online_not_enabled",
    "62": "abroad_not_enabled",
    "3DS-OFF": "three_ds_inactive",
    "3DS-FAILED": "three_ds_failed",
    "1A": "needs_customer",
    "91": "issuer_unreachable",
    "61": "limit_reached",
    "14": "wrong_number",
    "80": "wrong_expiry",
    "N7": "wrong_cvc",
    "54": "expired_card",
    "41": "lost_or_stolen",
    "43": "lost_or_stolen",
    "05": "refused",
    "40": "unsupported",
    "17": "cancelled",
    "68": "abandoned",
}
STATES = {"open": "started", "challenge": "started", "succeeded": "succeeded", "refused": "refused", "refunded": "refunded"}
TIMEOUT_S = 10


class TestBank:
    """The bank at an address; it tells its events to `events_url`."""

    __test__ = False  # for pytest: no test
    name = "testbank"
    own_page = False

    def __init__(self, url: str, secret: str, events_url: str) -> None:
        """Talk to the bank at `url` with the secret that both know."""
        self._url, self._secret, self._events_url = url, secret, events_url

    def start(self, asked: Asked) -> Seen:
        """Open a payment; the browser goes on at the bank's page."""
        return self._seen(self._asked("payments", self._wanted(asked) | {"return_url": asked.return_url}), asked.return_url)

    def look(self, reference: str, return_url: str = "") -> Seen:
        """Return a payment as it is now."""
        return self._seen(self._asked(f"payments/{reference}"), return_url)

    def charge(self, asked: Asked, card: Card) -> Seen:
        """Charge a kept card."""
        return self._seen(self._asked("charges", self._wanted(asked) | {"token": card.token, "return_url": self._events_url}))

    def abandon(self, reference: str) -> Seen:
        """Close a payment that nobody has finished."""
        return self._seen(self._asked(f"payments/{reference}/abandon", {}))

    def refund(self, reference: str, amount_cents: int, key: str) -> Returned:
        """Give a payment back."""
        told = self._asked(f"payments/{reference}/refund", {"amount_cents": amount_cents, "key": key})
        return "returned" if told["refunded"] else "not returned"

    def returned(self, reference: str, amount_cents: int) -> Returned | None:
        """Return what became of the money: this bank gives it back at once or never."""
        return "returned" if self.look(reference).state == "refunded" else None

    def forget(self, card: Card) -> None:
        """Keep a card no longer."""
        self._asked(f"cards/{card.token}/forget", {})

    def event(self, headers: Mapping[str, str], body: bytes) -> Event:
        """Return what an event says. Raises Forged."""
        signature.check(self._secret, body, headers.get("Bank-Signature", ""))
        try:
            told = json.loads(body)
            return Event(
                told["id"], told["kind"], told["payment"], {name: told[name] for name in ("id", "kind", "payment", "at")}, told["id"]
            )
        except (ValueError, KeyError, TypeError) as error:
            raise Forged(f"the event cannot be read: {error}") from error

    def _wanted(self, asked: Asked) -> dict[str, Any]:
        return {
            "key": asked.key,
            "order_id": asked.order_id,
            "account_id": asked.account_id,
            "shop": asked.shop,
            "amount_cents": asked.amount_cents,
            "description": asked.description,
            "language": asked.language,
            "save_card": asked.save_card,
            "events_url": self._events_url,
        }

    def _seen(self, told: dict[str, Any], return_url: str = "") -> Seen:
        card = told["card"]
        return Seen(
            reference=told["id"],
            state=STATES[told["state"]],
            refusal=REFUSALS.get(told["refusal"], "refused") if told["refusal"] else "",
            amount_cents=told["amount_cents"],
            order_id=told["order_id"],
            account_id=told["account_id"],
            shop=told["shop"],
            url=f"{self._page_base(return_url)}/pay/{told['id']}" if STATES[told["state"]] == "started" else "",
            card=Card(card["token"], card["brand"], card["last4"], card["year"], card["month"]) if card else None,
        )

    def _page_base(self, return_url: str) -> str:
        """Return the bank's address for the browser: where the demo is looked at from another machine, the bank is there too."""
        bank, shop = urlsplit(self._url), urlsplit(return_url)
        if bank.hostname == "127.0.0.1" and shop.hostname:
            return f"http://{shop.hostname}:{bank.port}"
        return self._url

    def _asked(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ask the bank's API: GET without a body. Raises Unreachable."""
        parts = urlsplit(self._url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        caller = kind(parts.netloc, timeout=TIMEOUT_S)
        try:
            headers = {"Authorization": f"Bearer {self._secret}", "Content-Type": "application/json"}
            caller.request("GET" if body is None else "POST", f"/api/{path}", None if body is None else json.dumps(body), headers)
            answer = caller.getresponse()
            said = answer.read()
            if answer.status == 404:
                raise Unknown(f"the test bank knows no {path}")
            if answer.status != 200:
                raise Unreachable(f"the test bank answered {answer.status}: {said[:100]!r}")
            told: dict[str, Any] = json.loads(said)
            return told
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unreachable(f"the test bank does not answer: {error}") from error
        finally:
            caller.close()
