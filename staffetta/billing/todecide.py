"""What waits for the staff: everything about money that nobody but they can decide, counted, the newest first. Reads only."""

from dataclasses import dataclass

from django.db.models import QuerySet

from staffetta.accounts.models import AuditLine, BillingProfile
from staffetta.billing import cardnotices, refunds, vatcheck
from staffetta.billing.bank import deciding
from staffetta.billing.invoices import waiting
from staffetta.billing.models import BankFile, BankLine, Invoice, Payment, Proof, SdiAnswer


@dataclass(frozen=True)
class Queue:
    """The parts of the queue."""

    proofs: QuerySet[Proof]
    proposed: QuerySet[BankLine]
    unmatched: QuerySet[BankLine]
    recalls: QuerySet[BankFile]
    surplus: QuerySet[Payment]
    to_return: list[Payment]
    card_notices: list[AuditLine]
    invoices: waiting.HeldUp
    to_send: QuerySet[Invoice]
    strangers: QuerySet[SdiAnswer]
    vat_claims: list[BillingProfile]


def queue() -> Queue:
    """Return all that waits now."""
    payments = Payment.objects.select_related("order__account", "bank_line")
    return Queue(
        proofs=Proof.objects.filter(state="waiting").select_related("order__account").defer("content"),
        proposed=BankLine.objects.filter(state="proposed").select_related("order__account"),
        unmatched=BankLine.objects.filter(state="unmatched"),
        recalls=deciding.recalls(),
        surplus=payments.filter(surplus=True, state="succeeded"),
        to_return=[payment for payment in payments.filter(state="refunding") if refunds.by_hand(payment)],
        card_notices=cardnotices.open_notices(),
        invoices=waiting.held_up(),
        to_send=to_send(),
        strangers=SdiAnswer.objects.filter(invoice=None).defer("content"),
        vat_claims=vatcheck.waiting(),
    )


def to_send() -> QuerySet[Invoice]:
    """Return the invoices that go to the exchange system next, the oldest first."""
    return Invoice.objects.filter(state="issued").select_related("account").defer("xml", "pdf").order_by("pk")
