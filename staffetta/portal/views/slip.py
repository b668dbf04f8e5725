"""Pay an order by postal slip: choose it, read its data, print it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from staffetta.accounts import profile
from staffetta.accounts.models import Account
from staffetta.billing import orderstates
from staffetta.billing.models import Order
from staffetta.billing.slip import data
from staffetta.billing.slip import pdf as paper
from staffetta.billing.slip.errors import SlipNotOffered
from staffetta.portal import payingpage
from staffetta.portal.access import customer_may, own


@customer_may("money")
def page(request: HttpRequest, account: Account, order_id: int) -> HttpResponse:
    """Show the data of the slip; a POST has the order wait for it."""
    order = own(Order.objects.all(), account, pk=order_id)
    if request.method == "POST":
        return payingpage.chosen(request, order, data.choose, "order-slip")
    if order.state not in orderstates.OPEN:
        return redirect("order", order.pk)
    try:
        slip = data.of(order)
    except SlipNotOffered as refusal:
        return payingpage.refused(request, order, refusal, status=200)
    copied = {_("Amount"): f"{slip.amount_cents // 100},{slip.amount_cents % 100:02d}"}
    context = {
        "order": order,
        "slip": slip,
        "rows": [(label, value, copied.get(label, value)) for label, value in paper.rows(slip) if value],
        "profile_missing": not profile.complete(profile.of(account)),
    }
    return render(request, "portal/slip.html", context)


@customer_may("money")
def pdf(request: HttpRequest, account: Account, order_id: int) -> HttpResponse:
    """Give the slip as a PDF."""
    return payingpage.download(request, own(Order.objects.all(), account, pk=order_id), paper.write, _("postal-slip-%(number)s.pdf"))
