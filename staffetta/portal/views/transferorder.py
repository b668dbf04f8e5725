"""Pay an order by bank transfer: choose it, read and copy its data, take them along as a PDF."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from staffetta.accounts.models import Account
from staffetta.billing import orderstates
from staffetta.billing.banktransfer import data
from staffetta.billing.banktransfer import pdf as paper
from staffetta.billing.banktransfer.errors import TransferNotOffered
from staffetta.billing.models import Order
from staffetta.portal import payingpage
from staffetta.portal.access import customer_may, own


@customer_may("money")
def page(request: HttpRequest, account: Account, order_id: int) -> HttpResponse:
    """Show the data of the transfer; a POST has the order wait for it."""
    order = own(Order.objects.all(), account, pk=order_id)
    if request.method == "POST":
        return payingpage.chosen(request, order, data.choose, "order-transfer")
    if order.state not in orderstates.OPEN:
        return redirect("order", order.pk)
    try:
        transfer = data.of(order)
    except TransferNotOffered as refusal:
        return payingpage.refused(request, order, refusal, status=200)
    copied = {"IBAN": transfer.iban, _("Amount"): transfer.amount_typed}
    context = {
        "order": order,
        "transfer": transfer,
        "rows": [(label, value, copied.get(label, value)) for label, value in paper.rows(transfer) if value],
        "qr": data.qr_svg(transfer),
    }
    return render(request, "portal/transfer.html", context)


@customer_may("money")
def pdf(request: HttpRequest, account: Account, order_id: int) -> HttpResponse:
    """Give the data of the transfer as a PDF."""
    return payingpage.download(request, own(Order.objects.all(), account, pk=order_id), paper.write, _("transfer-%(number)s.pdf"))
