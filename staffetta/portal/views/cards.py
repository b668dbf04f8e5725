"""Kept cards and the automatic top-up: see, remove, switch on and off."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from staffetta.accounts.models import Account, User
from staffetta.billing import cardpayments, cards, pricelist, topup
from staffetta.billing.models import TopUp
from staffetta.billing.payments import refusals
from staffetta.billing.payments.errors import TopUpMonthTooSmall, TopUpNeedsConsent, TopUpThresholdTooHigh, TopUpThresholdWrong
from staffetta.lib.errors import Refused
from staffetta.lib.money import CREDIT_E4, editable, euro
from staffetta.portal.access import customer_may
from staffetta.portal.forms.topup import TopUpForm
from staffetta.portal.templatetags.portal import in_credits

_EXAMPLE_E4 = 200 * CREDIT_E4
_FIELD: dict[type[Refused], str] = {
    TopUpMonthTooSmall: "month_max",
    TopUpThresholdWrong: "threshold",
    TopUpThresholdTooHigh: "threshold",
    TopUpNeedsConsent: "agreed",
}


@customer_may("money")
def page(request: HttpRequest, account: Account) -> HttpResponse:
    """Show the cards and the top-up; POST switches the top-up on with what was typed."""
    row = topup.of(account)
    form = _form(request, account, row)
    if request.method == "POST" and form.is_valid():
        assert isinstance(request.user, User)
        given = form.cleaned_data
        try:
            values = (given["package"], given["card"], given["threshold"], given["month_max"], given["agreed"])
            topup.set_up(account, request.user, *values)
            messages.success(request, _("The automatic top-up is on."))
            return redirect("cards")
        except Refused as refusal:
            form.add_error(_FIELD.get(type(refusal)), str(refusal))
    context = {
        "cards": [(card, cards.expired(card)) for card in cards.kept(account)],
        "offered": cardpayments.offered(),
        "top_up": row,
        "spent_cents": topup.month_spent_cents(account.pk) if row else 0,
        "stopped_by": refusals.of(row.stopped) if row and row.stopped in refusals.REFUSALS else None,
        "consent": topup.consent(),
        "form": form,
    }
    return render(request, "portal/cards.html", context, status=400 if form.errors else 200)


@customer_may("money")
@require_POST
def remove(request: HttpRequest, account: Account, card_id: int) -> HttpResponse:
    """Remove a card."""
    assert isinstance(request.user, User)
    try:
        cards.remove(account, request.user, card_id)
        messages.success(request, _("The card is removed, at the payment service too."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("cards")


@customer_may("money")
@require_POST
def top_up_off(request: HttpRequest, account: Account) -> HttpResponse:
    """Switch the automatic top-up off."""
    assert isinstance(request.user, User)
    topup.switch_off(account, request.user)
    messages.success(request, _("The automatic top-up is off."))
    return redirect("cards")


def _form(request: HttpRequest, account: Account, row: TopUp | None) -> TopUpForm:
    tags = [line.tag for line in pricelist.rows(account)]
    packages = [(tag.package.pk, f"{tag.package.name}: {in_credits(tag.package.credits_e4)} · {euro(tag.payable_cents)}") for tag in tags]
    kept = [(card.pk, f"{card.brand} •••• {card.last4}") for card in cards.kept(account) if not cards.expired(card)]
    # The smallest package may bring no more than the threshold that the form gives as an example.
    initial: dict[str, Any] = {"package": next((tag.package.pk for tag in tags if tag.package.credits_e4 > _EXAMPLE_E4), None)}
    if row:
        typed = f"{row.month_cents_max // 100},{row.month_cents_max % 100:02d}"
        initial = {"package": row.package_id, "card": row.card_id, "threshold": editable(row.threshold_e4), "month_max": typed}
    return TopUpForm(request.POST or None, initial=initial, packages=packages, cards=kept)
