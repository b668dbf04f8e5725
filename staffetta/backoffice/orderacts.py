"""What the staff may do about an order. Each act says what will happen and calls its rule in billing."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from staffetta.accounts.models import User
from staffetta.backoffice.onepage import Act
from staffetta.billing import orders, orderstates, proofs, refunds
from staffetta.billing.invoices import issue
from staffetta.billing.models import Order, Payment
from staffetta.lib import money


class ReasonForm(forms.Form):
    """A reason, which may not be blank."""

    reason = forms.CharField(label=gettext_lazy("reason"), max_length=300, widget=UnfoldAdminTextareaWidget({"rows": 2}))


class NoteForm(forms.Form):
    """A note, which may be blank."""

    reason = forms.CharField(label=gettext_lazy("note"), max_length=300, required=False, widget=UnfoldAdminTextInputWidget)


class ProofForm(forms.Form):
    """A receipt that came by mail."""

    file = forms.FileField(label=gettext_lazy("receipt (PDF, JPEG or PNG)"), widget=UnfoldAdminFileFieldWidget)
    note = forms.CharField(label=gettext_lazy("note"), max_length=300, required=False, widget=UnfoldAdminTextInputWidget)


def _refund_about(order: Order) -> str:
    told = {
        "credits": money.shown(order.credits_e4),
        "customer": order.account,
        "euro": money.euro(order.payable_cents),
    }
    paid = order.payments.filter(state="succeeded", surplus=False).first()
    if paid and paid.provider in refunds.BY_HAND:
        way = _("The %(euro)s must then be returned by you: they stay in the queue until you mark them as returned.")
    else:
        way = _("The %(euro)s go back to the card by themselves within minutes.")
    note = _("If there is an invoice, a credit note follows by itself.")
    return " ".join((_("%(credits)s credits leave the account of %(customer)s.") % told, way % told, note))


def _refund(staff: User, order: Order, given: dict[str, Any]) -> str:
    refunds.refund(order.pk, staff, given["reason"])
    return _("Order %(number)s is given back.") % {"number": order.pk}


def _cancel(staff: User, order: Order, given: dict[str, Any]) -> str:
    orders.cancel(order.pk, staff, given["reason"])
    return _("Order %(number)s is cancelled. Should its money come all the same, it is credited.") % {"number": order.pk}


def _attach(staff: User, order: Order, given: dict[str, Any]) -> str:
    file: UploadedFile = given["file"]
    proofs.attach(order, staff, file.read(), file.name or "", given["note"])
    return _("The receipt is attached: it waits in the queue to be approved.")


def _issue(staff: User, order: Order, given: dict[str, Any]) -> str:
    return _("Invoice %(number)s is issued; it is mailed in the next minutes.") % {"number": issue.issue_now(order.pk, staff).shown_number}


def _to_return(order: Order) -> list[Payment]:
    return [payment for payment in order.payments.all() if refunds.by_hand(payment)]


def _surplus(order: Order) -> list[Payment]:
    return list(order.payments.filter(surplus=True, state="succeeded"))


def _sum(payments: list[Payment]) -> str:
    return money.euro(sum(payment.amount_cents for payment in payments))


def _returned(staff: User, order: Order, given: dict[str, Any]) -> str:
    payments = _to_return(order)
    said = _sum(payments)
    for payment in payments:
        refunds.returned_by_hand(payment.pk, staff, given["reason"])
    return _("%(euro)s are noted as returned.") % {"euro": said}


def _return_surplus(staff: User, order: Order, given: dict[str, Any]) -> str:
    payments = _surplus(order)
    said = _sum(payments)
    for payment in payments:
        refunds.return_surplus(payment.pk, staff, given["reason"])
    return _("%(euro)s of surplus are to be returned; no credits were touched.") % {"euro": said}


def _without_invoice(order: Order) -> bool:
    return order.state == "paid" and not order.invoices.filter(kind="invoice").exists()


ACTS = (
    Act(
        "returned", gettext_lazy("Mark the money as returned"), _returned, NoteForm, offered=lambda order: bool(_to_return(order)),
        about=lambda order: _("Do this after you have sent %(euro)s back by your bank.") % {"euro": _sum(_to_return(order))},
    ),
    Act(
        "surplus", gettext_lazy("Return the surplus"), _return_surplus, ReasonForm, offered=lambda order: bool(_surplus(order)),
        about=lambda order: _("%(euro)s came on top of what was due. The order and its credits stay as they are.") % {"euro": _sum(_surplus(order))},
    ),
    Act(
        "attach", gettext_lazy("Attach a receipt that came by mail"), _attach, ProofForm,
        offered=lambda order: order.state not in {"paid", "refunded"},
        about=lambda order: _("Approved, it pays the order: the credits arrive at once."),
    ),
    Act(
        "issue", gettext_lazy("Issue the invoice now"), _issue, offered=_without_invoice,
        about=lambda order: _("It takes the next number, is dated today, and is mailed to the customer."),
    ),
    Act(
        "refund", gettext_lazy("Give the order back"), _refund, ReasonForm, _refund_about, lambda order: order.state == "paid", grave=True
    ),
    Act(
        "cancel", gettext_lazy("Cancel the order"), _cancel, ReasonForm, grave=True, offered=lambda order: order.state in orderstates.OPEN,
        about=lambda order: _("The customer can no longer pay it. Should its money come all the same, it is credited."),
    ),
)  # fmt: skip
