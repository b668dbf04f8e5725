"""What the confirm page shows of a counted draft: cost lines, who is left out, examples, what short credit covers. Reads only."""

from dataclasses import dataclass

from staffetta.billing import pricing
from staffetta.carriers import routing
from staffetta.contacts.audience import Cursor
from staffetta.contacts.models import Group
from staffetta.messaging import compose, words
from staffetta.messaging.errors import NobodyToSendTo, NoRoute, TextTooLong
from staffetta.messaging.models import Draft
from staffetta.messaging.recipients import Stretch, Terms, stretch
from staffetta.messaging.words import Words
from staffetta.sms import parts as sms_parts

EXAMPLES = 3
_LOOKED_AT = 200


@dataclass(frozen=True)
class CostLine:
    """So many recipients with so many parts, each at a cost (from, to: it can differ by destination)."""

    parts: int
    recipients: int
    low_e4: int
    high_e4: int


@dataclass(frozen=True)
class Example:
    """A recipient and the text as it will arrive, part by part."""

    number: str
    pages: list[str]
    cost_e4: int


@dataclass(frozen=True)
class Shortfall:
    """What is missing, and how many recipients the credit covers at least (`exact`: neither more)."""

    missing_e4: int
    covered: int
    exact: bool


def percent(draft: Draft) -> int:
    """Return how far the count is."""
    return min(99, 100 * draft.counted // max(draft.expected, 1))


def groups(draft: Draft) -> list[str]:
    """Return the names of the draft's groups."""
    return list(Group.objects.filter(account_id=draft.account_id, pk__in=draft.groups).values_list("name", flat=True))


def left_out(draft: Draft) -> list[tuple[int, Words]]:
    """Return how many are left out, and why."""
    return [(count, words.LEFT_OUT.get(code, code)) for code, count in draft.left_out.items() if count]


def cost_lines(draft: Draft) -> list[CostLine]:
    """Return the distribution of parts and cost over the recipients."""
    by_prefix = pricing.prices(draft.type).by_prefix
    costs = [by_prefix[prefix] for prefix in draft.parts_by_prefix if prefix in by_prefix] or [0]
    return [
        CostLine(int(parts), recipients, int(parts) * min(costs), int(parts) * max(costs))
        for parts, recipients in sorted(draft.recipients_by_parts.items(), key=lambda line: int(line[0]))
    ]


def _first(draft: Draft) -> Stretch:
    audience = compose.audience_of(draft.account_id, draft.groups, draft.ceiling, draft.numbers)
    terms = Terms(compose.template(draft.account_id, draft.text), draft.type.parts_max, pricing.prices(draft.type))
    return stretch(audience, terms, Cursor(), _LOOKED_AT)


def examples(draft: Draft) -> list[Example]:
    """Return the first recipients with their texts."""
    return [
        Example(recipient.number, sms_parts.split(recipient.text or draft.text), recipient.cost_e4)
        for recipient in _first(draft).recipients[:EXAMPLES]
    ]


def shortfall(draft: Draft, available_e4: int) -> Shortfall | None:
    """Return what is missing to send a draft; None where the credit is enough.

    Where costs differ, the dearest recipients are counted first: at least so many are covered, whoever they are.
    """
    if available_e4 >= draft.credits_e4:
        return None
    left, covered = available_e4, 0
    lines = cost_lines(draft)
    for line in sorted(lines, key=lambda line: -line.high_e4):
        affordable = min(line.recipients, left // line.high_e4) if line.high_e4 else line.recipients
        covered += affordable
        left -= affordable * line.high_e4
        if affordable < line.recipients:
            break
    return Shortfall(draft.credits_e4 - available_e4, covered, len(lines) == 1 and lines[0].low_e4 == lines[0].high_e4)


def reason(draft: Draft) -> str:
    """Return why a draft was refused when it was counted: the job cannot tell the person, so it is found again from its beginning."""
    found, routes = _first(draft), routing.table()
    for recipient in found.recipients:
        if routes.connector(recipient.number) is None:
            return str(NoRoute(number=recipient.number))
    if found.too_long:
        number, parts = found.too_long
        return str(TextTooLong(number=number, parts=parts, parts_max=draft.type.parts_max, type=draft.type.name))
    return str(NobodyToSendTo())
