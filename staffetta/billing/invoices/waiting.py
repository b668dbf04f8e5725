"""Invoices that wait for data: customers are asked to complete theirs, again every few days; the staff are told each morning what holds up."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import translation

from staffetta.accounts import mail, operator, profile
from staffetta.accounts.models import Account
from staffetta.accounts.receivers import owners
from staffetta.billing import vatcheck
from staffetta.billing.invoices import issue, parties
from staffetta.billing.invoices.errors import BuyerIncomplete, VatChanged
from staffetta.billing.models import Invoice, Order, SdiAnswer
from staffetta.lib import clock

ASKED_EVERY = timedelta(days=5)
# An invoice must be issued within 12 days of the payment (art. 21 D.P.R. 633/1972): after that the staff see to it.
ASKED_FOR = timedelta(days=30)
TOLD_FOR = timedelta(days=2)  # of an answer that belongs to no invoice

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class HeldUp:
    """What holds invoices up: missing data of the seller, orders whose customers have not completed theirs or changed them, rejections."""

    seller: str
    orders: list[Order]
    changed: list[Order]  # sold without VAT, and the data now ask for it
    rejected: list[Invoice]
    refused: list[Invoice]
    unknown: int

    def __bool__(self) -> bool:
        return bool(self.seller or self.orders or self.changed or self.rejected or self.refused or self.unknown)


def of(account_id: int) -> list[Order]:
    """Return the account's paid orders that have no invoice yet, for whatever reason, newest first."""
    return list(Order.objects.filter(account_id=account_id, state="paid").exclude(invoices__kind="invoice"))


def for_profile(account: Account) -> bool:
    """Tell whether an invoice of the account waits for its data."""
    return bool(of(account.pk)) and not profile.complete(profile.of(account))


def ask() -> int:
    """Write to the owners of accounts whose invoices wait for their data; return to how many accounts. Each is asked every five days."""
    asked = 0
    for account_id in sorted(set(_to_ask().values_list("account_id", flat=True))):
        try:
            asked += _ask(account_id)
        except Exception:  # its transaction is undone whole; all others must not wait for it
            _log.exception("account %s could not be asked for its invoicing data", account_id)
    return asked


def _to_ask() -> QuerySet[Order]:
    now = clock.now()
    again = Q(profile_asked_at=None) | Q(profile_asked_at__lt=now - ASKED_EVERY, paid_at__gt=now - ASKED_FOR)
    return issue.due().filter(again)


@transaction.atomic
def _ask(account_id: int) -> bool:
    """Write to an account's owners about those of its orders that nobody else is writing about; tell whether there were any."""
    found = list(_to_ask().filter(account_id=account_id).order_by("pk").select_for_update(of=("self",), skip_locked=True))
    account = Account.objects.get(pk=account_id)
    why, orders = _held_by(account, found)
    for user in owners(account_id) if orders else []:
        values = {"account": account, "orders": ", ".join(str(order.pk) for order in orders), "url": mail.address(reverse("profile"))}
        mail.send(user.email, *mail.written(f"billing/mail/{why}.txt", user.language, **values), language=user.language)
    Order.objects.filter(pk__in=[order.pk for order in orders]).update(profile_asked_at=clock.now())
    return bool(orders)


def _held_by(account: Account, found: list[Order]) -> tuple[str, list[Order]]:
    """Return the mail that says what is wrong with an account's data, and the orders that wait for that."""
    data = profile.of(account)
    if not profile.complete(data):
        return "profile_missing", found
    # What the staff have yet to look at is not the customer's to put right; and this much is asked once.
    asked_now = [] if vatcheck.pending(data) else [order for order in found if order.profile_asked_at is None]
    return "vat_changed", [order for order in asked_now if _refusal(order) == VatChanged.code]


def held_up() -> HeldUp:
    """Return what the staff should look at. Orders count a day after their invoice was due: before that the customer is being asked."""
    late = list(issue.due().filter(paid_at__lt=clock.now() - timedelta(days=1)).select_related("account"))
    refusals = {order.pk: _refusal(order) for order in late}
    return HeldUp(
        seller=parties.seller_missing() if issue.due().exists() else "",
        orders=[order for order in late if refusals[order.pk] == BuyerIncomplete.code],
        changed=[order for order in late if refusals[order.pk] == VatChanged.code],
        rejected=list(Invoice.objects.filter(state="rejected").defer("xml", "pdf")),
        refused=list(Invoice.objects.filter(state="refused", kind="invoice", note=None).defer("xml", "pdf")),
        unknown=SdiAnswer.objects.filter(invoice=None, received_at__gt=clock.now() - TOLD_FOR).count(),
    )


def tell_staff() -> bool:
    """Mail the operator what holds invoices up; tell whether there was anything to tell, and an address."""
    with translation.override("it"):
        to, found = operator.current().email, held_up()
    if not found or not to:
        return False
    mail.send(to, *mail.written("billing/mail/invoices_held_up.txt", "it", found=found), language="it")
    return True


def _refusal(order: Order) -> str:
    """Return the code of what an order's invoice is refused for by its customer's data; blank where they fit."""
    try:
        parties.buyer(order)
    except (BuyerIncomplete, VatChanged) as refusal:
        return refusal.code
    return ""
