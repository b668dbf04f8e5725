"""The orders of an account: the list, one with all that belongs to it, and giving one up."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from staffetta.accounts import profile
from staffetta.accounts.models import Account
from staffetta.billing import orders, orderstates, reasoncode, salessettings, ways
from staffetta.billing.models import Order
from staffetta.lib.errors import Refused
from staffetta.portal.access import customer_may, own
from staffetta.portal.paging import after_of

PAGE = 30


@customer_may("money")
def listing(request: HttpRequest, account: Account) -> HttpResponse:
    """List the orders, newest first."""
    found = Order.objects.filter(account=account).order_by("-pk")
    before = after_of(request, "before")
    rows = list((found.filter(pk__lt=before) if before else found)[: PAGE + 1])
    context = {
        "orders": [(order, orderstates.NAMES[order.state], orderstates.WAYS.get(order.way, "")) for order in rows[:PAGE]],
        "next": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "before": before,
    }
    return render(request, "portal/orders.html", context)


@customer_may("money")
def page(request: HttpRequest, account: Account, order_id: int) -> HttpResponse:
    """Show an order: its sums, where its payment stands, and what can be done."""
    order = own(Order.objects.select_related("discount"), account, pk=order_id)
    payments = list(order.payments.order_by("-pk"))
    context = {
        "order": order,
        "state": orderstates.NAMES[order.state],
        "way": orderstates.WAYS.get(order.way, ""),
        "open": order.state in orderstates.OPEN,
        "ways": ways.for_account(account),
        "code": reasoncode.shown(order.pk),
        "profile_complete": profile.complete(profile.of(account)),
        "days": salessettings.current().order_days_max,
        "refused": next((payment for payment in payments if payment.state == "refused"), None) if order.state == "failed" else None,
        "payments": payments,
        "proofs": order.proofs.order_by("-pk"),
        "invoices": order.invoices.order_by("pk"),
    }
    return render(request, "portal/order.html", context)


@customer_may("money")
@require_POST
def cancel(request: HttpRequest, account: Account, order_id: int) -> HttpResponse:
    """Give an unpaid order up."""
    order = own(Order.objects.all(), account, pk=order_id)
    try:
        orders.cancel(order.pk)
        messages.success(
            request, _("Order %(number)s is cancelled. Should its money come all the same, it is credited.") % {"number": order.pk}
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("order", order.pk)
