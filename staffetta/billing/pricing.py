"""What a send costs. Reads price lists, writes nothing; is given plain counts and never sees a text."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from staffetta.billing.errors import NoPrice
from staffetta.billing.models import SmsType, TypePrice

HOME_PREFIX = "+39"


@dataclass(frozen=True)
class Prices:
    """The price list of one type: cost of a part in 1/10,000 of a credit, by destination prefix."""

    type_name: str
    by_prefix: Mapping[str, int]

    @cached_property
    def _lengths(self) -> tuple[int, ...]:
        return tuple(sorted({len(prefix) for prefix in self.by_prefix}, reverse=True))

    def prefix(self, number: str) -> str | None:
        """Return the longest prefix on the list that the E.164 number begins with; None where it is not sold."""
        for length in self._lengths:
            if number[:length] in self.by_prefix:
                return number[:length]
        return None

    def cost_e4(self, number: str) -> int:
        """Return what one part to the number costs. Raises NoPrice where the destination is not sold."""
        prefix = self.prefix(number)
        if prefix is None:
            raise NoPrice(type=self.type_name, number=number)
        return self.by_prefix[prefix]


@dataclass(frozen=True)
class Quote:
    """What a send costs in all, in 1/10,000 of a credit."""

    credits_e4: int


def prices(sms_type: SmsType) -> Prices:
    """Return the price list of the type."""
    return Prices(sms_type.name, dict(TypePrice.objects.filter(type=sms_type).values_list("prefix", "cost_e4")))


def quote(sms_type: SmsType, parts_by_prefix: Mapping[str, int]) -> Quote:
    """Return the cost of so many parts toward each destination prefix. Raises NoPrice for a prefix that is not sold."""
    price_list = prices(sms_type)
    return Quote(sum(parts * price_list.cost_e4(prefix) for prefix, parts in parts_by_prefix.items()))


def on_sale() -> list[tuple[SmsType, int]]:
    """Return the types on sale with the cost of a part at home, cheapest first."""
    rows = TypePrice.objects.filter(type__active=True, prefix=HOME_PREFIX).select_related("type").order_by("cost_e4", "type_id")
    return [(row.type, row.cost_e4) for row in rows]
