"""What stands on the postal slip of an order: type 451 to fill in by hand, or type 896 where the staff have the post office's authorisation."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from staffetta.accounts import profile
from staffetta.billing import orders, reasoncode, salessettings
from staffetta.billing.models import Order
from staffetta.billing.slip import codeline, letters
from staffetta.billing.slip.errors import SlipNotOffered
from staffetta.lib.money import euro


@dataclass(frozen=True)
class Slip:
    """The fields of a slip. `authorisation` is empty on type 451, and so are the code line and the bars."""

    account: str
    holder: str
    amount_cents: int
    reason: str
    payer: str
    street: str
    town: str
    until: datetime
    authorisation: str = ""
    client_code: str = ""
    line: str = ""
    bars: str = ""

    @property
    def kind(self) -> str:
        """Return the type of the slip as the post office calls it."""
        return codeline.TYPE if self.line else "451"

    @property
    def amount(self) -> str:
        """Return the amount as the reader's language writes it."""
        return euro(self.amount_cents)

    @property
    def letters(self) -> str:
        """Return the amount in Italian letters: that is how the post office wants it, whoever reads."""
        return letters.amount(self.amount_cents)


def choose(order_id: int) -> Order:
    """Have an order wait for a postal slip. Raises SlipNotOffered, OrderPaidAlready, OrderEnded."""
    if not salessettings.current().postal_account:
        raise SlipNotOffered
    return orders.choose_way(order_id, "slip")


def of(order: Order) -> Slip:
    """Return what the slip of an order must say. Raises SlipNotOffered."""
    shop, payer = salessettings.current(), profile.of(order.account)
    if not shop.postal_account:
        raise SlipNotOffered
    number, amount = shop.postal_account, order.payable_cents
    printed = shop.slip_896 and bool(shop.slip_authorisation)
    return Slip(
        account=number,
        holder=shop.postal_holder,
        amount_cents=amount,
        reason=reasoncode.shown(order.pk),
        payer=payer.name,
        street=payer.street,
        town=" ".join(filter(None, [payer.postcode, payer.city, payer.province])),
        until=order.created_at + timedelta(days=shop.order_days_max),
        authorisation=shop.slip_authorisation if printed else "",
        client_code=codeline.client_code(order.pk) if printed else "",
        line=codeline.line(order.pk, amount, number) if printed else "",
        bars=codeline.bars(order.pk, amount, number) if printed else "",
    )
