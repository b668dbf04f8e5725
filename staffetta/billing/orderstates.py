"""Which states an order has and which moves are allowed. Knows no tables: `orders.py` moves by conditional update."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ORDER_MOVES: dict[str, frozenset[str]] = {
    "created": frozenset({"waiting", "paid", "failed", "cancelled"}),
    "waiting": frozenset({"waiting", "paid", "failed", "cancelled"}),
    "failed": frozenset({"waiting", "paid", "failed", "cancelled"}),
    # Money that comes after the order was given up is the customer's all the same.
    "cancelled": frozenset({"paid"}),
    "paid": frozenset({"refunded"}),
    "refunded": frozenset(),
}
OPEN = ("created", "waiting", "failed")

NAMES = {
    "created": pgettext_lazy("order", "Begun"),
    "waiting": pgettext_lazy("order", "Waits for payment"),
    "paid": pgettext_lazy("order", "Paid"),
    "failed": pgettext_lazy("order", "Payment refused"),
    "cancelled": pgettext_lazy("order", "Cancelled"),
    "refunded": pgettext_lazy("order", "Given back"),
}
WAYS = {"card": _("Card"), "transfer": _("Bank transfer"), "slip": _("Postal slip")}

# Who does not stand here is a card service.
_WAYS_OF = {"bank": "transfer", "post": "slip"}


def way_of(provider: str, chosen: str) -> str:
    """Return how an order was really paid, by who brought its money; the staff's word for it keeps the way that was chosen."""
    return (chosen or "transfer") if provider == "staff" else _WAYS_OF.get(provider, "card")


def moves_into(state: str) -> tuple[str, ...]:
    """Return the states from which `state` may be reached."""
    return tuple(origin for origin, targets in ORDER_MOVES.items() if state in targets)
