"""Issue the credit note of an order that was given back after its invoice, once, in the same series. What was never invoiced needs none."""

import logging
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from staffetta.billing import orders
from staffetta.billing.invoices import issue
from staffetta.billing.invoices.document import from_data
from staffetta.billing.invoices.errors import NothingToCorrect
from staffetta.billing.models import Invoice
from staffetta.lib.errors import Refused

_log = logging.getLogger(__name__)


def due() -> QuerySet[Invoice]:
    """Return the invoices that a credit note must correct. One that SDI rejected was never issued in law: it is put right first."""
    return Invoice.objects.filter(kind="invoice", order__state="refunded", note=None).exclude(state="rejected").order_by("pk")


def run() -> int:
    """Issue the credit notes that are due; return how many."""
    issued = 0
    for order_id in list(due().values_list("order_id", flat=True)):
        try:
            correct(order_id)
        except Refused as refusal:
            _log.warning("order %s has no credit note: %s", order_id, refusal)
        except Exception:  # its transaction is undone whole; the others must not wait for it
            _log.exception("order %s could not be corrected", order_id)
        else:
            issued += 1
    return issued


@transaction.atomic
def correct(order_id: int, day: date | None = None) -> Invoice:
    """Issue the credit note of a refunded order: it takes back all of its invoice; a repeat returns the first. Raises NothingToCorrect, SeriesIsLater."""
    order = orders.locked(order_id)
    if earlier := Invoice.objects.filter(order=order, kind="note").first():
        return earlier
    invoice = due().filter(order=order).first()
    if invoice is None:
        raise NothingToCorrect(number=order.pk)
    made = issue.numbered("note", order, day)
    made.corrects = invoice
    corrected = from_data(invoice.data)
    return issue.kept(
        made,
        replace(
            corrected,
            kind="note",
            number=made.shown_number,
            day=made.issued_on.isoformat(),
            corrects=corrected.number,
            corrects_day=corrected.day,
        ),
    )
