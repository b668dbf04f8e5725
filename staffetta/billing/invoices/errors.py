"""What invoicing refuses.

BillingRefused
└── InvoiceRefused
    ├── OrderNotPaid
    ├── NothingToPayFor
    ├── BuyerIncomplete
    ├── VatChanged
    ├── SellerIncomplete
    ├── SeriesIsLater
    ├── NothingToCorrect
    ├── InvoiceSentAlready
    ├── InvoiceNotRejected
    └── AnswerUnreadable
"""

from django.utils.translation import gettext_lazy as _

from staffetta.billing.errors import BillingRefused


class InvoiceRefused(BillingRefused):
    """Any refusal about an invoice."""

    code = "invoice_refused"


class OrderNotPaid(InvoiceRefused):
    """Values: number (of the order)."""

    code = "order_not_paid"
    message = _("Order %(number)s is not paid, so it has no invoice: it is issued after the payment has come.")


class NothingToPayFor(InvoiceRefused):
    """Values: number (of the order)."""

    code = "nothing_to_pay_for"
    message = _("Order %(number)s does not wait for a transfer or a postal slip: choose one of them to get a pro-forma.")


class BuyerIncomplete(InvoiceRefused):
    """Values: number (of the order), account."""

    code = "buyer_incomplete"
    message = _(
        "The invoice of order %(number)s waits: the invoicing data of %(account)s are incomplete. They write them on their profile."
    )
    retry = True


class VatChanged(InvoiceRefused):
    """Values: number (of the order), account, regime (as ordered), now (as the profile would have it), both in words."""

    code = "vat_changed"
    message = _(
        "Order %(number)s was sold without VAT to be paid. The data of %(account)s then said: %(regime)s. They now say: %(now)s:"
        " have the data put right, or give the order back and sell it again."
    )


class SellerIncomplete(InvoiceRefused):
    """Values: missing (names of what is missing or wrong)."""

    code = "seller_incomplete"
    message = _("No invoice can be issued: the company's data are incomplete (%(missing)s). Write them in the operator's settings.")
    retry = True


class SeriesIsLater(InvoiceRefused):
    """Values: day, last (dates)."""

    code = "series_is_later"
    message = _("An invoice dated %(day)s cannot follow one dated %(last)s: check the machine's clock, then issue it again.")
    retry = True


class NothingToCorrect(InvoiceRefused):
    """Values: number (of the order)."""

    code = "nothing_to_correct"
    message = _("Order %(number)s needs no credit note now: it must be given back, and its invoice issued and not rejected.")


class InvoiceSentAlready(InvoiceRefused):
    """Values: number (of the invoice), state."""

    code = "invoice_sent_already"
    message = _("Invoice %(number)s cannot be marked as sent: it is “%(state)s”. Only one that was not sent yet can be.")


class InvoiceNotRejected(InvoiceRefused):
    """Values: number (of the invoice), state."""

    code = "invoice_not_rejected"
    message = _("Invoice %(number)s is “%(state)s”, so it is not written again: correct it by giving the order back, with a credit note.")


class AnswerUnreadable(InvoiceRefused):
    """Values: name (of the file), why (half a sentence)."""

    code = "answer_unreadable"
    message = _(
        "“%(name)s” is not an answer of the exchange system: %(why)s. Download it again from the SDI's site and upload it as it is."
    )
