"""Make the document of an order: who, what, how much, how paid. Gives no number and writes nothing."""

from django.utils import translation
from django.utils.translation import gettext

from staffetta.accounts.receivers import owners
from staffetta.billing.invoices.document import Document, Line, Party, Vat
from staffetta.billing.models import Order
from staffetta.lib import clock
from staffetta.lib.money import shown


def of(order: Order, kind: str, day: str, number: str, seller: Party, buyer: Party) -> Document:
    """Return the invoice or pro-forma of an order, in its customer's language."""
    language = language_of(order)
    return Document(
        kind=kind,
        number=number,
        day=day,
        language=language,
        seller=seller,
        buyer=buyer,
        lines=(Line(_sold(order, language), _sold(order, "it"), order.list_cents, order.net_cents),),
        vat=Vat(order.vat_regime, order.vat_bp, order.vat_cents),
        order=order.pk,
        way=order.way or "card",
        paid_on=order.paid_at.astimezone(clock.ITALY).date().isoformat() if order.paid_at else "",
    )


def language_of(order: Order) -> str:
    """Return the language of who bought; of an owner where that one is gone."""
    user = order.user or next(iter(owners(order.account_id)), None)
    return user.language if user else "it"


def _sold(order: Order, language: str) -> str:
    with translation.override(language):
        values = {"package": order.package_name, "credits": shown(order.credits_e4)}
        return gettext("Package “%(package)s”: %(credits)s credits to send SMS") % values
