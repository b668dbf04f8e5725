"""Home: credit, first steps, what waits for a yes, what is going out and what comes again, how the last sends went."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from staffetta.accounts.models import Account, User
from staffetta.billing import ledger, pricing
from staffetta.billing.invoices import waiting
from staffetta.messaging import approval
from staffetta.portal import approvalpage, firststeps, lookuppage, recurringpage, sends
from staffetta.portal.access import customer

OPEN_SHOWN = 10
ENDED_SHOWN = 8
WAITING_SHOWN = 5


def _now(request: HttpRequest, account: Account) -> dict[str, object]:
    assert isinstance(request.user, User)
    wallet = ledger.wallet(account.pk)
    under_way, ended = sends.open_and_ended(account, OPEN_SHOWN, ENDED_SHOWN)
    programs = sends.by_programs_today(account)
    lookups = lookuppage.recent(account)
    moving = any(send.moving for send in under_way) or any(not shown.ended for shown in lookups)
    return {
        "wallet": wallet,
        "types": [
            {"name": kind.name, "cost_e4": cost_e4, "affordable": wallet.available_e4 // cost_e4}
            for kind, cost_e4 in pricing.on_sale()
            if cost_e4
        ],
        "open": under_way,
        "ended": ended,
        "programs": programs,
        "programs_many": programs >= sends.PROGRAMS_COUNTED,
        "to_approve": approvalpage.rows(list(approval.waiting(account)[:WAITING_SHOWN]), request.user)
        if "send" in request.user.may
        else [],
        "recurring": recurringpage.soon(account),
        "lookups": lookups,
        "firsts": firststeps.of(account, request.user, bool(under_way or ended or programs)),
        # Every second while something moves, now and then while something may begin to or receipts are to come.
        "poll_s": 1 if moving else 5 if under_way or any(send.waiting for send in ended) else 0,
    }


@customer
def page(request: HttpRequest, account: Account) -> HttpResponse:
    """Show the home page."""
    assert isinstance(request.user, User)
    context = {
        "account": account,
        "today": timezone.localtime(),
        "profile_asked": "money" in request.user.may and waiting.for_profile(account),
        **_now(request, account),
    }
    return render(request, "portal/home.html", context)


@customer
def now(request: HttpRequest, account: Account) -> HttpResponse:
    """Answer htmx with the part of the home page that moves."""
    return render(request, "portal/home_now.html", _now(request, account))


@customer
def more(request: HttpRequest, account: Account) -> HttpResponse:
    """Show what the side bar has and small screens do not: language, log-out, what the states mean."""
    return render(request, "portal/more.html", {"account": account})
