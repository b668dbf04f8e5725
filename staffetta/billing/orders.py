"""Buy a package: place an order, choose a way to pay, and what becomes of its payments. A paid order credits the wallet once.

Every move locks the order's row and goes by the table in `orderstates.py`; the database guards the rest (migration 0007).
Knows no provider: those call `begin_payment`, `payment_succeeded`, `payment_refused` and nothing else.
"""

import logging
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext

from staffetta.accounts import audit
from staffetta.accounts.models import Account, User
from staffetta.billing import discounts, ledger, orderstates, pricelist, salessettings
from staffetta.billing.errors import OrderEnded, OrderPaidAlready, TooManyOrders
from staffetta.billing.models import Discount, Order, Package, Payment, SavedCard
from staffetta.lib import clock

OPEN_MAX = 20
_log = logging.getLogger(__name__)


def place(account: Account, user: User | None, package_id: int, key: str, code: str = "", *, automatic: bool = False) -> Order:
    """Order a package at its price of now; a repeat with the same key returns the first order. Raises PackageGone, DiscountRefused, TooManyOrders."""
    if earlier := Order.objects.filter(account=account, key=key).first():
        return earlier
    if not automatic and Order.objects.filter(account=account, state__in=orderstates.OPEN).count() >= OPEN_MAX:
        raise TooManyOrders(limit=OPEN_MAX)
    package = pricelist.find(package_id)
    try:
        with transaction.atomic():
            if code.strip():
                # Of two that use the last of a code at once, the second waits here and is then refused.
                Discount.objects.select_for_update().filter(code=discounts.tidied(code)).first()
            tag = pricelist.price(account, package, code)
            return Order.objects.create(
                account=account,
                user=user,
                key=key,
                package=package,
                package_name=package.name,
                credits_e4=package.credits_e4,
                list_cents=tag.list_cents,
                discount=tag.discount,
                net_cents=tag.net_cents,
                vat_regime=tag.vat_regime,
                vat_bp=tag.vat_bp,
                vat_cents=tag.vat_cents,
                payable_cents=tag.payable_cents,
                automatic=automatic,
            )
    except IntegrityError:
        if earlier := Order.objects.filter(account=account, key=key).first():
            return earlier
        raise


@transaction.atomic
def choose_way(order_id: int, way: str) -> Order:
    """Have the order wait for its money by this way; it may be changed until it is paid. Raises OrderPaidAlready, OrderEnded."""
    order = locked(order_id)
    order.way = way
    _move(order, "waiting")
    return order


@transaction.atomic
def begin_payment(
    order_id: int, provider: str, reference: str, *, card: SavedCard | None = None, save_card: bool = False, automatic: bool = False
) -> Payment:
    """Note that a provider was asked for the order's money. Raises OrderPaidAlready, OrderEnded."""
    order = choose_way(order_id, "card")
    how = {"card": card, "save_card": save_card, "automatic": automatic}
    return Payment.objects.create(order=order, provider=provider, reference=reference, amount_cents=order.payable_cents, **how)


@transaction.atomic
def payment_succeeded(payment_id: int, paid_at: datetime | None = None) -> Order:
    """Take note that the money is there: the order is paid and its credits arrive, once. A repeat changes nothing.

    `paid_at`: when the money came, where that was before now. Where the order was paid otherwise already, this payment is surplus,
    and the staff see it.
    """
    payment = Payment.objects.select_related("order").get(pk=payment_id)
    order = locked(payment.order_id)
    payment.refresh_from_db()  # as it is now that the order is ours
    if payment.state in {"succeeded", "refunding", "refunded"}:
        return order
    payment.surplus = order.state in {"paid", "refunded"}
    payment.state, payment.refusal, payment.ended_at = "succeeded", "", clock.now()
    payment.save(update_fields=["state", "refusal", "surplus", "ended_at"])
    if payment.surplus:
        _log.warning("order %s was paid already: payment %s is surplus", order.pk, payment.pk)
        return order
    order.way = orderstates.way_of(payment.provider, order.way)
    return mark_paid(order, min(paid_at or clock.now(), clock.now()))


def mark_paid(order: Order, paid_at: datetime) -> Order:
    """Credit a locked order that is being paid: the entry's key is the order, so that a second entry is refused by the database."""
    order.paid_at = paid_at
    _move(order, "paid")
    language = order.user.language if order.user else "it"
    with translation.override(language):
        reason = gettext("Purchase: %(package)s, order %(number)s") % {"package": order.package_name, "number": order.pk}
    ledger.open_wallet(order.account_id)
    ledger.credit(order.account_id, order.credits_e4, "purchase", f"order-{order.pk}", reason)
    return order


@transaction.atomic
def payment_refused(payment_id: int, refusal: str) -> Order:
    """Take note that a payment was refused, with a code of payments/refusals.py; the order stays and can be paid otherwise.

    A refusal that comes after the success it contradicts, or twice, changes nothing.
    """
    payment = Payment.objects.select_related("order").get(pk=payment_id)
    order = locked(payment.order_id)
    if Payment.objects.filter(pk=payment_id, state="started").update(state="refused", refusal=refusal, ended_at=clock.now()):
        waiting = order.payments.filter(state="started").exists()
        if order.state in orderstates.OPEN and order.way == "card" and not waiting:
            _move(order, "failed")
    return order


@transaction.atomic
def cancel(order_id: int, staff: User | None = None, reason: str = "") -> Order:
    """Give an unpaid order up. Money that comes for it later is credited all the same. Raises OrderPaidAlready, OrderEnded."""
    order = locked(order_id)
    before = {"state": order.state}
    order.ended_at = clock.now()
    _move(order, "cancelled")
    if staff:
        after = {"state": order.state}
        audit.record(staff, "cancel order", f"order {order.pk}", account_id=order.account_id, before=before, after=after, reason=reason)
    return order


def expire() -> int:
    """Cancel the orders that have waited for their money longer than the settings say; return how many."""
    before = clock.now() - timedelta(days=salessettings.current().order_days_max)
    old = Order.objects.filter(state__in=orderstates.OPEN, created_at__lt=before)
    return old.exclude(payments__state="started").update(state="cancelled", ended_at=clock.now())


def waiting_for(account: Account, package: Package) -> Order | None:
    """Return the account's newest order of a package that waits for its money, so that nobody orders twice without knowing."""
    return Order.objects.filter(account=account, package=package, state__in=orderstates.OPEN, automatic=False).order_by("-pk").first()


def locked(order_id: int) -> Order:
    """Return the order with its row locked until the caller's transaction ends."""
    return Order.objects.select_for_update(of=("self",)).select_related("user", "account").get(pk=order_id)


def _move(order: Order, state: str) -> None:
    """Move a locked order and keep what was set on it. Raises OrderPaidAlready, OrderEnded where the table does not allow it."""
    if order.state not in orderstates.moves_into(state):
        raise (OrderPaidAlready if order.state in {"paid", "refunded"} else OrderEnded)(number=order.pk)
    order.state = state
    order.save(update_fields=["state", "way", "paid_at", "ended_at"])
