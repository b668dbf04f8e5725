"""The first page of the back office: what is to be decided, the newest first, and what was sold. Decides nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from staffetta.accounts.models import User
from staffetta.backoffice import roles, shown
from staffetta.billing import cardnotices, orderstates, paymentnames, salesfigures, todecide
from staffetta.billing.bank import matching
from staffetta.billing.models import BankLine, Payment
from staffetta.lib import money

ROWS_MAX = 5
LISTED_MAX = 500


@dataclass(frozen=True)
class Part:
    """A part of the queue: how many wait, the newest of them as (what, how much or when), and where the rest is."""

    title: Any
    count: int
    rows: list[tuple[Any, Any]]
    address: str = ""


def context(user: User) -> dict[str, Any]:
    """Return what the page shows."""
    queue = todecide.queue()
    parts = [*_money(queue), *_invoices(queue, user)]
    return {
        "title": _("Overview"),
        "parts": [part for part in parts if part.count],
        "months": [_month(each) for each in salesfigures.latest()],
    }


def _money(queue: todecide.Queue) -> list[Part]:
    lines = reverse("office:billing_bankline_changelist")
    return [
        Part(
            _("Proofs of payment to look at"),
            queue.proofs.count(),
            [
                (shown.link(f"{each.order.account} · {_('order')} {each.order_id}", "billing_proof_change", each.pk), _due(each.order))
                for each in queue.proofs[:ROWS_MAX]
            ],
            reverse("office:billing_proof_changelist") + "?state=waiting",
        ),
        Part(_("Money that came in and is to be confirmed"), queue.proposed.count(), _lines(queue.proposed[:ROWS_MAX]), f"{lines}?state=proposed"),
        Part(_("Money that came in without an order"), queue.unmatched.count(), _lines(queue.unmatched[:ROWS_MAX]), f"{lines}?state=unmatched"),
        Part(_("Transfers that were called back"), queue.recalls.count(), [
            (shown.link(each.name, "billing_bankfile_change", each.pk), shown.moment(each.created_at)) for each in queue.recalls[:ROWS_MAX]
        ], reverse("office:billing_bankfile_changelist")),
        Part(
            _("Paid twice: surplus to return"), queue.surplus.count(), [_payment(each) for each in queue.surplus[:ROWS_MAX]],
            _orders(each.order_id for each in queue.surplus),
        ),
        Part(_("Money to return by hand"), len(queue.to_return), [_payment(each) for each in queue.to_return]),
        Part(_("What the card service told"), len(queue.card_notices), [
            (shown.link(cardnotices.NAMES[each.action], "card-notice", each.pk), shown.moment(each.created_at))
            for each in queue.card_notices
        ]),
    ]  # fmt: skip


def _invoices(queue: todecide.Queue, user: User) -> list[Part]:
    held = queue.invoices
    told = _("Your company's data are incomplete, so no invoice can be issued: %(missing)s") % {"missing": held.seller}
    seller = shown.link(told, "settings") if roles.may_act(user, "operator") else told
    return [
        Part(_("Customers who claim to pay no VAT here"), len(queue.vat_claims), [
            (shown.link(f"{each.account} · {each.country} {each.vat_number or each.tax_code}", "account-vat", each.account_id), shown.moment(each.changed_at))
            for each in queue.vat_claims[:ROWS_MAX]
        ]),
        Part(_("Settings that are missing"), int(bool(held.seller)), [(seller, "")]),
        Part(_("Invoices that wait for the customer's data"), len(held.orders), [
            (shown.link(f"{each.account} · {_('order')} {each.pk}", "billing_order_change", each.pk), shown.moment(each.paid_at))
            for each in held.orders[:ROWS_MAX]
        ], _orders(each.pk for each in held.orders)),
        Part(_("Sold without VAT, and the customer's data now ask for it: have them put right, or give the order back"), len(held.changed), [
            (shown.link(f"{each.account} · {_('order')} {each.pk}", "billing_order_change", each.pk), shown.moment(each.paid_at))
            for each in held.changed[:ROWS_MAX]
        ], _orders(each.pk for each in held.changed)),
        Part(_("Invoices that SDI rejected"), len(held.rejected), _documents(held.rejected), _states("rejected")),
        Part(_("Invoices that a public body refused"), len(held.refused), _documents(held.refused), _states("refused")),
        Part(_("Invoices to send to SDI"), queue.to_send.count(), _documents(queue.to_send[:ROWS_MAX]), reverse("office:sdi-to-send")),
        Part(_("Answers of SDI that belong to no invoice"), queue.strangers.count(), [
            (shown.link(each.name, "sdi-answer-file", each.pk), shown.moment(each.received_at)) for each in queue.strangers[:ROWS_MAX]
        ], reverse("office:sdi-answers")),
    ]  # fmt: skip


def _orders(numbers: Iterable[int]) -> str:
    """Return the address of the list of these orders."""
    return f"{reverse('office:billing_order_changelist')}?id__in={','.join(str(number) for number in list(numbers)[:LISTED_MAX])}"


def _states(state: str) -> str:
    return f"{reverse('office:billing_invoice_changelist')}?state={state}"


def _due(order: Any) -> str:
    return money.euro(order.payable_cents)


def _lines(lines: Iterable[BankLine]) -> list[tuple[Any, Any]]:
    return [
        (
            shown.link(" · ".join(filter(None, [line.payer or line.reason, matching.sentence(line)])) or line.pk, "billing_bankline_change", line.pk),
            f"{money.euro(line.amount_cents)} · {shown.day(line.booked_on)}",
        )
        for line in lines
    ]  # fmt: skip


def _payment(payment: Payment) -> tuple[Any, Any]:
    """Link to the payment's order; beside it the payer with the IBAN, where the bank told it."""
    line = getattr(payment, "bank_line", None)
    payer = line.payer if line else ""
    said = [
        payment.order.account.name,
        f"{_('order')} {payment.order_id}",
        str(paymentnames.FROM.get(payment.provider, payment.provider)),
        payer,
    ]
    return shown.link(" · ".join(filter(None, said)), "billing_order_change", payment.order_id), money.euro(payment.amount_cents)


def _documents(invoices: Iterable[Any]) -> list[tuple[Any, Any]]:
    return [
        (
            shown.link(f"{each.shown_number} · {each.account}", "billing_invoice_change", each.pk),
            money.euro(each.net_cents + each.vat_cents),
        )
        for each in list(invoices)[:ROWS_MAX]
    ]


def _month(month: salesfigures.Month) -> dict[str, Any]:
    rows = [*month.ways, month.total] if len(month.ways) > 1 else month.ways
    return {
        "name": date_format(month.first, "F Y"),
        "rows": [
            (orderstates.WAYS.get(each.way, _("all together")), each.orders, money.euro(each.net_cents), money.shown(each.credits_e4))
            for each in rows
        ],
    }
