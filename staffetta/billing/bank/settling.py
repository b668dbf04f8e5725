"""Have a line of a statement pay an order: one payment per line, in the caller's transaction. The line is locked before the order."""

from datetime import datetime, time
from functools import partial

from django.urls import reverse

from staffetta.accounts import mail
from staffetta.accounts.models import User
from staffetta.accounts.receivers import owners
from staffetta.billing import orders
from staffetta.billing.bank import matching
from staffetta.billing.models import BankLine, Order, Payment
from staffetta.lib import clock
from staffetta.lib.money import shown


def locked(line_id: int) -> BankLine:
    """Return a line, locked until the caller's transaction ends."""
    return BankLine.objects.select_for_update(of=("self",)).get(pk=line_id)


def settle(line: BankLine, order: Order, staff: User | None, *, as_promised: bool = False) -> BankLine:
    """Match a locked line with a locked order.

    Where the staff took the order as paid by a proof of this amount, or say that it is that money (`as_promised`), this is it; else
    it pays the order on the day it was booked, or is surplus where that was paid otherwise. The payment's reference is the line's
    key: a second one is refused by the database. What came above the due is surplus.
    """
    payment = (matching.promised(order) if as_promised else matching.proven(order, line.amount_cents)) if order.state == "paid" else None
    if payment is None:
        due_cents = line.amount_cents if order.state in {"paid", "refunded"} else min(line.amount_cents, order.payable_cents)
        payment = Payment.objects.create(order=order, provider=line.source, reference=line.key, amount_cents=due_cents)
        orders.payment_succeeded(payment.pk, datetime.combine(line.booked_on, time(12), clock.ITALY))
        payment.refresh_from_db()
        if not payment.surplus:
            _tell(order)
    if (over_cents := line.amount_cents - payment.amount_cents) > 0:
        _note_excess(line, order, over_cents)
    line.payment, line.order, line.state = payment, order, "matched"
    line.decided_by, line.decided_at = staff, clock.now()
    line.save(update_fields=["payment", "order", "state", "decided_by", "decided_at"])
    return line


def _note_excess(line: BankLine, order: Order, over_cents: int) -> None:
    """Note what came above the due as money of its own, surplus: the staff return it, and it is lost from sight no more."""
    Payment.objects.create(
        order=order,
        provider=line.source,
        reference=f"over-{line.pk}",
        amount_cents=over_cents,
        state="succeeded",
        surplus=True,
        ended_at=clock.now(),
    )


def _tell(order: Order) -> None:
    """Write to the owners that the credits are there: who pays by transfer or slip is not at the page to see it."""
    for user in owners(order.account_id):
        values = {"order": order, "credits": partial(shown, order.credits_e4), "url": mail.address(reverse("order", args=[order.pk]))}
        mail.send(user.email, *mail.written("billing/mail/order_paid.txt", user.language, **values), language=user.language)
