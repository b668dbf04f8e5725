"""What the states of a statement's lines, and their sources, are called. Knows no table."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

NAMES: dict[str, Promise] = {
    "matched": pgettext_lazy("line", "Paid its order"),
    "proposed": pgettext_lazy("line", "To be confirmed"),
    "unmatched": pgettext_lazy("line", "Without an order"),
    "set_aside": pgettext_lazy("line", "Set aside"),
}
SOURCES: dict[str, Promise] = {"bank": _("Bank"), "post": _("Post office")}
