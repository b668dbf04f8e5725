"""One recipient of a send: what became of it, step by step."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from staffetta.accounts.models import Account
from staffetta.messaging import archive, clicks
from staffetta.messaging.models import Batch
from staffetta.portal.access import customer, own
from staffetta.portal.linkresult import DEVICES
from staffetta.portal.recipientrows import rows_of
from staffetta.sms import parts


@customer
def page(request: HttpRequest, account: Account, batch_id: int, message_id: int) -> HttpResponse:
    """Show what became of one recipient."""
    batch = own(Batch.objects.select_related("type"), account, pk=batch_id)
    row = archive.message(batch, message_id)
    if row is None:
        raise Http404
    (shown,) = rows_of(batch, [row])
    click = clicks.of_message(message_id) if batch.link_id else None
    context = {"batch": batch, "shown": shown, "row": row, "pages": parts.split(row.text), "click": click}
    return render(request, "portal/recipient.html", context | {"device": DEVICES.get(click.device) if click else ""})
