"""Decide which order a line of a statement pays: surely, perhaps and why, or none. Reads orders in sets; writes nothing.

Sure is only a line with the right code of one order that is open, or was given up not long ago, and with its very amount.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from staffetta.billing import orderstates, reasoncode
from staffetta.billing.bank import payername
from staffetta.billing.bank.nearcode import NearCodes
from staffetta.billing.models import BankLine, Order, Payment
from staffetta.lib import clock
from staffetta.lib.money import euro

OLD_AFTER = timedelta(days=60)  # of an order that was given up

# Why a line is only proposed, or not even that.
WHY: dict[str, Promise] = {
    "amount_low": _("The code is right, but %(difference)s are missing."),
    "amount_high": _("The code is right, but %(difference)s too much came."),
    "cancelled_amount": _("The code is that of a cancelled order, and the amount is another (%(difference)s)."),
    "old_price": _(
        "The code is that of an order that was given up, at a price that may no longer hold: look, then accept it or give the money back."
    ),
    "same_movement": _("Perhaps the same movement as one of another file: same day, amount and code. If it is, set it aside."),
    "order_paid": _("The order with this code is paid already: if you accept, this money is surplus and must go back."),
    "proof_amount": _(
        "The order with this code was taken as paid by a receipt, and another amount came (%(difference)s):"
        " if it is that money, accept it with the reason."
    ),
    "two_codes": _("There are codes of more than one order in the reason."),
    "near_code": _("The code has one wrong, missing or added character, or two changed places."),
    "name_amount": _("There is no code, but this customer has one open order of this amount."),
    "unknown_code": _("The code is right in itself, but there is no such order."),
}


@dataclass(frozen=True)
class Verdict:
    """What a line is: matched, proposed or unmatched; the order, and the code of WHY."""

    state: str = "unmatched"
    order_id: int | None = None
    why: str = ""


@dataclass
class Known:
    """The orders that a statement may speak of."""

    orders: dict[int, Order]
    near: NearCodes
    by_name: dict[tuple[int, str], set[int]] = field(default_factory=dict)


def known(lines: Iterable[BankLine]) -> Known:
    """Read the open orders, and those whose codes are in the lines."""
    asked = {order_id for line in lines for order_id in reasoncode.found(line.reason)}
    fields = Order.objects.select_related("account", "account__profile")
    opened = list(fields.filter(state__in=orderstates.OPEN))
    found = {order.pk: order for order in [*fields.filter(pk__in=asked), *opened]}
    by_name: dict[tuple[int, str], set[int]] = defaultdict(set)
    for order in opened:
        profile = getattr(order.account, "profile", None)
        for name in {payername.folded(each) for each in (order.account.name, profile.name if profile else "")} - {""}:
            by_name[order.payable_cents, name].add(order.pk)
    return Known(found, NearCodes(order.pk for order in opened), dict(by_name))


def verdict(line: BankLine, orders: Known) -> Verdict:
    """Return what a line is, by the orders as they were read."""
    codes = reasoncode.found(line.reason)
    there = [orders.orders[order_id] for order_id in codes if order_id in orders.orders]
    if len(there) > 1:
        # The staff are shown the one that fits best.
        best = next((order for order in there if judged(line, order).state == "matched"), there[0])
        return Verdict("proposed", best.pk, "two_codes")
    if there:
        return judged(line, there[0])
    near = orders.near.found(line.reason)
    if near:
        fitting = [order_id for order_id in near if orders.orders[order_id].payable_cents == line.amount_cents]
        return Verdict("proposed", (fitting or near)[0], "near_code")
    if codes:
        return Verdict("unmatched", None, "unknown_code")
    named = orders.by_name.get((line.amount_cents, payername.folded(payername.of(line.payer))), set())
    return Verdict("proposed", next(iter(named)), "name_amount") if len(named) == 1 else Verdict()


def judged(line: BankLine, order: Order) -> Verdict:
    """Return what a line is whose one right code is that of this order, as the order is now."""
    if order.state in {"paid", "refunded"}:
        if same_movement(line, order) is not None:
            return Verdict("proposed", order.pk, "same_movement")
        if proven(order, line.amount_cents) is not None:
            return Verdict("matched", order.pk)
        return Verdict("proposed", order.pk, "order_paid" if promised(order) is None else "proof_amount")
    if line.amount_cents == order.payable_cents:
        return Verdict("proposed", order.pk, "old_price") if _price_is_old(order) else Verdict("matched", order.pk)
    if order.state == "cancelled":
        return Verdict("proposed", order.pk, "cancelled_amount")
    return Verdict("proposed", order.pk, "amount_low" if line.amount_cents < order.payable_cents else "amount_high")


def proven(order: Order, amount_cents: int) -> Payment | None:
    """Return the payment of this amount that the staff took as made by a proof, and whose money no line has brought yet."""
    payment = promised(order)
    return payment if payment and payment.amount_cents == amount_cents else None


def same_movement(line: BankLine, order: Order) -> BankLine | None:
    """Return the line of another file that paid this order with the same amount on the same day, as another kind of file would tell it."""
    alike = order.bank_lines.filter(state="matched", source=line.source, booked_on=line.booked_on, amount_cents=line.amount_cents)
    return alike.exclude(file=line.file_id).first()


def _price_is_old(order: Order) -> bool:
    """Tell whether an order was given up and its price then was a favour, or is long ago: nobody may keep one in store for later."""
    if order.state != "cancelled":
        return False
    return order.discount_id is not None or (order.ended_at or order.created_at) < clock.now() - OLD_AFTER


def promised(order: Order) -> Payment | None:
    """Return the payment that the staff took as made by a proof, whatever its amount, and whose money no line has brought yet."""
    return order.payments.filter(provider="staff", state="succeeded", surplus=False, bank_line=None).order_by("pk").first()


def sentence(line: BankLine) -> str:
    """Return in the reader's language why a line is only proposed; empty where there is nothing to say."""
    if line.why not in WHY:
        return ""
    difference = abs(line.amount_cents - line.order.payable_cents) if line.order else 0
    return str(WHY[line.why]) % {"difference": euro(difference)}
