"""Cards that a provider keeps for a customer, with the consent they gave: kept, listed, removed. Knows no order."""

from django.utils.translation import gettext as _

from staffetta.accounts import audit, operator
from staffetta.accounts.models import Account, AuditLine, User
from staffetta.billing.models import SavedCard, TopUp
from staffetta.billing.payments import base, choice
from staffetta.billing.payments.errors import CardGone, CardServiceSilent
from staffetta.lib import clock

_CONSENT = "card consent"


def consent() -> str:
    """Return, in the reader's language, what one agrees to when a card is kept."""
    return _(
        "%(brand)s may have my card kept by the payment service and charge it for orders that I place or for the automatic top-up,"
        " if I switch it on. I can remove the card at any time."
    ) % {"brand": operator.current().brand}


def note_consent(account_id: int, user: User | None, order_id: int, text: str) -> None:
    """Write down who agreed to what, before the card is there."""
    audit.record(user, _CONSENT, f"order {order_id}", account_id=account_id, reason=text)


def keep(account_id: int, provider: str, card: base.Card, order_id: int) -> SavedCard:
    """Keep what may be shown of a card, with the consent given for this order; a card that was removed is kept anew."""
    given = AuditLine.objects.filter(account_id=account_id, action=_CONSENT, target=f"order {order_id}").order_by("-pk").first()
    values = {
        "customer": card.customer,
        "brand": card.brand[:20],
        "last4": card.last4,
        "expires_year": card.expires_year,
        "expires_month": card.expires_month,
        "consent": given.reason if given else "",
        "consent_by": given.user if given else None,
        "removed_at": None,
    }
    return SavedCard.objects.update_or_create(account_id=account_id, provider=provider, token=card.token, defaults=values)[0]


def replace_twins(card: SavedCard) -> list[SavedCard]:
    """Keep no more the rows of the same card under older tokens, and let a top-up use the new one; return them."""
    same = {name: getattr(card, name) for name in ("account_id", "provider", "brand", "last4", "expires_year", "expires_month")}
    twins = list(SavedCard.objects.filter(removed_at=None, **same).exclude(pk=card.pk))
    TopUp.objects.filter(card__in=twins).update(card=card)
    SavedCard.objects.filter(pk__in=[twin.pk for twin in twins]).update(removed_at=clock.now())
    return twins


def kept(account: Account) -> list[SavedCard]:
    """Return the account's cards that can be charged by the provider of now, the newest first."""
    bank = choice.current()
    rows = SavedCard.objects.filter(account=account, removed_at=None, provider=bank.name if bank else "")
    return list(rows.order_by("-pk"))


def find(account: Account, card_id: int) -> SavedCard:
    """Return one of the account's kept cards. Raises CardGone."""
    found = next((card for card in kept(account) if card.pk == card_id), None)
    if found is None:
        raise CardGone
    return found


def expired(card: SavedCard) -> bool:
    """Tell whether the card's last month is over."""
    today = clock.today()
    return (card.expires_year, card.expires_month) < (today.year, today.month)


def token(card: SavedCard) -> base.Card:
    """Return the card as its provider knows it."""
    return base.Card(card.token, card.brand, card.last4, card.expires_year, card.expires_month, card.customer)


def customer_of(account_id: int, provider: str) -> str:
    """Return the provider's name for the account; empty where it has none yet."""
    rows = SavedCard.objects.filter(account_id=account_id, provider=provider).exclude(customer="")
    return rows.values_list("customer", flat=True).order_by("-pk").first() or ""


def remove(account: Account, user: User | None, card_id: int) -> None:
    """Remove a card, also at the provider; a top-up that uses it stops. Raises CardGone, CardServiceSilent."""
    card = find(account, card_id)
    bank = choice.named(card.provider)
    try:
        if bank:
            bank.forget(token(card))
    except base.Unreachable as error:
        raise CardServiceSilent from error
    SavedCard.objects.filter(pk=card.pk).update(removed_at=clock.now())
    TopUp.objects.filter(card=card, active=True).update(active=False, stopped="card_removed")
    audit.record(user, "card removed", f"card {card.pk} •••• {card.last4}", account_id=account.pk)
