"""The types of SMS as cards to choose from. Reads only."""

from dataclasses import dataclass

from staffetta.billing import pricing


@dataclass(frozen=True)
class Card:
    """A type on sale with the cost of a part at home."""

    pk: str
    name: str
    cost_e4: int
    fixed_sender: str
    parts_max: int
    receipts: bool


def cards() -> list[Card]:
    """Return the types on sale, cheapest first."""
    return [Card(str(kind.pk), kind.name, cost_e4, kind.fixed_sender, kind.parts_max, kind.receipts) for kind, cost_e4 in pricing.on_sale()]
