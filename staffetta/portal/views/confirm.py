"""The confirm page: everything about a draft as it will be sent; confirming is the one door into the line."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from staffetta.accounts.models import Account, User
from staffetta.billing import ledger
from staffetta.lib.errors import Refused
from staffetta.messaging import approval, cover
from staffetta.messaging.models import Batch, Draft
from staffetta.portal import approvalpage, confirmpage
from staffetta.portal.access import customer_may, own

DRAFTS = Draft.objects.select_related("type", "account", "file", "whole")


@customer_may("send")
def page(request: HttpRequest, account: Account, draft_id: int) -> HttpResponse:
    """Show a draft: being counted, ready to be confirmed, or refused; one that was confirmed leads to its send."""
    return shown(request, account, own(DRAFTS.all(), account, pk=draft_id))


def shown(request: HttpRequest, account: Account, draft: Draft, refusal: Refused | None = None) -> HttpResponse:
    """Show a draft, with what was refused about it."""
    if batch := Batch.objects.filter(account=account, draft=draft).first():
        return redirect("send", batch.pk)
    if draft.state == "counting":
        return render(request, "portal/draft_counting.html", {"draft": draft, "percent": confirmpage.percent(draft)})
    if draft.state == "refused":
        return _stuck(request, draft, confirmpage.reason(draft), refusal)
    try:
        context = _context(request, account, draft)
    except Refused as found:  # it was fine when it was counted: a field of its text, or the price list, is gone
        return _stuck(request, draft, str(found), refusal)
    return render(request, "portal/confirm.html", context | {"refusal": refusal}, status=400 if refusal else 200)


def _stuck(request: HttpRequest, draft: Draft, reason: str, refusal: Refused | None) -> HttpResponse:
    context = {"draft": draft, "reason": reason, "refusal": refusal, "typed": request.POST, "stuck": True, **_approval(request, draft)}
    return render(request, "portal/draft_refused.html", context, status=400 if refusal else 200)


def _context(request: HttpRequest, account: Account, draft: Draft) -> dict[str, Any]:
    available_e4 = ledger.wallet(account.pk).available_e4
    return {
        "draft": draft,
        "account": account,
        "typed": request.POST,
        "groups": confirmpage.groups(draft, draft.groups),
        "excluded": confirmpage.groups(draft, draft.excluded),
        "left_out": confirmpage.left_out(draft),
        "lines": confirmpage.cost_lines(draft),
        "examples": confirmpage.examples(draft),
        "available_e4": available_e4,
        "held_e4": ledger.wallet(account.pk).held_e4,
        "after_e4": available_e4 - draft.credits_e4,
        "shortfall": confirmpage.shortfall(draft, available_e4),
        "others": draft.whole.recipients - draft.recipients if draft.whole else 0,
        **_approval(request, draft),
        "rest_name": cover.rest_name(draft) if draft.whole else "",
    }


def _approval(request: HttpRequest, draft: Draft) -> dict[str, Any]:
    assert isinstance(request.user, User)
    return approvalpage.context_of(draft, request.user)


@customer_may("send")
def progress(request: HttpRequest, account: Account, draft_id: int) -> HttpResponse:
    """Answer htmx with how far the count is, or with the whole page anew once it has ended."""
    draft = own(Draft.objects.all(), account, pk=draft_id)
    if draft.state != "counting":
        return HttpResponseClientRefresh()
    return render(request, "portal/draft_progress.html", {"draft": draft, "percent": confirmpage.percent(draft)})


@customer_may("send")
@require_POST
def accept_draft(request: HttpRequest, account: Account, draft_id: int) -> HttpResponse:
    """Take the send, or ask an owner for a yes: confirming twice is the same send. `now`: at once, where its time has passed."""
    assert isinstance(request.user, User)
    draft = own(DRAFTS.all(), account, pk=draft_id)
    try:
        taken = approval.confirm(draft, request.user, request.POST.get("now") == "1")
        return redirect("send", taken.pk) if isinstance(taken, Batch) else redirect("draft", draft.pk)
    except Refused as refusal:
        return shown(request, account, own(DRAFTS.all(), account, pk=draft_id), refusal)
