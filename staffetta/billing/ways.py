"""Which ways of paying are open now: what the staff have set decides. Reads only."""

from staffetta.billing import cardpayments, salessettings


def offered() -> list[str]:
    """Return the ways of paying that can be chosen, the quickest first."""
    shop = salessettings.current()
    have = {"card": cardpayments.offered(), "transfer": bool(shop.iban), "slip": bool(shop.postal_account)}
    return [way for way, there in have.items() if there]
