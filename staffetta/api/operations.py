"""The verbs of every interface: send, credit. Interfaces parse, call these, and render; nothing here knows a dialect."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from staffetta.accounts.errors import AccountClosed
from staffetta.accounts.models import Account
from staffetta.api import idempotency
from staffetta.api.principal import Principal
from staffetta.billing import ledger
from staffetta.lib.errors import Refused
from staffetta.messaging import earlier, ownkeys, sandbox, singles
from staffetta.messaging import offer as offers
from staffetta.messaging.earlier import Sought
from staffetta.messaging.offer import Asked, Offer
from staffetta.messaging.singles import Accepted, Single

KEY_MAX = 100


class Sent(NamedTuple):
    """One message that was accepted: its id (19 digits), and what it costs. `repeated`: it was there already, by its key."""

    message_id: int
    number: str
    sender: str
    parts: int
    cost_e4: int
    repeated: bool


def offer_of(who: Principal) -> Offer:
    """Return what the caller can send now: with a sandbox key everything on sale, whatever routes there are."""
    offer = offers.current()
    return replace(offer, routes=sandbox.EVERYWHERE) if who.sandbox else offer


def accepted(fit: Sequence[Single], sandbox_of: int = 0, again: bool = False) -> list[Accepted | Refused]:
    """Accept judged messages; those of a sandbox key (`sandbox_of`, 0 for none) never leave and cost nothing. `again`: see singles.py."""
    owners = [(each.account_id, each.key) for each in fit]
    with idempotency.apart(owners, bool(sandbox_of)) as used:
        free = [each for each in fit if (each.account_id, each.key) not in used] if used else fit
        if not free:
            answers: list[Accepted | Refused] = []
        else:
            answers = sandbox.accept(free, sandbox_of) if sandbox_of else singles.accept(free, again)
    if not used:
        return answers
    rest = iter(answers)
    return [used[owner] if owner in used else next(rest) for owner in owners]


def judged(who: Principal, asked: Asked, offer: Offer | None = None, mark: str = "", our_key: str = "") -> Single | Refused:
    """Return what to accept for one message, or why it is refused; `our_key`: one that no program gave. Reads no account."""
    key = our_key or ownkeys.kept(asked.key)
    try:
        single = offers.judge(offer or offer_of(who), asked, who.account_id, who.user_id, who.country, key, mark, who.via, who.key_id)
    except Refused as refusal:
        return refusal
    return single


def send(who: Principal, asked: Sequence[Asked], our_keys: Sequence[str] = ()) -> list[Sent | Refused]:
    """Send messages, each judged by itself, all committed together; return for each what became of it. Raises MayNot, AccountClosed.

    `our_keys`: one for each message, where the interface makes them and not the program.
    """
    who.must("send")
    check_open(who)
    offer = offer_of(who)
    keys = our_keys or [""] * len(asked)
    found = _told_again(who, asked, keys, [judged(who, each, offer, our_key=key) for each, key in zip(asked, keys, strict=True)])
    fit = [each for each in found if isinstance(each, Single)]
    answers = iter(accepted(fit, who.key_id if who.sandbox else 0) if fit else ())
    return [sent(each, next(answers)) if isinstance(each, Single) else each for each in found]


def _told_again(
    who: Principal, asked: Sequence[Asked], our_keys: Sequence[str], found: Sequence[Single | Refused]
) -> list[Single | Sent | Refused]:
    """Return what was found, with the first one's answer for what is refused now and is a repeat."""
    keys = [our or ownkeys.kept(each.key) for each, our in zip(asked, our_keys, strict=True)]
    places = [place for place, each in enumerate(found) if isinstance(each, Refused) and keys[place]]
    first_ones = dict(zip(places, told_before([(who, asked[place], keys[place]) for place in places]), strict=True))
    return [first_ones.get(place) or each for place, each in enumerate(found)]


def told_before(refused: Sequence[tuple[Principal, Asked, str]]) -> list[Sent | None]:
    """Return for messages that are refused now, each with its key as kept, what the first one with its key was told; None where there is none."""
    sought = [Sought(who.account_id, who.country, who.key_id if who.sandbox else 0, key, asked) for who, asked, key in refused]
    return [each and Sent(*each, repeated=True) for each in earlier.found(sought)]


def check_open(who: Principal) -> None:
    """Raise AccountClosed where the caller's account is."""
    if not Account.objects.filter(pk=who.account_id, closed_at=None).exists():
        raise AccountClosed(account=Account.objects.get(pk=who.account_id).name)


def sent(single: Single, answer: Accepted | Refused) -> Sent | Refused:
    """Return what the caller is told of a message."""
    if isinstance(answer, Refused):
        return answer
    return Sent(answer.message_id, single.number, single.sender, single.parts, single.cost_e4, answer.repeated)


def credit_e4(who: Principal) -> int:
    """Return what the caller can still spend, in 1/10,000 of a credit. Raises MayNot."""
    who.must("money")
    return ledger.wallet(who.account_id).available_e4
