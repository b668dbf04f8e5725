"""Pay orders by card: start, charge, return, and what a payment's state is now. Knows no provider by name.

A provider is never called inside a transaction, and what it says *now* counts, not what an event says (`cardevents.py`).
"""

import logging
from dataclasses import replace

from django.db import IntegrityError
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from staffetta.accounts.models import Account, User
from staffetta.billing import cardnotices, cards, orders, orderstates
from staffetta.billing.models import Order, Payment, SavedCard
from staffetta.billing.payments import base, choice
from staffetta.billing.payments.errors import CardAmountDiffers, CardServiceSilent, CardsNotOffered

AMOUNT_DIFFERS = "amount differs"
_ENDED_WELL = {"succeeded", "refunding", "refunded"}
# What is sent under a key must be the same each time, whoever asks in whatever language.
_LANGUAGE = "it"
_log = logging.getLogger(__name__)


def offered() -> bool:
    """Tell whether cards can be used here."""
    return choice.current() is not None


def start(order_id: int, user: User | None, return_url: str, *, save_card: bool = False, language: str = "it") -> Payment:
    """Open a payment for an order; what was begun for it before is closed first.

    Raises CardsNotOffered, CardServiceSilent, CardNotTaken, CardSumTooSmall, CardAmountDiffers, OrderPaidAlready, OrderEnded.
    """
    bank = choice.current()
    if bank is None:
        raise CardsNotOffered
    try:
        _close_earlier(order_id, bank)
        order = orders.choose_way(order_id, "card")
        if save_card:
            cards.note_consent(order.account_id, user, order.pk, cards.consent())
        seen = bank.start(asked(order, bank.name, return_url, save_card, language))
    except base.Unreachable as error:
        _log.warning("order %s: %s", order_id, error)
        raise CardServiceSilent from error
    return begun(order.pk, bank.name, seen.reference, save_card=save_card)


def charge(order_id: int, card: SavedCard, attempt: int) -> Payment:
    """Charge a kept card for an order, without the customer; the same attempt twice is one charge.

    Raises CardsNotOffered, Unreachable, CardAmountDiffers, OrderPaidAlready, OrderEnded.
    """
    return _charged(order_id, card, attempt_of(card, attempt), automatic=True)


def charge_kept(order_id: int, account: Account, card_id: int) -> Payment:
    """Charge a kept card for an order, the customer being there.

    Raises CardGone, CardsNotOffered, CardServiceSilent, CardAmountDiffers, OrderPaidAlready, OrderEnded.
    """
    card = cards.find(account, card_id)
    try:
        attempt = Payment.objects.filter(order_id=order_id).count() + 1
        return _charged(order_id, card, f"{attempt}-kept-{card.pk}", automatic=False)
    except base.Unreachable as error:
        _log.warning("order %s: %s", order_id, error)
        raise CardServiceSilent from error


def goes_on(payment: Payment) -> bool:
    """Tell whether a payment is still wanted: nobody should pay an order that was given up, or is paid by another way."""
    return payment.state == "started" and payment.order.state in orderstates.OPEN and payment.order.way == "card"


def onward(payment: Payment, return_url: str) -> base.Seen:
    """Return where the customer's browser goes on with a payment. Raises CardServiceSilent."""
    try:
        return bank_of(payment).look(payment.reference, return_url)
    except base.Unreachable as error:
        raise CardServiceSilent from error


def returned(order: Order) -> Payment | None:
    """Return the newest card payment of an order, as its provider knows it now where it answers.

    A refused one is asked about as well: somebody may have paid it in another window.
    """
    payment = order.payments.filter(provider__in=choice.NAMES).order_by("-pk").first()
    if payment and (payment.state == "started" or (payment.state == "refused" and order.state in orderstates.OPEN)):
        try:
            refresh(payment)
        except base.Unreachable as error:
            _log.warning("payment %s: %s", payment.pk, error)
        payment.refresh_from_db()
    return payment


def refresh(payment: Payment) -> str:
    """Ask about a payment and settle it; one that was just refused is closed at its provider, so that nobody pays it later. Raises Unreachable."""
    bank = bank_of(payment)
    outcome = settle(payment, bank.look(payment.reference))
    if outcome == "refused" and payment.state == "started":
        later = settle(payment, bank.abandon(payment.reference))
        return later if later == "paid" else outcome
    return outcome


def settle(payment: Payment, seen: base.Seen) -> str:
    """Bring a payment to what its provider says now; return in a word what came of it. A repeat changes nothing."""
    if seen.state == "started":
        return "not yet"
    if seen.state == "refused":
        if payment.state in _ENDED_WELL:
            return "known already"
        orders.payment_refused(payment.pk, seen.refusal or "refused")
        return "refused"
    if seen.state == "refunded":
        return _given_back(payment)
    if seen.amount_cents != payment.amount_cents:
        cardnotices.amount_differs(payment, seen.amount_cents)
        return AMOUNT_DIFFERS
    return _paid(payment, seen)


def bank_of(payment: Payment) -> base.Provider:
    """Return the provider of a payment. Raises Unreachable where it is no longer set up."""
    bank = choice.named(payment.provider)
    if bank is None:
        raise base.Unreachable(f"{payment.provider} is no longer set up here")
    return bank


def begun(
    order_id: int, provider: str, reference: str, *, card: SavedCard | None = None, save_card: bool = False, automatic: bool = False
) -> Payment:
    """Write a payment down; of two at once with one key, both get the same one."""
    try:
        return orders.begin_payment(order_id, provider, reference, card=card, save_card=save_card, automatic=automatic)
    except IntegrityError:
        rows = Payment.objects.filter(provider=provider, reference=reference)
        if card:
            rows.filter(card=None).update(card=card, automatic=automatic)  # an event was here before us
        return rows.get()


def asked(
    order: Order, provider: str, return_url: str = "", save_card: bool = False, language: str = "it", attempt: str = ""
) -> base.Asked:
    """Return what the provider needs; the key is another for each attempt, and the same for a repeat of one."""
    attempt = attempt or f"{order.payments.count() + 1}{'-keep' if save_card else ''}"
    with translation.override(_LANGUAGE):
        description = _("Order %(number)s: %(package)s") % {"number": order.pk, "package": order.package_name}
    return base.Asked(
        key=f"{shop()}-order-{order.pk}-{order.created_at:%y%m%d%H%M%S}-{attempt}",
        order_id=order.pk,
        account_id=order.account_id,
        amount_cents=order.payable_cents,
        description=description,
        language=language,
        email=order.user.email if order.user else "",
        return_url=return_url,
        customer=cards.customer_of(order.account_id, provider),
        save_card=save_card,
        shop=shop(),
    )


def attempt_of(card: SavedCard, attempt: int) -> str:
    """Return what makes the key of a charge without the customer."""
    return f"{attempt}-auto-{card.pk}"


def shop() -> str:
    """Return the name of this installation at providers: another may use the same keys, with orders of the same numbers."""
    return salted_hmac("staffetta.billing.cardpayments", "shop").hexdigest()[:12]


def _close_earlier(order_id: int, bank: base.Provider) -> None:
    """Close what was begun for an order, and the last one refused: its page may still be open. Raises Unreachable, CardAmountDiffers."""
    mine = Payment.objects.filter(order_id=order_id, provider=bank.name)
    refused = mine.filter(state="refused", card=None).order_by("-pk")[:1]
    for earlier in [*mine.filter(state="started"), *refused]:
        try:
            outcome = settle(earlier, bank.abandon(earlier.reference))
        except base.Unknown:
            orders.payment_refused(earlier.pk, "abandoned")
            continue
        if outcome == AMOUNT_DIFFERS:
            raise CardAmountDiffers(number=order_id)


def _charged(order_id: int, card: SavedCard, attempt: str, *, automatic: bool) -> Payment:
    bank = choice.named(card.provider)
    if bank is None:
        raise CardsNotOffered
    _close_earlier(order_id, bank)
    order = orders.choose_way(order_id, "card")
    seen = bank.charge(asked(order, bank.name, attempt=attempt), cards.token(card))
    if seen.refusal == "needs_customer" and not automatic:
        seen = replace(seen, refusal="pay_with_code")  # the customer is there, and may simply type the code
    payment = begun(order.pk, bank.name, seen.reference, card=card, automatic=automatic)
    settle(payment, seen)
    payment.refresh_from_db()
    return payment


def _paid(payment: Payment, seen: base.Seen) -> str:
    if seen.returned_cents and payment.state == "succeeded":
        cardnotices.given_back_in_part(payment, seen.returned_cents)
    if payment.state in _ENDED_WELL:
        return "known already"
    if seen.card and payment.save_card:
        kept = cards.keep(payment.order.account_id, payment.provider, seen.card, payment.order_id)
        _forget_twins(kept)
    orders.payment_succeeded(payment.pk)
    return "paid"


def _given_back(payment: Payment) -> str:
    """Take note that money went back by somebody's hand at the provider; what we had given back ourselves, `cardcare.py` asks about."""
    if payment.state == "started":
        orders.payment_refused(payment.pk, "cancelled")
    elif payment.state == "succeeded":
        cardnotices.given_back_elsewhere(payment)
    return "given back"


def _forget_twins(card: SavedCard) -> None:
    """Have a card that was kept before under another token kept once."""
    for twin in cards.replace_twins(card):
        bank = choice.named(twin.provider)
        try:
            if bank:
                bank.forget(cards.token(twin))
        except base.Unreachable as error:
            _log.warning("card %s is still kept at %s: %s", twin.pk, twin.provider, error)
