"""Issue the invoice of a paid order, once: number, what it says, XML and PDF, in one transaction. Mails and credit notes are others' matter."""

import logging
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet

from staffetta.accounts import audit
from staffetta.accounts.models import User
from staffetta.billing import orders, salessettings
from staffetta.billing.invoices import drafting, fatturapa, numbers, parties, pdf
from staffetta.billing.invoices.document import Document, as_data
from staffetta.billing.invoices.errors import BuyerIncomplete, OrderNotPaid, SellerIncomplete
from staffetta.billing.models import Invoice, Order
from staffetta.lib import clock
from staffetta.lib.errors import Refused

_log = logging.getLogger(__name__)


def due() -> QuerySet[Order]:
    """Return the paid orders whose invoice should be there and is not, oldest first."""
    before = clock.now() - timedelta(days=salessettings.current().invoice_delay_days)
    return Order.objects.filter(state="paid", paid_at__lte=before).exclude(invoices__kind="invoice").order_by("paid_at", "pk")


def run() -> int:
    """Issue what is due and can be; return how many. What waits for data is told by `waiting.py`."""
    issued = 0
    # Who never wrote a profile is not tried each time: `waiting.py` asks them.
    for order_id in list(due().exclude(account__profile=None).values_list("pk", flat=True)):
        try:
            issue(order_id)
        except SellerIncomplete as refusal:
            _log.warning("%s", refusal)
            return issued
        except BuyerIncomplete:
            continue
        except Refused as refusal:
            _log.warning("order %s has no invoice: %s", order_id, refusal)
        except Exception:  # its transaction is undone whole; the invoices of all others must not wait for it
            _log.exception("order %s could not be invoiced", order_id)
        else:
            issued += 1
    return issued


@transaction.atomic
def issue(order_id: int, day: date | None = None) -> Invoice:
    """Issue an order's invoice, dated today in Italy; a repeat returns the first. Raises OrderNotPaid, BuyerIncomplete, VatChanged,
    SellerIncomplete, SeriesIsLater.
    """
    order = orders.locked(order_id)
    if earlier := Invoice.objects.filter(order=order, kind="invoice").first():
        return earlier
    if order.state != "paid":
        raise OrderNotPaid(number=order.pk)
    seller, buyer = parties.seller(), parties.buyer(order)
    made = numbered("invoice", order, day)
    return kept(made, drafting.of(order, "invoice", made.issued_on.isoformat(), made.shown_number, seller, buyer))


def issue_now(order_id: int, staff: User | None) -> Invoice:
    """Issue an invoice that waits, by the staff's hand. Raises as issue does."""
    invoice = issue(order_id)
    audit.record(
        staff,
        "issue invoice",
        f"invoice {invoice.shown_number}",
        account_id=invoice.account_id,
        after={"order": order_id, "state": invoice.state, "file": invoice.xml_name},
    )
    return invoice


def numbered(kind: str, order: Order, day: date | None) -> Invoice:
    """Return a new invoice or credit note with its number, not kept yet. Raises SeriesIsLater."""
    prefix, day = salessettings.current().invoice_prefix, day or clock.today()
    number = numbers.take(prefix, day)
    return Invoice(kind=kind, prefix=prefix, year=day.year, number=number, account_id=order.account_id, order=order, issued_on=day)


def kept(made: Invoice, document: Document) -> Invoice:
    """Write down what a new invoice says, with its files, and keep it."""
    made.net_cents, made.vat_cents = document.net_cents, document.vat.cents
    write(made, document)
    made.save(force_insert=True)
    return made


def write(made: Invoice, document: Document) -> None:
    """Put the document, its XML under a new file name, and its PDF onto the invoice."""
    progressive = numbers.take_progressive()
    made.data = as_data(document)
    made.xml_name = fatturapa.file_name(document.seller, progressive)
    made.xml = fatturapa.render(document, progressive)
    made.pdf = pdf.render(document)
