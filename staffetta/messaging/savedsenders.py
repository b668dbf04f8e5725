"""Senders that an account keeps, and which one a new send begins with. Whether a sender may be used is for compose.py."""

from dataclasses import dataclass

from django.db import transaction

from staffetta.messaging.compose import sender_problem
from staffetta.messaging.errors import SenderRefused, SendersFull
from staffetta.messaging.models import Batch, SavedSender
from staffetta.sms import sender as senders
from staffetta.sms.errors import SenderError

SENDERS_MAX = 50
_LOOKED_AT = 50


@dataclass(frozen=True)
class Choice:
    """A sender to choose: kept (then it has an id) or only used lately."""

    value: str
    id: int | None = None
    usual: bool = False


def choices(account_id: int) -> list[Choice]:
    """Return the account's senders, the usual one first, then the other kept ones, then those used lately."""
    kept = [Choice(each.value, each.pk, each.usual) for each in SavedSender.objects.filter(account_id=account_id)]
    known = {each.value for each in kept}
    recent = Batch.objects.filter(account_id=account_id).order_by("-pk").values_list("sender", "type__fixed_sender")[:_LOOKED_AT]
    used = dict.fromkeys(sender for sender, fixed in recent if not fixed and sender not in known)
    return [*sorted(kept, key=lambda each: (not each.usual, each.value)), *map(Choice, used)]


def usual(account_id: int) -> str:
    """Return the sender that a new send begins with: the one chosen for that, else the last used, else the only one kept."""
    if chosen := SavedSender.objects.filter(account_id=account_id, usual=True).first():
        return chosen.value
    recent = Batch.objects.filter(account_id=account_id, test=False).order_by("-pk").values_list("sender", "type__fixed_sender")[:20]
    if last := next((sender for sender, fixed in recent if not fixed), ""):
        return last
    first = SavedSender.objects.filter(account_id=account_id).first()
    return first.value if first else ""


@transaction.atomic
def save(account_id: int, sender: str) -> SavedSender:
    """Keep a sender; once more does nothing. Raises SenderRefused, SendersFull."""
    try:
        value = senders.check(sender.strip()).value
    except SenderError as error:
        raise SenderRefused(sender=sender.strip(), why=sender_problem(error)) from None
    if SavedSender.objects.filter(account_id=account_id).count() >= SENDERS_MAX:
        raise SendersFull(limit=SENDERS_MAX)
    return SavedSender.objects.get_or_create(account_id=account_id, value=value)[0]


@transaction.atomic
def make_usual(saved: SavedSender) -> None:
    """Let new sends begin with this sender."""
    SavedSender.objects.filter(account_id=saved.account_id, usual=True).update(usual=False)
    SavedSender.objects.filter(pk=saved.pk).update(usual=True)


def delete(saved: SavedSender) -> None:
    """Forget a kept sender; what was sent with it stays as it is."""
    saved.delete()
