"""Mails about the automatic top-up, to the owners of the account, each in their language. Decides nothing."""

from functools import partial
from typing import Any

from django.urls import reverse

from staffetta.accounts import mail
from staffetta.accounts.receivers import owners
from staffetta.billing.models import Payment, TopUp
from staffetta.billing.payments import refusals
from staffetta.lib.money import euro


def refused(row: TopUp, payment: Payment) -> None:
    """Tell that the card was refused, why, and what happens next."""
    words = refusals.of(payment.refusal)
    _send(row, "billing/mail/top_up_refused.txt", words=words, last4=row.card.last4, number=payment.order_id, off=not row.active)


def capped(row: TopUp) -> None:
    """Tell that the month's sum is used up."""
    _send(row, "billing/mail/top_up_capped.txt", most=partial(euro, row.month_cents_max))


def paused(row: TopUp) -> None:
    """Tell that the staff took credits away, and that nothing is bought in their place for a day."""
    _send(row, "billing/mail/top_up_paused.txt")


def _send(row: TopUp, template: str, **values: Any) -> None:
    for user in owners(row.account_id):
        shown = values | {"account": user.account, "url": mail.address(reverse("cards"))}
        mail.send(user.email, *mail.written(template, user.language, **shown), language=user.language)
