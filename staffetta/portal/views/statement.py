"""Credit movements, like a bank statement: each line says what it was for, and leads there."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from staffetta.accounts.models import Account
from staffetta.billing import ledger, statement
from staffetta.billing.statement import Wanted
from staffetta.lib.errors import Refused
from staffetta.messaging import movements
from staffetta.portal import archivepage
from staffetta.portal.access import customer, customer_may
from staffetta.portal.forms.statement import StatementForm
from staffetta.portal.paging import after_of
from staffetta.reports import ordering

PAGE = 40


def _wanted(form: StatementForm) -> Wanted:
    given = form.cleaned_data if form.is_bound and (form.is_valid() or form.errors) else {}
    period = archivepage.wanted({"since": given.get("since"), "until": given.get("until")})
    return Wanted(given.get("kind", ""), period.since, period.until)


@customer
def page(request: HttpRequest, account: Account) -> HttpResponse:
    """List the movements, newest first."""
    return _page(request, account, StatementForm(request.GET or None))


def _page(request: HttpRequest, account: Account, form: StatementForm) -> HttpResponse:
    found = statement.entries(account.pk, _wanted(form))
    before = after_of(request, "before")
    entries = list((found.filter(pk__lt=before) if before else found)[: PAGE + 1])
    sends = movements.sends(account.pk, entries)
    query = request.GET.copy()
    query.pop("before", None)
    context = {
        "form": form,
        "wallet": ledger.wallet(account.pk),
        "lines": [(entry, statement.kind_of(entry), sends.get(entry.pk), statement.order_id(entry)) for entry in entries[:PAGE]],
        "next": entries[PAGE - 1].pk if len(entries) > PAGE else None,
        "before": before,
        "query": query.urlencode(),
        "filtered": any(query.values()),
    }
    return render(request, "portal/statement.html", context, status=400 if form.errors else 200)


@customer_may("view")
@require_POST
def export(request: HttpRequest, account: Account) -> HttpResponse:
    """Order the movements as a file, filtered as the page was."""
    form = StatementForm(request.POST)
    if not form.is_valid():  # never more than was asked for
        return _page(request, account, form)
    wanted = _wanted(form)
    expected = statement.entries(account.pk, wanted).count()
    period = {name: moment.isoformat() for name in ("since", "until") if (moment := getattr(wanted, name))}
    try:
        report = ordering.order(
            account.pk,
            request.user.pk,
            "statement",
            request.POST.get("form", ""),
            get_language() or "it",
            expected,
            only=wanted.kind,
            **period,
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("statement")
    return redirect("report", report.pk)
