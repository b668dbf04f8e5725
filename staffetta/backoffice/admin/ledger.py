"""The ledger and the audit log, to look at: nobody writes them here."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from staffetta.accounts.models import AuditLine
from staffetta.backoffice.base import ReadOnlyAdmin
from staffetta.backoffice.site import office
from staffetta.billing.models import Entry
from staffetta.billing.statement import KINDS
from staffetta.lib import money


@admin.register(Entry, site=office)
class EntryAdmin(ReadOnlyAdmin):
    """Every movement of every customer's credit."""

    list_display = ("created_at", "account", "what", "amount", "balance", "reason")
    list_filter = ("kind", "created_at")
    search_fields = ("account__name", "key", "reason")
    list_select_related = ("account",)
    ordering = ("-pk",)

    def lookup_allowed(self, lookup: str, value: str, request: object = None) -> bool:
        """Allow the movements of one account, as the customer's page asks for."""
        return lookup == "account__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("movement"))
    def what(self, row: Entry) -> str:
        """Write the kind of movement."""
        return str(KINDS[row.kind])

    @admin.display(description=_("credits"))
    def amount(self, row: Entry) -> str:
        """Write the amount."""
        return ("+" if row.amount_e4 > 0 else "") + money.shown(row.amount_e4)

    @admin.display(description=_("balance"))
    def balance(self, row: Entry) -> str:
        """Write the balance after it."""
        return money.shown(row.balance_after_e4)


@admin.register(AuditLine, site=office)
class AuditAdmin(ReadOnlyAdmin):
    """Who changed what, from what to what."""

    list_display = ("created_at", "user", "action", "target", "account", "change", "reason")
    list_filter = ("action", "created_at")
    search_fields = ("target", "reason", "account__name", "user__username")
    list_select_related = ("user", "account")

    @admin.display(description=_("before → after"))
    def change(self, row: AuditLine) -> str:
        """Write each value before and after."""
        before, after = row.before or {}, row.after or {}
        names = sorted({**before, **after})
        return "; ".join(f"{name}: {before.get(name, '–')} → {after.get(name, '–')}" for name in names)[:300]
