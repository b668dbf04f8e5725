"""The archive: all sends, filtered, a page at a time; and all messages to a number."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from staffetta.accounts.models import Account
from staffetta.messaging import search
from staffetta.messaging.search import Hit
from staffetta.portal import sends
from staffetta.portal.access import customer
from staffetta.portal.archivepage import address, place_of, wanted, with_sends
from staffetta.portal.forms.archive import ArchiveForm, NumberForm
from staffetta.portal.paging import after_of

PAGE = 25


@customer
def listing(request: HttpRequest, account: Account) -> HttpResponse:
    """List the account's sends, newest first."""
    form = ArchiveForm(request.GET or None)
    given = form.cleaned_data if form.is_bound and (form.is_valid() or form.errors) else {}
    older, newer = place_of(request, "older"), place_of(request, "newer")
    found = search.sends(account.pk, wanted(given), PAGE, older, newer)
    query = request.GET.copy()
    for name in ("older", "newer"):
        query.pop(name, None)
    context = {
        "form": form,
        "sends": sends.with_outcomes(found.batches),
        "older": address(found.older),
        "newer": address(found.newer),
        "all_seen": found.all_seen,
        "moved": bool(older or newer),
        "query": query.urlencode(),
        "searching": any(given.values()),
    }
    if getattr(request, "htmx", False):
        return render(request, "portal/archive_rows.html", context)
    return render(request, "portal/archive.html", context, status=400 if form.errors else 200)


@customer
def by_number(request: HttpRequest, account: Account) -> HttpResponse:
    """List the messages to a number, or to numbers that begin alike, newest first."""
    form = NumberForm(account.country, request.GET or None)
    valid = form.is_bound and form.is_valid()
    before = after_of(request, "before")
    hits: list[Hit] = []
    all_seen = True
    if valid:
        hits, all_seen = search.messages(account.pk, form.cleaned_data["number"], wanted(form.cleaned_data), PAGE + 1, before)
    query = request.GET.copy()
    query.pop("before", None)
    context = {
        "form": form,
        "found": with_sends(hits[:PAGE]),
        "next": hits[PAGE - 1].id if len(hits) > PAGE else None,
        "before": before,
        "query": query.urlencode(),
        "looked": valid,
        "all_seen": all_seen,
    }
    return render(request, "portal/archive_number.html", context, status=400 if form.errors else 200)
