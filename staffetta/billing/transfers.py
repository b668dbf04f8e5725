"""Move credits between accounts of one owner: first the two accounts are linked, each by its own owner; then credits move at once.

Credits that were given to try the service stay where they are: else who opens ten accounts would have ten times as many.
"""

from contextlib import AbstractContextManager

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import translation
from django.utils.translation import gettext

from staffetta.accounts import receivers
from staffetta.accounts.models import Account, User
from staffetta.billing import ledger
from staffetta.billing.errors import LinkRefused, NotLinked, TransferTooLarge
from staffetta.billing.models import AccountLink, CreditTransfer, Entry
from staffetta.lib import clock
from staffetta.lib.money import shown


def links(account: Account) -> QuerySet[AccountLink]:
    """Return the account's links that wait or are agreed, newest first."""
    return (
        AccountLink.objects.filter(Q(asking=account) | Q(asked=account))
        .exclude(state="ended")
        .select_related("asking", "asked")
        .order_by("-pk")
    )


def linked(account: Account) -> list[Account]:
    """Return the accounts that credits can be moved to, by name."""
    agreed = links(account).filter(state="agreed")
    others = [link.asked if link.asking_id == account.pk else link.asking for link in agreed]
    return sorted((each for each in others if each.closed_at is None), key=lambda each: each.name)


@transaction.atomic
def ask(account: Account, user: User, login: str) -> AccountLink:
    """Ask the owner with this user name to link their account with ours.

    Raises LinkRefused, in the same words for a name that nobody has, one of no owner, and one asked already.
    """
    other = (
        User.objects.filter(username__iexact=login.strip(), role="owner", is_active=True, account__closed_at=None)
        .exclude(account=None)
        .first()
    )
    if other is None or other.account is None or other.account_id == account.pk:
        raise LinkRefused(name=login.strip())
    pair = Q(asking=account, asked=other.account) | Q(asking=other.account, asked=account)
    if AccountLink.objects.filter(pair).exclude(state="ended").exists():
        raise LinkRefused(name=login.strip())
    return AccountLink.objects.create(asking=account, asked=other.account, asked_by=user)


def agree(account: Account, user: User, link_id: int) -> bool:
    """Agree to a link that another account asked for; return False where it no longer waits."""
    waiting = AccountLink.objects.filter(pk=link_id, asked=account, state="waiting")
    return bool(waiting.update(state="agreed", answered_by=user, answered_at=clock.now()))


def end(account: Account, user: User, link_id: int) -> bool:
    """End a link, or refuse or take back one that waits; return False where there is none."""
    found = links(account).filter(pk=link_id)
    return bool(AccountLink.objects.filter(pk__in=found.values("pk")).update(state="ended", answered_by=user, answered_at=clock.now()))


def movable_e4(account: Account) -> int:
    """Return how many credits can be moved away: those that are free, less what was given to try the service.

    What was sent counts as sent from bought credits: so a gift can never be moved away by spending beside it.
    """
    given = Entry.objects.filter(account=account, kind="grant").aggregate(sum=Sum("amount_e4"))["sum"] or 0
    return max(ledger.wallet(account.pk).available_e4 - given, 0)


def move(source: Account, target_id: int, amount_e4: int, user: User, key: str) -> CreditTransfer:
    """Move credits to a linked account; a repeat with the same key returns the first transfer.

    Raises NotLinked, TransferTooLarge, AmountRefused, NotEnoughCredit.
    """
    if earlier := CreditTransfer.objects.filter(source=source, key=key).first():
        return earlier
    target = next((account for account in linked(source) if account.pk == target_id), None)
    if target is None:
        raise NotLinked
    try:
        return _move(source, target, amount_e4, user, key)
    except IntegrityError:
        if earlier := CreditTransfer.objects.filter(source=source, key=key).first():
            return earlier
        raise


@transaction.atomic
def _move(source: Account, target: Account, amount_e4: int, user: User, key: str) -> CreditTransfer:
    ledger.lock_wallets(source.pk, target.pk)
    if amount_e4 > (most_e4 := movable_e4(source)):
        raise TransferTooLarge(amount=shown(amount_e4), most=shown(most_e4))
    entry_key = f"transfer-{source.pk}-{key}"
    with _in_language_of(source):
        ledger.debit(source.pk, amount_e4, "transfer", entry_key, gettext("Transfer to %(account)s") % {"account": target.name})
    with _in_language_of(target):
        ledger.credit(target.pk, amount_e4, "transfer", entry_key, gettext("Transfer from %(account)s") % {"account": source.name})
    return CreditTransfer.objects.create(source=source, target=target, amount_e4=amount_e4, key=key, user=user)


def _in_language_of(account: Account) -> AbstractContextManager[None]:
    return translation.override(next((user.language for user in receivers.owners(account.pk)), "it"))
