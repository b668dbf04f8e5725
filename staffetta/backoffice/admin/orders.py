"""Orders: the list, and the page of one with all that belongs to it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staffetta.backoffice import orderacts, shown
from staffetta.backoffice.filters import named
from staffetta.backoffice.onepage import OnePageAdmin, Table
from staffetta.backoffice.site import office
from staffetta.billing import ordersearch, orderstates, paymentnames, proofstates, reasoncode
from staffetta.billing.bank import states as linestates
from staffetta.billing.invoices import states as invoicestates
from staffetta.billing.models import Order, Payment, PaymentEvent
from staffetta.billing.payments import refusals
from staffetta.lib import money

EVENTS_SHOWN = 50
MOMENTS = (shown.when("created_at", gettext_lazy("made")), shown.when("paid_at", gettext_lazy("paid")))


@admin.register(Order, site=office)
class OrderAdmin(OnePageAdmin):
    """The orders of all customers."""

    acts = orderacts.ACTS
    list_display = ("number", "code", "account", "package_name", "due", "way_named", "state_named", *MOMENTS)
    list_filter = (
        named("state", gettext_lazy("state"), orderstates.NAMES),
        named("way", gettext_lazy("way of paying"), orderstates.WAYS),
        "created_at",
        "paid_at",
    )
    search_fields = ("pk",)
    search_help_text = gettext_lazy("Number, code (RF…) or customer")
    list_select_related = ("account",)
    ordering = ("-pk",)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Order], search_term: str) -> tuple[QuerySet[Order], bool]:
        """Search as the staff write: by number, by code, by customer."""
        if not search_term.strip():
            return queryset, False
        return queryset.filter(pk__in=ordersearch.found(search_term).values("pk")), False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Allow the orders of one customer, as the customer's page asks for."""
        return lookup == "account__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description=gettext_lazy("number"), ordering="pk")
    def number(self, row: Order) -> int:
        """Write the number."""
        return row.pk

    @admin.display(description=gettext_lazy("code"))
    def code(self, row: Order) -> str:
        """Write the reason code in one piece."""
        return reasoncode.shown(row.pk).replace(" ", "\N{NO-BREAK SPACE}")

    @admin.display(description=gettext_lazy("to pay"), ordering="payable_cents")
    def due(self, row: Order) -> str:
        """Write what is to be paid."""
        return money.euro(row.payable_cents)

    @admin.display(description=gettext_lazy("way of paying"), ordering="way")
    def way_named(self, row: Order) -> str:
        """Write the way of paying."""
        return str(orderstates.WAYS.get(row.way, "–"))

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_named(self, row: Order) -> str:
        """Write the state."""
        return shown.state(row.state, orderstates.NAMES)

    def heading(self, row: Order) -> str:
        """Name the order."""
        return _("Order %(number)s") % {"number": row.pk}

    def facts(self, row: Order) -> list[tuple[Any, Any]]:
        """Say what was ordered, by whom, for how much, and where it stands."""
        return [
            (_("state"), shown.state(row.state, orderstates.NAMES)),
            (_("customer"), shown.customer(row.account)),
            (_("code"), reasoncode.shown(row.pk)),
            (_("package"), f"{row.package_name} · {money.shown(row.credits_e4)}"),
            (_("price without VAT"), money.euro(row.net_cents) + (f" ({row.discount})" if row.discount else "")),
            (_("VAT"), f"{money.euro(row.vat_cents)} ({money.editable(row.vat_bp * 100)} %)"),
            (_("to pay"), money.euro(row.payable_cents)),
            (_("way of paying"), orderstates.WAYS.get(row.way, "–")),
            (_("made"), f"{shown.moment(row.created_at)} · {row.user or '–'}" + (f" · {_('automatic top-up')}" if row.automatic else "")),
            (_("paid"), shown.moment(row.paid_at)),
        ]

    def links(self, row: Order) -> list[Any]:
        """Lead to what was done about it."""
        return [shown.link(_("Audit log"), "accounts_auditline_changelist", query=f"?q=order+{row.pk}")]

    def tables(self, row: Order) -> list[Table]:
        """Show payments, proofs, lines of statements, invoices and what the card service told."""
        payments = list(row.payments.select_related("bank_line").order_by("-pk"))
        return [_payments(payments), _proofs(row), _lines(row), _invoices(row), _events(payments)]


def _payments(payments: list[Payment]) -> Table:
    heads = [_("payment"), _("state"), _("euro"), _("when"), _("what"), _("reference")]
    rows = [
        (
            paymentnames.FROM.get(each.provider, each.provider),
            shown.state(each.state, paymentnames.STATES),
            money.euro(each.amount_cents),
            shown.moment(each.ended_at or each.created_at),
            shown.long(_payment_words(each)),
            shown.long(each.reference),
        )
        for each in payments
    ]
    return Table(_("Payments"), heads, rows)


def _payment_words(payment: Payment) -> str:
    said = [_("surplus")] if payment.surplus else []
    if payment.refusal:
        said.append(str(refusals.of(payment.refusal).happened))
    line = getattr(payment, "bank_line", None)
    if line and line.payer:
        said.append(line.payer)
    return ", ".join(said)


def _proofs(row: Order) -> Table:
    rows = [
        (
            shown.link(each.name, "billing_proof_change", each.pk),
            shown.state(each.state, proofstates.NAMES),
            shown.moment(each.created_at),
            each.reason or each.note,
        )
        for each in row.proofs.defer("content")
    ]
    return Table(_("Proofs of payment"), [_("proof of payment"), _("state"), _("when"), _("reason")], rows)


def _lines(row: Order) -> Table:
    rows = [
        (
            shown.link(shown.day(each.booked_on), "billing_bankline_change", each.pk),
            shown.state(each.state, linestates.NAMES),
            money.euro(each.amount_cents),
            shown.long(each.payer),
            shown.long(each.reason),
        )
        for each in row.bank_lines.select_related("order")
    ]
    return Table(_("Lines of statements"), [_("booked"), _("state"), _("euro"), _("payer"), _("reason")], rows)


def _invoices(row: Order) -> Table:
    rows = [
        (
            shown.link(f"{each.get_kind_display()} {each.shown_number}", "billing_invoice_change", each.pk),
            shown.state(each.state, invoicestates.STAFF_NAMES),
            shown.day(each.issued_on),
            format_html('<a class="office-link" href="{}">PDF</a>', reverse("office:invoice-file", args=[each.pk, "pdf"])),
        )
        for each in row.invoices.defer("xml", "pdf")
    ]
    return Table(_("Invoices"), [_("invoice"), _("state"), _("date"), _("file")], rows)


def _events(payments: list[Payment]) -> Table:
    references = [payment.reference for payment in payments]
    found = PaymentEvent.objects.filter(reference__in=references, provider__in={payment.provider for payment in payments})
    rows = [(shown.moment(each.received_at), each.kind, each.outcome, shown.long(each.event_id)) for each in found[:EVENTS_SHOWN]]
    return Table(_("What the card service told"), [_("when"), _("what"), _("outcome"), _("number")], rows)
