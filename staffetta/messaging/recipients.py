"""Who gets what: the frozen audience turned into texts, parts and costs, a stretch at a time.

The one place of this rule: compose.py counts with it, expand.py writes with it, so that what was confirmed is what is sent.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from staffetta.billing.pricing import Prices
from staffetta.contacts import audience as audiences
from staffetta.contacts.audience import Audience, Cursor, Person
from staffetta.messaging.merge import MARK, Template
from staffetta.sms import parts as sms_parts

# Texts remembered by what fills them: names repeat, and rendering and counting cost more than a look-up.
_REMEMBERED_MAX = 50_000


class Recipient(NamedTuple):
    """One message to be: `text` is None where the batch's own text is meant; cost in 1/10,000 of a credit."""

    number: str
    text: str | None
    parts: int
    prefix: str
    cost_e4: int


@dataclass
class Terms:
    """What a send says and under which price list; keeps the texts it has filled in already.

    `link`, where set, is counted in place of merge.MARK, which stands in the texts until each message has its own.
    """

    template: Template
    parts_max: int
    prices: Prices
    link: str = ""
    _known: dict[tuple[str, ...], tuple[str | None, int, bool]] = field(default_factory=dict)

    def text_for(self, values: tuple[str, ...]) -> tuple[str | None, int, bool]:
        """Return the text (None: the batch's own), its number of parts, and whether it lacks something, for the values of its fields."""
        found = self._known.get(values)
        if found is None:
            text = self.template.fill(values)
            read = text.replace(MARK, self.link) if self.link else text
            found = (None if self.template.is_plain else text, sms_parts.count(read).parts, self.template.lacks(values))
            if len(self._known) >= _REMEMBERED_MAX:
                self._known.clear()
            self._known[values] = found
        return found


@dataclass
class Stretch:
    """Some of the audience: recipients, who is left out (number) and why, how many lack a field; where to go on (None: the end).

    Examples where there are: of a text that is too long (number, parts), of a number that is not sold.
    """

    people: list[Person]
    recipients: list[Recipient]
    out: list[tuple[str, str]]
    blank: int
    too_long: tuple[str, int] | None
    unsold: str | None
    cursor: Cursor | None

    @property
    def left_out(self) -> Counter[str]:
        """Return how many are left out for each reason."""
        return Counter([reason for _number, reason in self.out])


def stretch(audience: Audience, terms: Terms, after: Cursor, limit: int) -> Stretch:
    """Return the next recipients of an audience, `limit` at most."""
    people, cursor = audiences.read(audience, after, limit, terms.template.wants_free)
    found: list[Recipient] = []
    out: list[tuple[str, str]] = []
    blank = 0
    too_long = unsold = None
    prefix_of, costs, parts_max, values_of, text_for = (
        terms.prices.prefix, terms.prices.by_prefix, terms.parts_max, terms.template.values, terms.text_for,
    )  # fmt: skip
    for person in people:
        if person.opted_out:
            out.append((person.number, "opted_out"))
            continue
        prefix = prefix_of(person.number)
        if prefix is None:
            out.append((person.number, "no_price"))
            unsold = unsold or person.number
            continue
        text, parts, lacks = text_for(values_of(person))
        if parts > parts_max:
            out.append((person.number, "too_long"))
            too_long = too_long or (person.number, parts)
            continue
        if lacks:
            blank += 1
        found.append(Recipient(person.number, text, parts, prefix, parts * costs[prefix]))
    return Stretch(people, found, out, blank, too_long, unsold, cursor)
