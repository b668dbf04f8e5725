"""Upload the receipt of a payment for an order, and look at what was sent."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from staffetta.accounts.models import Account, User
from staffetta.billing import orderstates, proofs, reasoncode
from staffetta.billing.models import Order
from staffetta.lib.errors import Refused
from staffetta.portal.access import customer_may, own
from staffetta.portal.forms.proof import ProofForm

_OPEN = {*orderstates.OPEN, "cancelled"}


@customer_may("money")
def page(request: HttpRequest, account: Account, order_id: int) -> HttpResponse:
    """Show the receipts of an order; take another one."""
    order = own(Order.objects.all(), account, pk=order_id)
    form = ProofForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given, user = form.cleaned_data["file"], request.user if isinstance(request.user, User) else None
        try:
            # One byte more than may be is enough to be told so.
            content = given.read(proofs.FILE_MB_MAX * 1_000_000 + 1) if given else b""
            proofs.upload(order, user, content, given.name if given else "", form.cleaned_data["note"])
        except Refused as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, _("The receipt is there: we look at it and write to you."))
            return redirect("order-proof", order.pk)
    context = {
        "order": order,
        "form": form,
        "open": order.state in _OPEN,
        "code": reasoncode.shown(order.pk),
        "proofs": order.proofs.defer("content").order_by("-pk"),
        "megabytes": proofs.FILE_MB_MAX,
    }
    return render(request, "portal/proof.html", context, status=400 if form.errors else 200)


@customer_may("money")
def file(request: HttpRequest, account: Account, order_id: int, proof_id: int) -> HttpResponse:
    """Give back a receipt as it was sent."""
    order = own(Order.objects.all(), account, pk=order_id)
    content, headers = proofs.served(get_object_or_404(order.proofs, pk=proof_id))
    return HttpResponse(content, headers=headers)
