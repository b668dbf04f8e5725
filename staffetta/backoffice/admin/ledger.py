"""The ledger and the audit log, to look at: nobody writes them here."""

import re

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from staffetta.accounts.models import AuditLine
from staffetta.backoffice.base import ReadOnlyAdmin
from staffetta.backoffice.site import office
from staffetta.billing.models import Entry
from staffetta.billing.statement import KINDS
from staffetta.lib import money

# What a line of the audit log is about, as the rules write it: "order 12", "bank line 7", "invoice 3/2026".
_NAMED = re.compile(r"([a-z][a-z ]*) (\d\S*)")


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

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[AuditLine], search_term: str) -> tuple[QuerySet[AuditLine], bool]:
        """Find what was done to one thing where it is named whole ("order 1" is not order 12); else search as everywhere."""
        named = _NAMED.fullmatch(search_term.strip())
        if named and AuditLine.objects.filter(target__startswith=f"{named[1]} ").exists():
            return queryset.filter(Q(target=named[0]) | Q(target__startswith=f"{named[0]} ")), False
        found: tuple[QuerySet[AuditLine], bool] = super().get_search_results(request, queryset, search_term)
        return found

    @admin.display(description=_("before → after"))
    def change(self, row: AuditLine) -> str:
        """Write each value before and after."""
        before, after = row.before or {}, row.after or {}
        names = sorted({**before, **after})
        return "; ".join(f"{name}: {before.get(name, '–')} → {after.get(name, '–')}" for name in names)[:300]
