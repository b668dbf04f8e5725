"""Buy credits: the price list as this customer sees it, and the page on which a package is ordered."""

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from staffetta.accounts import profile
from staffetta.accounts.models import Account, User
from staffetta.billing import ledger, orders, pricelist, vatcheck, ways
from staffetta.billing.errors import DiscountRefused, PackageGone, TooManyOrders
from staffetta.billing.models import Package
from staffetta.portal.access import customer_may
from staffetta.portal.forms.buying import BuyForm

_NEXT = {"transfer": "order-transfer", "slip": "order-slip"}


@customer_may("money")
def prices(request: HttpRequest, account: Account) -> HttpResponse:
    """Show the packages with this customer's prices."""
    context = {
        "wallet": ledger.wallet(account.pk),
        "types": [kind for kind, _cost in pricelist.types()],
        "rows": pricelist.rows(account),
    }
    return render(request, "portal/buy.html", context)


@customer_may("money")
def package(request: HttpRequest, account: Account, package_id: int) -> HttpResponse:
    """Show what a package costs with VAT and discount; place the order and go on to its payment."""
    try:
        chosen = pricelist.find(package_id)
    except PackageGone as refusal:
        return render(request, "portal/buy_gone.html", {"why": refusal}, status=404)
    open_ways = ways.for_account(account)
    if request.method != "POST":
        first = {"key": secrets.token_urlsafe(12), "way": open_ways[0][0] if open_ways else ""}
        return _page(request, account, chosen, BuyForm(initial=first, ways=open_ways))
    form = BuyForm(request.POST, ways=open_ways)
    if "apply" in request.POST:  # only to see the price with the code
        form.errors.pop("way", None)
        return _page(request, account, chosen, form)
    if not form.is_valid():
        return _page(request, account, chosen, form, status=400)
    assert isinstance(request.user, User)
    given = form.cleaned_data
    try:
        order = orders.place(account, request.user, chosen.pk, f"form-{given['key']}"[:60], given["code"])
    except DiscountRefused as refusal:
        form.add_error("code", str(refusal))
        return _page(request, account, chosen, form, status=400)
    except TooManyOrders as refusal:
        form.add_error(None, str(refusal))
        return _page(request, account, chosen, form, status=400)
    if order.state == "created" and given["way"] in _NEXT:
        orders.choose_way(order.pk, given["way"])
        return redirect(_NEXT[given["way"]], order.pk)
    if order.state == "created":
        # 307: the browser sends the same form on, with its token and the consent to keep the card.
        return HttpResponse(status=307, headers={"Location": reverse("order-card", args=[order.pk])})
    return redirect("order", order.pk)  # the same form once more: there already


def _page(request: HttpRequest, account: Account, chosen: Package, form: BuyForm, status: int = 200) -> HttpResponse:
    code = str(form["code"].value() or "")
    try:
        tag = pricelist.price(account, chosen, code)
    except DiscountRefused as refusal:
        tag, status = pricelist.price(account, chosen), 400
        if form.is_bound and "code" not in form.errors:
            form.add_error("code", str(refusal))
    invoiced = profile.of(account)
    context = {
        "tag": tag,
        "form": form,
        "profile": invoiced,
        "profile_complete": profile.complete(invoiced),
        "vat_pending": vatcheck.pending(invoiced),
        "waiting": orders.waiting_for(account, chosen),
        "applied": bool(code) and "code" not in form.errors,
    }
    return render(request, "portal/buy_package.html", context, status=status)
