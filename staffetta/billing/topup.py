"""Automatic top-up: what the customer agreed to, and the job that buys a package when the credit falls. Knows no provider.

One open order at a time (the database refuses a second), never above the month's cap. What a bank said is read from the payments'
rows, so that an answer that comes late counts as well.
"""

import logging
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from staffetta.accounts import audit, operator
from staffetta.accounts.models import Account, User
from staffetta.billing import cardpayments, cards, ledger, orders, orderstates, pricelist, topupmails
from staffetta.billing.errors import OrderRefused, PackageGone
from staffetta.billing.models import Entry, Order, Payment, TopUp
from staffetta.billing.payments.base import Unreachable
from staffetta.billing.payments.errors import CardRefused, TopUpMonthTooSmall, TopUpNeedsConsent, TopUpThresholdTooHigh, TopUpThresholdWrong
from staffetta.lib import clock, money

FAILURES_MAX = 3
PAUSE = timedelta(days=1)
STOPS_AT_ONCE = {
    "needs_customer",
    "three_ds_failed",
    "three_ds_inactive",
    "expired_card",
    "lost_or_stolen",
    "card_unknown",
    "sum_too_small",
}
_TAKEN_BY_STAFF = ("purchase", "adjustment")
_log = logging.getLogger(__name__)


def of(account: Account) -> TopUp | None:
    """Return the account's top-up, switched on or not."""
    return TopUp.objects.select_related("package", "card").filter(account=account).first()


def consent() -> str:
    """Return, in the reader's language, what one agrees to with an automatic top-up."""
    return _(
        "%(brand)s may charge my card by itself for the package that I chose, whenever the credit falls below my threshold and at most up to"
        " the sum of euro a month that I set. I can switch it off at any time."
    ) % {"brand": operator.current().brand}


def set_up(account: Account, user: User, package_id: int, card_id: int, threshold: str, month_max: str, agreed: bool) -> TopUp:
    """Switch it on with these values, as people write them.

    Raises TopUpNeedsConsent, TopUpThresholdWrong, TopUpThresholdTooHigh, TopUpMonthTooSmall, CardGone, PackageGone.
    """
    package, card = pricelist.find(package_id), cards.find(account, card_id)
    price_cents = pricelist.price(account, package).payable_cents
    try:
        threshold_e4 = money.credits_e4(threshold)
    except ValueError:
        threshold_e4 = 0
    if threshold_e4 <= 0:
        raise TopUpThresholdWrong(value=threshold)
    if threshold_e4 >= package.credits_e4:
        raise TopUpThresholdTooHigh(value=threshold, credits=money.plain(package.credits_e4))
    try:
        month_cents_max = money.cents(month_max)
    except ValueError:
        month_cents_max = 0
    if not price_cents <= month_cents_max < 10**11:
        raise TopUpMonthTooSmall(value=month_max, price=money.euro(price_cents))
    if not agreed:
        raise TopUpNeedsConsent
    values = {
        "package": package,
        "card": card,
        "threshold_e4": threshold_e4,
        "month_cents_max": month_cents_max,
        "active": True,
        "stopped": "",
        "failures": 0,
        "try_at": None,
        "consent": consent(),
        "consent_by": user,
        "consent_at": clock.now(),
    }
    with transaction.atomic():
        row = TopUp.objects.update_or_create(account=account, defaults=values)[0]
        audit.record(user, "top-up on", f"account {account.pk}", account_id=account.pk, after=audit.values(row))
    return row


def switch_off(account: Account, user: User) -> None:
    """Have nothing more bought by itself."""
    if TopUp.objects.filter(account=account, active=True).update(active=False, stopped="by_hand"):
        audit.record(user, "top-up off", f"account {account.pk}", account_id=account.pk)


def run() -> int:
    """Take note of what the banks said, then buy for every account whose credit has fallen; return how many orders were charged."""
    bought = 0
    for account_id in list(TopUp.objects.filter(active=True, account__closed_at=None).values_list("account_id", flat=True)):
        try:
            take_note(account_id)
            if found := wanted(account_id):
                bought += _charged(*found)
        except (Unreachable, CardRefused, OrderRefused, IntegrityError) as error:
            _log.warning("top-up of account %s: %s", account_id, error)
        except Exception:  # one that fails must not keep the others from their credit
            _log.exception("top-up of account %s", account_id)
    return bought


def take_note(account_id: int) -> None:
    """Count the refusals since the consent or the last success; stop where the bank or the count says so; tell the owners once each."""
    with transaction.atomic():
        row = TopUp.objects.select_for_update().get(account_id=account_id)
        refused = list(_refused(row))
        if not row.active or len(refused) <= row.failures:
            if len(refused) < row.failures:
                TopUp.objects.filter(pk=row.pk).update(failures=len(refused), try_at=None)
            return
        last = refused[-1]
        stops = last.refusal in STOPS_AT_ONCE or len(refused) >= FAILURES_MAX
        row.failures, row.try_at = len(refused), (last.ended_at or clock.now()) + PAUSE
        row.active, row.stopped = not stops, last.refusal if stops else ""
        row.save(update_fields=["failures", "try_at", "active", "stopped"])
        topupmails.refused(row, last)


def wanted(account_id: int) -> tuple[Order, int] | None:
    """Return the order to be charged now (the one left unpaid, else a new one) and which attempt it is; None where nothing is due.

    Two that ask at once are given the same attempt, which the provider carries out once.
    """
    with transaction.atomic():
        row = TopUp.objects.select_for_update(of=("self",)).select_related("account", "card", "consent_by").get(account_id=account_id)
        if not _is_due(row) or _pauses(row):
            return None
        try:
            order = _left_unpaid(row) or _new_order(row)
        except PackageGone:
            order, row.active, row.stopped = None, False, "package_gone"
            row.save(update_fields=["active", "stopped"])
        if order is None:
            return None
        if _fits_month(row, order):
            return order, order.payments.count() + 1
        # Nothing is bought above the cap: what was ordered is given up, and the next month begins anew.
        orders.cancel(order.pk)
        TopUp.objects.filter(pk=row.pk).update(try_at=_next_month())
        topupmails.capped(row)
    return None


def month_spent_cents(account_id: int, other_than: int = 0) -> int:
    """Return what was bought by itself in this month of Rome: paid, under way, or given back since, for the card was charged."""
    begin = _month_begin()
    of_month = Order.objects.filter(Q(created_at__gte=begin) | Q(paid_at__gte=begin), account_id=account_id, automatic=True)
    counted = of_month.filter(state__in=["created", "waiting", "paid", "refunded"]).exclude(pk=other_than)
    return counted.aggregate(sum=Sum("payable_cents"))["sum"] or 0


def _is_due(row: TopUp) -> bool:
    waits = row.try_at is not None and row.try_at > clock.now()
    return row.active and not waits and row.card.removed_at is None and ledger.wallet(row.account_id).available_e4 < row.threshold_e4


def _pauses(row: TopUp) -> bool:
    """Wait for a day where the staff took credits away, and tell the owners: what was just given back must not be bought again."""
    taken = Entry.objects.filter(
        account_id=row.account_id, kind__in=_TAKEN_BY_STAFF, amount_e4__lt=0, created_at__gt=max(row.consent_at, clock.now() - PAUSE)
    )
    last = taken.order_by("-pk").first()
    if last is None:
        return False
    TopUp.objects.filter(pk=row.pk).update(try_at=last.created_at + PAUSE)
    topupmails.paused(row)
    return True


def _left_unpaid(row: TopUp) -> Order | None:
    """Return the last automatic order where it is still to be charged; one that somebody is paying is left alone by raising.

    One of an earlier consent is taken over where it is the same purchase, and given up where it is another.
    """
    last = Order.objects.filter(account_id=row.account_id, automatic=True).order_by("-pk").first()
    if last is None or last.state not in orderstates.OPEN:
        return None
    if last.payments.filter(state="started").exists() or last.way in {"transfer", "slip"}:
        raise Unreachable(f"order {last.pk} is being paid")
    if last.created_at < row.consent_at and not _is_as_agreed(row, last):
        orders.cancel(last.pk)
        return None
    return last


def _is_as_agreed(row: TopUp, order: Order) -> bool:
    return order.package_id == row.package_id and order.payable_cents == pricelist.price(row.account, row.package).payable_cents


def _new_order(row: TopUp) -> Order:
    count = Order.objects.filter(account_id=row.account_id, automatic=True).count()
    return orders.place(row.account, row.consent_by, row.package_id, f"top-up-{count + 1}", automatic=True)


def _fits_month(row: TopUp, order: Order) -> bool:
    return month_spent_cents(row.account_id, order.pk) + order.payable_cents <= row.month_cents_max


def _charged(order: Order, attempt: int) -> bool:
    row = TopUp.objects.select_related("card").get(account_id=order.account_id)
    payment = cardpayments.charge(order.pk, row.card, attempt)
    take_note(order.account_id)
    return payment.state == "succeeded"


def _refused(row: TopUp) -> list[Payment]:
    """Return the refused charges that the job made since the consent or the last one that went well, the oldest first."""
    charges = Payment.objects.filter(
        order__account_id=row.account_id, order__automatic=True, card__isnull=False, created_at__gte=row.consent_at
    )
    well = charges.filter(state__in=["succeeded", "refunding", "refunded"]).order_by("-pk").first()
    return list(charges.filter(state="refused", automatic=True, pk__gt=well.pk if well else 0).order_by("pk"))


def _month_begin() -> datetime:
    return clock.now().astimezone(clock.ITALY).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _next_month() -> datetime:
    return (_month_begin() + timedelta(days=32)).replace(day=1)
