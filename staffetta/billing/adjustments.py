"""Credits given or taken by the staff's hand: never without a reason, which the customer reads, and a line in the audit log."""

from django.db import transaction

from staffetta.accounts import audit
from staffetta.accounts.models import Account, User
from staffetta.billing import ledger
from staffetta.billing.errors import ReasonMissing
from staffetta.billing.models import Entry
from staffetta.lib.money import plain


@transaction.atomic
def adjust(account: Account, amount_e4: int, reason: str, staff: User | None, key: str) -> Entry:
    """Give (above zero) or take credits, once per key. Raises ReasonMissing, AmountRefused, NotEnoughCredit."""
    if not reason.strip():
        raise ReasonMissing
    ledger.open_wallet(account.pk)
    entry_key = f"adjustment-{key}"
    if Entry.objects.filter(account=account, key=entry_key).exists():
        return Entry.objects.get(account=account, key=entry_key)
    move = ledger.credit if amount_e4 > 0 else ledger.debit
    entry = move(account.pk, abs(amount_e4), "adjustment", entry_key, reason.strip())
    before = {"credits": plain(entry.balance_after_e4 - amount_e4)}
    after = {"credits": plain(entry.balance_after_e4)}
    audit.record(staff, "adjust credit", f"account {account.pk}", account_id=account.pk, before=before, after=after, reason=reason)
    return entry
