"""What the pages of paying by transfer and by slip have in common: the choice, its refusal, the paper."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from staffetta.billing import orderstates, ways
from staffetta.billing.models import Order
from staffetta.lib.errors import Refused


def chosen(request: HttpRequest, order: Order, choose: Callable[[int], Order], page: str) -> HttpResponse:
    """Have the order wait for its money by this way, and lead to the page with its data."""
    try:
        choose(order.pk)
    except Refused as refusal:
        return refused(request, order, refusal)
    return redirect(page, order.pk)


def refused(request: HttpRequest, order: Order, refusal: Refused, status: int = 400) -> HttpResponse:
    """Say why this way is not open, and which are."""
    context = {
        "order": order,
        "refusal": refusal,
        "ways": [orderstates.WAYS[name] for name in ways.offered()] if order.state in orderstates.OPEN else [],
    }
    return render(request, "portal/way_refused.html", context, status=status)


def download(request: HttpRequest, order: Order, write: Callable[[Order], bytes], name: str) -> HttpResponse:
    """Give an open order's paper as a PDF to be kept; `name` has a place for its number. Raises Http404 for an order that is no longer open."""
    if order.state not in orderstates.OPEN:
        raise Http404
    try:
        content = write(order)
    except Refused as refusal:
        return refused(request, order, refusal)
    headers = {"Content-Disposition": f'attachment; filename="{name % {"number": order.pk}}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
