"""Mail each new invoice and credit note to the account's owners, with PDF and XML attached, once. Issues nothing."""

import logging
from functools import partial

from django.db import transaction
from django.urls import reverse
from django.utils import translation

from staffetta.accounts import mail
from staffetta.accounts.receivers import owners
from staffetta.billing.models import Invoice
from staffetta.lib import clock
from staffetta.lib.money import euro

_log = logging.getLogger(__name__)


def run() -> int:
    """Mail what was not mailed yet; return how many documents. Those of closed accounts wait for nobody."""
    waiting = Invoice.objects.filter(mailed_at=None, account__closed_at=None).order_by("pk").values_list("pk", flat=True)
    mailed = 0
    for invoice_id in list(waiting):
        try:
            mailed += _mail(invoice_id)
        except Exception:  # its transaction is undone whole; the mails of all others must not wait for it
            _log.exception("invoice %s could not be mailed", invoice_id)
    return mailed


@transaction.atomic
def _mail(invoice_id: int) -> bool:
    # Locked, so that two runs at once mail it once.
    invoice = Invoice.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=invoice_id, mailed_at=None).first()
    receivers = owners(invoice.account_id) if invoice else []
    if invoice is None or not receivers:
        return False
    xml = (invoice.xml_name, bytes(invoice.xml), "application/xml")
    for user in receivers:
        values = {
            "account": user.account,
            "number": invoice.shown_number,
            "note": invoice.kind == "note",
            "corrected": invoice.corrects.shown_number if invoice.corrects else "",
            "again": invoice.attempt > 1,
            "order": invoice.order_id,
            "total": partial(euro, invoice.net_cents + invoice.vat_cents),
            "url": mail.address(reverse("invoices")),
        }
        written = mail.written("billing/mail/invoice.txt", user.language, **values)
        with translation.override(user.language):
            pdf = (invoice.pdf_name, bytes(invoice.pdf), "application/pdf")
        mail.send(user.email, *written, language=user.language, attachments=[pdf, xml])
    invoice.mailed_at = clock.now()
    invoice.save(update_fields=["mailed_at"])
    return True
