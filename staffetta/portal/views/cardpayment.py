"""Paying an order by card: to the provider, back from it, and what the provider tells by itself."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from staffetta.accounts.models import Account, User
from staffetta.billing import cardevents, cardpayments, orderstates, ways
from staffetta.billing.models import Order, Payment
from staffetta.billing.payments.base import Forged, Unreachable
from staffetta.lib.errors import Refused
from staffetta.portal.access import customer_may, own


@customer_may("money")
@require_POST
def start(request: HttpRequest, account: Account, order_id: int) -> HttpResponse:
    """Open a card payment and lead on to it; the order stays as it is where that is refused."""
    order = own(Order.objects.all(), account, pk=order_id)
    assert isinstance(request.user, User)
    if kept := ways.kept_card(request.POST.get("way", "")):
        return _charge_kept(request, account, order.pk, kept)
    keep, language = request.POST.get("save_card") == "yes", getattr(request, "LANGUAGE_CODE", "it")
    try:
        payment = cardpayments.start(order.pk, request.user, _return_url(request, order.pk), save_card=keep, language=language)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("order", order.pk)
    return redirect("order-card-onward", order.pk, payment.pk)


def _charge_kept(request: HttpRequest, account: Account, order_id: int, card_id: int) -> HttpResponse:
    """Charge a card that the customer had us keep: the bank decides at once, or says that it wants to see the customer."""
    try:
        cardpayments.charge_kept(order_id, account, card_id)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("order", order_id)
    return redirect("order-card-return", order_id)


@customer_may("money")
@require_safe
def onward(request: HttpRequest, account: Account, order_id: int, payment_id: int) -> HttpResponse:
    """Send the browser to the provider's page, or show the provider's card field.

    A page and not a redirect: the form that began this may lead to our own host only.
    """
    payment = get_object_or_404(Payment.objects.select_related("order"), pk=payment_id, order_id=order_id, order__account=account)
    return_url = _return_url(request, order_id)
    if not cardpayments.goes_on(payment):
        return redirect("order-card-return" if payment.state != "started" else "order", order_id)
    try:
        seen = cardpayments.onward(payment, return_url)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("order", order_id)
    if seen.state != "started":
        return redirect("order-card-return", order_id)
    if not seen.url:
        return _field_page(request, payment, seen.secret, return_url)
    response = render(request, "portal/card_onward.html", {"order": payment.order, "url": seen.url})
    response.headers["Refresh"] = f"0; url={seen.url}"
    return response


@customer_may("money")
@require_safe
def returned(request: HttpRequest, account: Account, order_id: int) -> HttpResponse:
    """Show what became of the payment, whatever the browser says: only the provider is asked."""
    order = own(Order.objects.all(), account, pk=order_id)
    payment = cardpayments.returned(order)
    order.refresh_from_db()
    if payment is None or order.state not in orderstates.OPEN:
        return redirect("order", order.pk)
    context = {"order": order, "payment": payment, "ways": ways.offered()}
    return render(request, "portal/card_return.html", context)


@customer_may("money")
@require_safe
def state(request: HttpRequest, account: Account, order_id: int) -> HttpResponse:
    """Answer htmx while the payment is being confirmed, and with the whole page anew once it has ended."""
    order = own(Order.objects.all(), account, pk=order_id)
    payment = cardpayments.returned(order)
    if payment is None or payment.state != "started":
        return HttpResponseClientRefresh()
    return render(request, "portal/card_waiting.html", {"order": order, "payment": payment})


@csrf_exempt
@require_POST
def events(request: HttpRequest, provider: str) -> HttpResponse:
    """Take what a provider tells by itself; its signature is what lets it in."""
    try:
        return HttpResponse(cardevents.on_event(provider, request.headers, request.body), content_type="text/plain")
    except Forged:
        return HttpResponse("The event is not signed as it must be.", status=400, content_type="text/plain")
    except Unreachable:
        return HttpResponse("Tell it again.", status=503, content_type="text/plain")


def _field_page(request: HttpRequest, payment: Payment, secret: str, return_url: str) -> HttpResponse:
    """Show the provider's own card field: the one page that may ask another host (docs/decisions/0010)."""
    script = urlsplit(settings.STRIPE_JS)
    origin = f"{script.scheme}://{script.netloc}"
    hosts = [origin, "https://*.stripe.com"] if script.hostname == "js.stripe.com" else [origin]
    context = {
        "order": payment.order,
        "script": settings.STRIPE_JS,
        "key": settings.STRIPE_PUBLISHABLE_KEY,
        "secret": secret,
        "return_url": return_url,
    }
    response = render(request, "portal/card_field.html", context)
    response._csp_update = {"script-src": hosts, "frame-src": hosts, "connect-src": ["'self'", *hosts]}  # type: ignore[attr-defined]
    return response


def _return_url(request: HttpRequest, order_id: int) -> str:
    return request.build_absolute_uri(reverse("order-card-return", args=[order_id]))
