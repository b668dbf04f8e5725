"""Jobs about card payments: those of which nobody told us, and the money that must go back. Knows no provider by name."""

import logging
from datetime import timedelta

from django.db import transaction

from staffetta.billing import cardnotices, cardpayments, orders, refunds
from staffetta.billing.models import Payment
from staffetta.billing.payments import base, choice
from staffetta.lib import clock

LOOK_AFTER = timedelta(minutes=2)  # an event should have come by then
ABANDON_AFTER = timedelta(hours=1)
LOOK_FOR = timedelta(days=7)
_log = logging.getLogger(__name__)


def look_after() -> int:
    """Ask about the payments of which nobody has told us anything, and close what nobody finished; return how many ended."""
    ended = 0
    waiting = Payment.objects.select_related("order").filter(state="started", created_at__lt=clock.now() - LOOK_AFTER)
    for payment in waiting.filter(provider__in=choice.NAMES):
        try:
            ended += _looked_after(payment) in {"paid", "refused"}
        except Exception:  # one that fails must not keep the others from being asked about
            _log.exception("payment %s was not looked after", payment.pk)
    return ended


def give_back() -> int:
    """Have the money of the payments that are *refunding* returned by their provider; return of how many."""
    done = 0
    for payment in Payment.objects.filter(state="refunding", provider__in=choice.NAMES):
        try:
            done += _gave_back(payment)
        except base.Unreachable as error:
            _log.warning("payment %s is not given back yet: %s", payment.pk, error)
        except Exception:  # one that fails must not keep the others waiting for their money
            _log.exception("payment %s is not given back", payment.pk)
    return done


def look_at_refund(payment: Payment) -> str:
    """Ask what became of money that was on its way back; return it in a word. Raises Unreachable."""
    told = cardpayments.bank_of(payment).returned(payment.reference, payment.amount_cents)
    if told == "not returned" and payment.state in {"refunding", "refunded"}:
        refunds.money_not_returned(payment.pk)
        cardnotices.not_given_back(payment)
    elif told == "returned":
        refunds.money_returned(payment.pk)
    return told or "nothing to do"


def _looked_after(payment: Payment) -> str:
    old = clock.now() - payment.created_at
    try:
        outcome = cardpayments.refresh(payment)
        if outcome == "not yet" and (old > ABANDON_AFTER or not cardpayments.goes_on(payment)):
            outcome = cardpayments.settle(payment, cardpayments.bank_of(payment).abandon(payment.reference))
    except base.Unreachable as error:
        _log.warning("payment %s: %s", payment.pk, error)
        outcome = "not yet"
    if outcome == "not yet" and old > LOOK_FOR:
        with transaction.atomic():
            orders.payment_refused(payment.pk, "abandoned")
            cardnotices.never_answered(payment)
        return "refused"
    return outcome


def _gave_back(payment: Payment) -> bool:
    """Ask for one payment's money; a repeat is the same request to the provider."""
    key = f"{cardpayments.shop()}-refund-{payment.pk}-{payment.created_at:%y%m%d%H%M%S}"
    told = cardpayments.bank_of(payment).refund(payment.reference, payment.amount_cents, key)
    if told == "not returned":
        cardnotices.not_given_back(payment)
    return told == "returned" and refunds.money_returned(payment.pk)
