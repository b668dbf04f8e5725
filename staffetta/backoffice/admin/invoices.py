"""Invoices and credit notes: the list, one with its files and what the exchange system (SDI) said, and writing a rejected one again."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action

from staffetta.accounts.models import User
from staffetta.backoffice import roles, sdipages, shown
from staffetta.backoffice.filters import named
from staffetta.backoffice.onepage import Act, OnePageAdmin, Table
from staffetta.backoffice.site import office
from staffetta.billing.invoices import again, sdi
from staffetta.billing.invoices import states as invoicestates
from staffetta.billing.models import Invoice
from staffetta.lib import money

ANSWERS = {
    "RC": gettext_lazy("Delivered to the customer"),
    "NS": gettext_lazy("Rejected by the exchange system"),
    "MC": gettext_lazy("Could not be delivered: it is in the customer's tax drawer"),
    "NE": gettext_lazy("Answer of the public body"),
    "DT": gettext_lazy("The public body let its 15 days pass"),
    "AT": gettext_lazy("Attested: it could not be delivered"),
}


def _again(staff: User, row: Invoice, given: dict[str, Any]) -> str:
    invoice = again.issue_again(row.pk, staff)
    return _("Invoice %(number)s is written again as %(file)s and is among those to send.") % {
        "number": invoice.shown_number,
        "file": invoice.xml_name,
    }


def _sent(staff: User, row: Invoice, given: dict[str, Any]) -> str:
    return _("Invoice %(number)s is marked as sent.") % {"number": sdi.sent(row.pk, staff).shown_number}


ACTS = (
    Act(
        "again",
        gettext_lazy("Issue again"),
        _again,
        about=lambda row: _(
            "Same number and date, with the data of company and customer as they are now, in a new file. Put right first what SDI rejected."
        ),
        offered=lambda row: row.state == "rejected",
    ),
    Act(
        "sent",
        gettext_lazy("Mark as sent to SDI"),
        _sent,
        about=lambda row: _("Do this after you have handed the XML file to the exchange system."),
        offered=lambda row: row.state == "issued",
    ),
)


@admin.register(Invoice, site=office)
class InvoiceAdmin(OnePageAdmin):
    """The invoices and credit notes."""

    acts = ACTS
    actions_list = ("to_send", "answers")
    list_display = ("shown_number", "kind", "account", shown.when("issued_on", gettext_lazy("date")), "total", "state_named", "order_shown")
    list_display_links = ("shown_number",)
    list_filter = (named("state", gettext_lazy("state"), invoicestates.STAFF_NAMES), "year", "kind")
    search_fields = ("=number", "account__name", "xml_name", "=order__pk")
    list_select_related = ("account", "order")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invoice]:
        """Leave the files where they are."""
        found: QuerySet[Invoice] = super().get_queryset(request).defer("xml", "pdf")
        return found

    def get_urls(self) -> list[Any]:
        """Add the files, what goes to SDI and what comes from there."""
        guarded = self.admin_site.admin_view
        own = [
            path("<int:invoice_id>/file/<str:kind>/", guarded(self.file_view), name="invoice-file"),
            path("sdi/to-send/", guarded(sdipages.to_send), name="sdi-to-send"),
            path("sdi/to-send/zip/", guarded(sdipages.bundle), name="sdi-zip"),
            path("sdi/answers/", guarded(sdipages.answers), name="sdi-answers"),
            path("sdi/answers/<int:answer_id>/", guarded(sdipages.answer_file), name="sdi-answer-file"),
        ]
        return [*own, *super().get_urls()]

    @action(description=gettext_lazy("Those to send to SDI"), url_path="go-to-send", permissions=["act"])  # type: ignore[untyped-decorator]
    def to_send(self, request: HttpRequest) -> HttpResponse:
        """Lead to what goes to the exchange system."""
        return redirect("office:sdi-to-send")

    @action(description=gettext_lazy("Upload answers of SDI"), url_path="go-answers", permissions=["act"])  # type: ignore[untyped-decorator]
    def answers(self, request: HttpRequest) -> HttpResponse:
        """Lead to the upload of answers."""
        return redirect("office:sdi-answers")

    def has_act_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell whether the reader may act on invoices."""
        return roles.may_act(request.user, self.table)

    def file_view(self, request: HttpRequest, invoice_id: int, kind: str) -> HttpResponse:
        """Hand out the PDF or the XML."""
        row = self.get_object(request, str(invoice_id))
        if row is None or kind not in {"pdf", "xml"} or not self.has_view_permission(request, row):
            raise Http404
        if kind == "xml":
            return sdipages.download(bytes(row.xml), row.xml_name, "application/xml")
        return sdipages.download(bytes(row.pdf), row.pdf_name, "application/pdf")

    @admin.display(description=gettext_lazy("number"), ordering="pk")
    def shown_number(self, row: Invoice) -> str:
        """Write the number."""
        return row.shown_number

    @admin.display(description=gettext_lazy("total"))
    def total(self, row: Invoice) -> str:
        """Write the total with VAT; a credit note takes it back."""
        cents = row.net_cents + row.vat_cents
        return money.euro(-cents if row.kind == "note" else cents)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_named(self, row: Invoice) -> str:
        """Write the state."""
        return shown.state(row.state, invoicestates.STAFF_NAMES)

    @admin.display(description=gettext_lazy("order"), ordering="order")
    def order_shown(self, row: Invoice) -> str:
        """Link to the order."""
        return shown.order(row.order)

    def heading(self, row: Invoice) -> str:
        """Name the document."""
        return f"{row.get_kind_display().capitalize()} {row.shown_number}"

    def facts(self, row: Invoice) -> list[tuple[Any, Any]]:
        """Say for whom, for what, how much, and where it is on its way."""
        buyer = row.data["buyer"]
        return [
            (_("state"), shown.state(row.state, invoicestates.STAFF_NAMES)),
            (_("customer"), shown.customer(row.account)),
            (_("made out to"), "\n".join(filter(None, [buyer["name"], buyer["vat_number"] or buyer["tax_code"]]))),
            (_("date"), shown.day(row.issued_on)),
            (_("order"), shown.order(row.order)),
            (_("without VAT"), money.euro(row.net_cents)),
            (_("VAT"), money.euro(row.vat_cents)),
            (_("total"), money.euro(row.net_cents + row.vat_cents)),
            (_("file for SDI"), row.xml_name + (f" · {_('attempt %(number)s') % {'number': row.attempt}}" if row.attempt > 1 else "")),
            (_("mailed"), shown.moment(row.mailed_at)),
            *([(_("corrects"), shown.link(row.corrects.shown_number, "billing_invoice_change", row.corrects_id))] if row.corrects else []),
        ]

    def links(self, row: Invoice) -> list[Any]:
        """Offer the files and the log."""
        return [
            shown.link("PDF", "invoice-file", row.pk, "pdf"),
            shown.link("XML", "invoice-file", row.pk, "xml"),
            shown.link(_("Audit log"), "accounts_auditline_changelist", query=f"?q=invoice+{row.shown_number}"),
        ]

    def tables(self, row: Invoice) -> list[Table]:
        """Show what the exchange system said, with each error, and the credit note."""
        answers = [
            (
                shown.moment(each.received_at),
                f"{each.kind} · {ANSWERS[each.kind]}",
                format_html_join("; ", "{} {}", [(told["code"], told["text"]) for told in each.told]),
                shown.link(each.name, "sdi-answer-file", each.pk),
            )
            for each in row.answers.defer("content")
        ]
        notes = [
            (
                shown.link(each.shown_number, "billing_invoice_change", each.pk),
                shown.day(each.issued_on),
                shown.state(each.state, invoicestates.STAFF_NAMES),
            )
            for each in Invoice.objects.filter(corrects=row).defer("xml", "pdf")
        ]
        return [
            Table(_("What the exchange system answered"), [_("when"), _("answer"), _("what it says"), _("file")], answers),
            Table(_("Credit note"), [_("number"), _("date"), _("state")], notes),
        ]
