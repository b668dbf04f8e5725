"""New send: the page, and what moves on it while someone writes. What its buttons do to the text is in composing.py."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from staffetta.accounts.models import Account
from staffetta.campaigns import plans
from staffetta.lib.errors import Refused
from staffetta.messaging import compose
from staffetta.messaging.jobs import count_draft
from staffetta.portal.access import customer_may
from staffetta.portal.composepage import context_of, live_of
from staffetta.portal.forms.compose import ComposeForm, field_of
from staffetta.portal.initial import initial_of, warnings_of


@customer_may("send")
def page(request: HttpRequest, account: Account) -> HttpResponse:
    """Show the form, or take it: a good one becomes a draft with its cost, to be confirmed."""
    if request.method != "POST":
        for warning in warnings_of(request, account):
            messages.warning(request, warning)
        return whole(request, account, ComposeForm(account, initial=initial_of(request, account)))
    form = ComposeForm(account, request.POST, request.FILES)
    if form.check():
        try:
            if form.repeats:
                return _proposed(request, account, form)
            draft = compose.prepare(form.request(request.user.pk))
        except Refused as refusal:
            form.add_error(field_of(refusal), str(refusal))
        else:
            if draft.state == "counting":
                count_draft.defer(draft_id=draft.pk)
            return redirect("draft", draft.pk)
    return whole(request, account, form)


def _proposed(request: HttpRequest, account: Account, form: ComposeForm) -> HttpResponse:
    recurrence = plans.propose(form.request(request.user.pk), form.repeat.plan(), ZoneInfo(account.time_zone))
    if recurrence.draft and recurrence.draft.state == "counting":
        count_draft.defer(draft_id=recurrence.draft.pk)
    return redirect("recurrence", recurrence.pk)


def whole(request: HttpRequest, account: Account, form: ComposeForm, **more: Any) -> HttpResponse:
    """Show the whole page with a form as it stands."""
    refused = bool(form.is_bound and (form.errors or (form.repeats and form.repeat.errors)))
    context = context_of(account, form, request.user.pk) | more
    return render(request, "portal/compose.html", context | {"refused": refused}, status=400 if refused else 200)


@customer_may("send")
@require_POST
def live(request: HttpRequest, account: Account) -> HttpResponse:
    """Answer htmx with the count, the telephone and the cost line of what is written."""
    form = ComposeForm(account, request.POST)
    return render(request, "portal/compose_live.html", {"form": form, "live": live_of(account, form), "swap": True})
