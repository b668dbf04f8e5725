"""What each role may. The one table of it; knows neither users nor pages."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

OWNER, SENDER, READER, DEVELOPER = "owner", "sender", "reader", "developer"

# What there is to be allowed, and how it is said to people.
PERMISSIONS: dict[str, Promise] = {
    "view": _("see sends, archive and contacts"),
    "send": _("send messages and check numbers"),
    "approve": _("approve the sends of others"),
    "contacts": _("import, change and export contacts"),
    "money": _("buy credits and change the invoicing data"),
    "api": _("manage the keys of programs"),
    "settings": _("change the settings of the account"),
    "team": _("invite users and change their roles"),
}

MAY: dict[str, frozenset[str]] = {
    OWNER: frozenset(PERMISSIONS),
    SENDER: frozenset({"view", "send", "contacts"}),
    READER: frozenset({"view"}),
    DEVELOPER: frozenset({"view", "api"}),
}

NAMES: dict[str, Promise] = {
    OWNER: pgettext_lazy("role", "Owner"),
    SENDER: pgettext_lazy("role", "Sender"),
    READER: pgettext_lazy("role", "Reader"),
    DEVELOPER: pgettext_lazy("role", "Developer"),
}


def allowed(role: str) -> list[Promise]:
    """Return in words what a role may, in the order of the table."""
    return [words for permission, words in PERMISSIONS.items() if permission in MAY[role]]
