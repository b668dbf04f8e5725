"""One recipient of a send, and the report of all."""

from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from staffetta.accounts.models import Account
from staffetta.messaging import archive
from staffetta.messaging.models import Batch
from staffetta.portal import csvtext
from staffetta.portal.access import customer, own
from staffetta.portal.recipientrows import report as report_lines
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
    return render(request, "portal/recipient.html", {"batch": batch, "shown": shown, "row": row, "pages": parts.split(row.text)})


@customer
def report(request: HttpRequest, account: Account, batch_id: int) -> HttpResponseBase:
    """Download every recipient with its state, as CSV, sent as it is read."""
    batch = own(Batch.objects.all(), account, pk=batch_id)
    name = _("report")
    lines = report_lines(batch, ZoneInfo(account.time_zone))
    return StreamingHttpResponse(csvtext.stream(lines), headers=csvtext.headers(f"{name}-{batch.pk}.csv"))
