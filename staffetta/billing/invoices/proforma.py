"""The pro-forma of an order that waits for a transfer or a postal slip: what to pay, where, with which code. No number, nothing kept."""

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from staffetta.accounts import profile
from staffetta.billing import orderstates, reasoncode, salessettings
from staffetta.billing.invoices import drafting, parties, pdf
from staffetta.billing.invoices.errors import NothingToPayFor
from staffetta.billing.models import Order
from staffetta.lib import clock
from staffetta.lib.money import euro


def render(order: Order) -> bytes:
    """Return the pro-forma as a PDF in the language of who bought. Raises NothingToPayFor."""
    if order.state not in orderstates.OPEN or order.way not in {"transfer", "slip"}:
        raise NothingToPayFor(number=order.pk)
    buyer = parties.named(profile.of(order.account))
    document = drafting.of(order, "proforma", clock.today().isoformat(), "", parties.seller_as_is(), buyer)
    with translation.override(document.language):
        rows = _by_transfer() if order.way == "transfer" else _by_slip()
        rows += [(_("Amount"), euro(order.payable_cents)), (pgettext("bank transfer", "Reason"), reasoncode.shown(order.pk))]
    return pdf.render(document, [(label, value) for label, value in rows if value])


def _by_transfer() -> list[tuple[str, str]]:
    shop = salessettings.current()
    iban = " ".join(shop.iban[at : at + 4] for at in range(0, len(shop.iban), 4))
    return [(_("Bank transfer to"), shop.holder), (_("Bank"), shop.bank), ("IBAN", iban), ("BIC", shop.bic)]


def _by_slip() -> list[tuple[str, str]]:
    shop = salessettings.current()
    return [(_("Postal slip to"), shop.postal_holder), (_("Postal account"), shop.postal_account)]
