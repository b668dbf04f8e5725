"""Many messages in one call, as XML-RPC and SOAP have them: each judged by itself, all committed together. Knows neither of the two."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from django.db import transaction

from staffetta.api import bulk, operations
from staffetta.api.errors import ParameterMissing, TooManyRecipients
from staffetta.api.legacy.asked import asked
from staffetta.api.operations import Sent
from staffetta.api.principal import Principal
from staffetta.lib.errors import Refused
from staffetta.messaging.accept import TRANSACTIONAL_RECIPIENTS_MAX
from staffetta.messaging.offer import Asked

MESSAGES_MAX = 10_000
# So many of usual length, with all that XML puts around them.
BODY_BYTES_MAX = 8 * 2**20
# So many kinds of message are sent as batches, those of most messages; what is left is a message each, written in one statement.
KINDS_MAX = 5
Given = TypeVar("Given")


def send(who: Principal, given: Sequence[Given], parameters: Callable[[Given], Mapping[str, str]]) -> list[Sent | Refused]:
    """Send the messages of one call; return for each, in their order, what became of it.

    `parameters` makes of one message its values by name, or raises a Refused. Raises TooManyRecipients, ParameterMissing for a
    call with no message, and the first refusal where every message is refused.
    """
    if not given:
        raise ParameterMissing(name="sms")
    if len(given) > MESSAGES_MAX:
        raise TooManyRecipients(recipients=len(given), limit=MESSAGES_MAX)
    read = [_read(each, parameters, who.time_zone) for each in given]
    fit = [each for each in read if isinstance(each, Asked)]
    sent = iter(_sent(who, fit))
    results = [next(sent) if isinstance(each, Asked) else each for each in read]
    refused = [each for each in results if isinstance(each, Refused)]
    if len(refused) == len(results):
        raise refused[0]
    return results


@transaction.atomic
def _sent(who: Principal, asked: Sequence[Asked]) -> list[Sent | Refused]:
    """Send messages: many that are alike as one batch, the others by themselves. What has a key of its own is found by it: by itself."""
    who.must("send")
    operations.check_open(who)
    alike = defaultdict(list)
    for place, each in enumerate(asked):
        alike[(each.type, each.sender, each.send_at) if not each.key else (place,)].append(place)
    answers: dict[int, Sent | Refused] = {}
    few: list[int] = []
    for rank, places in enumerate(sorted(alike.values(), key=len, reverse=True)):
        if rank >= KINDS_MAX or len(places) <= TRANSACTIONAL_RECIPIENTS_MAX:
            few += places
        else:
            answers |= dict(zip(places, _together(who, [asked[place] for place in places]), strict=True))
    few.sort()
    if few:
        answers |= dict(zip(few, operations.send(who, [asked[place] for place in few]), strict=True))
    return [answers[place] for place in range(len(asked))]


def _together(who: Principal, asked: Sequence[Asked]) -> list[Sent | Refused]:
    try:
        return bulk.send(who, asked, whole=False).answers
    except Refused as refusal:  # of what all share: each is told
        return [refusal] * len(asked)


def _read(given: Given, parameters: Callable[[Given], Mapping[str, str]], time_zone: str) -> Asked | Refused:
    try:
        return asked(parameters(given), time_zone)
    except Refused as refusal:
        return refusal
