"""Many numbers at once: a group, a file or a pasted list; what it costs, what is left out, and the confirmation. Nothing is kept between."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from staffetta.accounts.models import Account, User
from staffetta.contacts import people
from staffetta.lib.errors import Refused
from staffetta.lookup import accept, limits, provided, rules
from staffetta.lookup.accept import Quote
from staffetta.lookup.wanted import Wanted
from staffetta.portal import lookuppage, pasted
from staffetta.portal.access import customer_may
from staffetta.portal.forms.lookup import ManyForm
from staffetta.portal.views.lookups import shortage


@dataclass(frozen=True)
class _Counted:
    """The numbers that are wanted and what they cost."""

    wanted: Wanted
    quoted: Quote


@customer_may("send")
def page(request: HttpRequest, account: Account) -> HttpResponse:
    """Choose a group, a file or numbers (GET), see what they cost (POST); `change` leads back with what was typed."""
    if request.method != "POST":
        return _choose(request, account, ManyForm(account, initial={"group": request.GET.get("group", "")}))
    form = ManyForm(account, request.POST, request.FILES)
    if "change" in request.POST:
        return _choose(request, account, ManyForm(account, initial=request.POST.dict()))
    return _cost(request, account, form)


@customer_may("send")
@require_POST
def confirm(request: HttpRequest, account: Account) -> HttpResponse:
    """Take the lookup as it was shown: confirming twice is the same one."""
    form = ManyForm(account, request.POST)
    if not form.is_valid():
        return _choose(request, account, form)
    given = form.cleaned_data
    user = request.user if isinstance(request.user, User) else None
    try:
        key = f"page-{given['once'] or uuid.uuid4().hex}"
        batch = accept.accept(form.wanted(), key, user, not given["anew"], given["confirmed_e4"])
    except Refused as refusal:
        return _cost(request, account, form, refusal)
    return redirect("lookup", batch.pk)


def _choose(request: HttpRequest, account: Account, form: ManyForm) -> HttpResponse:
    context = {
        "form": form,
        "chosen": str(form["group"].value() or ""),
        "groups": [group for group in people.group_sizes(account) if group.size],  # type: ignore[attr-defined]
        "numbers_max": pasted.NUMBERS_MAX,
        "rules": rules.current(),
    }
    return render(request, "portal/lookup_many.html", context, status=400 if form.errors else 200)


def _cost(request: HttpRequest, account: Account, form: ManyForm, refusal: Refused | None = None) -> HttpResponse:
    if not form.is_valid():
        return _choose(request, account, form)
    try:
        some = form.wanted()
        counted = _Counted(some, accept.quote(some, not form.cleaned_data["anew"]))
    except Refused as found:
        form.add_error(form.cleaned_data["source"] if form.cleaned_data["source"] != "pasted" else "numbers", str(found))
        return _choose(request, account, form)
    context = _context(account, form, counted)
    # Of short credit the page itself says more than the refusal.
    refused = None if refusal and refusal.code == "not_enough_credit" and context["short"] else refusal or _limit(account, counted)
    return render(request, "portal/lookup_cost.html", context | {"refusal": refused}, status=400 if refusal else 200)


def _limit(account: Account, counted: _Counted) -> Refused | None:
    """Return why so many may not be asked for now; said before anybody confirms."""
    try:
        limits.check(account.pk, counted.quoted.asks, rules.current())
    except Refused as refusal:
        return refusal
    return None


def _context(account: Account, form: ManyForm, counted: _Counted) -> dict[str, Any]:
    some, quoted = counted.wanted, counted.quoted
    short = shortage(account, quoted.cost_e4)
    return {
        "form": form,
        "given": form.cleaned_data,
        "listed": form.of_file.pk if form.of_file else None,
        "once": form.cleaned_data["once"] or uuid.uuid4().hex,
        "wanted": some,
        "quote": quoted,
        "reasons": lookuppage.reasons(quoted.left_out),
        "short": short if short["missing_e4"] else None,
        "covered": short["available_e4"] // quoted.price_e4 if quoted.price_e4 else 0,
        "after_e4": short["available_e4"] - quoted.cost_e4,
        "rules": rules.current(),
        "simulated": provided.simulating(),
    }
