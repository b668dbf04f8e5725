"""Send many messages in one call, as one batch. Judges each by itself; knows no dialect."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from staffetta.api import operations
from staffetta.api.operations import Sent
from staffetta.api.principal import Principal
from staffetta.billing.errors import NotEnoughCredit
from staffetta.lib.errors import Refused
from staffetta.messaging import many
from staffetta.messaging import offer as offers
from staffetta.messaging.errors import OptedOut
from staffetta.messaging.many import Many, One
from staffetta.messaging.offer import Asked, Common, Offer


@dataclass(frozen=True, slots=True)
class Sending:
    """What became of a call: its batch (None where nobody is left in it), and of each message, in their order."""

    batch_id: int | None
    answers: list[Sent | Refused]


@dataclass(slots=True)
class _Judged:
    """The messages of a call by what is to be done with them; places are those in the call."""

    ones: dict[str, One] = field(default_factory=dict)
    again: list[int] = field(default_factory=list)
    refused: dict[int, Refused] = field(default_factory=dict)


def send(who: Principal, asked: Sequence[Asked]) -> Sending:
    """Send messages that share type, sender and time: who is refused is left out; where the credit is short nothing is sent.

    A number that comes again in the call gets each text. Raises MayNot, AccountClosed, NotEnoughCredit, and what all share:
    TypeUnknown, SenderRefused, TooLateToSend, TooFarAhead.
    """
    who.must("send")
    operations.check_open(who)
    offer = operations.offer_of(who)
    common = offers.judge_common(offer, asked[0], who.country)
    if who.sandbox:
        return Sending(None, operations.send(who, asked))
    judged = _judge(offer, common, asked)
    out = many.opted_out(who.account_id, [(one.place, number) for number, one in judged.ones.items()])
    told: dict[int, Sent | Refused] = dict(judged.refused)
    told |= {one.place: OptedOut(number=one.number) for one in judged.ones.values() if one.place in out}
    fit = [one for one in judged.ones.values() if one.place not in out]
    batch_id = None
    with transaction.atomic():
        if fit:
            text = Counter([one.text for one in fit]).most_common(1)[0][0]
            shared = Many(who.account_id, who.user_id, common.type, common.prices, common.sender, text, asked[0].send_at)
            batch_id, ids = many.accept(shared, fit)
            told |= {one.place: Sent(ids[one.place], one.number, common.sender, one.parts, one.cost_e4, False) for one in fit}
        told |= _again(who, asked, judged.again)
    return Sending(batch_id, [told[place] for place in range(len(asked))])


def _judge(offer: Offer, common: Common, asked: Sequence[Asked]) -> _Judged:
    judged = _Judged()
    for place, each in enumerate(asked):
        try:
            connector_id, number, _prefix, parts, cost_e4 = offers.judge_one(offer, common, each.number, each.text)
        except Refused as refusal:
            judged.refused[place] = refusal
            continue
        if number in judged.ones:
            judged.again.append(place)
        else:
            judged.ones[number] = One(place, connector_id, number, each.text, parts, cost_e4)
    return judged


def _again(who: Principal, asked: Sequence[Asked], places: Sequence[int]) -> dict[int, Sent | Refused]:
    """Send to numbers that the batch has already, a message each."""
    answers = operations.send(who, [asked[place] for place in places]) if places else []
    if short := next((answer for answer in answers if isinstance(answer, NotEnoughCredit)), None):
        raise short
    return dict(zip(places, answers, strict=True))
