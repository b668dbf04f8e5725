"""Invoices that wait for data: customers are asked to complete theirs, again every few days; the staff are told each morning what holds up."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from staffetta.accounts import mail, operator, profile
from staffetta.accounts.models import Account
from staffetta.accounts.receivers import owners
from staffetta.billing.invoices import issue, parties
from staffetta.billing.invoices.errors import BuyerIncomplete, VatChanged
from staffetta.billing.models import Invoice, Order, SdiAnswer
from staffetta.lib import clock

ASKED_EVERY = timedelta(days=5)
# An invoice must be issued within 12 days of the payment (art. 21 D.P.R. 633/1972): after that the staff see to it.
ASKED_FOR = timedelta(days=30)
TOLD_FOR = timedelta(days=2)  # of an answer that belongs to no invoice


@dataclass(frozen=True)
class HeldUp:
    """What holds invoices up: missing data of the seller, orders whose customers have not completed theirs or changed them, rejections."""

    seller: str
    orders: list[Order]
    rejected: list[Invoice]
    refused: list[Invoice]
    unknown: int

    def __bool__(self) -> bool:
        return bool(self.seller or self.orders or self.rejected or self.refused or self.unknown)


def of(account_id: int) -> list[Order]:
    """Return the account's paid orders that have no invoice yet, for whatever reason, newest first."""
    return list(Order.objects.filter(account_id=account_id, state="paid").exclude(invoices__kind="invoice"))


def for_profile(account: Account) -> bool:
    """Tell whether an invoice of the account waits for its data."""
    return bool(of(account.pk)) and not profile.complete(profile.of(account))


@transaction.atomic
def ask() -> int:
    """Write to the owners of accounts whose invoices wait for their data; return to how many accounts. Each is asked every five days."""
    now = clock.now()
    again = Q(profile_asked_at=None) | Q(profile_asked_at__lt=now - ASKED_EVERY, paid_at__gt=now - ASKED_FOR)
    found = (
        issue.due().filter(again).order_by("account_id", "pk").select_related("account").select_for_update(of=("self",), skip_locked=True)
    )
    asked = 0
    for account, waiting in groupby(found, key=lambda order: order.account):
        if profile.complete(profile.of(account)):
            continue
        numbers = [order.pk for order in waiting]
        for user in owners(account.pk):
            values = {"account": account, "orders": ", ".join(map(str, numbers)), "url": mail.address(reverse("profile"))}
            mail.send(user.email, *mail.written("billing/mail/profile_missing.txt", user.language, **values), language=user.language)
        Order.objects.filter(pk__in=numbers).update(profile_asked_at=now)
        asked += 1
    return asked


def held_up() -> HeldUp:
    """Return what the staff should look at. Orders count a day after their invoice was due: before that the customer is being asked."""
    late = issue.due().filter(paid_at__lt=clock.now() - timedelta(days=1)).select_related("account")
    return HeldUp(
        seller=parties.seller_missing() if issue.due().exists() else "",
        orders=[order for order in late if _waits(order)],
        rejected=list(Invoice.objects.filter(state="rejected").defer("xml", "pdf")),
        refused=list(Invoice.objects.filter(state="refused", kind="invoice", note=None).defer("xml", "pdf")),
        unknown=SdiAnswer.objects.filter(invoice=None, received_at__gt=clock.now() - TOLD_FOR).count(),
    )


def tell_staff() -> bool:
    """Mail the operator what holds invoices up; tell whether there was anything to tell, and an address."""
    to, found = operator.current().email, held_up()
    if not found or not to:
        return False
    mail.send(to, *mail.written("billing/mail/invoices_held_up.txt", "it", found=found), language="it")
    return True


def _waits(order: Order) -> bool:
    try:
        parties.buyer(order)
    except (BuyerIncomplete, VatChanged):
        return True
    return False
