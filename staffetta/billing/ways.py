"""Which ways of paying are open now: what the staff have set decides, and which cards an account had kept. Reads only."""

from staffetta.accounts.models import Account
from staffetta.billing import cardpayments, cards, orderstates, salessettings

_KEPT = "kept-"


def offered() -> list[str]:
    """Return the ways of paying that can be chosen, the quickest first."""
    shop = salessettings.current()
    have = {"card": cardpayments.offered(), "transfer": bool(shop.iban), "slip": bool(shop.postal_account)}
    return [way for way, there in have.items() if there]


def for_account(account: Account) -> list[tuple[str, str]]:
    """Return what the account may choose with its name: its kept cards ("kept-3") that have not expired come first."""
    kept = [(f"{_KEPT}{card.pk}", f"{card.brand} •••• {card.last4}") for card in cards.kept(account) if not cards.expired(card)]
    return [*kept, *((way, str(orderstates.WAYS[way])) for way in offered())]


def kept_card(chosen: str) -> int:
    """Return the number of the kept card that was chosen; 0 where it was another way."""
    number = chosen.removeprefix(_KEPT)
    return int(number) if chosen.startswith(_KEPT) and number.isdecimal() and len(number) < 19 else 0
