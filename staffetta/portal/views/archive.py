"""The archive: all sends, filtered, a page at a time."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from staffetta.accounts.models import Account
from staffetta.messaging.models import Batch
from staffetta.portal import sends
from staffetta.portal.access import customer
from staffetta.portal.archivefilter import filtered
from staffetta.portal.forms.archive import ArchiveForm
from staffetta.portal.paging import after_of

PAGE = 25


@customer
def listing(request: HttpRequest, account: Account) -> HttpResponse:
    """List the account's sends, newest first."""
    form = ArchiveForm(request.GET or None)
    given = form.cleaned_data if form.is_bound and (form.is_valid() or form.errors) else {}
    before = after_of(request, "before")
    found = filtered(Batch.objects.filter(account=account), given)
    found = found.filter(pk__lt=before) if before else found
    batches = list(found.select_related("type").order_by("-pk")[: PAGE + 1])
    query = request.GET.copy()
    query.pop("before", None)
    context = {
        "form": form,
        "sends": sends.with_outcomes(batches[:PAGE]),
        "next": batches[PAGE - 1].pk if len(batches) > PAGE else None,
        "before": before,
        "query": query.urlencode(),
        "searching": any(given.values()),
    }
    return render(request, "portal/archive.html", context, status=400 if form.errors else 200)
