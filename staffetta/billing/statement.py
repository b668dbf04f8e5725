"""The movements of an account's credit as a bank statement has them: newest first, each with the balance after it. Reads only."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from staffetta.billing.models import Entry

KINDS = {
    "grant": _("Credits given"),
    "purchase": _("Purchase"),
    "charge": _("Send"),
    "refund": _("Given back"),
    "adjustment": _("Adjustment"),
    "transfer": _("Transfer"),
}


_OF_ORDER = re.compile(r"order-(\d+)(-refund)?")


def order_id(entry: Entry) -> int | None:
    """Return the order that a movement is for; None where it is for something else."""
    found = _OF_ORDER.fullmatch(entry.key)
    return int(found[1]) if found else None


def kind_of(entry: Entry) -> Promise:
    """Return in words what kind of movement it is."""
    return _("Order given back") if entry.kind == "purchase" and entry.amount_e4 < 0 else KINDS[entry.kind]


@dataclass(frozen=True)
class Wanted:
    """Which movements; blank fields ask for nothing. `until` is the first moment after the period."""

    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None


def entries(account_id: int, wanted: Wanted) -> QuerySet[Entry]:
    """Return the account's movements, newest first."""
    found = Entry.objects.filter(account_id=account_id)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.since:
        found = found.filter(created_at__gte=wanted.since)
    if wanted.until:
        found = found.filter(created_at__lt=wanted.until)
    return found.order_by("-pk")
