"""What every card provider must be able to do, and what it tells us. Knows no provider and writes no table: `cardpayments.py` drives them.

A provider is asked what a payment's state is *now* after every event and return; the order in which events arrive decides nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Returned = Literal["returned", "under way", "not returned"]  # what became of money that is to go back


class Unreachable(Exception):
    """The provider did not answer, or not in time: nobody knows what it did. The same key may be tried again."""


class Unknown(Unreachable):
    """The provider answers, and knows no such payment: it was made with other keys, or never came to be."""


class Forged(Exception):
    """An event whose signature is not the provider's, or that is older than it may be."""


@dataclass(frozen=True)
class Card:
    """A card that the provider keeps: its token, and what may be shown of it."""

    token: str
    brand: str
    last4: str
    expires_year: int
    expires_month: int
    customer: str = ""


@dataclass(frozen=True)
class Asked:
    """What a payment is for, as the provider needs it. `key`: a repeat with the same key is the same payment there too.

    `shop` tells our installation from another that uses the same keys.
    """

    key: str
    order_id: int
    account_id: int
    amount_cents: int
    description: str
    language: str
    email: str = ""
    return_url: str = ""
    customer: str = ""
    save_card: bool = False
    shop: str = ""


@dataclass(frozen=True)
class Seen:
    """A payment as the provider has it now: `state` is started, succeeded, refused or refunded; `refusal` a code of refusals.py.

    `url`: where the browser must go on, where that is the provider's page. `secret`: what our own page hands to the provider's script.
    `order_id`, `account_id` and `shop` are as we gave them, zero or empty where somebody else made the payment.
    """

    reference: str
    state: str
    refusal: str = ""
    amount_cents: int = 0
    order_id: int = 0
    account_id: int = 0
    shop: str = ""
    returned_cents: int = 0
    url: str = ""
    secret: str = ""
    card: Card | None = None


@dataclass(frozen=True)
class Event:
    """What a provider told by itself: its own id, its kind, which payment it is about, and the body as it may be kept.

    `about`: the name of what happened to the payment, a dispute or a refund.
    """

    id: str
    kind: str
    reference: str
    body: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""


class Provider(Protocol):
    """One card provider. Every method that asks it something raises Unreachable where there is no answer, Unknown where it knows no such payment."""

    name: str
    own_page: bool  # our own page shows the provider's card field; else the browser goes to the provider's page

    def start(self, asked: Asked) -> Seen:
        """Open a payment; the customer's browser goes on with its `url` or `secret`. Raises CardNotTaken, CardSumTooSmall."""

    def look(self, reference: str, return_url: str = "") -> Seen:
        """Return a payment as it is now; `return_url` tells where the browser is, for the address of the provider's page."""

    def charge(self, asked: Asked, card: Card) -> Seen:
        """Charge a kept card without the customer there; a bank may still refuse, or want the customer."""

    def abandon(self, reference: str) -> Seen:
        """Take back a payment that nobody has finished, so that nobody still can; return it as it is now."""

    def refund(self, reference: str, amount_cents: int, key: str) -> Returned:
        """Give the money back, once, and return what became of it."""

    def returned(self, reference: str, amount_cents: int) -> Returned | None:
        """Return what became of money that was to go back; None where nobody asked for it."""

    def forget(self, card: Card) -> None:
        """Keep the card no longer."""

    def event(self, headers: Mapping[str, str], body: bytes) -> Event:
        """Return what an incoming event says. Raises Forged."""
