"""Other accounts of the same owner: link them, and move credits between them."""

import secrets

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from staffetta.accounts.models import Account, User
from staffetta.billing import transfers
from staffetta.lib.errors import Refused
from staffetta.lib.money import shown
from staffetta.portal.access import customer_may
from staffetta.portal.forms.credittransfer import LinkForm, MoveForm


def _page(request: HttpRequest, account: Account, link: LinkForm, moving: MoveForm, status: int = 200) -> HttpResponse:
    links = transfers.links(account)
    context = {
        "form": link,
        "moving": moving,
        "linked": [each for each in links if each.state == "agreed"],
        "to_answer": [each for each in links if each.state == "waiting" and each.asked_id == account.pk],
        "waiting": [each for each in links if each.state == "waiting" and each.asking_id == account.pk],
        "movable_e4": transfers.movable_e4(account),
        "account": account,
    }
    return render(request, "portal/credit_transfer.html", context, status=status)


def _fresh(account: Account) -> MoveForm:
    return MoveForm(initial={"key": secrets.token_urlsafe(12)}, targets=transfers.linked(account))


@customer_may("money")
def page(request: HttpRequest, account: Account) -> HttpResponse:
    """Show the links; POST asks for another."""
    if request.method != "POST":
        return _page(request, account, LinkForm(), _fresh(account))
    form = LinkForm(request.POST)
    assert isinstance(request.user, User)
    if form.is_valid() and not ratelimit.consume(request, action="link_account"):
        form.add_error("login", _("Ten accounts were asked within the hour, the most there can be: wait a while, or write to us."))
    elif form.is_valid():
        try:
            transfers.ask(account, request.user, form.cleaned_data["login"])
            messages.success(request, _("The owner was asked, and agrees on this same page, logged in there."))
            return redirect("credit-transfer")
        except Refused as refusal:
            form.add_error("login", str(refusal))
    return _page(request, account, form, _fresh(account), status=400)


@customer_may("money")
@require_POST
def move(request: HttpRequest, account: Account) -> HttpResponse:
    """Move credits to a linked account."""
    form = MoveForm(request.POST, targets=transfers.linked(account))
    assert isinstance(request.user, User)
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = transfers.move(account, given["target"], given["amount"], request.user, given["key"])
            told = {"amount": shown(made.amount_e4), "account": made.target.name}
            messages.success(request, _("%(amount)s credits were moved to %(account)s.") % told)
            return redirect("credit-transfer")
        except Refused as refusal:
            form.add_error("amount", str(refusal))
    return _page(request, account, LinkForm(), form, status=400)


@customer_may("money")
@require_POST
def agree(request: HttpRequest, account: Account, link_id: int) -> HttpResponse:
    """Agree to a link that another account asked for."""
    assert isinstance(request.user, User)
    if transfers.agree(account, request.user, link_id):
        messages.success(request, _("The two accounts are linked: credits can be moved both ways."))
    return redirect("credit-transfer")


@customer_may("money")
@require_POST
def end(request: HttpRequest, account: Account, link_id: int) -> HttpResponse:
    """End a link, or one that waits."""
    assert isinstance(request.user, User)
    if transfers.end(account, request.user, link_id):
        messages.success(request, _("The two accounts are no longer linked."))
    return redirect("credit-transfer")
