"""What a key of a program may do. The one table of it; knows neither keys nor interfaces."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SCOPES: dict[str, Promise] = {
    "send": _("send messages; pause, resume and cancel sends; delete reports"),
    "read": _("read messages, sends and reports"),
    "contacts": _("read and change contacts and groups"),
    "texts": _("read and change saved texts"),
    "money": _("read credit, movements, types and prices"),
    "webhooks": _("read and change webhooks"),
    "lookup": _("look numbers up"),
}
EVERYTHING = tuple(SCOPES)
