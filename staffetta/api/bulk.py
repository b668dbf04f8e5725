"""Send many messages in one call, as batches in which no number comes twice. Judges each by itself; knows no dialect."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from staffetta.api import operations
from staffetta.api.operations import Sent
from staffetta.api.principal import Principal
from staffetta.billing import ledger
from staffetta.billing.errors import NotEnoughCredit
from staffetta.lib.errors import Refused
from staffetta.lib.money import shown
from staffetta.messaging import many
from staffetta.messaging import offer as offers
from staffetta.messaging.accept import TRANSACTIONAL_RECIPIENTS_MAX
from staffetta.messaging.errors import OptedOut
from staffetta.messaging.many import Many, One
from staffetta.messaging.offer import Asked, Common, Offer

# So often what the credit covers is chosen anew, where others spend it meanwhile.
CHOICES_MAX = 5
# So many batches a call makes where numbers come again and again; what is left is a message each, which are written in one statement.
ROUNDS_MAX = 10


@dataclass(frozen=True, slots=True)
class Sending:
    """What became of a call: its batches, that of most messages first (none where nobody is left), and of each message, in their order."""

    batch_ids: list[int]
    answers: list[Sent | Refused]

    @property
    def batch_id(self) -> int | None:
        """Return the batch of most messages; None where nobody is left."""
        return self.batch_ids[0] if self.batch_ids else None


@dataclass(slots=True)
class _Judged:
    """The messages of a call: those to be sent, in rounds in which no number comes twice, and the others by their place."""

    rounds: list[dict[str, One]] = field(default_factory=list)
    refused: dict[int, Sent | Refused] = field(default_factory=dict)


def send(who: Principal, asked: Sequence[Asked], whole: bool = True) -> Sending:
    """Send messages that share type, sender and time: who is refused is left out.

    Where the credit is short nothing is sent (`whole`), else as many as it covers, in their order. A number that comes again in the
    call gets each text. Raises MayNot, AccountClosed, NotEnoughCredit, and what all share: TypeUnknown, SenderRefused, TooLateToSend,
    TooFarAhead.
    """
    who.must("send")
    operations.check_open(who)
    offer = operations.offer_of(who)
    common = offers.judge_common(offer, asked[0], who.country)
    if who.sandbox:
        return Sending([], _one_by_one(who, asked, whole))
    judged = _judge(offer, common, asked)
    told = judged.refused | _opted_out(who, judged.rounds)
    rounds = [[one for one in numbered.values() if one.place not in told] for numbered in judged.rounds]
    batch_ids, answers = _accept(who, common, asked, rounds, whole)
    told |= answers
    return Sending(batch_ids, [told[place] for place in range(len(asked))])


def _judge(offer: Offer, common: Common, asked: Sequence[Asked]) -> _Judged:
    judged = _Judged()
    seen: Counter[str] = Counter()
    for place, each in enumerate(asked):
        try:
            connector_id, number, _prefix, parts, cost_e4 = offers.judge_one(offer, common, each.number, each.text)
        except Refused as refusal:
            judged.refused[place] = refusal
            continue
        if seen[number] == len(judged.rounds):
            judged.rounds.append({})
        judged.rounds[seen[number]][number] = One(place, connector_id, number, each.text, parts, cost_e4)
        seen[number] += 1
    return judged


def _opted_out(who: Principal, rounds: Sequence[dict[str, One]]) -> dict[int, Sent | Refused]:
    """Return the refusals of those who must not be written to; whoever comes again came in the first round too."""
    if not rounds:
        return {}
    first = {one.place: number for number, one in rounds[0].items()}
    out = {first[place] for place in many.opted_out(who.account_id, list(first.items()))}
    return {numbered[number].place: OptedOut(number=number) for numbered in rounds for number in out & numbered.keys()}


def _accept(
    who: Principal, common: Common, asked: Sequence[Asked], rounds: Sequence[Sequence[One]], whole: bool
) -> tuple[list[int], dict[int, Sent | Refused]]:
    """Accept what the credit covers; return its batches and what became of each. Raises NotEnoughCredit where it is all or nothing."""
    everyone = sorted(one for ones in rounds for one in ones)
    refusal = NotEnoughCredit(needed="", available="")
    for _choice in range(CHOICES_MAX):
        # Looked at before anything is written: while it is, others of the account, and who is answered with them, would wait.
        covered, short = _covered(who, everyone)
        if short and whole:
            available = shown(ledger.wallet(who.account_id).available_e4)
            raise NotEnoughCredit(needed=shown(sum(one.cost_e4 for one in everyone)), available=available)
        try:
            batch_ids, answers = _written(who, common, asked, [[one for one in ones if one.place in covered] for ones in rounds], whole)
            return batch_ids, short | answers
        except NotEnoughCredit as error:  # spent since we looked
            if whole:
                raise
            refusal = error
    return [], {one.place: refusal for one in everyone}


@transaction.atomic
def _written(
    who: Principal, common: Common, asked: Sequence[Asked], rounds: Sequence[Sequence[One]], whole: bool
) -> tuple[list[int], dict[int, Sent | Refused]]:
    # What comes again is few, most often: a message each.
    large = [ones for at, ones in enumerate(rounds) if ones and at < ROUNDS_MAX and (at == 0 or len(ones) > TRANSACTIONAL_RECIPIENTS_MAX)]
    batches = many.accept([(_shared(who, common, asked, ones), ones) for ones in large])
    told: dict[int, Sent | Refused] = {
        one.place: Sent(batch.message_ids[one.place], one.number, common.sender, one.parts, one.cost_e4, False)
        for ones, batch in zip(large, batches, strict=True)
        for one in ones
    }
    few = sorted(one.place for ones in rounds for one in ones if one.place not in told)
    alone = _one_by_one(who, [asked[place] for place in few], whole)
    told |= dict(zip(few, alone, strict=True))
    of_few = many.batches_of([answer.message_id for answer in alone if isinstance(answer, Sent)])
    return [batch.batch_id for batch in batches] + of_few, told


def _shared(who: Principal, common: Common, asked: Sequence[Asked], ones: Sequence[One]) -> Many:
    text = Counter([one.text for one in ones]).most_common(1)[0][0]
    return Many(who.account_id, who.user_id, common.type, common.prices, common.sender, text, asked[0].send_at, who.via, who.key_id)


def _covered(who: Principal, fit: Sequence[One]) -> tuple[set[int], dict[int, Sent | Refused]]:
    """Return the places of those whom the credit covers, in their order, and the refusals of the others."""
    left_e4 = ledger.wallet(who.account_id).available_e4
    covered: set[int] = set()
    short: dict[int, Sent | Refused] = {}
    for one in fit:
        if one.cost_e4 <= left_e4:
            left_e4 -= one.cost_e4
            covered.add(one.place)
        else:
            short[one.place] = NotEnoughCredit(needed=shown(one.cost_e4), available=shown(left_e4))
    return covered, short


@transaction.atomic
def _one_by_one(who: Principal, asked: Sequence[Asked], whole: bool) -> list[Sent | Refused]:
    """Send a message each. Raises NotEnoughCredit where it is all or nothing: then nothing is kept."""
    answers = operations.send(who, asked) if asked else []
    if whole and (short := next((answer for answer in answers if isinstance(answer, NotEnoughCredit)), None)):
        raise short
    return answers
