"""What the states of a proof are called. Knows no table."""

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

NAMES: dict[str, Promise] = {
    "waiting": pgettext_lazy("proof", "To be looked at"),
    "approved": pgettext_lazy("proof", "Approved"),
    "refused": pgettext_lazy("proof", "Refused"),
}
