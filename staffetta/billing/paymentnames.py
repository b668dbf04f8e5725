"""What states of payments, and those that they come from, are called. Knows no table."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STATES: dict[str, Promise] = {
    "started": pgettext_lazy("payment", "Begun"),
    "succeeded": pgettext_lazy("payment", "Came in"),
    "refused": pgettext_lazy("payment", "Refused"),
    "refunding": pgettext_lazy("payment", "To be returned"),
    "refunded": pgettext_lazy("payment", "Returned"),
}
FROM: dict[str, Promise | str] = {
    "testbank": _("Card (test bank)"),
    "stripe": _("Card (Stripe)"),
    "bank": _("Bank statement"),
    "post": _("Postal statement"),
    "staff": _("Proof of payment"),
}
