"""Find what a program's repeat was accepted as the first time, where it would be refused today: by price list, routes or the clock.

Who asks again with a key asks what became of the first, and that was accepted and paid for. Reads only; next: singles.py.
"""

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Q

from staffetta.lib.errors import Refused
from staffetta.messaging import compose, offer, singles
from staffetta.messaging.models import Batch, SandboxMessage
from staffetta.messaging.offer import Asked


class Sought(NamedTuple):
    """A message that was refused now: whose it is, its key as kept, what is asked; `sandbox_of`: the sandbox's key, 0 for a real one."""

    account_id: int
    country: str
    sandbox_of: int
    key: str
    asked: Asked


class Earlier(NamedTuple):
    """The message that was accepted under the key."""

    message_id: int
    number: str
    sender: str
    parts: int
    cost_e4: int


def found(sought: Sequence[Sought]) -> list[Earlier | None]:
    """Return for each what was accepted under its key, None where nothing was, or something else. Asks nothing for none."""
    if not sought:
        return []
    real = [each for each in sought if not each.sandbox_of]
    known = (_real(real) if real else {}) | (_sandboxed(sought) if len(real) < len(sought) else {})
    return [_same(each, known.get((each.account_id, each.sandbox_of, each.key))) for each in sought]


def _real(sought: Sequence[Sought]) -> dict[tuple[int, int, str], Batch | SandboxMessage]:
    keys = Q(account_id__in={each.account_id for each in sought}, key__in={each.key for each in sought})
    return {(each.account_id, 0, each.key): each for each in Batch.objects.filter(keys, recipients=1).select_related("type")}


def _sandboxed(sought: Sequence[Sought]) -> dict[tuple[int, int, str], Batch | SandboxMessage]:
    keys = Q(
        account_id__in={each.account_id for each in sought},
        key_id__in={each.sandbox_of for each in sought if each.sandbox_of},
        own_key__in={each.key for each in sought},
    )
    return {(each.account_id, each.key_id, each.own_key): each for each in SandboxMessage.objects.filter(keys).select_related("type")}


def _same(sought: Sought, known: Batch | SandboxMessage | None) -> Earlier | None:
    """Return the message that is known where it says the same, to the same number, at the same time."""
    if known is None:
        return None
    asked = sought.asked
    try:
        number, sender = offer.number_of(asked.number, sought.country), compose.chosen_sender(known.type, asked.sender)
    except Refused:
        return None
    if (known.type.api_id, known.text, known.sender, _time(known)) != (asked.type, asked.text, sender, singles.ms(asked.send_at)):
        return None
    if isinstance(known, SandboxMessage):
        return Earlier(known.pk, number, sender, known.parts, known.cost_e4) if known.number == number else None
    return Earlier(known.first_id, number, sender, known.parts, known.credits_e4) if known.numbers == [number] else None


def _time(known: Batch | SandboxMessage) -> int | None:
    return None if known.send_at == known.created_at else singles.ms(known.send_at)
