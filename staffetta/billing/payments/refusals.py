"""Why a card was refused, in words for the customer: what happened, what to do, whether the same card may be tried again. Knows no provider.

Issuers ask that a lost or stolen card be told as any other refusal: who holds it may not be its owner.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Refusal:
    """`again`: the same card may be tried again. `steps`: how 3-D Secure is switched on is of use; `steps_open`: it is what to do.

    `left`: nobody refused anything, the customer went away.
    """

    happened: str | Promise
    remedy: str | Promise
    again: bool = True
    steps: bool = False
    steps_open: bool = False
    left: bool = False


_REFUSED_BY_BANK = _("Your bank refused this payment and gave us no reason.")
_ASK_BANK = _("Ask your bank at the number on the back of the card, or pay with another card.")

REFUSALS: dict[str, Refusal] = {
    "insufficient_funds": Refusal(
        _("There is not enough money on this card for the payment."),
        _("Top up the card or wait until its limit is free again, then try again; or pay with another card."),
    ),
    "online_not_enabled": Refusal(
        _("This card is not enabled for purchases on the internet."),
        _("Switch on internet purchases in your bank's app, then try again; or pay with another card."),
        steps=True,
    ),
    "abroad_not_enabled": Refusal(
        _("This card is not enabled for purchases abroad, and the payment passes through a foreign bank."),
        _("Switch on foreign countries for this card in your bank's app, then try again; or pay with another card."),
    ),
    "three_ds_inactive": Refusal(
        _("3-D Secure, the bank's check that it is really you, is not active for this card."),
        _("Switch it on as explained here, then try again; or pay with another card."),
        steps=True,
        steps_open=True,
    ),
    "three_ds_failed": Refusal(
        _("Your bank's check (3-D Secure) was not completed: the code was wrong, late, or the check was closed."),
        _("Try again with your telephone at hand, and confirm in the bank's app or with the code that it sends you."),
        steps=True,
    ),
    "needs_customer": Refusal(
        _("Your bank wants to check that it is really you, and this payment was made without you."),
        _("Pay this order yourself, with the bank's code; afterwards you can switch the automatic top-up on again."),
        steps=True,
    ),
    "pay_with_code": Refusal(
        _("Your bank wants to check that it is really you before it pays with this card."),
        _("Pay this order by card: your bank then asks you for its code."),
        steps=True,
    ),
    "card_unknown": Refusal(
        _("The payment service no longer knows this card."),
        _("Pay by card once more and have the card kept anew, or pay with another card."),
    ),
    "sum_too_small": Refusal(
        _("This sum is below the least that can be paid by card."), _("Pay by bank transfer, or choose a larger package."), again=False
    ),
    "not_taken": Refusal(
        _("The payment service did not take this payment."), _("Nothing was charged. Pay with another card or by bank transfer.")
    ),
    "issuer_unreachable": Refusal(
        _("The bank that issued this card did not answer."),
        _("Try again in some minutes, or pay with another card."),
    ),
    "limit_reached": Refusal(
        _("This payment goes above a limit of this card: for one payment, for a day or for a month."),
        _("Raise the limit in your bank's app, then try again; or pay with another card."),
    ),
    "wrong_number": Refusal(
        _("The bank does not know this card number."),
        _("Copy the number from the card again, digit by digit, and try again."),
    ),
    "wrong_expiry": Refusal(
        _("The expiry date does not belong to this card."),
        _("Copy month and year from the card again, and try again."),
    ),
    "wrong_cvc": Refusal(
        _("The security code does not belong to this card."),
        _("Copy the three digits from the back of the card (four on the front of American Express), and try again."),
    ),
    "expired_card": Refusal(_("This card has expired."), _("Pay with the new card that your bank sent you, or with another."), again=False),
    "lost_or_stolen": Refusal(_REFUSED_BY_BANK, _ASK_BANK, again=False),
    "refused": Refusal(_REFUSED_BY_BANK, _ASK_BANK),
    "cancelled": Refusal(_("You left the bank's page before the payment was made."), _("Try again whenever you like."), left=True),
    "abandoned": Refusal(_("The payment was begun and not finished, so we closed it."), _("Try again whenever you like."), left=True),
    "unsupported": Refusal(
        _("This kind of card, or this card in euro, cannot be used here."), _("Pay with another card: Visa or Mastercard."), again=False
    ),
    "provider_unreachable": Refusal(_("The payment service did not answer."), _("Try again in some minutes, or pay by bank transfer.")),
}
STEPS = (
    _("Open your bank's app or internet banking."),
    _("Look for the page of your cards and choose this card."),
    _("Open its security or internet payments: it may be called “Acquisti online”, “3-D Secure” or “Codice dispositivo”. Switch it on."),
    _("Check that the bank has your telephone number of today: that is where the code comes."),
    _("If you do not find it, call the number on the back of the card: the bank switches it on at once."),
)


def of(code: str) -> Refusal:
    """Return the words for a code; those of the general refusal where it is unknown."""
    return REFUSALS.get(code, REFUSALS["refused"])
