"""Invoices and credit notes of an account: the list, the files of each, and the pro-forma of an order that waits for its money."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from staffetta.accounts import profile
from staffetta.accounts.models import Account
from staffetta.billing.invoices import proforma, states, waiting
from staffetta.billing.models import Invoice, Order
from staffetta.lib.errors import Refused
from staffetta.portal.access import customer_may, own
from staffetta.portal.paging import after_of

PAGE = 30


@customer_may("money")
@require_safe
def listing(request: HttpRequest, account: Account) -> HttpResponse:
    """List invoices and credit notes, newest first, and the orders whose invoice is still to come."""
    found = (
        Invoice.objects.filter(account=account).select_related("corrects", "note").defer("xml", "pdf", "data", "corrects__xml", "note__xml")
    )
    before = after_of(request, "before")
    rows = list((found.filter(pk__lt=before) if before else found)[: PAGE + 1])
    context = {
        "invoices": [_row(invoice) for invoice in rows[:PAGE]],
        "next": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "before": before,
        "waiting": [] if before else waiting.of(account.pk),
        "complete": profile.complete(profile.of(account)),
    }
    return render(request, "portal/invoices.html", context)


@customer_may("money")
@require_safe
def pdf(request: HttpRequest, account: Account, invoice_id: int) -> HttpResponse:
    """Give an invoice's PDF."""
    invoice = own(Invoice.objects.all(), account, pk=invoice_id)
    return _file(bytes(invoice.pdf), "application/pdf", invoice.pdf_name)


@customer_may("money")
@require_safe
def xml(request: HttpRequest, account: Account, invoice_id: int) -> HttpResponse:
    """Give an invoice's XML, under the name that it has at SDI."""
    invoice = own(Invoice.objects.all(), account, pk=invoice_id)
    return _file(bytes(invoice.xml), "application/xml", invoice.xml_name)


@customer_may("money")
@require_safe
def order_proforma(request: HttpRequest, account: Account, order_id: int) -> HttpResponse:
    """Give the pro-forma of an order that waits for a transfer or slip."""
    order = own(Order.objects.select_related("account", "user"), account, pk=order_id)
    try:
        content = proforma.render(order)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("order", order.pk)
    return _file(content, "application/pdf", f"proforma-{order.pk}.pdf")


def _row(invoice: Invoice) -> dict[str, object]:
    return {
        "invoice": invoice,
        "total_cents": invoice.net_cents + invoice.vat_cents,
        "state": states.NAMES[invoice.state],
        "meaning": states.MEANINGS[invoice.state],
        "tone": "good" if invoice.state in states.GOOD else "bad" if invoice.state in {"refused", "rejected"} else "wait",
    }


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=kind, headers=headers)
