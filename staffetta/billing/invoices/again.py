"""Write anew an invoice that the exchange system rejected: same number and date, data of now, a file name of its own. The staff do it."""

from dataclasses import replace

from django.db import transaction

from staffetta.accounts import audit
from staffetta.accounts.models import User
from staffetta.billing.invoices import issue, parties
from staffetta.billing.invoices.document import from_data
from staffetta.billing.invoices.errors import InvoiceNotRejected
from staffetta.billing.invoices.states import NAMES
from staffetta.billing.models import Invoice


@transaction.atomic
def issue_again(invoice_id: int, staff: User | None) -> Invoice:
    """Write a rejected invoice or credit note again, with seller and buyer as they are now; it is mailed again.

    Raises InvoiceNotRejected, BuyerIncomplete, VatChanged, SellerIncomplete.
    """
    invoice = Invoice.objects.select_for_update(of=("self",)).select_related("order__account").get(pk=invoice_id)
    if invoice.state != "rejected":
        raise InvoiceNotRejected(number=invoice.shown_number, state=NAMES[invoice.state])
    earlier, before = [*invoice.data.get("files", []), invoice.xml_name], invoice.xml_name
    document = replace(from_data(invoice.data), seller=parties.seller(), buyer=parties.buyer(invoice.order))
    issue.write(invoice, document)
    invoice.data["files"] = earlier  # what SDI still says of those is not about this one
    invoice.state, invoice.attempt, invoice.mailed_at = "issued", invoice.attempt + 1, None
    invoice.save(update_fields=["data", "xml_name", "xml", "pdf", "state", "attempt", "mailed_at"])
    audit.record(
        staff,
        "issue invoice again",
        f"invoice {invoice.shown_number}",
        account_id=invoice.account_id,
        before={"state": "rejected", "file": before, "attempt": invoice.attempt - 1},
        after={"state": "issued", "file": invoice.xml_name, "attempt": invoice.attempt},
    )
    return invoice
