"""Give a paid order back: its credits leave the wallet first, then the money goes back the way it came. The staff decide, with a reason."""

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from staffetta.accounts import audit
from staffetta.accounts.models import User
from staffetta.billing import cardnotices, ledger, orders
from staffetta.billing.errors import NotRefundable, ReasonMissing, ReturnedByProvider
from staffetta.billing.models import Order, Payment


@transaction.atomic
def refund(order_id: int, staff: User | None, reason: str) -> Order:
    """Take a paid order's credits back and mark its payment *refunding*; jobs or the staff return the money.

    Raises ReasonMissing, NotRefundable where it is not paid, and NotEnoughCredit where its credits were spent.
    """
    if not reason.strip():
        raise ReasonMissing
    order = orders.locked(order_id)
    if order.state != "paid":
        raise NotRefundable(number=order.pk)
    with translation.override(order.user.language if order.user else "it"):
        said = gettext("Order %(number)s was given back") % {"number": order.pk}
    entry = ledger.debit(order.account_id, order.credits_e4, "purchase", f"order-{order.pk}-refund", said)
    order.payments.filter(state="succeeded", surplus=False).update(state="refunding")
    Order.objects.filter(pk=order.pk).update(state="refunded")
    before = {"state": "paid", "balance_e4": entry.balance_after_e4 + order.credits_e4}
    after = {"state": "refunded", "balance_e4": entry.balance_after_e4, "to_return_cents": order.payable_cents}
    audit.record(staff, "refund", f"order {order.pk}", account_id=order.account_id, before=before, after=after, reason=reason)
    order.refresh_from_db()
    return order


@transaction.atomic
def return_surplus(payment_id: int, staff: User | None, reason: str) -> Payment:
    """Have a payment that came on top of another given back; no credits are touched. Raises ReasonMissing, NotRefundable."""
    if not reason.strip():
        raise ReasonMissing
    payment = Payment.objects.select_for_update().select_related("order").get(pk=payment_id)
    if not payment.surplus or payment.state != "succeeded":
        raise NotRefundable(number=payment.order_id)
    Payment.objects.filter(pk=payment.pk).update(state="refunding")
    target, before, after = f"payment {payment.pk}", {"state": "succeeded"}, {"state": "refunding", "to_return_cents": payment.amount_cents}
    audit.record(staff, "return surplus", target, account_id=payment.order.account_id, before=before, after=after, reason=reason)
    payment.refresh_from_db()
    return payment


def money_returned(payment_id: int) -> bool:
    """Note that the money of a payment has gone back; return False where that was known."""
    return bool(Payment.objects.filter(pk=payment_id, state="refunding").update(state="refunded"))


def money_not_returned(payment_id: int) -> bool:
    """Note that money which was on its way back has not arrived; return False where that was known."""
    return bool(Payment.objects.filter(pk=payment_id, state="refunded").update(state="refunding"))


BY_HAND = ("bank", "post", "staff")


def by_hand(payment: Payment) -> bool:
    """Tell whether the staff must return a payment's money: it did not come by card, or the card service does not return it."""
    return payment.state == "refunding" and (payment.provider in BY_HAND or cardnotices.is_not_given_back(payment))


@transaction.atomic
def returned_by_hand(payment_id: int, staff: User | None, note: str = "") -> Payment:
    """Note that the staff have sent the money back. Raises ReturnedByProvider where that is not theirs to do, or was done."""
    payment = Payment.objects.select_for_update(of=("self",)).select_related("order").get(pk=payment_id)
    if not by_hand(payment):
        raise ReturnedByProvider(number=payment.order_id)
    money_returned(payment.pk)
    before, after = {"state": "refunding"}, {"state": "refunded"}
    audit.record(
        staff, "money returned", f"payment {payment.pk}", account_id=payment.order.account_id, before=before, after=after, reason=note
    )
    payment.refresh_from_db()
    return payment
