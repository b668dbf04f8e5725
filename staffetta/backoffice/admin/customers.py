"""Customers with their credit; credits given and taken by the staff, always with a reason."""

import secrets
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminTextInputWidget

from staffetta.accounts import profile
from staffetta.accounts.models import Account, User
from staffetta.backoffice import customertables, roles
from staffetta.backoffice.base import OfficeAdmin
from staffetta.backoffice.fields import CreditsField
from staffetta.backoffice.site import office
from staffetta.billing import adjustments, salessettings, vat, vatcheck
from staffetta.billing.errors import NotEnoughCredit
from staffetta.billing.models import Wallet
from staffetta.lib import money
from staffetta.lib.errors import Refused


class CreditForm(forms.Form):
    """Credits to give or take, and why; `key` makes a form that is sent twice one movement."""

    key = forms.CharField(max_length=60, widget=forms.HiddenInput)
    direction = forms.ChoiceField(
        label=_("what to do"),
        choices=[("give", _("give credits")), ("take", _("take credits"))],
        initial="give",
        widget=UnfoldAdminRadioSelectWidget,
    )
    amount_e4 = CreditsField(label=_("credits"))
    reason = forms.CharField(
        label=_("reason"),
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("The customer reads it in the list of movements."),
    )


@admin.register(Account, site=office)
class AccountAdmin(OfficeAdmin):
    """The customers."""

    addable = False
    list_display = ("name", "credit", "held", "created_at", "closed_at")
    search_fields = ("name", "users__username", "users__email", "profile__vat_number", "profile__tax_code")
    fields = ("name", "time_zone", "country", "created_at", "closed_at", "credit", "held", "do")
    readonly_fields = ("created_at", "closed_at", "credit", "held", "do")
    change_form_outer_after_template = "backoffice/customer_tables.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        """Fetch the wallets with the accounts."""
        found: QuerySet[Account] = super().get_queryset(request).select_related("wallet")
        return found

    def get_urls(self) -> list[Any]:
        """Add the pages that give and take credits, and that confirm the data for VAT."""
        own = [
            path("<int:account_id>/credit/", self.admin_site.admin_view(self.credit_page), name="account-credit"),
            path("<int:account_id>/vat/", self.admin_site.admin_view(self.vat_page), name="account-vat"),
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show below the form what belongs to the customer."""
        account = self.get_object(request, object_id)
        tables = customertables.of(account) if account and self.has_view_permission(request, account) else []
        page: HttpResponse = super().change_view(request, object_id, form_url, (extra_context or {}) | {"tables": tables})
        return page

    @admin.display(description=_("credits"), ordering="wallet__balance_e4")
    def credit(self, row: Account) -> str:
        """Write the credit."""
        wallet: Wallet | None = getattr(row, "wallet", None)
        return money.shown(wallet.balance_e4) if wallet else "–"

    @admin.display(description=_("set aside"))
    def held(self, row: Account) -> str:
        """Write what is held for open sends."""
        wallet: Wallet | None = getattr(row, "wallet", None)
        return money.shown(wallet.held_e4) if wallet else "–"

    @admin.display(description="")
    def do(self, row: Account) -> str:
        """Link to what can be done for the customer."""
        pages = [
            (reverse("office:account-credit", args=[row.pk]), _("Give or take credits")),
            (f"{reverse('office:billing_entry_changelist')}?account__id__exact={row.pk}", _("Credit movements")),
            (f"{reverse('office:billing_order_changelist')}?account__id__exact={row.pk}", _("Orders")),
            (f"{reverse('office:billing_specialprice_add')}?account={row.pk}", _("Special price")),
        ]
        return format_html(
            " · ".join(['<a class="text-primary-600 underline" href="{}">{}</a>'] * len(pages)), *[part for page in pages for part in page]
        )

    def credit_page(self, request: HttpRequest, account_id: int) -> HttpResponse:
        """Give credits to a customer, or take some."""
        account = get_object_or_404(Account, pk=account_id)
        if not roles.may_act(request.user, self.table):
            messages.error(request, gettext("Only the owner of the service gives and takes credits."))
            return redirect("office:accounts_account_changelist")
        form = CreditForm(request.POST or None, initial={"key": secrets.token_urlsafe(12)})
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data
            assert isinstance(request.user, User)
            amount_e4 = given["amount_e4"] if given["direction"] == "give" else -given["amount_e4"]
            try:
                entry = adjustments.adjust(account, amount_e4, given["reason"], request.user, given["key"])
                told = {"account": account.name, "balance": money.shown(entry.balance_after_e4)}
                messages.success(request, gettext("%(account)s now has %(balance)s credits.") % told)
                return redirect("office:accounts_account_change", account.pk)
            except NotEnoughCredit as refusal:
                told = {"available": refusal.values["available"]}
                form.add_error(
                    "amount_e4", gettext("The customer has only %(available)s credits that are free: take that many at most.") % told
                )
            except Refused as refusal:
                form.add_error("amount_e4", str(refusal))
        context = self.admin_site.each_context(request) | {"title": account.name, "subtitle": gettext("Give or take credits"), "form": form}
        return TemplateResponse(request, "backoffice/form.html", context, status=400 if form.errors else 200)

    def vat_page(self, request: HttpRequest, account_id: int) -> HttpResponse:
        """Confirm that a customer who claims to pay no VAT here is who they say."""
        account = get_object_or_404(Account, pk=account_id)
        data = profile.of(account)
        if request.method == "POST":
            assert isinstance(request.user, User)
            if vatcheck.confirm(account, request.user, request.META.get("REMOTE_ADDR")):
                messages.success(
                    request, gettext("The data of %(account)s are confirmed: orders from now on follow them.") % {"account": account.name}
                )
            return redirect("office:index")
        context = self.admin_site.each_context(request) | {
            "title": account.name,
            "subtitle": gettext("Data for VAT"),
            "data": data,
            "pending": vatcheck.pending(data),
            "claimed": vatcheck.WORDS[vat.claimed(data, salessettings.current()).regime],
        }
        return TemplateResponse(request, "backoffice/vat.html", context)
