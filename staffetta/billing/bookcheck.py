"""Each night: does the sum of every account's lines equal its balance? Looks only; whoever runs the service is told where it does not."""

import logging

from django.urls import reverse

from staffetta.accounts import mail, operator
from staffetta.billing import ledger
from staffetta.billing.ledger import Books

_log = logging.getLogger(__name__)


def run() -> list[Books]:
    """Return the accounts whose books do not agree, after an error in the log and a mail to the operator."""
    wrong = [books for books in ledger.books() if not books.agree]
    for books in wrong:
        _log.error("the books of account %s do not agree: %s", books.account_id, books)
    if wrong and (email := operator.current().email):
        values = {"accounts": wrong, "url": mail.address(reverse("office:billing_entry_changelist"))}
        mail.send(email, *mail.written("billing/mail/books_wrong.txt", "it", **values), language="it")
    return wrong
