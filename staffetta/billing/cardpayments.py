"""Pay orders by card: start, return, events, what was never told, money given back. Knows no provider by name.

A provider is never called inside a transaction, and what it says *now* counts, not what an event says.
"""

import logging
from collections.abc import Mapping
from datetime import timedelta

from django.db import IntegrityError
from django.utils.translation import gettext as _

from staffetta.accounts.models import Account, User
from staffetta.billing import cardnotices, cards, orders, refunds
from staffetta.billing.errors import OrderRefused
from staffetta.billing.models import Order, Payment, PaymentEvent, SavedCard
from staffetta.billing.payments import base, choice
from staffetta.billing.payments.errors import CardServiceSilent, CardsNotOffered
from staffetta.lib import clock

LOOK_AFTER = timedelta(minutes=2)  # an event should have come by then
ABANDON_AFTER = timedelta(hours=1)
LOOK_FOR = timedelta(days=7)
DISPUTES = {"payment.disputed", "charge.dispute.created"}
_ENDED_WELL = {"succeeded", "refunding", "refunded"}
_log = logging.getLogger(__name__)


def offered() -> bool:
    """Tell whether cards can be used here."""
    return choice.current() is not None


def start(order_id: int, user: User | None, return_url: str, *, save_card: bool = False, language: str = "it") -> Payment:
    """Open a payment for an order; what was begun for it before is closed first.

    Raises CardsNotOffered, CardServiceSilent, OrderPaidAlready, OrderEnded.
    """
    bank = choice.current()
    if bank is None:
        raise CardsNotOffered
    try:
        for earlier in Payment.objects.filter(order_id=order_id, state="started", provider=bank.name):
            settle(earlier, bank.abandon(earlier.reference))
        order = orders.choose_way(order_id, "card")
        if save_card:
            cards.note_consent(order.account_id, user, order.pk, cards.consent())
        seen = bank.start(_asked(order, bank.name, return_url, save_card, language))
    except base.Unreachable as error:
        _log.warning("order %s: %s", order_id, error)
        raise CardServiceSilent from error
    return _begun(order.pk, bank.name, seen.reference, save_card=save_card)


def charge(order_id: int, card: SavedCard, attempt: int) -> Payment:
    """Charge a kept card for an order, without the customer; the same attempt twice is one charge. Raises CardsNotOffered, Unreachable, OrderPaidAlready, OrderEnded."""
    bank = choice.named(card.provider)
    if bank is None:
        raise CardsNotOffered
    order = orders.choose_way(order_id, "card")
    seen = bank.charge(_asked(order, bank.name, attempt=f"{attempt}-auto"), cards.token(card))
    payment = _begun(order.pk, bank.name, seen.reference, card=card)
    settle(payment, seen)
    payment.refresh_from_db()
    return payment


def charge_kept(order_id: int, account: Account, card_id: int) -> Payment:
    """Charge a kept card for an order, the customer being there. Raises CardGone, CardServiceSilent, OrderPaidAlready, OrderEnded."""
    card = cards.find(account, card_id)
    attempt = Payment.objects.filter(order_id=order_id).count() + 1
    try:
        return charge(order_id, card, attempt)
    except base.Unreachable as error:
        _log.warning("order %s: %s", order_id, error)
        raise CardServiceSilent from error


def onward(payment: Payment, return_url: str) -> base.Seen:
    """Return where the customer's browser goes on with a payment. Raises CardServiceSilent."""
    try:
        return _bank_of(payment).look(payment.reference, return_url)
    except base.Unreachable as error:
        raise CardServiceSilent from error


def returned(order: Order) -> Payment | None:
    """Return the newest card payment of an order, as its provider knows it now where it answers."""
    payment = order.payments.filter(provider__in=choice.NAMES).order_by("-pk").first()
    if payment and payment.state == "started":
        try:
            settle(payment, _bank_of(payment).look(payment.reference))
        except base.Unreachable as error:
            _log.warning("payment %s: %s", payment.pk, error)
        payment.refresh_from_db()
    return payment


def on_event(provider: str, headers: Mapping[str, str], body: bytes) -> str:
    """Take an event once; return what came of it. Raises Forged, and Unreachable where the provider must tell it again."""
    bank = choice.named(provider)
    if bank is None:
        raise base.Forged(f"there is no provider “{provider}” here")
    event = bank.event(headers, body)
    row, _new = PaymentEvent.objects.get_or_create(
        provider=provider,
        event_id=event.id[:120],
        defaults={"kind": event.kind[:60], "reference": event.reference[:120], "body": dict(event.body)},
    )
    if not row.outcome:
        outcome = _acted(bank, event)
        PaymentEvent.objects.filter(pk=row.pk).update(outcome=outcome)
        return outcome
    return row.outcome


def settle(payment: Payment, seen: base.Seen) -> str:
    """Bring a payment to what its provider says now; return in a word what came of it. A repeat changes nothing."""
    if seen.state == "started":
        return "not yet"
    if seen.state == "refused":
        if payment.state in _ENDED_WELL:
            return "known already"
        orders.payment_refused(payment.pk, seen.refusal or "refused")
        return "refused"
    if seen.amount_cents != payment.amount_cents:
        cardnotices.amount_differs(payment, seen.amount_cents)
        return "amount differs"
    return _given_back(payment) if seen.state == "refunded" else _paid(payment, seen)


def look_after() -> int:
    """Ask about the payments of which nobody has told us anything, and close what nobody finished; return how many ended."""
    now, ended = clock.now(), 0
    waiting = Payment.objects.filter(state="started", created_at__lt=now - LOOK_AFTER, created_at__gt=now - LOOK_FOR)
    for payment in waiting.filter(provider__in=choice.NAMES):
        try:
            bank = _bank_of(payment)
            seen = bank.look(payment.reference)
            if seen.state == "started" and payment.created_at < now - ABANDON_AFTER:
                seen = bank.abandon(payment.reference)
            ended += settle(payment, seen) in {"paid", "refused"}
        except base.Unreachable as error:
            _log.warning("payment %s: %s", payment.pk, error)
    return ended


def give_back() -> int:
    """Have the money of the payments that are *refunding* returned by their provider; return of how many."""
    done = 0
    for payment in Payment.objects.filter(state="refunding", provider__in=choice.NAMES):
        try:
            if _bank_of(payment).refund(payment.reference, payment.amount_cents, f"refund-{payment.pk}"):
                done += refunds.money_returned(payment.pk)
            else:
                cardnotices.not_given_back(payment)
        except base.Unreachable as error:
            _log.warning("payment %s is not given back yet: %s", payment.pk, error)
    return done


def _acted(bank: base.Provider, event: base.Event) -> str:
    """Do what an event calls for, by what the provider says now."""
    if not event.reference:
        return "nothing to do"
    payment = Payment.objects.filter(provider=bank.name, reference=event.reference).first()
    if event.kind in DISPUTES:
        cardnotices.disputed(payment, event)
        return "disputed"
    seen = bank.look(event.reference)
    if payment is None:
        if seen.state == "started":
            return "not yet"
        payment = _adopted(bank, seen)
    return settle(payment, seen) if payment else "order unknown"


def _adopted(bank: base.Provider, seen: base.Seen) -> Payment | None:
    """Return a payment made from what only the provider knows: we died before we wrote it down."""
    order = Order.objects.filter(pk=seen.order_id).first()
    if order is None:
        return None
    try:
        return _begun(order.pk, bank.name, seen.reference, save_card=seen.card is not None)
    except OrderRefused:  # paid or given up meanwhile: the money is there all the same
        values = {"order": order, "amount_cents": order.payable_cents}
        return Payment.objects.get_or_create(provider=bank.name, reference=seen.reference, defaults=values)[0]


def _begun(order_id: int, provider: str, reference: str, *, card: SavedCard | None = None, save_card: bool = False) -> Payment:
    """Write a payment down; of two at once with one key, both get the same one."""
    try:
        return orders.begin_payment(order_id, provider, reference, card=card, save_card=save_card)
    except IntegrityError:
        return Payment.objects.get(provider=provider, reference=reference)


def _paid(payment: Payment, seen: base.Seen) -> str:
    if payment.state in _ENDED_WELL:
        return "known already"
    if seen.card and payment.save_card:
        kept = cards.keep(payment.order.account_id, payment.provider, seen.card, payment.order_id)
        _forget_twins(kept)
    orders.payment_succeeded(payment.pk)
    return "paid"


def _forget_twins(card: SavedCard) -> None:
    """Have a card that was kept before under another token kept once."""
    for twin in cards.replace_twins(card):
        bank = choice.named(twin.provider)
        try:
            if bank:
                bank.forget(cards.token(twin))
        except base.Unreachable as error:
            _log.warning("card %s is still kept at %s: %s", twin.pk, twin.provider, error)


def _given_back(payment: Payment) -> str:
    """Take note that the money went back: as we asked, or by somebody's hand at the provider."""
    if payment.state == "refunding":
        refunds.money_returned(payment.pk)
    elif payment.state == "started":
        orders.payment_refused(payment.pk, "cancelled")
    elif payment.state == "succeeded":
        cardnotices.given_back_elsewhere(payment)
    return "given back"


def _bank_of(payment: Payment) -> base.Provider:
    bank = choice.named(payment.provider)
    if bank is None:
        raise base.Unreachable(f"{payment.provider} is no longer set up here")
    return bank


def _asked(
    order: Order, provider: str, return_url: str = "", save_card: bool = False, language: str = "it", attempt: str = ""
) -> base.Asked:
    """Return what the provider needs; the key is another for each attempt, and the same for a repeat of one."""
    attempt = attempt or f"{order.payments.count() + 1}{'-keep' if save_card else ''}"
    return base.Asked(
        key=f"order-{order.pk}-{order.created_at:%y%m%d%H%M%S}-{attempt}",
        order_id=order.pk,
        account_id=order.account_id,
        amount_cents=order.payable_cents,
        description=_("Order %(number)s: %(package)s") % {"number": order.pk, "package": order.package_name},
        language=language,
        email=order.user.email if order.user else "",
        return_url=return_url,
        customer=cards.customer_of(order.account_id, provider),
        save_card=save_card,
    )
