"""What a send would cost, counted as compose.py counts it, with nothing written. Touches no credits."""

from collections import Counter
from dataclasses import dataclass

from staffetta.billing import pricing
from staffetta.contacts import audience as audiences
from staffetta.contacts.audience import Audience, Cursor
from staffetta.messaging import compose
from staffetta.messaging.compose import SendRequest
from staffetta.messaging.errors import NobodyToSendTo, TooManyToEstimate
from staffetta.messaging.recipients import Terms, stretch

# So many are counted while a program waits for its answer.
PEOPLE_MAX = 100_000


@dataclass(frozen=True)
class Estimate:
    """How many would get the text, with how many parts and credits in all, and how many would be left out for which reason."""

    recipients: int
    parts: int
    credits_e4: int
    left_out: dict[str, int]


def audience_of(request: SendRequest) -> Audience:
    """Return who is written to, where they are few enough to be counted at once. Raises NobodyToSendTo, TooManyToEstimate."""
    audience = audiences.freeze(request.account_id, request.groups, request.numbers, request.excluded)
    people = audiences.size(audience)
    if not people:
        raise NobodyToSendTo
    if people > PEOPLE_MAX:
        raise TooManyToEstimate(people=people, limit=PEOPLE_MAX)
    return audience


def of_groups(request: SendRequest) -> Estimate:
    """Count a send to groups. Raises TextRefused, SenderRefused, TooLateToSend, TooFarAhead, NobodyToSendTo, TooManyToEstimate."""
    made = compose.template(request.account_id, request.text)
    compose.chosen_sender(request.type, request.sender)
    compose.check_time(request.send_at)
    audience = audience_of(request)
    terms = Terms(made, request.type.parts_max, pricing.prices(request.type))
    recipients = parts = credits_e4 = 0
    left_out: Counter[str] = Counter()
    cursor: Cursor | None = Cursor()
    while cursor is not None:
        step = stretch(audience, terms, cursor, compose.STRETCH)
        recipients += len(step.recipients)
        parts += sum(each.parts for each in step.recipients)
        credits_e4 += sum(each.cost_e4 for each in step.recipients)
        left_out += step.left_out
        cursor = step.cursor
    return Estimate(recipients, parts, credits_e4, dict(left_out))
