"""One call of a webhook: what was sent and answered; make it again, or give it up."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from staffetta.accounts.models import Account
from staffetta.lib.errors import Refused
from staffetta.portal.access import customer_may
from staffetta.portal.webhookcalls import indented, row
from staffetta.webhooks import log
from staffetta.webhooks.errors import DeliveryUnknown
from staffetta.webhooks.models import Delivery


def _call_of(account: Account, call_id: int) -> Delivery:
    try:
        return log.delivery(account.pk, call_id)
    except DeliveryUnknown:
        raise Http404 from None


@customer_may("api")
def page(request: HttpRequest, account: Account, call_id: int) -> HttpResponse:
    """Show one call."""
    call = _call_of(account, call_id)
    context = {"shown": row(call), "call": call, "endpoint": call.endpoint, "body": indented(call.body)}
    return render(request, "portal/webhook_delivery.html", context)


@customer_may("api")
@require_POST
def replay(request: HttpRequest, account: Account, call_id: int) -> HttpResponse:
    """Make a call again."""
    _call_of(account, call_id)
    try:
        log.replay(account.pk, call_id)
        messages.success(request, _("The call is made again, with the same webhook-id: look at its answer in a moment."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("webhook-delivery", call_id)


@customer_may("api")
@require_POST
def give_up(request: HttpRequest, account: Account, call_id: int) -> HttpResponse:
    """Give a call up that waits."""
    _call_of(account, call_id)
    log.give_up(account.pk, call_id)
    messages.success(request, _("The call was given up: those behind it are made now. You can repeat it later."))
    return redirect("webhook-delivery", call_id)
