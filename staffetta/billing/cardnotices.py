"""What the staff must look at about cards: written into the audit log once, and mailed to the operator. Decides nothing."""

import logging

from staffetta.accounts import audit, mail, operator
from staffetta.accounts.models import AuditLine
from staffetta.billing.models import Payment
from staffetta.billing.payments.base import Event
from staffetta.lib.money import euro

_log = logging.getLogger(__name__)


def amount_differs(payment: Payment, amount_cents: int) -> None:
    """Another sum came than was asked for: it is not credited."""
    _tell(payment, "payment amount differs", f"{euro(payment.amount_cents)} → {euro(amount_cents)}")


def not_given_back(payment: Payment) -> None:
    """The provider will not return the money by itself."""
    _tell(payment, "payment not given back", f"{payment.provider}: {payment.reference}")


def given_back_elsewhere(payment: Payment) -> None:
    """Money went back at the provider, and the credits are still here."""
    _tell(payment, "payment given back elsewhere", f"{payment.provider}: {payment.reference}")


def disputed(payment: Payment | None, event: Event) -> None:
    """A cardholder disputes a payment."""
    _tell(payment, "payment disputed", f"{event.kind}: {event.reference}")


def _tell(payment: Payment | None, action: str, why: str) -> None:
    target = f"payment {payment.pk}" if payment else why
    if AuditLine.objects.filter(action=action, target=target[:120]).exists():
        return
    audit.record(None, action, target, account_id=payment.order.account_id if payment else None, reason=why)
    _log.warning("%s: %s (%s)", target, action, why)
    if to := operator.current().email:
        number = payment.order_id if payment else ""
        values = {"action": action, "number": number, "target": target, "why": why}
        mail.send(to, *mail.written("billing/mail/card_notice.txt", "it", **values), language="it")
