"""A mail when the credit falls below what the customer has set: once, and again only after there was more. Looks at wallets only."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from django.db import connection, transaction
from django.urls import reverse

from staffetta.accounts import mail
from staffetta.accounts.receivers import owners
from staffetta.billing.errors import ThresholdRefused
from staffetta.billing.models import LowCredit
from staffetta.lib.money import credits_e4, shown


class Low(NamedTuple):
    """An account whose credit has fallen below its threshold."""

    account_id: int
    threshold_e4: int
    available_e4: int


# One statement for both turns: who has enough again is armed, who has too little now is returned, once.
_ARM = """
UPDATE billing_lowcredit l SET told_at = NULL FROM billing_wallet w
WHERE w.account_id = l.account_id AND l.told_at IS NOT NULL AND w.balance_e4 - w.held_e4 >= l.threshold_e4
"""
_TELL = """
UPDATE billing_lowcredit l SET told_at = now() FROM billing_wallet w
WHERE w.account_id = l.account_id AND l.told_at IS NULL AND w.balance_e4 - w.held_e4 < l.threshold_e4
RETURNING l.account_id, l.threshold_e4, w.balance_e4 - w.held_e4
"""


def threshold_e4(account_id: int) -> int | None:
    """Return the threshold of an account; None where it wants no mail."""
    return LowCredit.objects.filter(account_id=account_id).values_list("threshold_e4", flat=True).first()


def set_threshold(account_id: int, written: str) -> None:
    """Set the threshold as a person writes it ("100", "1,5"); blank means no mail. Raises ThresholdRefused."""
    if not written.strip():
        LowCredit.objects.filter(account_id=account_id).delete()
        return
    try:
        amount_e4 = credits_e4(written)
    except ValueError:
        raise ThresholdRefused(value=written.strip()) from None
    if amount_e4 <= 0:
        raise ThresholdRefused(value=written.strip())
    LowCredit.objects.update_or_create(account_id=account_id, defaults={"threshold_e4": amount_e4, "told_at": None})


@transaction.atomic
def tell(heard: Callable[[Sequence[Low]], None] | None = None) -> int:
    """Write to the owners of accounts that fell below their threshold; return to how many accounts.

    `heard` is told of the same accounts within the same transaction: whoever stands above billing and has its own to write.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ARM)
        cursor.execute(_TELL)
        low = [Low._make(row) for row in cursor.fetchall()]
    if heard and low:
        heard(low)
    for account_id, limit_e4, available_e4 in low:
        for user in owners(account_id):
            values = {
                "account": user.account,
                "threshold": partial(shown, limit_e4),
                "available": partial(shown, available_e4),
                "url": mail.address(reverse("home")),
            }
            mail.send(user.email, *mail.written("billing/mail/low_credit.txt", user.language, **values), language=user.language)
    return len(low)
