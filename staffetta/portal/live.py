"""What the compose page says while someone writes: characters, parts, the costly character, the telephone, the cost line. Reads only.

Small audiences are counted exactly; large ones are estimated from the number of people and the parts of one example, and the page says
so. What counts is compose.prepare, on the confirm page.
"""

from dataclasses import dataclass, field
from typing import Any

from staffetta.accounts.models import Account
from staffetta.billing import ledger, pricing
from staffetta.billing.models import SmsType
from staffetta.contacts import audience as audiences
from staffetta.contacts import people
from staffetta.contacts.audience import Audience, Cursor, Person
from staffetta.messaging import compose
from staffetta.messaging.errors import EmptyText, TextRefused
from staffetta.messaging.merge import Template
from staffetta.messaging.recipients import Terms, stretch
from staffetta.portal import preview
from staffetta.sms import parts, repair
from staffetta.sms.parts import Count
from staffetta.sms.repair import Costly

EXACT_MAX = 1_000
_NOBODY = Person("+39", "", "", {}, False)


@dataclass
class Live:
    """All that the page shows of a text as it stands."""

    sender: str
    count: Count | None = None
    refusal: str = ""
    pages: list[list[preview.Run]] = field(default_factory=list)
    example: str = ""
    costly: list[Costly] = field(default_factory=list)
    mended: Count | None = None
    by_value: bool = False
    recipients: int = 0
    left_out: int = 0
    parts: int = 0
    credits_e4: int = 0
    available_e4: int = 0
    estimate: bool = False
    too_many_parts: int = 0

    @property
    def after_e4(self) -> int:
        """Return the credit that is left after the send; below zero: what is missing."""
        return self.available_e4 - self.credits_e4

    @property
    def missing_e4(self) -> int:
        """Return the credits that are missing; 0 where there are enough."""
        return max(0, -self.after_e4)

    @property
    def mendable(self) -> bool:
        """Tell whether some costly character has something to put in its place."""
        return any(found.replacement is not None for found in self.costly)


def look(account: Account, given: dict[str, Any]) -> Live:
    """Return what to show for the cleaned fields of a form that may not be complete."""
    sms_type: SmsType | None = given.get("type")
    live = Live(sender=(sms_type.fixed_sender if sms_type else "") or given.get("sender", ""))
    live.available_e4 = ledger.wallet(account.pk).available_e4
    groups = [group.pk for group in given.get("groups") or ()]
    audience = audiences.freeze(account.pk, groups, given.get("numbers") or ())
    live.recipients = people.places_in(groups) + len(audience.numbers)
    if live.recipients <= EXACT_MAX:
        live.recipients = audiences.size(audience)  # each once, though in several groups: too slow for a million at every key
    text = given.get("text", "")
    try:
        template = compose.template(account.pk, text)
    except EmptyText:
        return live
    except TextRefused as refusal:
        live.refusal = str(refusal)
        return live
    _show(live, template, audience)
    if sms_type:
        _price(live, template, audience, sms_type)
    return live


def _show(live: Live, template: Template, audience: Audience) -> None:
    first, _cursor = audiences.read(audience, Cursor(), 1, True)
    person = first[0] if first else _NOBODY
    # Without anybody chosen the fields stand as they are written.
    values = template.values(person) if first else tuple(f"{{{name}}}" for name in template.fields)
    text = template.fill(values)
    live.count = parts.count(text)
    live.pages = preview.runs(template, values)
    live.example = " ".join((person.name, person.surname)).strip() or (person.number if first else "")
    if live.count.alphabet == "ucs2":
        live.costly = repair.costly(preview.plain(template.text))
        live.by_value = not live.costly
        live.mended = parts.count(template.__class__(preview.repaired(template.text), template.fields).fill(values))


def _price(live: Live, template: Template, audience: Audience, sms_type: SmsType) -> None:
    prices = pricing.prices(sms_type)
    example_parts = live.count.parts if live.count else 0
    if example_parts > sms_type.parts_max:
        live.too_many_parts = sms_type.parts_max
    if 0 < live.recipients <= EXACT_MAX:
        cursor: Cursor | None = Cursor()
        terms = Terms(template, sms_type.parts_max, prices)
        expected, live.recipients = live.recipients, 0
        while cursor is not None:
            step = stretch(audience, terms, cursor, EXACT_MAX)
            live.recipients += len(step.recipients)
            live.parts += sum(recipient.parts for recipient in step.recipients)
            live.credits_e4 += sum(recipient.cost_e4 for recipient in step.recipients)
            cursor = step.cursor
        live.left_out = expected - live.recipients
        return
    live.estimate = live.recipients > 0
    live.parts = live.recipients * example_parts
    live.credits_e4 = live.parts * prices.by_prefix.get(pricing.HOME_PREFIX, 0)
