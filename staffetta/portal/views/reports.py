"""Files to download: ordered, watched while they are written, taken, deleted."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from staffetta.accounts.models import Account, User
from staffetta.contacts.models import Contact, Group
from staffetta.lib.errors import Refused
from staffetta.messaging import archive
from staffetta.messaging.models import Batch
from staffetta.messaging.states import MESSAGE_STATES
from staffetta.portal.access import customer, customer_may, own
from staffetta.reports import ordering
from staffetta.reports.models import Report

SHOWN = 30
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


def _files(request: HttpRequest) -> QuerySet[Report]:
    """Return the files that the reader's role may have: the whole address book is for who manages it."""
    found = Report.objects.all()
    return found if isinstance(request.user, User) and "contacts" in request.user.may else found.exclude(kind="contacts")


@customer
def listing(request: HttpRequest, account: Account) -> HttpResponse:
    """List the account's files, newest first."""
    reports = _files(request).filter(account=account).order_by("-pk")[:SHOWN]
    return render(request, "portal/reports.html", {"reports": reports})


@customer_may("view")
@require_POST
def of_send(request: HttpRequest, account: Account, batch_id: int) -> HttpResponse:
    """Order the report of a send."""
    batch = own(Batch.objects.all(), account, pk=batch_id)
    states = [state for state in request.POST.getlist("state") if state in MESSAGE_STATES]
    tally = archive.totals([batch.pk]).get(batch.pk, {})
    expected = sum(tally.get(state, 0) for state in states or MESSAGE_STATES)
    try:
        report = ordering.order(
            account.pk, request.user.pk, "send", request.POST.get("form", ""), get_language() or "it", expected, batch.pk, states=states
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("send", batch_id)
    return redirect("report", report.pk)


@customer_may("contacts")
@require_POST
def of_contacts(request: HttpRequest, account: Account) -> HttpResponse:
    """Order a file of a group's contacts, or of all."""
    given = request.POST.get("group", "")
    group = own(Group.objects.all(), account, pk=int(given)) if given.isascii() and given.isdecimal() and len(given) < 19 else None
    expected = (group.contacts if group else Contact.objects.filter(account=account)).count()
    form = request.POST.get("form", "")
    try:
        report = ordering.order(
            account.pk, request.user.pk, "contacts", form, get_language() or "it", expected, group.pk if group else None
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("group", group.pk) if group else redirect("contacts")
    return redirect("report", report.pk)


@customer
def page(request: HttpRequest, account: Account, report_id: int) -> HttpResponse:
    """Show how far a file is; htmx gets only the part that moves."""
    report = own(_files(request), account, pk=report_id)
    return render(request, "portal/report_progress.html" if getattr(request, "htmx", False) else "portal/report.html", {"report": report})


@customer
def download(request: HttpRequest, account: Account, report_id: int) -> HttpResponseBase:
    """Give the file."""
    report = own(_files(request), account, pk=report_id)
    if report.state != "ready":
        raise Http404
    headers = {
        "Content-Type": TYPES[report.form],
        "Content-Length": str(report.file_bytes),
        "Content-Disposition": f'attachment; filename="{report.file_name}"',
        "Cache-Control": "no-store",
    }
    return StreamingHttpResponse(ordering.content(report), headers=headers)


@customer_may("view")
@require_POST
def delete(request: HttpRequest, account: Account, report_id: int) -> HttpResponse:
    """Delete a file, or stop its writing."""
    files = _files(request)
    if isinstance(request.user, User) and "send" not in request.user.may:
        files = files.filter(user=request.user)  # who may only look deletes what they asked for themselves
    ordering.delete(own(files, account, pk=report_id))
    messages.success(request, _("The file was deleted."))
    return redirect("reports")
