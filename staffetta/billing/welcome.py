"""The free credits of a new account: once, after its e-mail was confirmed. Never learns who confirms it."""

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from staffetta.accounts import operator
from staffetta.accounts.models import Account
from staffetta.billing import ledger
from staffetta.billing.models import Entry


@transaction.atomic
def grant(account: Account, language: str = "it") -> Entry | None:
    """Give the account the operator's free credits and return the entry: a repeat returns the first one; None where there are none."""
    ledger.open_wallet(account.pk)
    amount_e4 = operator.current().free_credits_e4
    if not amount_e4:
        return None
    with translation.override(language):
        reason = gettext("Welcome: credits to try the service")
    return ledger.credit(account.pk, amount_e4, "grant", f"welcome-{account.pk}", reason)
