"""What card providers tell by themselves: each event once, and what the provider says now counts. Knows no provider by name."""

from collections.abc import Mapping

from staffetta.billing import cardcare, cardnotices, cardpayments
from staffetta.billing.errors import OrderRefused
from staffetta.billing.models import Order, Payment, PaymentEvent
from staffetta.billing.payments import base, choice

DISPUTES = {"payment.disputed", "charge.dispute.created"}
REFUNDS = {"charge.refund.updated", "refund.failed", "refund.updated"}


def on_event(provider: str, headers: Mapping[str, str], body: bytes) -> str:
    """Take an event once; return what came of it. Raises Forged, and Unreachable where the provider must tell it again."""
    bank = choice.named(provider)
    if bank is None:
        raise base.Forged(f"there is no provider “{provider}” here")
    event = bank.event(headers, body)
    row, _new = PaymentEvent.objects.get_or_create(
        provider=provider,
        event_id=event.id[:120],
        defaults={"kind": event.kind[:60], "reference": event.reference[:120], "body": dict(event.body)},
    )
    if not row.outcome:
        outcome = _acted(bank, event)
        PaymentEvent.objects.filter(pk=row.pk).update(outcome=outcome)
        return outcome
    return row.outcome


def _acted(bank: base.Provider, event: base.Event) -> str:
    """Do what an event calls for, by what the provider says now."""
    if not event.reference:
        return "nothing to do"
    payment = Payment.objects.select_related("order").filter(provider=bank.name, reference=event.reference).first()
    if event.kind in DISPUTES:
        cardnotices.disputed(payment, event)
        return "disputed"
    if event.kind in REFUNDS:
        return cardcare.look_at_refund(payment) if payment else "order unknown"
    try:
        seen = bank.look(event.reference)
    except base.Unknown:
        return "payment unknown"  # the provider will not know it the next time either
    payment = payment or _adopted(bank, seen)
    return cardpayments.settle(payment, seen) if payment else "order unknown"


def _adopted(bank: base.Provider, seen: base.Seen) -> Payment | None:
    """Return a payment made from what only the provider knows: we died before we wrote it down.

    Only where money came: what was refused has no need of us, and its row is about to be written by who asked for it.
    """
    if seen.state in {"started", "refused"} or seen.shop != cardpayments.shop():
        return None
    order = Order.objects.filter(pk=seen.order_id, account_id=seen.account_id).first()
    if order is None:
        return None
    try:
        return cardpayments.begun(order.pk, bank.name, seen.reference, save_card=seen.card is not None)
    except OrderRefused:  # paid or given up meanwhile: the money is there all the same
        values = {"order": order, "amount_cents": order.payable_cents}
        return Payment.objects.get_or_create(provider=bank.name, reference=seen.reference, defaults=values)[0]
