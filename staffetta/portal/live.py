"""What the compose page says while someone writes: characters, parts, the costly character, the telephone, the cost line. Reads only.

Small audiences are counted exactly; large ones are estimated from the number of people and the parts of one example, and the page says
so. What counts is compose.prepare, on the confirm page.
"""

from collections import Counter
from dataclasses import dataclass, field

from staffetta.accounts.models import Account
from staffetta.billing import ledger, pricing
from staffetta.billing.models import SmsType
from staffetta.contacts import audience as audiences
from staffetta.contacts import people
from staffetta.contacts.audience import Audience, Cursor, Person
from staffetta.messaging import words
from staffetta.messaging.errors import EmptyText, TextRefused
from staffetta.messaging.merge import FIXED, Template
from staffetta.messaging.recipients import Terms, stretch
from staffetta.portal import preview
from staffetta.portal.forms.compose import TEXT_CHARS_MAX, ComposeForm
from staffetta.sms import parts, repair
from staffetta.sms.parts import Count
from staffetta.sms.repair import Costly

EXACT_MAX = 1_000
# What is too long is still counted, for its writer to shorten it; what is longer than this was pasted by mistake.
READ_CHARS_MAX = 20_000
_LOOKED_AT = 20_000


@dataclass
class Live:
    """All that the page shows of a text as it stands."""

    sender: str
    count: Count | None = None
    refusal: str = ""
    pages: list[list[preview.Run]] = field(default_factory=list)
    example: str = ""
    values: dict[str, str] = field(default_factory=dict)
    costly: list[Costly] = field(default_factory=list)
    mended: Count | None = None
    by_value: bool = False
    recipients: int = 0
    left_out: list[tuple[int, words.Words]] = field(default_factory=list)
    blank: int = 0
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


def look(account: Account, form: ComposeForm) -> Live:
    """Return what to show for a form that may not be complete: what is wrong in it is passed over, the rest counts."""
    given = form.cleaned_data
    sms_type: SmsType | None = given.get("type")
    live = Live(sender=(sms_type.fixed_sender if sms_type else "") or given.get("sender", ""))
    live.available_e4 = ledger.wallet(account.pk).available_e4
    groups, excluded = ([group.pk for group in given.get(name) or ()] for name in ("groups", "excluded"))
    file = form.of_file.pk if form.of_file else None
    audience = audiences.freeze(account.pk, groups, form.found.good, excluded, file)
    live.recipients = _people(audience, form)
    first = audiences.first(audience) if live.recipients else None
    if first:
        live.example = " ".join((first.name, first.surname)).strip() or first.number
        live.values = {name: getter(first) for name, getter in FIXED.items()} | {key: str(value) for key, value in first.fields.items()}
    if len(form.written) > READ_CHARS_MAX:
        live.refusal = " ".join(str(each) for each in form.errors.get("text", ()))
        return live
    try:
        template = form.template(form.written)
    except EmptyText:
        return live
    except TextRefused as refusal:
        live.refusal = str(refusal)
        return live
    _show(live, template, first)
    if sms_type:
        _price(live, template, audience, sms_type)
    return live


def _people(audience: Audience, form: ComposeForm) -> int:
    """Return how many people there are: exactly where few, else each place in a group counts, which takes no time for a million."""
    many = people.places_in(audience.groups) + len(audience.numbers) + (form.of_file.people if form.of_file else 0)
    if many <= EXACT_MAX:
        return audiences.size(audience)
    return max(0, many - audiences.shared(audience.groups, audience.excluded, _LOOKED_AT)) if audience.excluded else many


def _show(live: Live, template: Template, first: Person | None) -> None:
    # Without anybody chosen the fields stand as they are written.
    values = template.values(first) if first else template.unfilled
    text = template.fill(values)
    live.count = parts.count(text)
    if len(text) <= TEXT_CHARS_MAX:
        live.pages = preview.runs(template, values)
    if live.count.alphabet == "ucs2":
        live.costly = repair.costly(preview.plain(template.text))
        live.by_value = not live.costly
        live.mended = parts.count(Template(preview.repaired(template.text), template.fields, template.link).fill(values))


def _price(live: Live, template: Template, audience: Audience, sms_type: SmsType) -> None:
    prices = pricing.prices(sms_type)
    example_parts = live.count.parts if live.count else 0
    if example_parts > sms_type.parts_max:
        live.too_many_parts = sms_type.parts_max
    if 0 < live.recipients <= EXACT_MAX:
        cursor: Cursor | None = Cursor()
        terms = Terms(template, sms_type.parts_max, prices)
        live.recipients, out = 0, Counter[str]()
        while cursor is not None:
            step = stretch(audience, terms, cursor, EXACT_MAX)
            live.recipients += len(step.recipients)
            live.parts += sum(recipient.parts for recipient in step.recipients)
            live.credits_e4 += sum(recipient.cost_e4 for recipient in step.recipients)
            live.blank += step.blank
            out += step.left_out
            cursor = step.cursor
        live.left_out = [(number, words.LEFT_OUT.get(code, code)) for code, number in out.items()]
        return
    live.estimate = live.recipients > 0
    live.parts = live.recipients * example_parts
    live.credits_e4 = live.parts * prices.by_prefix.get(pricing.HOME_PREFIX, 0)
