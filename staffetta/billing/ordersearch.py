"""Find orders as the staff look for them: by number, by code in any writing, by customer. Reads only."""

import re

from django.db.models import Q, QuerySet

from staffetta.billing import orderstates, reasoncode
from staffetta.billing.errors import OrderAmbiguous, OrderNotFound
from staffetta.billing.models import Order
from staffetta.lib.money import euro

NAMED_MAX = 5


def found(text: str) -> QuerySet[Order]:
    """Return the orders that a text means: those of its codes, else of its number, else of customers called so."""
    rows = Order.objects.select_related("account")
    if codes := reasoncode.found(text):
        return rows.filter(pk__in=codes)
    if number := re.fullmatch(r"\s*(?:n\.?|#|nr\.?)?\s*0*(\d{1,8})\s*", text, re.IGNORECASE):
        return rows.filter(pk=int(number[1]))
    words = text.split()
    wanted = Q()
    for word in words:
        wanted &= (
            Q(account__name__icontains=word)
            | Q(account__profile__name__icontains=word)
            | Q(account__profile__vat_number__iexact=word)
            | Q(account__profile__tax_code__iexact=word)
            | Q(account__users__username__iexact=word)
        )
    return rows.filter(pk__in=rows.filter(wanted).values("pk")) if words else rows.none()


def one(text: str) -> Order:
    """Return the one order that is meant; of a customer's the one that is not paid. Raises OrderNotFound, OrderAmbiguous."""
    rows = list(found(text)[: NAMED_MAX + 1])
    if len(rows) > 1:
        opened = list(found(text).filter(state__in=orderstates.OPEN)[: NAMED_MAX + 1])
        rows = opened or rows
    if not rows:
        raise OrderNotFound(text=text)
    if len(rows) > 1:
        named = "; ".join(f"{row.pk} ({row.account}, {euro(row.payable_cents)})" for row in rows[:NAMED_MAX])
        raise OrderAmbiguous(text=text, orders=named + ("; …" if len(rows) > NAMED_MAX else ""))
    return rows[0]
