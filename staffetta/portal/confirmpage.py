"""What the confirm page shows of a counted draft: cost lines, who is left out, examples, every recipient, what short credit covers. Reads only."""

from dataclasses import dataclass

from staffetta.carriers import routing
from staffetta.contacts.audience import Cursor
from staffetta.contacts.models import Group
from staffetta.lib.errors import Refused
from staffetta.messaging import compose, cover, words
from staffetta.messaging.errors import CountFailed, NobodyToSendTo, NoRoute, TextTooLong
from staffetta.messaging.models import Draft
from staffetta.messaging.recipients import Stretch, stretch
from staffetta.messaging.words import Words
from staffetta.sms import parts as sms_parts

EXAMPLES = 3
_LOOKED_AT = 200
ROWS = 50


@dataclass(frozen=True)
class CostLine:
    """So many recipients with so many parts at a cost each; their share of all recipients in percent, for a bar."""

    parts: int
    recipients: int
    each_e4: int
    percent: int

    @property
    def all_e4(self) -> int:
        """Return what they cost together."""
        return self.recipients * self.each_e4


@dataclass(frozen=True)
class Example:
    """A recipient and the text as it will arrive, part by part."""

    number: str
    pages: list[str]
    cost_e4: int


@dataclass(frozen=True)
class Row:
    """One of the audience: what they get and what it costs, or why they are left out."""

    number: str
    name: str
    text: str
    parts: int
    cost_e4: int
    why: Words


@dataclass(frozen=True)
class Shortfall:
    """What is missing, how many of the first recipients the credit covers, what that costs, and a name for the group of the others."""

    missing_e4: int
    covered: int
    covered_e4: int
    rest: int
    name: str


def percent(draft: Draft) -> int:
    """Return how far the count is."""
    return min(99, 100 * draft.counted // max(draft.expected, 1))


def groups(draft: Draft, ids: list[int]) -> list[str]:
    """Return the names of these groups."""
    return list(Group.objects.filter(account_id=draft.account_id, pk__in=ids).values_list("name", flat=True)) if ids else []


def left_out(draft: Draft) -> list[tuple[int, Words]]:
    """Return how many are left out, and why."""
    return [(count, words.LEFT_OUT.get(code, code)) for code, count in draft.left_out.items() if count]


def cost_lines(draft: Draft) -> list[CostLine]:
    """Return the distribution of parts and cost over the recipients."""
    most = max((recipients for _parts, _each_e4, recipients in draft.recipients_by_cost), default=1)
    return [
        CostLine(parts, recipients, each_e4, max(1, 100 * recipients // most)) for parts, each_e4, recipients in draft.recipients_by_cost
    ]


def _part(draft: Draft, after: Cursor, limit: int) -> Stretch:
    return stretch(compose.audience_of(draft), compose.terms_of(draft), after, limit)


def examples(draft: Draft) -> list[Example]:
    """Return the first recipients with their texts."""
    return [
        Example(recipient.number, sms_parts.split(recipient.text or draft.text), recipient.cost_e4)
        for recipient in _part(draft, Cursor(), _LOOKED_AT).recipients[:EXAMPLES]
    ]


def example(draft: Draft) -> tuple[list[Example], str]:
    """Return the first recipient with their text, or why there can be none any more, in a sentence."""
    try:
        return examples(draft)[:1], ""
    except Refused as refusal:
        return [], str(refusal)


def rows(draft: Draft, after: Cursor) -> tuple[list[Row], Cursor | None]:
    """Return some of the audience after a place, in order, and where the next ones begin (None: there are no more)."""
    found: list[Row] = []
    audience, terms = compose.audience_of(draft), compose.terms_of(draft)
    cursor: Cursor | None = after
    while cursor is not None and len(found) < ROWS:  # a stretch ends with the groups, and may hold nobody but excluded ones
        step = stretch(audience, terms, cursor, ROWS - len(found))
        getting = {recipient.number: recipient for recipient in step.recipients}
        reasons = dict(step.out)
        for person in step.people:
            name = " ".join((person.name, person.surname)).strip()
            if recipient := getting.get(person.number):
                found.append(Row(person.number, name, recipient.text or draft.text, recipient.parts, recipient.cost_e4, ""))
            else:
                why = reasons[person.number]
                found.append(Row(person.number, name, "", 0, 0, words.LEFT_OUT.get(why, why)))
        cursor = step.cursor
    return found, cursor


def shortfall(draft: Draft, available_e4: int) -> Shortfall | None:
    """Return what is missing to send a draft; None where the credit is enough."""
    if available_e4 >= draft.credits_e4:
        return None
    found = cover.covered(draft, available_e4)
    return Shortfall(
        draft.credits_e4 - available_e4, found.recipients, found.credits_e4, draft.recipients - found.recipients, cover.rest_name(draft)
    )


def reason(draft: Draft) -> str:
    """Return why a draft was refused when it was counted: the job cannot tell the person, so it is found again from its beginning."""
    try:
        found, routes = _part(draft, Cursor(), _LOOKED_AT), routing.table()
    except Refused as refusal:
        return str(refusal)
    for recipient in found.recipients:
        if routes.connector(recipient.number) is None:
            return str(NoRoute(number=recipient.number))
    if found.too_long:
        number, parts = found.too_long
        return str(TextTooLong(number=number, parts=parts, parts_max=draft.type.parts_max, type=draft.type.name))
    return str(CountFailed() if found.recipients else NobodyToSendTo())
