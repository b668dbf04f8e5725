"""New send: the page, what moves on it while someone writes, and the repair of a text."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from staffetta.accounts.models import Account
from staffetta.contacts import people
from staffetta.lib.errors import Refused
from staffetta.messaging import compose
from staffetta.messaging.jobs import count_draft
from staffetta.portal import live as lives
from staffetta.portal import preview
from staffetta.portal.access import customer
from staffetta.portal.forms.compose import ComposeForm, field_of
from staffetta.portal.initial import initial_of
from staffetta.portal.typecards import cards


@customer
def page(request: HttpRequest, account: Account) -> HttpResponse:
    """Show the form, or take it: a good one becomes a draft with its cost, to be confirmed."""
    if request.method != "POST":
        return _page(request, account, ComposeForm(account, initial=initial_of(request, account)))
    form = ComposeForm(account, request.POST)
    if form.check():
        try:
            draft = compose.prepare(form.request(request.user.pk))
        except Refused as refusal:
            form.add_error(field_of(refusal), str(refusal))
        else:
            if draft.state == "counting":
                count_draft.defer(draft_id=draft.pk)
            return redirect("draft", draft.pk)
    return _page(request, account, form)


def _page(request: HttpRequest, account: Account, form: ComposeForm) -> HttpResponse:
    context = {
        "form": form,
        "account": account,
        "groups": people.group_sizes(account),
        "chosen": {str(value) for value in form["groups"].value() or ()},
        "types": cards(),
        "fields": ["nome", "cognome", *compose.free_fields(account.pk)],
        "live": _live(account, form),
    }
    return render(request, "portal/compose.html", context, status=400 if form.errors else 200)


def _live(account: Account, form: ComposeForm) -> lives.Live:
    # A form of its own: what was refused on the page is still to be shown and counted.
    typed = ComposeForm(account, form.data if form.is_bound else form.initial)
    typed.is_valid()
    return lives.look(account, typed.cleaned_data)


@customer
@require_POST
def live(request: HttpRequest, account: Account) -> HttpResponse:
    """Answer htmx with the count, the telephone and the cost line of what is written."""
    form = ComposeForm(account, request.POST)
    return render(request, "portal/compose_live.html", {"form": form, "live": _live(account, form), "swap": True})


@customer
@require_POST
def repair(request: HttpRequest, account: Account) -> HttpResponse:
    """Replace the costly characters of the text: htmx gets the field and all that depends on it, others the whole page."""
    data = request.POST.copy()
    data["text"] = preview.repaired(data.get("text", ""))
    form = ComposeForm(account, data)
    if getattr(request, "htmx", False):
        return render(request, "portal/compose_repaired.html", {"form": form, "live": _live(account, form), "swap": True})
    return _page(request, account, form)
