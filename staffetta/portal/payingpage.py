"""What the pages of paying by transfer and by slip have in common: the choice, its refusal, the paper."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
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


def paper(content: bytes, name: str) -> HttpResponse:
    """Give a PDF to be kept."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
