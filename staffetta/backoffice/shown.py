"""How things are written on pages of the back office: links, sums, moments, coloured states. Knows no rule."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from staffetta.accounts.models import Account
from staffetta.billing import reasoncode
from staffetta.billing.models import Order

# The colour of a state: good, wait, bad; all others are calm.
_TONES = {
    "paid": "good", "approved": "good", "matched": "good", "succeeded": "good", "delivered": "good", "accepted": "good",
    "not_delivered": "good", "expired": "good", "attested": "good",
    "waiting": "wait", "proposed": "wait", "unmatched": "wait", "refunding": "wait", "issued": "wait", "started": "wait",
    "failed": "bad", "refused": "bad", "rejected": "bad",
}  # fmt: skip


def link(text: Any, name: str, *args: Any, query: str = "") -> SafeString:
    """Write a link to a page of the back office."""
    return format_html('<a class="office-link" href="{}">{}</a>', reverse(f"office:{name}", args=args) + query, text)


def order(row: Order | None) -> SafeString | str:
    """Link to an order by number and code."""
    return link(f"{row.pk} · {reasoncode.shown(row.pk)}", "billing_order_change", row.pk) if row else "–"


def customer(account: Account | None) -> SafeString | str:
    """Link to a customer."""
    return link(account.name, "accounts_account_change", account.pk) if account else "–"


def state(code: str, names: Any) -> SafeString:
    """Write a state in its colour."""
    return format_html('<span class="office-state {}">{}</span>', _TONES.get(code, ""), names.get(code, code))


def moment(at: datetime | None) -> str:
    """Write a moment to the minute, as the portal does."""
    return timezone.localtime(at).strftime("%d/%m/%Y %H:%M") if at else "–"


def day(at: date | None) -> str:
    """Write a day."""
    return at.strftime("%d/%m/%Y") if at else "–"


def long(text: str) -> SafeString:
    """Write what may have no blank to break at."""
    return format_html('<span class="office-long">{}</span>', text) if text else SafeString("")


def when(column: str, heading: Any) -> Callable[[Any], str]:
    """Return a column of a list with a moment or a day."""

    @admin.display(description=heading, ordering=column)
    def written(row: Any) -> str:
        at = getattr(row, column)
        return moment(at) if isinstance(at, datetime) else day(at)

    written.__name__ = column
    return written
