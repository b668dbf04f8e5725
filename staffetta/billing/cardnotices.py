"""What the staff must look at about cards: written into the audit log once, and mailed to the operator. Decides nothing."""

import logging

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from staffetta.accounts import audit, mail, operator
from staffetta.accounts.models import AuditLine, User
from staffetta.billing.errors import ReasonMissing
from staffetta.billing.models import Payment
from staffetta.billing.payments.base import Event
from staffetta.lib.money import euro

NOT_GIVEN_BACK = "payment not given back"
_log = logging.getLogger(__name__)


def amount_differs(payment: Payment, amount_cents: int) -> None:
    """Another sum came than was asked for: it is not credited."""
    _tell(payment, "payment amount differs", f"{euro(payment.amount_cents)} → {euro(amount_cents)}")


def not_given_back(payment: Payment) -> None:
    """The provider will not return the money by itself."""
    _tell(payment, NOT_GIVEN_BACK, f"{payment.provider}: {payment.reference}")


def given_back_elsewhere(payment: Payment) -> None:
    """Money went back at the provider, and the credits are still here."""
    _tell(payment, "payment given back elsewhere", f"{payment.provider}: {payment.reference}")


def given_back_in_part(payment: Payment, returned_cents: int) -> None:
    """A part of the money went back at the provider, and all the credits are still here."""
    _tell(payment, "payment given back in part", f"{payment.provider}: {payment.reference}, {euro(returned_cents)}")


def never_answered(payment: Payment) -> None:
    """The provider has not said for days what became of a payment: it is closed."""
    _tell(payment, "payment never answered", f"{payment.provider}: {payment.reference}")


def disputed(payment: Payment | None, event: Event) -> None:
    """A cardholder disputes a payment; a second dispute of the same one is told as well."""
    _tell(payment, "payment disputed", f"{event.kind}: {event.reference}, {event.about}")


NAMES: dict[str, Promise] = {
    "payment amount differs": _("Another amount came than was asked for: nothing was credited"),
    NOT_GIVEN_BACK: _("The card service does not return the money: return it by hand"),
    "payment given back elsewhere": _("The money was returned in the card service's own pages, and the credits are still here"),
    "payment given back in part": _("A part of the money was returned in the card service's own pages, and all the credits are still here"),
    "payment never answered": _("The card service did not say in seven days what became of a payment: look for it in its pages"),
    "payment disputed": _("The cardholder disputes the payment: answer in the card service's pages"),
}
_LOOKED_AT = "card notice looked at"


def is_not_given_back(payment: Payment) -> bool:
    """Tell whether the provider will not return this payment's money."""
    return AuditLine.objects.filter(action=NOT_GIVEN_BACK, target=f"payment {payment.pk}").exists()


def open_notices() -> list[AuditLine]:
    """Return what nobody has looked at yet, the newest first; money that has gone back since is no matter any more."""
    seen = AuditLine.objects.filter(action=_LOOKED_AT).values_list("target", flat=True)
    done = {int(target.rpartition(" ")[2]) for target in seen}
    rows = list(AuditLine.objects.filter(action__in=NAMES).exclude(pk__in=done).select_related("account").order_by("-pk"))
    stuck = [line.target for line in rows if line.action == NOT_GIVEN_BACK]
    back = Payment.objects.filter(state="refunded", pk__in=[int(target.rpartition(" ")[2]) for target in stuck]).values_list(
        "pk", flat=True
    )
    settled = {f"payment {payment_id}" for payment_id in back}
    return [line for line in rows if line.action != NOT_GIVEN_BACK or line.target not in settled]


@transaction.atomic
def looked_at(line_id: int, staff: User | None, note: str) -> AuditLine:
    """Take a notice out of the queue, with what was done about it; a repeat changes nothing. Raises ReasonMissing."""
    if not note.strip():
        raise ReasonMissing
    notice = AuditLine.objects.select_for_update(of=("self",)).get(pk=line_id, action__in=NAMES)
    target = f"notice {notice.pk}"
    if not AuditLine.objects.filter(action=_LOOKED_AT, target=target).exists():
        audit.record(staff, _LOOKED_AT, target, account_id=notice.account_id, reason=note.strip())
    return notice


def payment_of(notice: AuditLine) -> Payment | None:
    """Return the payment that a notice is about, where we know it."""
    kind, _blank, number = notice.target.partition(" ")
    return (
        Payment.objects.select_related("order__account").filter(pk=int(number)).first()
        if kind == "payment" and number.isdecimal()
        else None
    )


def _tell(payment: Payment | None, action: str, why: str) -> None:
    target = f"payment {payment.pk}" if payment else why
    if AuditLine.objects.filter(action=action, target=target[:120], reason=why[:300]).exists():
        return
    audit.record(None, action, target, account_id=payment.order.account_id if payment else None, reason=why)
    _log.warning("%s: %s (%s)", target, action, why)
    if to := operator.current().email:
        number = payment.order_id if payment else ""
        values = {"action": action, "number": number, "target": target, "why": why}
        mail.send(to, *mail.written("billing/mail/card_notice.txt", "it", **values), language="it")
