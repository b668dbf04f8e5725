"""Sends that wait for the yes of an owner: the list, yes, no, and taking one's own request back."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from staffetta.accounts.models import Account, User
from staffetta.lib.errors import Refused
from staffetta.messaging import approval
from staffetta.messaging.errors import PriceChanged
from staffetta.messaging.models import Approval
from staffetta.portal import approvalpage
from staffetta.portal.access import customer_may, own
from staffetta.portal.views.confirm import DRAFTS, shown

DECIDED_SHOWN = 20


@customer_may("send")
def listing(request: HttpRequest, account: Account) -> HttpResponse:
    """List what waits, and what was decided lately."""
    assert isinstance(request.user, User)
    context = {
        "waiting": approvalpage.rows(list(approval.waiting(account)), request.user),
        "decided": approvalpage.rows(approval.decided(account, DECIDED_SHOWN), request.user),
    }
    return render(request, "portal/approvals.html", context)


def _decide(request: HttpRequest, account: Account, draft_id: int, move: Callable[[Approval, User], HttpResponse]) -> HttpResponse:
    assert isinstance(request.user, User)
    asked = own(Approval.objects.all(), account, draft_id=draft_id)
    draft = own(DRAFTS.all(), account, pk=draft_id)
    try:
        return move(asked, request.user)
    except PriceChanged:
        return _count_again(request, account, asked)
    except Refused as refusal:
        return shown(request, account, draft, refusal)


def _count_again(request: HttpRequest, account: Account, asked: Approval) -> HttpResponse:
    try:
        approval.count_again(asked)
    except Refused as refusal:
        return shown(request, account, own(DRAFTS.all(), account, pk=asked.draft_id), refusal)
    messages.error(request, _("The price list has changed since this send was asked for: look at the new cost, then approve it."))
    return redirect("draft", asked.draft_id)


@customer_may("approve")
@require_POST
def approve(request: HttpRequest, account: Account, draft_id: int) -> HttpResponse:
    """Say yes: the send is accepted as it was frozen."""
    now = request.POST.get("now") == "1"
    return _decide(request, account, draft_id, lambda asked, user: redirect("send", approval.approve(asked, user, now).pk))


@customer_may("approve")
@require_POST
def refuse(request: HttpRequest, account: Account, draft_id: int) -> HttpResponse:
    """Say no, and why."""

    def move(asked: Approval, user: User) -> HttpResponse:
        approval.refuse(asked, user, request.POST.get("reason", ""))
        messages.success(request, _("The send was not approved; who asked for it is told why."))
        return redirect("approvals")

    return _decide(request, account, draft_id, move)


@customer_may("send")
@require_POST
def withdraw(request: HttpRequest, account: Account, draft_id: int) -> HttpResponse:
    """Take one's own request back."""

    def move(asked: Approval, user: User) -> HttpResponse:
        approval.withdraw(asked, user)
        messages.success(request, _("Your request was taken back: nothing leaves."))
        return redirect("draft", draft_id)

    return _decide(request, account, draft_id, move)
