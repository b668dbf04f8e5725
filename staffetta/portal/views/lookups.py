"""Number check: one number asked for on the spot, and the list of all lookups."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac

from staffetta.accounts.models import Account, User
from staffetta.billing import ledger
from staffetta.billing.errors import NotEnoughCredit
from staffetta.contacts import people
from staffetta.contacts.people import NumberRefused
from staffetta.lib.errors import Refused
from staffetta.lookup import accept, provided, rules, wanted
from staffetta.lookup.models import LookupBatch
from staffetta.portal import lookuppage
from staffetta.portal.access import customer, customer_may
from staffetta.portal.forms.lookup import NumberForm
from staffetta.portal.lookuppage import Shown
from staffetta.portal.paging import after_of

PAGE = 25
_DIGITS_MIN = 8


def _context(request: HttpRequest, account: Account, form: NumberForm) -> dict[str, Any]:
    older = after_of(request, "older")
    rows = LookupBatch.objects.filter(account=account).defer("numbers").order_by("-pk")
    found = list((rows.filter(pk__lt=older) if older else rows)[: PAGE + 1])
    return {
        "form": form,
        "once": uuid.uuid4().hex,
        "lookups": [Shown(batch) for batch in found[:PAGE]],
        "older": found[PAGE - 1].pk if len(found) > PAGE else 0,
        "moved": bool(older),
        "rules": rules.current(),
        "simulated": provided.simulating(),
        **_before(account, str(form["number"].value() or "")),
    }


def _before(account: Account, written: str) -> dict[str, Any]:
    """Return what is known of a number while it is typed; nothing as long as it is none."""
    try:
        return {"before": lookuppage.before(account, people.number_of(account, written))} if len(written) >= _DIGITS_MIN else {}
    except NumberRefused:
        return {}
    except Refused as refusal:
        return {"nobody": str(refusal)}


@customer_may("send", to_see="view")
def page(request: HttpRequest, account: Account) -> HttpResponse:
    """List the lookups (GET), and ask for one number (POST)."""
    if request.method == "POST":
        return _ask(request, account)
    form = NumberForm(initial={"number": request.GET.get("number", "")[:60]})
    return render(request, "portal/lookups.html", _context(request, account, form))


def _ask(request: HttpRequest, account: Account) -> HttpResponse:
    form = NumberForm(request.POST)
    short: dict[str, Any] = {}
    if form.is_valid():
        given = form.cleaned_data
        try:
            one = wanted.typed(account, given["number"])
            if given["choice"] or lookuppage.before(account, one.name).kept is None:
                return _asked(request, form, one)
            # A kept answer is offered first, with both prices on the page.
            return render(request, "portal/lookups.html", _context(request, account, form))
        except NotEnoughCredit:
            short = {"short": shortage(account, rules.current().price_e4)}
        except Refused as refusal:
            form.add_error("number", str(refusal))
    return render(request, "portal/lookups.html", _context(request, account, form) | short, status=400)


def _asked(request: HttpRequest, form: NumberForm, one: wanted.Wanted) -> HttpResponse:
    given = form.cleaned_data
    user = request.user if isinstance(request.user, User) else None
    # The same page typed into again is another question. Not the number itself: keys stay where numbers are erased.
    typed = salted_hmac("lookup page", one.name).hexdigest()[:20]
    key = f"page-{given['once'] or uuid.uuid4().hex}-{typed}-{given['choice']}"
    kept = given["choice"] == "kept"
    # A kept answer that is gone meanwhile is never replaced by a paid one: whoever wanted it free is shown the price first.
    batch = accept.accept(one, key, user, kept, 0 if kept else given["confirmed_e4"])
    return redirect("lookup", batch.pk)


def shortage(account: Account, cost_e4: int) -> dict[str, int]:
    """Return what a lookup needs, what there is, what is missing and what is set aside."""
    wallet = ledger.wallet(account.pk)
    missing_e4 = max(0, cost_e4 - wallet.available_e4)
    return {"needed_e4": cost_e4, "available_e4": wallet.available_e4, "missing_e4": missing_e4, "held_e4": wallet.held_e4}


@customer
def known(request: HttpRequest, account: Account) -> HttpResponse:
    """Answer htmx with what is known of a number while it is typed, and with the buttons that fit."""
    context = {"rules": rules.current(), "simulated": provided.simulating(), **_before(account, request.GET.get("number", "").strip()[:60])}
    return render(request, "portal/lookup_known.html", context)
