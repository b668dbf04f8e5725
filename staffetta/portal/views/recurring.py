"""Recurring sends: the list, one of them with its next and past times, start, pause, resume, end, delete."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from staffetta.accounts.models import Account, User
from staffetta.billing import ledger
from staffetta.campaigns import plans
from staffetta.campaigns.models import Recurrence
from staffetta.lib.errors import Refused
from staffetta.portal import confirmpage, recurringpage
from staffetta.portal.access import customer, customer_may, own


def _own(account: Account, recurrence_id: int) -> Recurrence:
    return own(
        Recurrence.objects.select_related("account", "type", "draft__type", "draft__link", "user", "started_by"), account, pk=recurrence_id
    )


@customer
def listing(request: HttpRequest, account: Account) -> HttpResponse:
    """List the account's recurring sends."""
    return render(request, "portal/recurring.html", {"found": recurringpage.listed(account)})


@customer
def page(request: HttpRequest, account: Account, recurrence_id: int) -> HttpResponse:
    """Show a recurring send."""
    return _shown(request, account, _own(account, recurrence_id))


def _shown(request: HttpRequest, account: Account, recurrence: Recurrence, refusal: Refused | None = None) -> HttpResponse:
    draft = recurrence.draft
    counted = draft is not None and draft.state in ("ready", "accepted")
    examples, reason = confirmpage.example(draft) if counted and draft else ([], "")
    available_e4 = ledger.wallet(account.pk).available_e4
    context = {
        "shown": recurringpage.Recurring(recurrence),
        "recurrence": recurrence,
        "account": account,
        "refusal": refusal,
        "draft": draft,
        "counted": counted,
        "available_e4": available_e4,
        "covered": available_e4 // draft.credits_e4 if counted and draft and draft.credits_e4 else 0,
        "percent": confirmpage.percent(draft) if draft else 0,
        "reason": confirmpage.reason(draft) if draft and draft.state == "refused" else reason,
        "examples": examples,
        "groups": recurringpage.groups(recurrence, recurrence.groups),
        "excluded": recurringpage.groups(recurrence, recurrence.excluded),
        "coming": plans.coming(recurrence, recurringpage.NEXT_SHOWN),
        "past": recurringpage.past(recurrence),
    }
    return render(request, "portal/recurrence.html", context, status=400 if refusal else 200)


@customer
def progress(request: HttpRequest, account: Account, recurrence_id: int) -> HttpResponse:
    """Answer htmx with how far the count of today's cost is, or with the page anew once it has ended."""
    recurrence = _own(account, recurrence_id)
    if recurrence.draft is None or recurrence.draft.state != "counting":
        return HttpResponseClientRefresh()
    return render(request, "portal/recurrence_counting.html", {"recurrence": recurrence, "percent": confirmpage.percent(recurrence.draft)})


def _move(request: HttpRequest, account: Account, recurrence_id: int, move: Callable[[Recurrence], None], told: str) -> HttpResponse:
    recurrence = _own(account, recurrence_id)
    try:
        move(recurrence)
    except Refused as refusal:
        return _shown(request, account, recurrence, refusal)
    messages.success(request, told)
    if accepted := recurringpage.accepted_ahead(recurrence):
        when = timezone.localtime(accepted).strftime("%d/%m/%Y %H:%M")
        messages.warning(
            request, _("The send of %(time)s is accepted already and leaves all the same: cancel it on its own page.") % {"time": when}
        )
    return redirect("recurrence", recurrence.pk)


@customer_may("send")
@require_POST
def start(request: HttpRequest, account: Account, recurrence_id: int) -> HttpResponse:
    """Let a proposed one begin."""
    user = request.user
    assert isinstance(user, User)
    return _move(
        request, account, recurrence_id, lambda recurrence: plans.start(recurrence, user), _("It runs now; each time leaves by itself.")
    )


@customer_may("send")
@require_POST
def pause(request: HttpRequest, account: Account, recurrence_id: int) -> HttpResponse:
    """Let nothing leave until it is resumed."""
    return _move(request, account, recurrence_id, plans.pause, _("It is paused: nothing leaves until you resume it."))


@customer_may("send")
@require_POST
def resume(request: HttpRequest, account: Account, recurrence_id: int) -> HttpResponse:
    """Go on from now."""
    return _move(request, account, recurrence_id, plans.resume, _("It runs again, from the next time on."))


@customer_may("send")
@require_POST
def end(request: HttpRequest, account: Account, recurrence_id: int) -> HttpResponse:
    """Let it never come again."""
    return _move(request, account, recurrence_id, plans.end, _("It has ended and does not leave any more."))


@customer_may("send")
def delete(request: HttpRequest, account: Account, recurrence_id: int) -> HttpResponse:
    """Ask whether to delete it (GET), and delete it (POST)."""
    recurrence = _own(account, recurrence_id)
    if request.method != "POST":
        return render(request, "portal/recurrence_delete.html", {"recurrence": recurrence})
    plans.delete(recurrence)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": recurrence.name})
    return redirect("recurring")
